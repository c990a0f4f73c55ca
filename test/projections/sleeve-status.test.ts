import { describe, expect, test } from '@jest/globals';
import { sleeveStatus, type SleeveStatusRow } from '../../projections/sleeve-status.ts';
import { folded } from '../support/folded.ts';
import { FactHistory, sleeveFacts } from '../support/portfolio-events.ts';

const { defined, accepted, overdue, rejected, resolved, held, released } = sleeveFacts;

function rowOf(history: FactHistory, key = 'sleeve/etfs'): SleeveStatusRow {
  return folded(sleeveStatus, history.events).rows.get(key) as unknown as SleeveStatusRow;
}

describe('where a sleeve stands', () => {
  test('the current run is the greatest as-of and correction, then the later in the ledger', () => {
    const history = new FactHistory();
    const current: (string | undefined)[] = [];
    for (const [runId, asOf, correction] of [
      ['a', '2025-07-16', 0],
      ['b', '2025-07-15', 5],
      ['c', '2025-07-16', 1],
      ['d', '2025-07-16', 0],
      ['e', '2025-07-16', 1],
      ['f', '2025-07-17', 0],
    ] as const) {
      history.sleeve('SleeveRunAccepted', accepted('etfs', runId, asOf, correction));
      current.push(rowOf(history).current?.runId);
    }
    expect(current).toEqual(['a', 'a', 'c', 'c', 'e', 'f']);
    expect(rowOf(history).runs).toBe(6);
  });

  test('a result answers the overdue sessions up to its own date', () => {
    const history = new FactHistory().sleeve('SleeveDefined', defined('etfs'));
    for (const session of ['2025-07-15', '2025-07-16', '2025-07-17']) history.sleeve('SleeveOverdue', overdue('etfs', session));
    expect(rowOf(history).overdue.map(({ session }) => session)).toEqual(['2025-07-15', '2025-07-16', '2025-07-17']);
    history.sleeve('SleeveRunAccepted', accepted('etfs', 'a', '2025-07-16'));
    expect(rowOf(history).overdue.map(({ session }) => session)).toEqual(['2025-07-17']);
  });

  test('dead letters and held results are counted until they are dealt with', () => {
    const history = new FactHistory().sleeve('SleeveRunRejected', rejected('etfs')).sleeve('SleeveResultHeld', held('etfs'));
    expect(rowOf(history)).toMatchObject({ openLetters: 1, heldResults: 1 });
    history.sleeve('DeadLetterResolved', resolved('etfs')).sleeve('SleeveResultReleased', released('etfs'));
    expect(rowOf(history)).toMatchObject({ openLetters: 0, heldResults: 0 });
  });

  test('letters that belong to no sleeve are counted apart', () => {
    const history = new FactHistory().sleeve('SleeveRunRejected', rejected(null));
    expect(rowOf(history, 'unassigned')).toEqual({ openLetters: 1 });
    expect(rowOf(history.sleeve('DeadLetterResolved', resolved(null)), 'unassigned')).toEqual({ openLetters: 0 });
  });

  test('a definition carries its ledger time, and a quarantine its reason until it ends', () => {
    const history = new FactHistory()
      .sleeve('SleeveDefined', defined('etfs'), '2025-07-14T12:00:00.000Z')
      .sleeve('SleeveQuarantined', { sleeve: 'etfs', number: 1, why: 'outage' });
    expect(rowOf(history)).toMatchObject({ definition: { number: 1, recordedAt: '2025-07-14T12:00:00.000Z' }, quarantinedWhy: 'outage' });
    expect(rowOf(history.sleeve('SleeveReinstated', { sleeve: 'etfs', number: 1, why: 'over' })).quarantinedWhy).toBeNull();
  });
});
