import { linearQuantile } from '../returns/quantile.ts';
import { sampleMoments } from '../returns/sample-moments.ts';
import { adjustedSkewness } from '../risk/antifragility.ts';
import { absoluteAutocorrelation } from '../regime/autocorrelation.ts';
import { adjustedExcessKurtosis } from '../regime/excess-kurtosis.ts';
import { permutationEntropy } from '../regime/permutation-entropy.ts';
import { hurst } from '../regime/rescaled-range.ts';
import { streamAt, type Streams } from '../returns/streams.ts';
import { recentReturn } from './directions.ts';
import type { SelectionReading } from './settings.ts';

/** What is computed of each stream by itself. */
export const streamFeatures = [
  'momentum',
  'vol',
  'entropy_raw',
  'efficiency',
  'hurst_raw',
  'skew',
  'kurtosis',
  'tail_gain',
  'cvar',
  'acf1_abs',
  'ret60',
] as const;
export type StreamFeature = (typeof streamFeatures)[number];

/** One value for each symbol, NaN where the feature cannot be evaluated. */
export type FeatureColumns<Name extends string> = Readonly<Record<Name, Float64Array>>;

/** Rows that entropy and efficiency look at, at most. */
const patternRows = 120;
export const entropyOrder = 5;
const efficiencyRowsMin = 10;
const upperTail = 0.95;
const lowerTail = 0.05;

/** |Σr| / Σ|r|: 1 for a straight line, near 0 for a walk to and fro; 0 where nothing moves (Kaufman 1995, on returns). */
export function efficiencyRatio(returns: Float64Array): number {
  let net = 0;
  let path = 0;
  for (const value of returns) {
    net += value;
    path += Math.abs(value);
  }
  return path > 0 ? Math.abs(net) / path : 0;
}

export interface Tails {
  /** Mean of the returns strictly above their 95 % quantile; 0 where there is none. */
  readonly gain: number;
  /** Mean of the returns at or below their 5 % quantile. */
  readonly loss: number;
}

/** Means of both tails beyond type-7 quantiles. */
export function tailsOf(returns: Float64Array): Tails {
  const sorted = returns.toSorted();
  const above = linearQuantile(sorted, upperTail);
  const below = linearQuantile(sorted, lowerTail);
  let gains = 0;
  let gainCount = 0;
  let losses = 0;
  let lossCount = 0;
  for (const value of returns) {
    if (value > above) {
      gains += value;
      gainCount++;
    }
    if (value <= below) {
      losses += value;
      lossCount++;
    }
  }
  return { gain: gainCount === 0 ? 0 : gains / gainCount, loss: losses / lossCount };
}

function normalisedEntropy(recent: Float64Array, normaliser: SelectionReading['entropy_normaliser'], counts: Float64Array): number {
  const entropy = permutationEntropy(recent, entropyOrder, counts);
  if (entropy === null) return Number.NaN;
  const { nats, patterns, windows } = entropy;
  const reachable = normaliser === 'patterns' ? patterns : Math.min(patterns, windows);
  return nats > 0 ? nats / Math.log(reachable) : 0;
}

export interface FeatureOptions {
  readonly annualisationDays: number;
  readonly reading: Pick<SelectionReading, 'hurst' | 'entropy_normaliser'>;
}

/**
 * Features of each stream by itself (docs/explanation/selection.md#features). Momentum and volatility are annualised; skewness and kurtosis
 * are adjusted. A stream that does not vary has neither of the two, nor an exponent.
 */
export function featuresOf(streams: Streams, { annualisationDays, reading }: FeatureOptions): FeatureColumns<StreamFeature> {
  const count = streams.symbols.length;
  const columns = Object.fromEntries(streamFeatures.map((name) => [name, new Float64Array(count)])) as Record<StreamFeature, Float64Array>;
  const patternCounts = new Float64Array(120);
  const annual = Math.sqrt(annualisationDays);
  for (let column = 0; column < count; column++) {
    const stream = streamAt(streams, column);
    const { mean, deviation } = sampleMoments(stream);
    const recent = stream.subarray(Math.max(0, stream.length - patternRows));
    const exponent = hurst(stream);
    const varies = deviation !== null && deviation > 0;
    const tails = tailsOf(stream);
    columns.momentum[column] = mean * annualisationDays;
    columns.vol[column] = deviation === null ? Number.NaN : deviation * annual;
    columns.entropy_raw[column] = normalisedEntropy(recent, reading.entropy_normaliser, patternCounts);
    columns.efficiency[column] = recent.length < efficiencyRowsMin ? Number.NaN : efficiencyRatio(recent);
    columns.hurst_raw[column] = exponent === null ? Number.NaN : reading.hurst === 'rs' ? exponent.uncorrected : exponent.corrected;
    columns.skew[column] = varies && stream.length > 2 ? adjustedSkewness(stream) : Number.NaN;
    columns.kurtosis[column] = adjustedExcessKurtosis(stream) ?? Number.NaN;
    columns.tail_gain[column] = tails.gain;
    columns.cvar[column] = tails.loss;
    columns.acf1_abs[column] = absoluteAutocorrelation(stream);
    columns.ret60[column] = recentReturn(stream);
  }
  return columns;
}
