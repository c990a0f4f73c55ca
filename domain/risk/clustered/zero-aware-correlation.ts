import { crossProducts } from '../cross-products.ts';
import { streamAt, type Streams } from '../../returns/streams.ts';

/** The last rows of the streams, centred by the mean of all of them, with what pairwise corrections need. */
interface Window {
  readonly rows: number;
  readonly count: number;
  readonly means: Float64Array;
  /** `byColumn[column * rows + row]` and `byRow[row * count + column]`: the same values for two ways of reading. */
  readonly byColumn: Float64Array;
  readonly byRow: Float64Array;
  /** Sums of squares and products of the centred columns, count x count. */
  readonly products: Float64Array;
  /** Rows in which a column is exactly zero, no observation: those of a column stand from its start to the next one's. */
  readonly zeroRows: Int32Array;
  readonly zeroStarts: Int32Array;
  /** 1 where a value is exactly zero, by row. */
  readonly isZero: Uint8Array;
  /** 1 for columns whose values are all equal. */
  readonly isStill: Uint8Array;
}

/** Below this share of its own variance, what is left of a column after a correction is computed anew. */
const remainderMin = 1e-6;

function windowOf(streams: Streams, rows: number): Window {
  const count = streams.symbols.length;
  const means = new Float64Array(count);
  const byColumn = new Float64Array(count * rows);
  const byRow = new Float64Array(rows * count);
  const isZero = new Uint8Array(rows * count);
  const isStill = new Uint8Array(count);
  const zeroStarts = new Int32Array(count + 1);
  const zeroRows: number[] = [];
  for (let column = 0; column < count; column++) {
    const stream = streamAt(streams, column).subarray(streams.rows - rows);
    let sum = 0;
    let varies = false;
    for (let row = 0; row < rows; row++) {
      sum += stream[row]!;
      if (stream[row] !== stream[0]) varies = true;
      if (stream[row] !== 0) continue;
      zeroRows.push(row);
      isZero[row * count + column] = 1;
    }
    const mean = sum / rows;
    means[column] = mean;
    isStill[column] = varies ? 0 : 1;
    zeroStarts[column + 1] = zeroRows.length;
    for (let row = 0; row < rows; row++) {
      byColumn[column * rows + row] = stream[row]! - mean;
      byRow[row * count + column] = stream[row]! - mean;
    }
  }
  const products = crossProducts({ rows, count, values: byRow, means: new Float64Array(count) });
  return { rows, count, means, byColumn, byRow, products, zeroRows: Int32Array.from(zeroRows), zeroStarts, isZero, isStill };
}

/** Correlation of what a pair has in common, from scratch; 0 where one of the two does not vary there. */
function correlationFromScratch({ rows, count, byColumn, isZero }: Window, i: number, j: number): number {
  const common = Array.from({ length: rows }, (_, row) => row).filter(
    (row) => isZero[row * count + i] === 0 && isZero[row * count + j] === 0,
  );
  const [xs, ys] = [i, j].map((column) => common.map((row) => byColumn[column * rows + row]!)) as [number[], number[]];
  if (xs.every((value) => value === xs[0]) || ys.every((value) => value === ys[0])) return 0;
  const meanX = xs.reduce((sum, value) => sum + value, 0) / xs.length;
  const meanY = ys.reduce((sum, value) => sum + value, 0) / ys.length;
  let products = 0;
  let squaresX = 0;
  let squaresY = 0;
  for (const [k, x] of xs.entries()) {
    const [left, right] = [x - meanX, ys[k]! - meanY];
    products += left * right;
    squaresX += left * left;
    squaresY += right * right;
  }
  const scale = Math.sqrt(squaresX) * Math.sqrt(squaresY);
  return scale > 0 ? products / scale : 0;
}

