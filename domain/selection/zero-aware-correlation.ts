import { crossProducts } from '../risk/cross-products.ts';
import { streamAt, type Streams } from './directions.ts';

/** The last rows of the streams as centred columns, with what pairwise corrections need. */
interface Window {
  readonly rows: number;
  readonly count: number;
  /** Centred by the mean of all rows; `centred[column * rows + row]`. */
  readonly centred: Float64Array;
  /** Sums of squares and products of the centred columns, count x count. */
  readonly products: Float64Array;
  /** Rows in which a column is exactly zero: no observation. */
  readonly zeros: readonly (readonly number[])[];
  /** Columns whose values are all equal. */
  readonly still: readonly boolean[];
}

/** Below this share of its own variance, what is left of a column after a correction is computed anew. */
const remainderMin = 1e-6;
const tile = 32;

function rowMajor(streams: Streams, rows: number): Float64Array {
  const count = streams.symbols.length;
  const values = new Float64Array(rows * count);
  const skipped = streams.rows - rows;
  for (let left = 0; left < count; left += tile) {
    const right = Math.min(count, left + tile);
    for (let row = 0; row < rows; row++)
      for (let column = left; column < right; column++)
        values[row * count + column] = streams.values[column * streams.rows + skipped + row]!;
  }
  return values;
}

function windowOf(streams: Streams, rows: number): Window {
  const count = streams.symbols.length;
  const centred = new Float64Array(count * rows);
  const means = new Float64Array(count);
  const zeros: number[][] = [];
  const still: boolean[] = [];
  for (let column = 0; column < count; column++) {
    const stream = streamAt(streams, column).subarray(streams.rows - rows);
    let sum = 0;
    let varies = false;
    const empty: number[] = [];
    for (let row = 0; row < rows; row++) {
      sum += stream[row]!;
      if (stream[row] !== stream[0]) varies = true;
      if (stream[row] === 0) empty.push(row);
    }
    means[column] = sum / rows;
    for (let row = 0; row < rows; row++) centred[column * rows + row] = stream[row]! - means[column]!;
    zeros.push(empty);
    still.push(!varies);
  }
  return { rows, count, centred, products: crossProducts({ rows, count, values: rowMajor(streams, rows), means }), zeros, still };
}

/** Correlation of what a pair has in common, from scratch; 0 where it is not defined. */
function correlationFromScratch({ rows, centred, zeros }: Window, i: number, j: number): number {
  const missing = new Set([...zeros[i]!, ...zeros[j]!]);
  const common = Array.from({ length: rows }, (_, row) => row).filter((row) => !missing.has(row));
  const [xs, ys] = [i, j].map((column) => common.map((row) => centred[column * rows + row]!)) as [number[], number[]];
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

/**
 * Correlation of a pair of which one has a zero somewhere: the sums of all rows less those of the rows that are missing. Rows that both
 * miss are taken off once.
 */
function correctedCorrelation(window: Window, i: number, j: number, rowsMin: number): number {
  const { rows, count, centred, products, zeros } = window;
  const [fromI, fromJ] = [i * rows, j * rows];
  const [zerosI, zerosJ] = [zeros[i]!, zeros[j]!];
  let common = rows;
  let sumX = 0;
  let sumY = 0;
  let squaresX = products[i * count + i]!;
  let squaresY = products[j * count + j]!;
  let crossed = products[i * count + j]!;
  let at = 0;
  for (let k = 0; k < zerosI.length + zerosJ.length; k++) {
    const isOfI = k < zerosI.length;
    const row = isOfI ? zerosI[k]! : zerosJ[k - zerosI.length]!;
    if (!isOfI) {
      while (at < zerosI.length && zerosI[at]! < row) at++;
      if (zerosI[at] === row) continue;
    }
    const [x, y] = [centred[fromI + row]!, centred[fromJ + row]!];
    common--;
    sumX -= x;
    sumY -= y;
    squaresX -= x * x;
    squaresY -= y * y;
    crossed -= x * y;
  }
  if (common < rowsMin) return 0;
  const varianceX = squaresX - (sumX * sumX) / common;
  const varianceY = squaresY - (sumY * sumY) / common;
  if (varianceX <= remainderMin * products[i * count + i]! || varianceY <= remainderMin * products[j * count + j]!)
    return correlationFromScratch(window, i, j);
  return (crossed - (sumX * sumY) / common) / Math.sqrt(varianceX) / Math.sqrt(varianceY);
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
  const { count, products, zeros, still } = window;
  const lengths = Float64Array.from({ length: count }, (_, i) => Math.sqrt(products[i * count + i]!));
  let at = 0;
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, at++) {
      let correlation: number;
      if (still[i]! || still[j]! || rows < rowsMin) correlation = 0;
      else if (zeros[i]!.length === 0 && zeros[j]!.length === 0) correlation = products[i * count + j]! / lengths[i]! / lengths[j]!;
      else correlation = correctedCorrelation(window, i, j, rowsMin);
      const shrunk = (1 - shrinkage) * Math.max(-1, Math.min(1, correlation));
      correlations[at] = correlations[at]! + shrunk;
      distances[at] = distances[at]! + Math.sqrt((1 - shrunk) / 2);
    }
  }
}
