import { LedgerError } from '../shared/errors.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { crossProducts } from './cross-products.ts';
import type { CentredReturns } from './kernels/cross-products-simd.ts';

export interface EstimatorParameters {
  readonly estimator: 'ledoit_wolf' | 'sample';
  /** Off-diagonals are multiplied by one minus this; variances are kept. */
  readonly correlationShrinkage: number;
  readonly annualisationDays: number;
}

export interface CovarianceEstimate {
  readonly columns: readonly string[];
  /** count x count, row-major, annualised. */
  readonly covariance: Float64Array;
  /** Weight of the target in the Ledoit-Wolf average, in [0, 1]; null where that estimator was not used. */
  readonly ledoitWolfIntensity: number | null;
  /** The intensity is above one half: the estimate is more target than data. */
  readonly saturated: boolean;
}

/** What one pass over the returns yields; every estimator and correlation below starts from it. */
export interface Moments {
  readonly columns: readonly string[];
  readonly rows: number;
  readonly centred: CentredReturns;
  /** X'X of the centred returns, count x count. */
  readonly products: Float64Array;
}

/** Adds the rows to the sums of their columns, one row after the other; four at a time, so that a sum is read once for four. */
function addRows(values: Float64Array, rows: number, count: number, sums: Float64Array): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const first = row * count;
    const second = first + count;
    const third = second + count;
    const fourth = third + count;
    for (let column = 0; column < count; column++)
      sums[column] =
        sums[column]! + values[first + column]! + values[second + column]! + values[third + column]! + values[fourth + column]!;
  }
  for (; row < rows; row++) for (let column = 0; column < count; column++) sums[column] = sums[column]! + values[row * count + column]!;
}

/** Mean of each column, per row (daily returns give daily means); a value that is not finite is refused (`SchemaViolation`). */
export function columnMeans(matrix: ReturnMatrix): Float64Array {
  const count = matrix.columns.length;
  const rows = matrix.dates.length;
  const means = new Float64Array(count);
  addRows(matrix.values, rows, count, means);
  for (let column = 0; column < count; column++) {
    means[column] = means[column]! / rows;
    if (!Number.isFinite(means[column]!)) {
      const name = matrix.columns[column]!;
      throw new LedgerError('SchemaViolation', `the returns of ${name} are not all finite`, {
        evidence: { column: name },
        at: { path: name },
      });
    }
  }
  return means;
}

/** Refuses a matrix without two rows (`HistoryTooShort`) or with another number of values than rows times columns (`SchemaViolation`). */
export function requireRows(matrix: ReturnMatrix): void {
  const rows = matrix.dates.length;
  if (rows < 2)
    throw new LedgerError('HistoryTooShort', `${rows} rows of returns have no covariance, at least 2 are needed`, {
      evidence: { rows, rowsMin: 2 },
    });
  if (matrix.values.length !== rows * matrix.columns.length) {
    throw new LedgerError(
      'SchemaViolation',
      `${rows} rows of ${matrix.columns.length} columns need ${rows * matrix.columns.length} values, there are ${matrix.values.length}`,
      {
        evidence: { rows, columns: matrix.columns.length, values: matrix.values.length },
      },
    );
  }
}

/** Standard deviation of each column, divisor rows - 1, not annualised. */
export function columnStandardDeviations(matrix: ReturnMatrix): Float64Array {
  requireRows(matrix);
  const count = matrix.columns.length;
  const rows = matrix.dates.length;
  const sums = new Float64Array(count);
  addSquares(matrix.values, rows, count, columnMeans(matrix), sums);
  return sums.map((sum) => Math.sqrt(sum / (rows - 1)));
}

/** Adds the squares of deviations to the sums of their columns, in the order and by the fours of `addRows`. */
function addSquares(values: Float64Array, rows: number, count: number, means: Float64Array, sums: Float64Array): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const top = row * count;
    for (let column = 0; column < count; column++) {
      const mean = means[column]!;
      const first = values[top + column]! - mean;
      const second = values[top + count + column]! - mean;
      const third = values[top + 2 * count + column]! - mean;
      const fourth = values[top + 3 * count + column]! - mean;
      sums[column] = sums[column]! + first * first + second * second + third * third + fourth * fourth;
    }
  }
  for (; row < rows; row++) {
    for (let column = 0; column < count; column++) {
      const deviation = values[row * count + column]! - means[column]!;
      sums[column] = sums[column]! + deviation * deviation;
    }
  }
}

