import { simdCrossProducts, type CentredReturns } from './kernels/cross-products-simd.ts';
import { kernelHost } from './kernels/kernel-host.ts';
import { rowsPerPass } from './kernels/tiles.ts';

/** Below so many products a call of the SIMD kernel costs more than it saves. */
const productsMin = 1_000;

/**
 * X'X of centred columns (count x count, row-major, symmetric).
 *
 * Order of summation, the same for the SIMD kernel and its scalar twin: rows come in passes of 128 from the first row on. Within a pass
 * the sum of an entry starts at zero and takes the product of one row after the other; it is then added to the entry's total. No product
 * is fused with its addition. So the bits depend on the shape alone, not on the machine.
 */
export function crossProducts(returns: CentredReturns, host = kernelHost): Float64Array {
  const { rows, count } = returns;
  const products = rows * count * count < productsMin ? null : simdCrossProducts(returns, host);
  return products ?? scalarCrossProducts(returns);
}

/** Returns less their means as columns, `data[column * rows + row]`, padded with zero columns to a multiple of four. */
function centredColumns({ values, rows, count, means }: CentredReturns): Float64Array {
  const data = new Float64Array(((count + 3) & ~3) * rows);
  for (let row = 0; row < rows; row++) {
    const from = row * count;
    for (let column = 0; column < count; column++) data[column * rows + row] = values[from + column]! - means[column]!;
  }
  return data;
}

/**
 * The scalar twin. Four columns against two at a time: eight sums stay in registers while each value is read once, which is twice as
 * fast as one dot product after another.
 */
export function scalarCrossProducts(returns: CentredReturns): Float64Array {
  const { rows, count } = returns;
  const paddedCount = (count + 3) & ~3;
  const data = centredColumns(returns);
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
