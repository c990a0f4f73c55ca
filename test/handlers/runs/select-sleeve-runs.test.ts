/** The runs that a portfolio consumes: of every sleeve at every depth, none stale, all in one currency. */
import { describe, expect, test } from '@jest/globals';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import type { DeliveredRun } from '../../../domain/run/delivered-run.ts';
import { selectSleeveRuns } from '../../../handlers/runs/select-sleeve-runs.ts';
import type { KnownSleeve } from '../../../handlers/runs/sleeve-sources.ts';
import { deliveredRun, nestedPortfolio } from '../../support/delivered-runs.ts';

interface Offered {
  readonly quarantinedWhy?: string | null;
  readonly runs?: readonly string[];
}

/** Sleeves with accepted runs, one for each date; the newest date counts. */
const sourceOf =
  (offered: Readonly<Record<string, Offered>>) =>
  async (sleeve: string): Promise<KnownSleeve> => {
    const { quarantinedWhy = null, runs = ['2024-01-10'] } = offered[sleeve] ?? {};
    const all = runs.map((asOf) => ({ runId: `${sleeve}-${asOf}`, asOf })).toSorted((left, right) => (left.asOf < right.asOf ? -1 : 1));
    return {
      quarantinedWhy,
      latest: async (asOf) => all.findLast((run) => asOf === null || run.asOf <= asOf) ?? null,
      run: async (runId) => all.find((run) => run.runId === runId) ?? null,
    };
  };

const load =
  (change: Readonly<Record<string, Partial<DeliveredRun>>> = {}) =>
  async (runId: string): Promise<DeliveredRun> => {
    const [name] = runId.split('-');
    return { ...deliveredRun(name!, 1), runId, freshUntil: '2024-01-10', ...change[name!] };
  };

const select = (
  offered: Readonly<Record<string, Offered>>,
  asOf: string | null = null,
  change: Readonly<Record<string, Partial<DeliveredRun>>> = {},
  node: MetaNode = nestedPortfolio(),
) => selectSleeveRuns(node, asOf, sourceOf(offered), load(change));

describe('the runs of a portfolio', () => {
  test('are the newest of every sleeve at every depth, with how far each is behind', async () => {
    const change = { coins: { freshUntil: '2024-01-09' } };
    const { leaves, staleness, asOf } = await select({ stocks: { runs: ['2024-01-09', '2024-01-12'] } }, null, change);
    expect([...leaves].map(([path, { runId }]) => [path, runId])).toEqual([
      ['stocks', 'stocks-2024-01-12'],
      ['listed/funds', 'funds-2024-01-10'],
      ['listed/coins', 'coins-2024-01-10'],
    ]);
    expect([...staleness]).toEqual([
      ['stocks', 0],
      ['listed/funds', 0],
      ['listed/coins', 1],
    ]);
    expect(asOf).toBe('2024-01-12');
  });

  test('of a date are those up to it, and the date is that of the portfolio', async () => {
    const { leaves, asOf } = await select({ stocks: { runs: ['2024-01-09', '2024-01-12'] } }, '2024-01-10');
    expect([leaves.get('stocks')!.runId, asOf]).toEqual(['stocks-2024-01-09', '2024-01-10']);
  });

  test.each<[string, Readonly<Record<string, Offered>>, string | null, Readonly<Record<string, Partial<DeliveredRun>>>, object]>([
    [
      'of which one is out of use',
      { funds: { quarantinedWhy: 'bad prices' } },
      null,
      {},
      { code: 'SleeveQuarantined', evidence: { path: ['listed', 'funds'], why: 'bad prices' } },
    ],
    [
      'of which one has nothing of that date',
      { coins: { runs: ['2024-01-12'] } },
      '2024-01-11',
      {},
      { code: 'SleeveRunMissing', evidence: { path: ['listed', 'coins'], profile: 'coins', latest: 'coins-2024-01-12' } },
    ],
    [
      'of which one has nothing at all',
      { coins: { runs: [] } },
      null,
      {},
      { code: 'SleeveRunMissing', evidence: { path: ['listed', 'coins'], profile: 'coins', latest: null } },
    ],
    ['of which one is stale', {}, null, { stocks: { freshUntil: '2023-01-10' } }, { code: 'SleeveStale', evidence: { path: 'stocks' } }],
    ['of which one counts in another currency', {}, null, { funds: { currency: 'EUR' } }, { code: 'CurrencyMixed' }],
  ])('%s are refused', async (_, offered, asOf, change, error) => {
    await expect(select(offered, asOf, change)).rejects.toMatchObject(error);
  });

  test('take the pinned one, or refuse', async () => {
    const [first, ...others] = nestedPortfolio().sleeves;
    const pinned = (runId: string): MetaNode => ({ ...nestedPortfolio(), sleeves: [{ ...first!, runId }, ...others] }) as MetaNode;
    const { leaves } = await select({ stocks: { runs: ['2024-01-09', '2024-01-10'] } }, null, {}, pinned('stocks-2024-01-09'));
    expect(leaves.get('stocks')!.runId).toBe('stocks-2024-01-09');
    await expect(select({}, null, {}, pinned('stocks-elsewhere'))).rejects.toMatchObject({
      code: 'SleeveRunMissing',
      evidence: { path: ['stocks'], pinned: 'stocks-elsewhere', latest: 'stocks-2024-01-10' },
    });
  });
});
