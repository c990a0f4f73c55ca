import { walkForward } from '../../domain/backtest/walk-forward.ts';
import { draftEvent } from '../../domain/catalogue.ts';
import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import type { CalendarId } from '../../domain/returns/calendar.ts';
import { lastRowsOf } from '../../domain/returns/matrix.ts';
import { computeMetrics } from '../../domain/returns/metrics.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { solveProfile } from '../../domain/risk/profiles.ts';
import type { RiskProfile, SolveParameters, SolveResult } from '../../domain/risk/schemas.ts';
import { endsProfile } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { SleeveRunDraft } from '../../domain/sleeve/run-slice.ts';
import { type ArtifactShelf, seriesAsTable } from '../artifact-files.ts';

export interface ProfileWork {
  readonly risk: RiskProfile;
  readonly matrix: ReturnMatrix;
  readonly resolved: ResolvedProfile;
  readonly parameters: SolveParameters;
  readonly calendars: readonly CalendarId[];
}

export interface ProfileOutcome {
  readonly draft: SleeveRunDraft;
  readonly rows: number;
  readonly solved: boolean;
}

function solvedWindow(work: ProfileWork, training: ReturnMatrix, label: string): SolveResult {
  try {
    return solveProfile({ risk: work.risk, training, parameters: work.parameters });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new LedgerError(error.code, `${label}: ${error.message}`, { evidence: { ...error.evidence, window: label } });
  }
}

function solved(work: ProfileWork, shelf: ArtifactShelf): ProfileOutcome {
  const { backtest } = work.resolved.blocks;
  const plan = {
    trainWindow: backtest.train_window,
    testWindow: backtest.test_window,
    stepSize: backtest.step_size,
    rebalanceMode: backtest.rebalance_mode,
    costFraction: backtest.backtest_slippage + backtest.backtest_commission,
  };
  const walked = walkForward({
    ...plan,
    returns: work.matrix,
    solve: (training, index) => {
      const result = solvedWindow(work, training, `window ${index} (training ${training.dates[0]} to ${training.dates.at(-1)})`);
      return { weights: result.weights.map(({ weight }) => weight), result };
    },
  });
  const live = solvedWindow(work, lastRowsOf(work.matrix, plan.trainWindow), 'live solve');
  const { oos, windows, solutions, summary } = walked;
  const lastWeights = windows.at(-1)!.weights;
  const flags = [...new Set(solutions.flatMap(({ result }) => [...result.flags, ...(result.fallback === null ? [] : [`fallback_${result.fallback.to}`])]))].toSorted();
  const detail = shelf.document('walk-forward', {
    columns: work.matrix.columns,
    summary,
    windows: windows.map((window, index) => ({ ...window, solve: { ...solutions[index]!.result, weights: [] } })),
  });
  const draft = draftEvent('SleeveProfileSolved', {
    risk: work.risk,
    weights: live.weights,
    lastWindowWeights: work.matrix.columns.map((symbol, column) => ({ symbol, weight: lastWeights[column]! })),
    parameters: work.parameters,
    solve: live,
    walkForward: {
      trainWindow: plan.trainWindow,
      testWindow: plan.testWindow,
      stepSize: plan.stepSize,
      rebalanceMode: plan.rebalanceMode,
      slippageFraction: backtest.backtest_slippage,
      commissionFraction: backtest.backtest_commission,
      windows: windows.length,
      truncatedTestWindow: walked.truncatedTestWindow,
      lastPartialRows: walked.lastPartialRows,
      turnoverTwoSided: summary.turnoverTwoSided,
      costFraction: summary.costFractionCharged,
      flags: summary.extremeDays.length > 0 ? [...flags, 'extreme_day'] : flags,
      detail,
    },
    outOfSample: {
      rows: oos.dates.length,
      first: oos.dates[0]!,
      last: oos.dates.at(-1)!,
      totalReturn: summary.netReturn,
      returns: shelf.table(seriesAsTable(oos), work.calendars),
      metrics: computeMetrics(oos, work.parameters.annualisationDays),
    },
  });
  return { draft: draft, rows: oos.dates.length, solved: true };
}

/** One risk profile of a sleeve: walk-forward over the grid and a fresh solve at its end; a failure becomes a fact of its own. */
export function computeProfile(work: ProfileWork, shelf: ArtifactShelf): ProfileOutcome {
  try {
    return solved(work, shelf);
  } catch (error) {
    if (!endsProfile(error)) throw error;
    const draft = draftEvent('SleeveProfileFailed', { risk: work.risk, code: error.code, reason: error.message, evidence: JSON.parse(JSON.stringify(error.evidence)) as Record<string, unknown> });
    return { draft: draft, rows: 0, solved: false };
  }
}
