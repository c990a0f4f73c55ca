import { windowPlanOf } from '../../manifest/window-plan.ts';
import { lastRowsOf } from '../../returns/matrix.ts';
import { computeMetrics, type Metrics, metricsPolicyOf } from '../../returns/metrics.ts';
import type { ReturnMatrix } from '../../returns/series.ts';
import { hardenedFlag } from '../../risk/profiles.ts';
import type { RiskProfile, SolveParameters, SolveResult } from '../../risk/schemas.ts';
import { endsProfile } from '../../shared/error-kinds.ts';
import { clippedStreams } from '../../sleeve-selection/sign-tested.ts';
import { type WalkForward, walkForward } from '../../walk-forward/walk-forward.ts';
import type { FailedProfile } from '../outcomes.ts';
import { heldColumns, type ProfileWork, solvedDecision, type SolvedWindow, solvedWindow } from './solve-window.ts';

/** Of a run whose static selection read rows that its earlier windows had not seen. */
export const selectionLookAheadFlag = 'selection_look_ahead';
/** A short position that was held over a day on which its symbol at least doubled: it lost all of itself, and no more. */
export const shortClippedFlag = 'short_clipped';
/** Of a window that holds cash. */
export const cashFlag = 'cash';

/** A risk profile that was held out of sample and solved once more at the end. */
export interface SolvedProfile {
  readonly status: 'solved';
  readonly risk: RiskProfile;
  readonly parameters: SolveParameters;
  readonly columns: readonly string[];
  readonly walked: WalkForward<SolvedWindow>;
  /** A fresh solve on the last training rows. */
  readonly live: SolveResult;
  /** Of all its solves, with the fallbacks that they took, each once; whether a day was extreme; and whether the last window is partial. */
  readonly flags: readonly string[];
  readonly metrics: Metrics;
  /** What keeps it from being native, in words. */
  readonly problems: readonly string[];
}

function flagsOfWindow({ result, cashBecause }: SolvedWindow): readonly string[] {
  if (result === null) return cashBecause === 'infeasible' ? [cashFlag, 'infeasible'] : [cashFlag];
  return [...result.flags, ...(result.fallback === null ? [] : [`fallback_${result.fallback.to}`])];
}

/** What the solves of the windows were flagged with, and the fallbacks that they took, as often as they were. */
export function windowFlags({ solutions }: Pick<WalkForward<SolvedWindow>, 'solutions'>): string[] {
  return solutions.flatMap(flagsOfWindow);
}

function isClippedIn(matrix: ReturnMatrix, { windows }: Pick<WalkForward<SolvedWindow>, 'windows'>): boolean {
  return clippedStreams(matrix).some(({ atom, date }) => {
    const window = windows.find(({ testFirst, testLast }) => testFirst <= date && date <= testLast);
    return window !== undefined && window.weights[matrix.columns.indexOf(atom)]! > 0;
  });
}

/** The flags of all windows; of the live solve only that it was hardened, the others stand beside it. */
function flagsOf({ selecting, matrix }: ProfileWork, walked: WalkForward<SolvedWindow>, live: SolveResult): string[] {
  const { summary, partialRows } = walked;
  const flags = [...new Set([...windowFlags(walked), ...live.flags.filter((flag) => flag === hardenedFlag)])].toSorted();
  return [
    ...flags,
    ...(summary.extremeDays.length > 0 ? ['extreme_day'] : []),
    ...(partialRows > 0 ? ['partial'] : []),
    ...(selecting?.looksAhead === true ? [selectionLookAheadFlag] : []),
    ...(isClippedIn(matrix, walked) ? [shortClippedFlag] : []),
  ];
}

function isHardened({ flags }: SolveResult): boolean {
  return flags.includes(hardenedFlag);
}

/** The correlation shrinkage of the attempt that solved. */
function shrinkageOf({ attempts }: SolveResult): number {
  return attempts.at(-1)!.correlationShrinkage;
}

/** Solves that took more correlation shrinkage than was asked for: they answer another question. */
function hardeningOf({ solutions }: WalkForward<SolvedWindow>, live: SolveResult, { correlationShrinkage }: SolveParameters): string[] {
  const hardened = solutions.flatMap(({ result }) => (result !== null && isHardened(result) ? [result] : []));
  const windows =
    hardened.length === 0
      ? []
      : [
          `${hardened.length} of ${solutions.length} windows hardened to a correlation shrinkage ` +
            `of ${Math.max(...hardened.map(shrinkageOf))}`,
        ];
  const last = isHardened(live) ? [`live weights hardened to a correlation shrinkage of ${shrinkageOf(live)}`] : [];
  return [...windows, ...last].map((what) => `${what} (${correlationShrinkage} asked for)`);
}

function infeasibleWindows({ solutions }: WalkForward<SolvedWindow>): string[] {
  const count = solutions.filter(({ cashBecause }) => cashBecause === 'infeasible').length;
  return count === 0 ? [] : [`${count} of ${solutions.length} windows have no feasible weights and held cash`];
}

/** The walk-forward of a risk profile over the grid, solved window by window under the rules. */
export function walkProfile(work: ProfileWork): WalkForward<SolvedWindow> {
  const { backtest } = work.resolved.blocks;
  return walkForward({
    returns: work.matrix,
    ...windowPlanOf(backtest),
    rebalanceMode: backtest.rebalance_mode,
    costFraction: backtest.backtest_slippage + backtest.backtest_commission,
    solve: (training, index) => {
      const label = `window ${index} (training ${training.dates[0]} to ${training.dates.at(-1)})`;
      return solvedWindow(work, { training, end: backtest.train_window + index * backtest.step_size, label }, index);
    },
  });
}

function solved(work: ProfileWork): SolvedProfile {
  const { risk, matrix, parameters } = work;
  const { backtest } = work.resolved.blocks;
  const walked = walkProfile(work);
  const latest = { training: lastRowsOf(matrix, backtest.train_window), end: matrix.dates.length, label: 'live solve' };
  const live = solvedDecision(work, work.selecting === null ? latest : heldColumns(latest, work.selecting.choices.live));
  const metrics = computeMetrics(walked.oos, parameters.annualisationDays, metricsPolicyOf(work.rules));
  return {
    status: 'solved',
    risk,
    parameters,
    columns: matrix.columns,
    walked,
    live,
    flags: flagsOf(work, walked, live),
    metrics,
    problems: [...hardeningOf(walked, live, parameters), ...infeasibleWindows(walked)],
  };
}

/**
 * One risk profile of a sleeve: walk-forward over the grid and a fresh solve at its end. A failure that ends no more than the profile is
 * its outcome.
 */
export function solvedOrFailed(work: ProfileWork): SolvedProfile | FailedProfile {
  try {
    return solved(work);
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return { status: 'failed', risk: work.risk, error };
  }
}
