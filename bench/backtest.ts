/** Times recursive backtests of three sleeves on shared returns: the sleeves' windows, the decisions, the book and every baseline. */
import type { WalkedSleeve } from '../domain/backtest/portfolio.ts';
import { runProfileJob } from '../domain/backtest/profile-job.ts';
import { runSleeveJob } from '../domain/backtest/sleeve-job.ts';
import { atomicSleeves, resolveMeta } from '../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../domain/manifest/validate.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import { type RiskProfile, riskProfiles } from '../domain/risk/schemas.ts';
import { rulesInForce } from '../domain/run/rules.ts';
import { measure, peakMegabytes, type Timing } from './measure.ts';
import { simulatedReturns } from './returns.ts';

export interface BacktestFigures {
  readonly sleeves: number;
  readonly columns: number;
  /** Of each sleeve. */
  readonly windows: number;
  readonly allProfiles: Timing;
  readonly hrp: Timing;
  readonly peakMegabytes: number;
}

const ids = ['first', 'second', 'third'] as const;

const node = resolveMeta(
  parseManifest(
    JSON.stringify({
      default_profile: 'whole',
      profiles: {
        ...Object.fromEntries(ids.map((id) => [id, {}])),
        whole: { sleeves: ids.map((id) => ({ id, profile: id })), meta_allocation: { min_weight: 0.05, max_weight: 0.6 } },
      },
    }),
    'bench.json',
  ),
  'whole',
);

/** Columns of the shared returns in turn: each sleeve has its own. */
function returnsOf(sleeve: number, { dates, columns, values }: ReturnMatrix): ReturnMatrix {
  const own = columns.map((_, column) => column).filter((column) => column % ids.length === sleeve);
  const taken = new Float64Array(dates.length * own.length);
  for (let row = 0; row < dates.length; row++)
    own.forEach((column, at) => (taken[row * own.length + at] = values[row * columns.length + column]!));
  return { dates, columns: own.map((column) => `NYSE:${columns[column]!}`), values: taken };
}

/** Every number of one profile; answers how many windows each sleeve had. */
function backtest(risk: RiskProfile, returns: readonly ReturnMatrix[]): number {
  const sleeves = atomicSleeves(node).map(({ path, sleeve }, index): WalkedSleeve => {
    const { blocks } = sleeve.resolved;
    const own = returns[index]!;
    const walk = runSleeveJob({ risk, returns: own, blocks, annualisationDays: 252, givenOrder: own.columns, rules: rulesInForce });
    if (walk.status === 'failed') throw new Error(walk.message);
    return {
      path,
      returns: own,
      walk,
      trainWindow: blocks.backtest.train_window,
      mode: blocks.backtest.rebalance_mode,
      costFraction: blocks.backtest.backtest_slippage + blocks.backtest.backtest_commission,
      calendars: ['XNYS'],
      givenOrder: own.columns,
    };
  });
  const tested = runProfileJob({ risk, node, options: { join: null, projection: null }, rules: rulesInForce, sleeves });
  if (tested.status === 'failed') throw new Error(tested.message);
  return sleeves[0]!.walk.windows.length;
}

export async function measureBacktest(): Promise<BacktestFigures> {
  const shared = simulatedReturns('small');
  const returns = ids.map((_, sleeve) => returnsOf(sleeve, shared));
  const hrp = await measure(() => backtest('hrp', returns), { warmUps: 3, repetitions: 11 });
  const all = await measure(() => riskProfiles.map((risk) => backtest(risk, returns)), { warmUps: 1, repetitions: 7 });
  return {
    sleeves: ids.length,
    columns: shared.columns.length,
    windows: hrp.result,
    allProfiles: all.timing,
    hrp: hrp.timing,
    peakMegabytes: peakMegabytes(),
  };
}
