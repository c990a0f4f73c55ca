import { describe, expect, jest, test } from '@jest/globals';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import type { SleeveProfileSolved } from '../../../domain/sleeve-run/events.ts';

/** A build two releases on: rules 1 are no longer kept, rules 2 moved the weights of a sleeve. */
const real = await import('../../../domain/run/rules.ts');
const history = [
  real.rulesHistory[0]!,
  { version: 2, since: '0.2.0', changes: 'another ridge', moves: ['SleeveProfileSolved.data.weights'] },
];
const kept = new Set([2]);
jest.unstable_mockModule('../../../domain/run/rules.ts', () => ({
  ...real,
  rulesHistory: history,
  rulesKept: kept,
  rulesInForce: 2,
  requireRules: (version: number) => real.requireRules(version, kept),
  rulesThatMoved: (path: string, recorded: number, computed: number) => real.rulesThatMoved(path, recorded, computed, history),
}));

const { draftEvent } = await import('../../../domain/catalogue.ts');
const { produceSleeveRun, recordSleeveRun } = await import('../../../handlers/commands/flow-production.ts');
const { replayRuns } = await import('../../../handlers/queries/replay-runs.ts');
const { fileOf, manifestOf, memoryLedger } = await import('./world.ts');

const all = { runId: null, asOf: null, knownAt: null };
const never = new AbortController().signal;

const moved = (items: SleeveProfileSolved['weights'], by: number): SleeveProfileSolved['weights'] =>
  items.map((item, index) => (index === 0 ? { ...item, weight: item.weight + by } : item));

/**
 * Records a run of the stocks as a build of these rules would have: its first live hrp weight off by `amount`, its last-window weight by
 * `elsewhere`.
 */
async function replayedAfter(rules: number, amount: number, elsewhere = 0) {
  const { session } = memoryLedger();
  const options = { from: null, asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;
  const computed = produceSleeveRun(session.ports, {
    manifest: manifestOf(),
    profile: 'stocks',
    files: [fileOf('stocks')],
    options,
    correction: 0,
  });
  const drafts = computed.drafts.map((draft) => {
    if (draft.type === 'SleeveRunOpened') return draftEvent('SleeveRunOpened', { ...draft.data, rules });
    if (draft.type !== 'SleeveProfileSolved' || draft.data.risk !== 'hrp') return draft;
    const { data } = draft;
    return draftEvent('SleeveProfileSolved', {
      ...data,
      weights: moved(data.weights, amount),
      lastWindowWeights: moved(data.lastWindowWeights, elsewhere),
    });
  });
  await recordSleeveRun(session, { ...computed, drafts });
  return replayRuns(session.ports, all, never);
}

describe('replay of a run whose rules are no longer kept', () => {
  test('recomputes it under the rules in force and names the version that explains the difference', async () => {
    const report = await replayedAfter(1, 1e-6);
    expect(report).toMatchObject({ checked: 1, identical: 0, withinTolerance: 0, explained: 1 });
    expect(report.runs[0]).toMatchObject({ outcome: 'explained', rules: { recorded: 1, recomputed: 2 } });
    expect(report.different.map(({ explainedBy }) => String(explainedBy)).toSorted(byCodeUnits)).toEqual([
      'recomputed under rules 2',
      'rules 2: another ridge',
    ]);
  });

  test('a difference where no later version moved anything stays a difference', async () => {
    const report = await replayedAfter(1, 1e-6, 1e-6);
    expect(report).toMatchObject({ explained: 0, runs: [{ outcome: 'different' }] });
    expect(report.different.filter(({ explainedBy }) => explainedBy === null).map(({ path }) => path)).toEqual([
      expect.stringContaining('lastWindowWeights[0].weight'),
    ]);
  });
});

describe('replay of a run of kept rules', () => {
  test('is identical under them', async () => {
    expect(await replayedAfter(2, 0)).toMatchObject({ checked: 1, identical: 1, runs: [{ rules: { recorded: 2, recomputed: 2 } }] });
  });

  test('a difference is explained by nothing', async () => {
    expect(await replayedAfter(2, 1e-6)).toMatchObject({
      explained: 0,
      different: [{ explainedBy: null }],
      runs: [{ outcome: 'different' }],
    });
  });
});

test('a run of rules that this build does not know yet is not recomputed, and says why', async () => {
  const report = await replayedAfter(3, 0);
  expect(report).toMatchObject({ identical: 0, explained: 0, runs: [{ outcome: 'notRecomputed', error: { code: 'RulesUnknown' } }] });
});
