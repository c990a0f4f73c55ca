import { weighed } from '../allocation/node.ts';
import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { windowPlanOf } from '../manifest/window-plan.ts';
import { type Join, joinReturns } from '../returns/join.ts';
import { rowsOf } from '../returns/matrix.ts';
import { metricsPolicyOf } from '../returns/metrics.ts';
import type { IsoDate, ReturnMatrix, ReturnSeries } from '../returns/series.ts';
import { riskContributions } from '../risk/contribution.ts';
import type { AdaptiveRecord, RiskProfile, SolveParameters } from '../risk/schemas.ts';
import type { MetaRunOptions } from '../run/meta-run-options.ts';
import { limits } from '../shared/limits.ts';
import { planWindows, type WindowRows } from '../walk-forward/walk-forward.ts';

/** What a backtest is asked for beside its definition. */
export type BacktestOptions = Pick<MetaRunOptions, 'join' | 'projection'>;

/** How one portfolio of a backtest decides. */
export interface Deciding {
  readonly risk: RiskProfile;
  readonly options: BacktestOptions;
  readonly rules: number;
  readonly parameters: SolveParameters;
}

/** A sleeve, or a portfolio below, as the portfolio above it learns from it. */
export interface Learned {
  readonly id: string;
  /** Net of its own costs, out of sample. */
  readonly series: ReturnSeries;
  /** Closes at which something in it was decided, ascending: each is the newest row that the decision read. */
  readonly reads: readonly IsoDate[];
}

/** A decision on capital: made and traded at the close of `newestRead`, earning from `first` to `last`. */
export interface MetaDecision {
  readonly index: number;
  readonly trainFirst: IsoDate;
  readonly trainRows: number;
  readonly newestRead: IsoDate;
  readonly first: IsoDate;
  readonly last: IsoDate;
  /** Joined rows that it earns; fewer than a step where it is partial. */
  readonly rows: number;
  readonly partial: boolean;
  /** Aligned to the columns of the joined rows, as is all that follows. */
  readonly raw: readonly number[];
  readonly bounded: readonly number[];
  /** The newest row that was read for the target of each sleeve that the decision takes over; never after its own. */
  readonly sleeveReads: readonly IsoDate[];
  /** Share of each sleeve in the ex-ante variance, by the optimiser's covariance; null where that is 0. */
  readonly riskShares: readonly number[] | null;
  readonly flags: readonly string[];
  /** Of the adaptive profile alone. */
  readonly adaptive?: AdaptiveRecord;
}

/** The decisions of one portfolio, on the joined rows of what it holds. */
export interface Level {
  readonly join: Join;
  readonly windows: readonly WindowRows[];
  readonly decisions: readonly MetaDecision[];
  /** Joined rows behind the last window that nobody trades; rows of a partial window. */
  readonly untradedRows: number;
  readonly partialRows: number;
  readonly warnings: readonly string[];
}

/** Rows that a decision learns from: the last of its training window, or all up to it. */
export function learnedRows(node: MetaNode, joined: ReturnMatrix, { trainFirst, testFirst }: WindowRows): ReturnMatrix {
  return rowsOf(joined, node.blocks.backtest.meta_rows === 'expanding' ? 0 : trainFirst, testFirst);
}

function newestUpTo(reads: readonly IsoDate[], date: IsoDate): IsoDate {
  return reads.findLast((read) => read <= date)!;
}

/** Decisions with what they saw. */
export interface DecidedLevel {
  readonly level: Level;
  /** The optimiser's covariance of each decision, annualised, columns x columns, row-major. */
  readonly covariances: readonly Float64Array[];
}

interface Decided {
  readonly decision: MetaDecision;
  readonly covariance: Float64Array;
}

function decide(work: Deciding, node: MetaNode, join: Join, learned: readonly Learned[], window: WindowRows, index: number): Decided {
  const { dates } = join.matrix;
  const training = learnedRows(node, join.matrix, window);
  const { raw, bounded, covariance, solve } = weighed(work, node, training, work.parameters, rowsOf(join.matrix, 0, window.testFirst));
  const newestRead = dates[window.testFirst - 1]!;
  const rows = window.testEnd - window.testFirst;
  const partial = rows < node.blocks.backtest.step_size;
  const decision: MetaDecision = {
    index,
    trainFirst: training.dates[0]!,
    trainRows: training.dates.length,
    newestRead,
    first: dates[window.testFirst]!,
    last: dates[window.testEnd - 1]!,
    rows,
    partial,
    raw,
    bounded,
    sleeveReads: learned.map(({ reads }) => newestUpTo(reads, newestRead)),
    riskShares: riskContributions(covariance, bounded).shares,
    flags: [...solve.flags, ...(solve.fallback === null ? [] : [`fallback_${solve.fallback.to}`]), ...(partial ? ['partial'] : [])],
    ...(solve.adaptive === undefined ? {} : { adaptive: solve.adaptive }),
  };
  return { decision, covariance };
}

function warningsOf(node: MetaNode, rows: number): string[] {
  if (rows >= limits.commonRowsMin) return [];
  return [`${node.requested}: ${rows} joined rows are fewer than the ${limits.commonRowsMin} that a live allocation needs`];
}

/**
 * Every decision of one portfolio. Windows are counted on the joined out-of-sample rows: decision k has train rows [i - train, i), i =
 * train + k * step, and is traded at the close of joined row i - 1 (docs/explanation/backtests.md). `learned` is in code-unit order of ids.
 * Errors: OverlapTooShort below train + test joined rows, BoundsInfeasible, and those of the solve.
 */
export function decideLevel(work: Deciding, node: MetaNode, learned: readonly Learned[]): DecidedLevel {
  const { backtest } = node.blocks;
  const plan = windowPlanOf(backtest);
  const join = joinReturns(learned, {
    policy: work.options.join ?? node.allocation.join,
    metrics: metricsPolicyOf(work.rules),
    rowsMin: plan.trainWindow + Math.min(plan.testWindow, plan.stepSize),
  });
  const { windows, lastPartialRows } = planWindows(join.rows, plan, plan.partialLastWindow);
  const trades = plan.partialLastWindow === 'trade';
  const decided = windows.map((window, index) => decide(work, node, join, learned, window, index));
  const level = {
    join,
    windows,
    decisions: decided.map(({ decision }) => decision),
    untradedRows: trades ? 0 : lastPartialRows,
    partialRows: trades ? lastPartialRows : 0,
    warnings: warningsOf(node, join.rows),
  };
  return { level, covariances: decided.map(({ covariance }) => covariance) };
}
