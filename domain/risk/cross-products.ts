/** Rows per pass: 128 rows of 500 columns (512 kB) stay in a second-level cache. */
const rowsPerPass = 128;

/** Centred returns, one column after the other, padded with zero columns to a multiple of four. */
export interface CentredColumns {
  readonly rows: number;
  readonly count: number;
  readonly paddedCount: number;
  /** `data[column * rows + row]` */
  readonly data: Float64Array;
}

/** Subtracts each column's mean and turns row-major returns into columns. */
export function centredColumns(values: Float64Array, rows: number, count: number, means: Float64Array): CentredColumns {
  const paddedCount = (count + 3) & ~3;
  const data = new Float64Array(paddedCount * rows);
  for (let row = 0; row < rows; row++) {
    const from = row * count;
    for (let column = 0; column < count; column++) data[column * rows + row] = values[from + column]! - means[column]!;
  }
  return { rows, count, paddedCount, data };
}

/**
 * X'X of centred columns (count x count, row-major, symmetric).
 *
 * Four columns against two at a time: eight sums stay in registers while each value is read once, which is
 * twice as fast as one dot product after another. Order of summation depends on the shape alone.
 */
export function crossProducts(columns: CentredColumns): Float64Array {
  const { rows, count, paddedCount, data } = columns;
  const sums = new Float64Array(paddedCount * paddedCount);
  for (let start = 0; start < rows; start += rowsPerPass) {
    const end = Math.min(rows, start + rowsPerPass);
    for (let left = 0; left < paddedCount; left += 4) {
      for (let right = 0; right < left + 4; right += 2) addTile(data, rows, start, end, left, right, sums, paddedCount);
    }
  }
  const products = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = sums[i * paddedCount + j]!;
      products[i * count + j] = sum;
      products[j * count + i] = sum;
    }
  }
  return products;
}

function addTile(
  data: Float64Array,
  rows: number,
  start: number,
  end: number,
  left: number,
  right: number,
  sums: Float64Array,
  width: number,
): void {
  const a = left * rows;
  const b = a + rows;
  const c = b + rows;
  const d = c + rows;
  const p = right * rows;
  const q = p + rows;
  let ap = 0;
  let aq = 0;
  let bp = 0;
  let bq = 0;
  let cp = 0;
  let cq = 0;
  let dp = 0;
  let dq = 0;
  for (let row = start; row < end; row++) {
    const x = data[p + row]!;
    const y = data[q + row]!;
    const first = data[a + row]!;
    ap += first * x;
    aq += first * y;
    const second = data[b + row]!;
    bp += second * x;
    bq += second * y;
    const third = data[c + row]!;
    cp += third * x;
    cq += third * y;
    const fourth = data[d + row]!;
    dp += fourth * x;
    dq += fourth * y;
  }
  let at = left * width + right;
  sums[at] = sums[at]! + ap;
  sums[at + 1] = sums[at + 1]! + aq;
  at += width;
  sums[at] = sums[at]! + bp;
  sums[at + 1] = sums[at + 1]! + bq;
  at += width;
  sums[at] = sums[at]! + cp;
  sums[at + 1] = sums[at + 1]! + cq;
  at += width;
  sums[at] = sums[at]! + dp;
  sums[at + 1] = sums[at + 1]! + dq;
}

/** Dot product with four running sums: breaks the chain of dependent additions. */
export function dot(left: Float64Array, leftStart: number, right: Float64Array, rightStart: number, length: number): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    a += left[leftStart + k]! * right[rightStart + k]!;
    b += left[leftStart + k + 1]! * right[rightStart + k + 1]!;
    c += left[leftStart + k + 2]! * right[rightStart + k + 2]!;
    d += left[leftStart + k + 3]! * right[rightStart + k + 3]!;
  }
  for (; k < length; k++) a += left[leftStart + k]! * right[rightStart + k]!;
  return a + b + (c + d);
}
