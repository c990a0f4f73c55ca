import { describe, expect, test } from '@jest/globals';
import { type TimedSleeve, timedSleeve } from '../../../domain/sleeve/timed-sleeve.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';

const at = (time: string): string => `2026-01-02T${time}.000Z`;
const after = (history: FactHistory): TimedSleeve => history.events.reduce(timedSleeve.evolve, timedSleeve.initialState);
const first = (): FactHistory =>
  new FactHistory().sleeve('SleeveRunAccepted', sleeveFacts.accepted('etfs', 'e2', '2025-07-17'), at('08:00:00'));

describe('the ledger time of a sleeve', () => {
  test('is that of the run that counts', () => {
    expect(after(first())).toMatchObject({ sleeve: { current: { runId: 'e2' } }, currentAt: at('08:00:00') });
  });

  test('moves on with a correction', () => {
    expect(after(first().sleeve('SleeveRunAccepted', sleeveFacts.accepted('etfs', 'e3', '2025-07-17', 1), at('09:00:00'))).currentAt).toBe(
      at('09:00:00'),
    );
  });

  test('stays with a late result of an older date, and with facts that are not results', () => {
    const history = first()
      .sleeve('SleeveRunAccepted', sleeveFacts.accepted('etfs', 'e1', '2025-07-16'), at('09:00:00'))
      .sleeve('SleeveOverdue', sleeveFacts.overdue('etfs', '2025-07-18'), at('10:00:00'));
    expect(after(history)).toMatchObject({ sleeve: { current: { runId: 'e2' } }, currentAt: at('08:00:00') });
  });

  test('is that of the definition in force, and names the session that was missing last', () => {
    const history = first()
      .sleeve('SleeveDefined', sleeveFacts.defined('etfs'), at('09:00:00'))
      .sleeve('SleeveOverdue', sleeveFacts.overdue('etfs', '2025-07-18'), at('10:00:00'))
      .sleeve('SleeveOverdue', sleeveFacts.overdue('etfs', '2025-07-21'), at('11:00:00'));
    const { currentAt, definedAt, notedLast } = after(history);
    expect({ currentAt, definedAt, notedLast }).toEqual({ currentAt: at('08:00:00'), definedAt: at('09:00:00'), notedLast: '2025-07-21' });
    expect(after(history.sleeve('SleeveDefined', sleeveFacts.defined('etfs', { number: 2 }), at('12:00:00')))).toMatchObject({
      definedAt: at('12:00:00'),
      notedLast: '2025-07-21',
    });
    expect(timedSleeve.initialState).toMatchObject({ currentAt: null, definedAt: null, notedLast: null });
  });
});
