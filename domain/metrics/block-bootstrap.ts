import { computeMetrics } from '../returns/metrics.ts';
import { linearQuantile } from '../returns/quantile.ts';
import type { ReturnSeries } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import { uniformAt } from './splitmix64.ts';

/** Of each figure's bands. */
const bandProbabilities = { low: 0.05, middle: 0.5, high: 0.95 } as const;

export interface BootstrapPlan {
  /** Rows of the history that is resampled. */
  readonly rows: number;
  /** Rows that stay together, so that what follows one another still does. */
  readonly blockRows: number;
  readonly replicates: number;
  readonly seed: bigint;
}

/** Quantiles (type 7) of a figure over the replicates in which it has a value. */
export interface Band {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  /** Replicates in which the figure has no value, such as a Sortino ratio without a loss. */
  readonly undefinedIn: number;
}

const isWhole = (value: number): boolean => Number.isInteger(value) && value >= 1;

function requirePlan({ rows, blockRows, replicates }: BootstrapPlan): void {
  if (isWhole(rows) && isWhole(blockRows) && blockRows <= rows && isWhole(replicates)) return;
  throw new LedgerError('SchemaViolation', `${replicates} replicates in blocks of ${blockRows} rows cannot be drawn from ${rows} rows`, {
    evidence: { rows, blockRows, replicates },
  });
}

/**
 * Rows of one replicate of the circular block bootstrap (Politis and Romano 1992): blocks that begin anywhere and go round the end, cut to
 * the length of the history. Replicate and block say which number of the stream is drawn, so any replicate is the same alone.
 */
export function replicateRows({ rows, blockRows, seed }: Omit<BootstrapPlan, 'replicates'>, replicate: number): Int32Array {
  const blocks = Math.ceil(rows / blockRows);
  const drawn = new Int32Array(rows);
  for (let block = 0; block < blocks; block++) {
    const start = Math.floor(uniformAt(seed, replicate * blocks + block) * rows);
    const end = Math.min(rows, (block + 1) * blockRows);
    for (let at = block * blockRows; at < end; at++) drawn[at] = (start + at - block * blockRows) % rows;
  }
  return drawn;
}

/**
 * Bands of whatever is measured on resampled rows: metrics of a stream, or weights that are solved again on a resampled history. The
 * measure names the same figures each time. A figure without a value in every replicate has no band. Errors: SchemaViolation for a plan
 * that cannot be drawn, and those of the measure.
 */
export function bootstrapBands(
  plan: BootstrapPlan,
  measure: (rows: Int32Array) => Readonly<Record<string, number | null>>,
): Record<string, Band | null> {
  requirePlan(plan);
  const found = new Map<string, number[]>();
  for (let replicate = 0; replicate < plan.replicates; replicate++) {
    for (const [name, value] of Object.entries(measure(replicateRows(plan, replicate)))) {
      const values = found.get(name) ?? [];
      found.set(name, values);
      if (value !== null) values.push(value);
    }
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, bandOf(values, plan.replicates)]));
}

function bandOf(values: readonly number[], replicates: number): Band | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).toSorted();
  const { low, middle, high } = bandProbabilities;
  return {
    low: linearQuantile(sorted, low),
    middle: linearQuantile(sorted, middle),
    high: linearQuantile(sorted, high),
    undefinedIn: replicates - values.length,
  };
}

/** Bands of the headline figures of a stream. Errors: those of `bootstrapBands` and `computeMetrics`. */
export function bootstrapMetrics(
  { dates, values }: ReturnSeries,
  annualisationDays: number,
  plan: Omit<BootstrapPlan, 'rows'>,
): Record<string, Band | null> {
  return bootstrapBands({ ...plan, rows: values.length }, (rows) => {
    const resampled = Float64Array.from(rows, (row) => values[row]!);
    const { total, twrAnnualised, volatility, sharpe, sortino, maxDrawdown, historicalCvar5, flags } = computeMetrics(
      { dates, values: resampled },
      annualisationDays,
    );
    const isMeaningful = flags.length === 0;
    const ofYear = (value: number | null): number | null => (isMeaningful ? value : null);
    return {
      total,
      twrAnnualised,
      volatility: ofYear(volatility),
      sharpe: ofYear(sharpe),
      sortino: ofYear(sortino),
      maxDrawdown,
      historicalCvar5,
    };
  });
}
