/** The tables of one tested profile: every one under the name of its file, those that stand as JSON beside the facts as tables too. */
import { describe, expect, test } from '@jest/globals';
import type { TestedProfileFacts } from '../../../domain/backtest-run/events.ts';
import type { BacktestDetail } from '../../../domain/backtest-run/detail.ts';
import { backtestSeries } from '../../../handlers/series/backtest-series.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { backtestFacts } from '../../support/backtest-facts.ts';
import { keepJson, keepTable, tableOfRows } from '../../support/fact-ledger.ts';

/** A table whose only number tells which it is. */
const marked = (mark: number, date = '2024-01-05') => tableOfRows(['mark'], { [date]: [mark] });
const decisions = tableOfRows(['mark'], { '2024-01-04': [3], '2024-01-08': [3] });

const detail: BacktestDetail = {
  risk: 'hrp',
  sleeves: [
    {
      path: ['listed', 'bonds'],
      columns: ['NYSE:AAA'],
      windows: [
        { newestRead: '2024-01-03', first: '2024-01-04', last: '2024-01-05', rows: 2, turnoverTwoSided: 1, costFraction: 0.25 },
        { newestRead: '2024-01-05', first: '2024-01-08', last: '2024-01-10', rows: 3, turnoverTwoSided: 0.5, costFraction: 0.125 },
      ],
    },
  ],
  leafShares: null,
  baselines: [
    {
      name: 'alone:bonds:a',
      columns: ['bonds', 'gold'],
      raw: [
        [0.5, 0.25],
        [0.75, 0.125],
      ],
      weights: [
        [1, 0],
        [0.875, 0.0625],
      ],
    },
  ],
};

async function tested(memory: ReturnType<typeof createMemoryStore>, change: Partial<TestedProfileFacts> = {}): Promise<TestedProfileFacts> {
  const [profile] = backtestFacts.completed('t', ['hrp']).tested;
  const stored = (mark: number) => keepTable(memory, marked(mark));
  return {
    ...profile!,
    tables: {
      returns: await stored(1),
      joined: await stored(2),
      decisions: await keepTable(memory, decisions),
      leafWeights: await stored(4),
      assetWeights: await stored(5),
      riskShares: await stored(6),
      trades: await stored(7),
    },
    sleeves: [{ ...profile!.sleeves[0]!, path: ['listed', 'bonds'], stream: await stored(8), weights: await stored(9) }],
    detail: await keepJson(memory, detail),
    ...change,
  };
}

describe('the series of a tested profile', () => {
  test('are its tables, those of its sleeves, their windows, and what each baseline held around the guardrails', async () => {
    const memory = createMemoryStore();
    expect(await backtestSeries(memory.artifacts, await tested(memory))).toEqual([
      { name: 'returns', table: marked(1) },
      { name: 'joined', table: marked(2) },
      { name: 'decisions', table: decisions },
      { name: 'leaf_weights', table: marked(4) },
      { name: 'asset_weights', table: marked(5) },
      { name: 'risk_shares', table: marked(6) },
      { name: 'trades', table: marked(7) },
      { name: 'sleeve_returns_listed.bonds', table: marked(8) },
      { name: 'sleeve_weights_listed.bonds', table: marked(9) },
      {
        name: 'sleeve_windows_listed.bonds',
        table: tableOfRows(['rows', 'turnover_two_sided', 'cost_fraction'], { '2024-01-03': [2, 1, 0.25], '2024-01-05': [3, 0.5, 0.125] }),
      },
      {
        name: 'baseline_weights_alone_bonds_a',
        table: tableOfRows(['raw:bonds', 'raw:gold', 'weight:bonds', 'weight:gold'], {
          '2024-01-04': [0.5, 0.25, 1, 0],
          '2024-01-08': [0.75, 0.125, 0.875, 0.0625],
        }),
      },
    ]);
  });

  test('are not there where one of them is gone, or where the detail is no detail', async () => {
    const memory = createMemoryStore();
    const gone = await tested(memory, { sleeves: backtestFacts.completed('t', ['hrp']).tested[0]!.sleeves });
    await expect(backtestSeries(memory.artifacts, gone)).rejects.toMatchObject({ code: 'ArtifactMissing' });
    const other = await keepJson(memory, { ...detail, leafShares: undefined });
    await expect(backtestSeries(memory.artifacts, await tested(memory, { detail: other }))).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: 'the detail of a backtest does not fit its schema',
      evidence: { sha256: other.sha256 },
    });
  });
});
