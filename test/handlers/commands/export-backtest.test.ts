/** A backtest as the results of the Python programs have it, from facts and tables that are written out by hand. Wealth is Π(1 + r). */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { BacktestStarted } from '../../../domain/backtest-run/events.ts';
import { StagedArtifacts } from '../../../domain/documents/staged-artifacts.ts';
import { exportBacktest } from '../../../handlers/commands/export-backtest.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { backtestFacts, backtestParams, noMetrics } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { sha256 } from '../../support/sample-events.ts';

const staged = new StagedArtifacts(sha256);
const table = (columns: Readonly<Record<string, readonly number[]>>) => {
  const { sha256: address, bytes } = staged.table(
    {
      dates: ['2024-01-05', '2024-01-08'],
      columns: Object.keys(columns),
      values: Object.values(columns).map((one) => Float64Array.from(one)),
    },
    [],
  );
  return { kind: 'document', sha256: address, bytes, mediaType: 'text/csv' } as const;
};
const metrics = { ...noMetrics, sharpe: 1, maxDrawdown: -0.25, volatility: 0.5, total: 0.125, twrAnnualised: 2 };
const figures = { sharpe: 1, max_drawdown: -0.25, annualised_volatility: 0.5, total_return: 0.125, annualised_return: 2 };
const detail = (baselines: readonly object[]) => staged.canonical({ risk: 'hrp', sleeves: [], leafShares: null, baselines });
const weights = [
  [0.5, 0.5],
  [0.75, 0.25],
];
const baseline = (name: string, lookAhead: boolean, isMeasured: boolean) => ({
  name,
  lookAhead,
  metrics: isMeasured ? { ...metrics, sharpe: null } : null,
  costs: null,
  reason: isMeasured ? null : 'too few rows',
});

const [tested] = backtestFacts.completed('b1', ['hrp']).tested;
const profile = (risk: 'hrp' | 'market', baselines: readonly object[]) => ({
  ...tested!,
  risk,
  metrics,
  costs: { netted: 0.25, perSleeve: 0.5, crossingBenefit: 0.25 },
  turnover: { ...tested!.turnover, allocationTwoSided: 0.75, allocationStability: { bonds: 0.125 } },
  baselines,
  tables: { ...tested!.tables, returns: table({ gross: [1, 1], net: [0.5, -0.5], static: [0.25, 0.25] }) },
  detail: detail([
    { name: 'other', columns: ['x'], raw: [[1]], weights: [[1]] },
    { name: 'static', columns: ['bonds', 'gold'], raw: weights, weights },
  ]),
});

async function exported(history: FactHistory) {
  const { ports } = await ledgerHolding(history);
  await ports.artifacts.putAll(staged.contents());
  let text = '';
  const files = { writeWhole: async (_: string, bytes: Uint8Array) => void (text = new TextDecoder().decode(bytes)) };
  const answer = await exportBacktest({ ...ports, files: files as unknown as Ports['files'] }, { runId: 'b1', file: 'out.json' });
  return { answer, text };
}

const begun = (change: Partial<BacktestStarted> = {}) =>
  new FactHistory().add('backtest-b1', 'BacktestStarted', backtestFacts.started('b1', { universeLookAhead: false, ...change }));

describe('an exported backtest', () => {
  test('holds the settings, the weights of each decision, wealth from the close before, and the figures of run and baselines', async () => {
    const decided = backtestFacts.allocated;
    const history = begun()
      .add('backtest-b1', 'WindowAllocated', decided({ newestRead: '2024-01-04', weights: { bonds: 0.5, gold: 0.5 } }))
      .add('backtest-b1', 'WindowAllocated', decided({ newestRead: '2024-01-05', weights: { bonds: 0.75, gold: 0.25 } }))
      .add('backtest-b1', 'WindowAllocated', decided({ newestRead: '2024-01-03', path: ['nested'], weights: { coins: 1 } }))
      .add('backtest-b1', 'WindowAllocated', decided({ newestRead: '2024-01-02', risk: 'market', weights: { bonds: 1 } }))
      .add('backtest-b1', 'BacktestCompleted', {
        ...backtestFacts.completed('b1', ['hrp']),
        tested: [
          profile('hrp', [baseline('static', true, true), baseline('missing', false, false)]),
          profile('market', []),
        ] as unknown as ReturnType<typeof backtestFacts.completed>['tested'],
      });
    const { answer, text } = await exported(history);
    const recursive = {
      ...figures,
      sleeve_turnover_two_sided: 0.75,
      allocation_stability: { bonds: 0.125 },
      costs: { netted: 0.25, per_sleeve: 0.5, crossing_benefit: 0.25 },
      look_ahead: false,
    };
    expect(JSON.parse(text)).toEqual({
      run_id: 'b1',
      meta_profile: 'desk',
      as_of: '2024-01-10',
      ...backtestParams,
      universe_look_ahead: false,
      range_end: '2024-01-10',
      profiles: {
        hrp: {
          sleeve_weights: { '2024-01-04': { bonds: 0.5, gold: 0.5 }, '2024-01-05': { bonds: 0.75, gold: 0.25 } },
          equity: {
            recursive: { '2024-01-04': 1, '2024-01-05': 1.5, '2024-01-08': 0.75 },
            static: { '2024-01-04': 1, '2024-01-05': 1.25, '2024-01-08': 1.5625 },
          },
          stats: {
            recursive,
            // Two-sided turnover of the second decision: |0.75 - 0.5| + |0.25 - 0.5|.
            static: { ...figures, sharpe: null, sleeve_turnover_two_sided: 0.5, look_ahead: true },
          },
        },
        market: {
          sleeve_weights: { '2024-01-02': { bonds: 1 } },
          equity: { recursive: { '2024-01-02': 1, '2024-01-05': 1.5, '2024-01-08': 0.75 } },
          stats: { recursive },
        },
      },
    });
    expect(text.endsWith('}\n')).toBe(true);
    expect(answer).toEqual({
      runId: 'b1',
      file: 'out.json',
      profiles: ['hrp', 'market'],
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  test('is none of a backtest that tested no profile, nor of one without its end', async () => {
    const failed = begun().add('backtest-b1', 'BacktestFailed', backtestFacts.failed('b1', [['hrp', 'no rows']]));
    await expect(exported(failed)).rejects.toMatchObject({
      code: 'ProfilesNotAllocated',
      message: 'the backtest b1 tested no profile',
      at: { path: 'b1' },
    });
    await expect(exported(begun())).rejects.toMatchObject({ code: 'BacktestUnfinished' });
  });
});
