import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { lastRowsOf } from '../../returns/matrix.ts';
import { computeMetrics, type Metrics } from '../../returns/metrics.ts';
import type { ReturnMatrix } from '../../returns/series.ts';
import { solveProfile } from '../../risk/profiles.ts';
import type { RiskProfile, SolveParameters, SolveResult } from '../../risk/schemas.ts';
import { endsProfile } from '../../shared/error-kinds.ts';
import { LedgerError } from '../../shared/errors.ts';
import { type WalkForward, walkForward, type WindowSolution } from '../../walk-forward/walk-forward.ts';
import type { FailedProfile } from '../outcomes.ts';

export interface ProfileWork {
  readonly risk: RiskProfile;
  readonly matrix: ReturnMatrix;
  readonly resolved: ResolvedProfile;
  readonly parameters: SolveParameters;
}

interface SolvedWindow extends WindowSolution {
  readonly result: SolveResult;
}

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
}

function solvedWindow(work: ProfileWork, training: ReturnMatrix, label: string): SolveResult {
  try {
    return solveProfile({ risk: work.risk, training, parameters: work.parameters });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(error.code, `${label}: ${error.message}`, { evidence: { ...error.evidence, window: label } });
  }
}

function flagsOf({ solutions, summary, partialRows }: WalkForward<SolvedWindow>): string[] {
  const flags = [
    ...new Set(
      solutions.flatMap(({ result }) => [...result.flags, ...(result.fallback === null ? [] : [`fallback_${result.fallback.to}`])]),
    ),
  ].toSorted();
  return [...flags, ...(summary.extremeDays.length > 0 ? ['extreme_day'] : []), ...(partialRows > 0 ? ['partial'] : [])];
}

function solved(work: ProfileWork): SolvedProfile {
  const { risk, matrix, parameters } = work;
  const { backtest } = work.resolved.blocks;
  const walked = walkForward({
    returns: matrix,
    trainWindow: backtest.train_window,
    testWindow: backtest.test_window,
    stepSize: backtest.step_size,
    partialLastWindow: backtest.partial_last_window,
    rebalanceMode: backtest.rebalance_mode,
    costFraction: backtest.backtest_slippage + backtest.backtest_commission,
    solve: (training, index) => {
      const result = solvedWindow(work, training, `window ${index} (training ${training.dates[0]} to ${training.dates.at(-1)})`);
      return { weights: result.weights.map(({ weight }) => weight), result };
    },
  });
  const live = solvedWindow(work, lastRowsOf(matrix, backtest.train_window), 'live solve');
  const metrics = computeMetrics(walked.oos, parameters.annualisationDays);
  return { status: 'solved', risk, parameters, columns: matrix.columns, walked, live, flags: flagsOf(walked), metrics };
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
