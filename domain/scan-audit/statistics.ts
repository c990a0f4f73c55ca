import { linearQuantile } from '../returns/quantile.ts';

/** The middle of the values, of an even count the mean of the middle two; null without any. */
export function medianOf(values: readonly number[]): number | null {
  return quantileOf(values, 0.5);
}

/** Type 7 of Hyndman and Fan (1996); null without any value. */
export function quantileOf(values: readonly number[], probability: number): number | null {
  return values.length === 0 ? null : linearQuantile(Float64Array.from(values).toSorted(), probability);
}

const probabilities = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1] as const;

export interface Quantile {
  readonly probability: number;
  /** Null without any value. */
  readonly value: number | null;
}

export function quantilesOf(values: readonly number[]): readonly Quantile[] {
  return probabilities.map((probability) => ({ probability, value: quantileOf(values, probability) }));
}

/** Left-to-right sum; 0 without any value. */
export function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** A share, null where there is nothing to take it of. */
export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
