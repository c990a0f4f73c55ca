import { selectionLookAheadFlag, walkProfile, windowFlags } from '../allocation/sleeve/profile.ts';
import type { ProfileWork } from '../allocation/sleeve/solve-window.ts';
import type { ResolvedBlocks } from '../manifest/blocks.ts';
import { solveParametersOf } from '../manifest/solve-parameters.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import type { ErrorCode, LedgerError } from '../shared/errors.ts';

/**
 * A sleeve's walk-forward for one risk profile: everything that its result depends on, as plain data that can be sent to another process
 * and hashed.
 */
export interface SleeveJob extends Pick<ProfileWork, 'selecting' | 'regime' | 'rawPool'> {
  readonly risk: RiskProfile;
  /** Simple returns on the sleeve's own grid; for `market`, those of its benchmarks. */
  readonly returns: ReturnMatrix;
  readonly blocks: Pick<ResolvedBlocks, 'backtest' | 'risk' | 'features'>;
  readonly annualisationDays: number;
  /** Symbols in the order that the user gave. */
  readonly givenOrder: readonly string[];
  /** Version of the rules. */
  readonly rules: number;
}

/** One window of a sleeve: decided and traded at the close of `newestRead`, held from `first` to `last`. */
export interface SleeveWindow {
  readonly newestRead: IsoDate;
  readonly first: IsoDate;
  readonly last: IsoDate;
  /** Row of `first` in the returns. */
  readonly firstRow: number;
  readonly rows: number;
  /** Aligned to the columns of the returns. */
  readonly weights: readonly number[];
  readonly turnoverTwoSided: number;
  readonly costFractionCharged: number;
  /** Of the covariance that the window was solved by: more than was asked for where it had to be hardened. */
  readonly correlationShrinkage: number;
}

export interface SleeveWalk {
  readonly status: 'walked';
  readonly risk: RiskProfile;
  readonly windows: readonly SleeveWindow[];
  /** Rows of the returns that were held, out of sample. */
  readonly dates: readonly IsoDate[];
  readonly gross: Float64Array;
  readonly net: Float64Array;
  /** Rows behind the last full window; those of them that were traded. */
  readonly lastPartialRows: number;
  readonly partialRows: number;
  readonly flags: readonly string[];
}

/** Why a job has no result, as plain data. */
export interface JobFailure {
  readonly status: 'failed';
  readonly code: ErrorCode;
  readonly message: string;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export function failureOf({ code, message, evidence }: LedgerError): JobFailure {
  return { status: 'failed', code, message, evidence };
}

function workOf({ returns, blocks, annualisationDays, ...job }: SleeveJob): ProfileWork {
  return { ...job, matrix: returns, resolved: { blocks }, parameters: solveParametersOf(blocks, annualisationDays) };
}

function walkedJob(job: SleeveJob): SleeveWalk {
  const work = workOf(job);
  const walked = walkProfile(work);
  const { backtest } = job.blocks;
  const { dates, values: net } = walked.oos;
  let firstRow = backtest.train_window;
  const windows = walked.windows.map((window, index): SleeveWindow => {
    const { trainLast, testFirst, testLast, rows, weights, turnoverTwoSided, costFractionCharged } = window;
    const placed = {
      newestRead: trainLast,
      first: testFirst,
      last: testLast,
      firstRow,
      rows,
      weights,
      turnoverTwoSided,
      costFractionCharged,
      correlationShrinkage: walked.solutions[index]!.result?.estimate?.correlationShrinkage ?? work.parameters.correlationShrinkage,
    };
    firstRow += rows;
    return placed;
  });
  const { gross, lastPartialRows, partialRows } = walked;
  const looksAhead = job.selecting?.looksAhead === true;
  const flags = [
    ...new Set([...windowFlags(walked), ...(partialRows > 0 ? ['partial'] : []), ...(looksAhead ? [selectionLookAheadFlag] : [])]),
  ].toSorted();
  return { status: 'walked', risk: job.risk, windows, dates, gross, net, lastPartialRows, partialRows, flags };
}

/** Runs the windows of a sleeve exactly as its own run does. A failure that ends no more than the profile is a result. */
export function runSleeveJob(job: SleeveJob): SleeveWalk | JobFailure {
  try {
    return walkedJob(job);
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return failureOf(error);
  }
}
