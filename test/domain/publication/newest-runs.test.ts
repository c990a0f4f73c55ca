import { describe, expect, test } from '@jest/globals';
import { newestRuns } from '../../../domain/publication/newest-runs.ts';
import type { SleeveStanding, StandingRun } from '../../../domain/run/sleeve-standing.ts';

const run = (runId: string, asOf: string, correction = 0): StandingRun => ({ runId, asOf, correction });
function standing(current: StandingRun | null, change: Partial<SleeveStanding> = {}): SleeveStanding {
  return {
    quarantinedWhy: null,
    current,
    currentAt: current === null ? null : '2026-01-02T08:00:00.000Z',
    accepted: new Map(current === null ? [] : [[current.runId, current]]),
    ...change,
  };
}
const at = (currentAt: string): SleeveStanding => standing(run('r', '2025-07-17'), { currentAt });
const sleeve = (name: string, pinnedRunId: string | null = null, path = [name]) => ({ path, sleeve: name, pinnedRunId });
const of = (standings: Record<string, SleeveStanding>) => (name: string) => standings[name]!;

describe('the newest runs of a portfolio', () => {
  test('are the runs that count, in the order of the definition', () => {
    const { inputs, leaves } = newestRuns(
      { sleeves: [sleeve('b'), sleeve('a')] },
      of({ a: standing(run('a1', '2025-07-17')), b: standing(run('b1', '2025-07-16', 2)) }),
    );
    expect(inputs).toEqual([
      { path: ['b'], sleeve: 'b', runId: 'b1', asOf: '2025-07-16', correction: 2 },
      { path: ['a'], sleeve: 'a', runId: 'a1', asOf: '2025-07-17', correction: 0 },
    ]);
    expect(leaves.map(({ asOf }) => asOf)).toEqual(['2025-07-16', '2025-07-17']);
  });

  test('are the pinned run of a sleeve that is pinned, whatever it has delivered since', () => {
    const accepted = new Map([
      ['a1', run('a1', '2025-07-16')],
      ['a2', run('a2', '2025-07-17')],
    ]);
    const { inputs, leaves } = newestRuns({ sleeves: [sleeve('a', 'a1')] }, of({ a: standing(run('a2', '2025-07-17'), { accepted }) }));
    expect(inputs.map(({ runId }) => runId)).toEqual(['a1']);
    expect(leaves).toEqual([{ path: ['a'], sleeve: 'a', pinned: true, asOf: '2025-07-16', quarantinedWhy: null }]);
  });

  test('lack a pinned run that the sleeve does not have: the newest is not a stand-in', () => {
    const { inputs, leaves } = newestRuns({ sleeves: [sleeve('a', 'other')] }, of({ a: standing(run('a2', '2025-07-17')) }));
    expect(inputs).toEqual([]);
    expect(leaves[0]).toMatchObject({ pinned: true, asOf: null });
  });

  test('say of a sleeve without a run, or out of use, what the quorum has to know', () => {
    const { leaves } = newestRuns(
      { sleeves: [sleeve('a'), sleeve('b')] },
      of({ a: standing(null), b: standing(run('b1', '2025-07-17'), { quarantinedWhy: 'wrong prices' }) }),
    );
    expect(leaves).toMatchObject([
      { asOf: null, quarantinedWhy: null },
      { asOf: '2025-07-17', quarantinedWhy: 'wrong prices' },
    ]);
  });

  test('were accepted at times of which those of pinned sleeves do not count', () => {
    const sleeves = [sleeve('late'), sleeve('early'), sleeve('pinned', 'r')];
    expect(
      newestRuns(
        { sleeves },
        of({ late: at('2026-01-02T09:00:00.000Z'), early: at('2026-01-02T08:00:00.000Z'), pinned: at('2026-01-02T08:30:00.000Z') }),
      ).acceptedAt,
    ).toEqual(['2026-01-02T08:00:00.000Z', '2026-01-02T09:00:00.000Z']);
  });

  test('count the time of a sleeve once that stands in the nest twice', () => {
    const sleeves = [sleeve('a', null, ['x', 'a']), sleeve('a', null, ['y', 'a'])];
    expect(newestRuns({ sleeves }, of({ a: standing(run('a1', '2025-07-17')) })).acceptedAt).toHaveLength(1);
  });
});
