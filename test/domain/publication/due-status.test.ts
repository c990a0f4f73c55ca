import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { publicationDefaults } from '../../../domain/manifest/publication-block.ts';
import { inputsHashOf } from '../../../domain/publication/inputs-hash.ts';
import { newestRuns } from '../../../domain/publication/newest-runs.ts';
import { definitionInForce, dueStatusOf } from '../../../domain/publication/due-status.ts';
import { type TimedPortfolio, timedPortfolio } from '../../../domain/publication/timed-portfolio.ts';
import type { SleeveStanding } from '../../../domain/run/sleeve-standing.ts';
import { FactHistory, portfolioFacts } from '../../support/portfolio-events.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const now = '2026-01-02T08:00:10.000Z';
const delivered = (asOf: string): SleeveStanding => ({
  quarantinedWhy: null,
  current: { runId: `run-${asOf}`, asOf, correction: 0 },
  currentAt: '2026-01-02T08:00:00.000Z',
  accepted: new Map(),
});
const definition = portfolioFacts.defined('desk', ['bonds', 'gold']);
const after = (history: FactHistory): TimedPortfolio => history.events.reduce(timedPortfolio.evolve, timedPortfolio.initialState);
const opened = after(new FactHistory().portfolio('MetaPortfolioDefined', definition));
const both = newestRuns(definition, () => delivered('2025-07-17'));

describe('a portfolio', () => {
  test('that was never defined is not allocated', () => {
    expect(definitionInForce(timedPortfolio.initialState.portfolio)).toEqual({ inactive: { kind: 'undefined' } });
  });

  test('whose publication is halted is not allocated, and says why', () => {
    const halted = after(
      new FactHistory()
        .portfolio('MetaPortfolioDefined', definition)
        .portfolio('PublicationHalted', { meta: 'desk', number: 1, who: 'ann', why: 'outage' }),
    );
    expect(definitionInForce(halted.portfolio)).toEqual({ inactive: { kind: 'halted', why: 'outage' } });
  });

  test('is allocated by its definition otherwise', () => {
    expect(definitionInForce(opened.portfolio)).toEqual({ definition });
  });

  test('waits for the sleeves that its quorum asks for', () => {
    const newest = newestRuns(definition, (sleeve) => delivered(sleeve === 'gold' ? '2025-07-16' : '2025-07-17'));
    expect(dueStatusOf(definition, opened, newest, now, sha256)).toMatchObject({
      kind: 'waiting',
      awaited: [{ sleeve: 'gold', wantedAsOf: '2025-07-17' }],
    });
  });

  test('whose inputs are complete and new is due, under the name of its inputs', () => {
    expect(dueStatusOf(definition, opened, both, now, sha256)).toEqual({
      kind: 'due',
      inputsHash: inputsHashOf(sha256, definition, both.inputs, []),
    });
  });

  test('whose inputs were decided on is left alone', () => {
    const inputsHash = inputsHashOf(sha256, definition, both.inputs, []);
    const refused = after(
      new FactHistory()
        .portfolio('MetaPortfolioDefined', definition)
        .portfolio('ReallocationRefused', { ...portfolioFacts.refused('desk'), inputsHash }),
    );
    expect(dueStatusOf(definition, refused, both, now, sha256)).toEqual({ kind: 'unchanged' });
  });

  test('is decided on again once a waiver stands that did not', () => {
    const inputsHash = inputsHashOf(sha256, definition, both.inputs, []);
    const waiver = { waiverId: 'w1', meta: 'desk', who: 'ann', why: 'known', paths: ['features.x'], until: '2026-12-31' };
    const history = new FactHistory()
      .portfolio('MetaPortfolioDefined', definition)
      .portfolio('ReallocationRefused', { ...portfolioFacts.refused('desk'), inputsHash });
    expect(dueStatusOf(definition, after(history.portfolio('ParityWaiverGranted', waiver)), both, now, sha256).kind).toBe('due');
  });

  test('whose window is open is due when it closes', () => {
    const patient = { ...definition, policy: { ...publicationDefaults, coalescing_window_seconds: 60 } };
    const dueAt = '2026-01-02T08:01:00.000Z';
    expect(dueStatusOf(patient, opened, both, now, sha256)).toEqual({
      kind: 'due_later',
      schedule: { meta: 'desk', because: 'coalescing_window', countedFrom: '2026-01-02T08:00:00.000Z', waitSeconds: 60, dueAt },
    });
    expect(dueStatusOf(patient, opened, both, dueAt, sha256).kind).toBe('due');
  });
});
