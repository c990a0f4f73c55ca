import { percentile } from '../test/support/figures.ts';

export interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly msMax: number;
}

export function percentilesOf(times: readonly number[]): Percentiles {
  return { p50Ms: percentile(times, 0.5), p99Ms: percentile(times, 0.99), msMax: percentile(times, 1) };
}