/** Centres the returns and takes their cross products, in the column order given; by means already taken where there are any. */
export function momentsOf(matrix: ReturnMatrix, known?: Float64Array): Moments {
  requireRows(matrix);
  const rows = matrix.dates.length;
  const centred = { rows, count: matrix.columns.length, values: matrix.values, means: known ?? columnMeans(matrix) };
  return { columns: matrix.columns, rows, centred, products: crossProducts(centred) };
}

/**
 * Weight of the target mean-variance times identity that minimises expected squared error (Ledoit and Wolf 2004,
 * "A well-conditioned estimator for large-dimensional covariance matrices"; covariance with divisor rows).
 */
export function ledoitWolfIntensity(moments: Moments): number {
  const { rows, products, centred } = moments;
  const { count, values, means } = centred;
  let fourth = 0;
  for (let row = 0; row < rows; row++) {
    let length = 0;
    for (let column = 0; column < count; column++) {
      const value = values[row * count + column]! - means[column]!;
      length += value * value;
    }
    fourth += length * length;
  }
  let frobenius = 0;
  for (let k = 0; k < products.length; k++) frobenius += (products[k]! / rows) * (products[k]! / rows);
  let trace = 0;
  for (let i = 0; i < count; i++) trace += products[i * count + i]! / rows;
  const mean = trace / count;
  const dispersion = (frobenius - 2 * mean * trace + count * mean * mean) / count;
  const error = Math.min((fourth / rows - frobenius) / (count * rows), dispersion);
  return error > 0 ? error / dispersion : 0;
}

/** The annualised covariance of moments already taken; see `estimateCovariance`. */
export function covarianceFrom(moments: Moments, parameters: EstimatorParameters): CovarianceEstimate {
  const { columns, rows, products } = moments;
  const count = columns.length;
  const intensity = parameters.estimator === 'ledoit_wolf' && count > 1 ? ledoitWolfIntensity(moments) : null;
  const divisor = intensity === null ? rows - 1 : rows;
  const weight = intensity ?? 0;
  let trace = 0;
  for (let i = 0; i < count; i++) trace += products[i * count + i]! / divisor;
  const target = weight * (trace / count);
  const covariance = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    covariance[i * count + i] = ((1 - weight) * (products[i * count + i]! / divisor) + target) * parameters.annualisationDays;
    for (let j = 0; j < i; j++) {
      const value =
        (1 - weight) * (products[i * count + j]! / divisor) * (1 - parameters.correlationShrinkage) * parameters.annualisationDays;
      covariance[i * count + j] = value;
      covariance[j * count + i] = value;
    }
  }
  return { columns, covariance, ledoitWolfIntensity: intensity, saturated: weight > 0.5 };
}

/**
 * Annualised covariance of simple returns, in the column order given: Ledoit-Wolf (divisor rows) or sample (divisor
 * rows - 1), then correlations shrunk toward zero with variances kept. A single column is always the sample variance.
 * Fewer than two rows: `HistoryTooShort`.
 */
export function estimateCovariance(matrix: ReturnMatrix, parameters: EstimatorParameters): CovarianceEstimate {
  return covarianceFrom(momentsOf(matrix), parameters);
}

/** Sample covariance (divisor rows - 1), count x count, row-major, not annualised. */
export function sampleCovariance(matrix: ReturnMatrix): Float64Array {
  const { products, rows } = momentsOf(matrix);
  return products.map((sum) => sum / (rows - 1));
}

/** Correlations of moments already taken; see `sampleCorrelation`. */
export function correlationFrom(moments: Moments): Float64Array {
  const { columns, products } = moments;
  const count = columns.length;
  const lengths = columns.map((column, i) => {
    const length = Math.sqrt(products[i * count + i]!);
    if (!(length > 0))
      throw new LedgerError('SolverFailed', `the correlation of ${column} is undefined: its returns are constant`, {
        evidence: { column },
      });
    return length;
  });
  const correlation = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    correlation[i * count + i] = 1;
    for (let j = 0; j < i; j++) {
      const value = Math.max(-1, Math.min(1, products[i * count + j]! / lengths[i]! / lengths[j]!));
      correlation[i * count + j] = value;
      correlation[j * count + i] = value;
    }
  }
  return correlation;
}

/** Sample correlation, clipped to [-1, 1] against rounding; a constant column is refused by name (`SolverFailed`). */
export function sampleCorrelation(matrix: ReturnMatrix): Float64Array {
  return correlationFrom(momentsOf(matrix));
}
