import { sampleMoments } from '../returns/sample-moments.ts';
import { LedgerError } from '../shared/errors.ts';
import { normalProbability, normalQuantile } from './normal.ts';
import { shapeOf } from './shape.ts';

const eulerMascheroni = 0.5772156649015329;

/** A stream as the deflated Sharpe ratio sees it; nothing is annualised. */
export interface ObservedSharpe {
  readonly rows: number;
  /** Mean over standard deviation (divisor n-1), per row. */
  readonly sharpePerRow: number;
  /** Biased, as is the kurtosis; 3 for a normal distribution. */
  readonly skewness: number;
  readonly kurtosis: number;
}

/** What was tried before this stream was chosen. */
export interface Trials {
  /** Distinct trials, the one chosen among them. */
  readonly count: number;
  /** Of their Sharpe ratios per row, divisor n-1; it has no say where there is one trial. */
  readonly varianceOfSharpes: number;
}

export interface DeflatedSharpe extends ObservedSharpe {
  readonly trials: number;
  /** Sharpe ratio per row that the best of so many skilless trials is expected to show; 0 for one trial. */
  readonly expectedMaximum: number;
  /** Probability that the true Sharpe ratio is above `expectedMaximum`. */
  readonly deflated: number;
  /** The same above 0: the probabilistic Sharpe ratio. */
  readonly probabilistic: number;
}

/** Errors: HistoryTooShort for fewer than two rows, SolverFailed for a stream without variation. */
export function observedSharpe(values: Float64Array): ObservedSharpe {
  const rows = values.length;
  if (rows < 2) throw new LedgerError('HistoryTooShort', `a Sharpe ratio needs 2 returns, there are ${rows}`, { evidence: { rows } });
  const { mean, deviation } = sampleMoments(values);
  const { skewness, kurtosis } = shapeOf(values);
  if (skewness === null || kurtosis === null)
    throw new LedgerError('SolverFailed', 'the Sharpe ratio of returns without variation is undefined', { evidence: { rows } });
  return { rows, sharpePerRow: mean / deviation!, skewness, kurtosis };
}

/** Expected greatest of `count` Sharpe ratios around 0 with the given variance (Bailey and Lopez de Prado 2014, equation 1). */
function expectedMaximumOf({ count, varianceOfSharpes }: Trials): number {
  if (count === 1) return 0;
  const typical = (1 - eulerMascheroni) * normalQuantile(1 - 1 / count);
  const extreme = eulerMascheroni * normalQuantile(1 - 1 / (count * Math.E));
  return Math.sqrt(varianceOfSharpes) * (typical + extreme);
}

function probabilityAbove({ rows, sharpePerRow, skewness, kurtosis }: ObservedSharpe, level: number): number {
  const spread = 1 - skewness * sharpePerRow + ((kurtosis - 1) / 4) * sharpePerRow * sharpePerRow;
  return normalProbability(((sharpePerRow - level) * Math.sqrt(rows - 1)) / Math.sqrt(spread));
}

/**
 * The deflated Sharpe ratio (Bailey and Lopez de Prado 2014, "The deflated Sharpe ratio", Journal of Portfolio Management 40). What was
 * tried elsewhere is not in the number of trials, so it is an upper bound of confidence. Errors: SchemaViolation for a count below one.
 */
export function deflatedSharpe(observed: ObservedSharpe, trials: Trials): DeflatedSharpe {
  const { count, varianceOfSharpes } = trials;
  if (!Number.isInteger(count) || count < 1 || !(varianceOfSharpes >= 0))
    throw new LedgerError('SchemaViolation', `${count} trials of variance ${varianceOfSharpes} are no trials`, {
      evidence: { count, varianceOfSharpes },
    });
  const expectedMaximum = expectedMaximumOf(trials);
  return {
    ...observed,
    trials: count,
    expectedMaximum,
    deflated: probabilityAbove(observed, expectedMaximum),
    probabilistic: probabilityAbove(observed, 0),
  };
}

/**
 * One evaluation that a ledger holds of a subject: a meta portfolio, or a risk profile of a sleeve. Data, settings and stream are texts
 * that are the same for the same, such as hashes.
 */
export interface RecordedTrial {
  readonly data: string;
  readonly settings: string;
  readonly profile: string;
  /** What came out; null where the evaluation failed, or where what came out does not vary. */
  readonly stream: { readonly text: string; readonly sharpePerRow: number } | null;
}

/**
 * The distinct trials among recorded evaluations: failed ones do not count, and evaluations of the same data, settings and profile, or
 * with the same stream, count once. Null for none. A single trial has a variance of 0.
 */
export function distinctTrials(recorded: readonly RecordedTrial[]): Trials | null {
  const seen = new Set<string>();
  const sharpes: number[] = [];
  for (const { data, settings, profile, stream } of recorded) {
    if (stream === null) continue;
    const names = [JSON.stringify([data, settings, profile]), stream.text];
    const isNew = names.every((name) => !seen.has(name));
    for (const name of names) seen.add(name);
    if (isNew) sharpes.push(stream.sharpePerRow);
  }
  if (sharpes.length === 0) return null;
  const deviation = sampleMoments(Float64Array.from(sharpes)).deviation ?? 0;
  return { count: sharpes.length, varianceOfSharpes: deviation * deviation };
}