/** What the rows in which one column is zero hold of every other column. */
class MissingRows {
  /** Sums and sums of squares of each column over those rows, and how many of them it misses itself. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  readonly shared: Float64Array;

  constructor(count: number) {
    this.sums = new Float64Array(count);
    this.squares = new Float64Array(count);
    this.shared = new Float64Array(count);
  }

  /** Reads the rows in which column i is zero, for the columns behind it. */
  read({ count, byRow, isZero, zeroRows, zeroStarts }: Window, i: number): void {
    const { sums, squares, shared } = this;
    sums.fill(0, i + 1);
    squares.fill(0, i + 1);
    shared.fill(0, i + 1);
    for (let k = zeroStarts[i]!; k < zeroStarts[i + 1]!; k++) {
      const top = zeroRows[k]! * count;
      for (let j = i + 1; j < count; j++) {
        const value = byRow[top + j]!;
        sums[j] = sums[j]! + value;
        squares[j] = squares[j]! + value * value;
        shared[j] = shared[j]! + isZero[top + j]!;
      }
    }
  }
}

/**
 * Correlation of a pair of which one has a zero somewhere: the sums of all rows less those of the rows that are missing, rows that both
 * miss taken off once. Where a column is zero its centred value is minus its mean, so few values have to be read.
 */
function correctedCorrelation(window: Window, missing: MissingRows, i: number, j: number, rowsMin: number): number {
  const { rows, count, means, byColumn, products, zeroRows, zeroStarts } = window;
  const [from, end] = [zeroStarts[j]!, zeroStarts[j + 1]!];
  const column = i * rows;
  let sumOfI = 0;
  let squaresOfI = 0;
  for (let k = from; k < end; k++) {
    const value = byColumn[column + zeroRows[k]!]!;
    sumOfI += value;
    squaresOfI += value * value;
  }
  const shared = missing.shared[j]!;
  const onlyI = zeroStarts[i + 1]! - zeroStarts[i]! - shared;
  const onlyJ = end - from - shared;
  const common = rows - onlyI - onlyJ - shared;
  if (common < rowsMin) return 0;
  const meanI = means[i]!;
  const meanJ = means[j]!;
  const sumX = meanI * onlyI - sumOfI;
  const sumY = meanJ * onlyJ - missing.sums[j]!;
  const allX = products[i * count + i]!;
  const allY = products[j * count + j]!;
  const varianceX = allX - meanI * meanI * onlyI - squaresOfI - (sumX * sumX) / common;
  const varianceY = allY - meanJ * meanJ * onlyJ - missing.squares[j]! - (sumY * sumY) / common;
  if (varianceX <= remainderMin * allX || varianceY <= remainderMin * allY) return correlationFromScratch(window, i, j);
  const crossed = products[i * count + j]! + meanI * missing.sums[j]! + meanJ * sumOfI + meanI * meanJ * shared;
  return (crossed - (sumX * sumY) / common) / Math.sqrt(varianceX * varianceY);
}

/**
 * Adds to `distances` and `correlations` (condensed) those of the last `rows` of each pair of streams: correlations over the rows in which
 * neither is exactly zero, 0 where these are fewer than `rowsMin` or one of the two does not vary, times one minus the shrinkage.
 *
 * Columns without a zero go through one dense product; only pairs with a zero are corrected one by one.
 */
export function addCorrelations(
  streams: Streams,
  { rows, rowsMin, shrinkage }: { readonly rows: number; readonly rowsMin: number; readonly shrinkage: number },
  distances: Float64Array,
  correlations: Float64Array,
): void {
  const window = windowOf(streams, rows);
  const { count, products, zeroStarts, isStill } = window;
  const missing = new MissingRows(count);
  const lengths = Float64Array.from({ length: count }, (_, i) => Math.sqrt(products[i * count + i]!));
  let at = 0;
  for (let i = 0; i < count; i++) {
    const isWhole = zeroStarts[i] === zeroStarts[i + 1];
    missing.read(window, i);
    for (let j = i + 1; j < count; j++, at++) {
      let correlation: number;
      if (isStill[i] === 1 || isStill[j] === 1 || rows < rowsMin) correlation = 0;
      else if (isWhole && zeroStarts[j] === zeroStarts[j + 1]) correlation = products[i * count + j]! / (lengths[i]! * lengths[j]!);
      else correlation = correctedCorrelation(window, missing, i, j, rowsMin);
      const shrunk = (1 - shrinkage) * Math.max(-1, Math.min(1, correlation));
      correlations[at] = correlations[at]! + shrunk;
      distances[at] = distances[at]! + Math.sqrt((1 - shrunk) / 2);
    }
  }
}
