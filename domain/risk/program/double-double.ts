/**
 * Numbers as unevaluated sums of two doubles, about 32 digits (Dekker 1971; Hida, Li and Bailey 2001). Used where a matrix is so close to
 * singular that 16 digits decide nothing.
 */
export type Extended = readonly [high: number, low: number];

export interface ExtendedVector {
  readonly high: Float64Array;
  readonly low: Float64Array;
}

export const zero: Extended = [0, 0];
export const one: Extended = [1, 0];

/** 2^27 + 1: splits a double into halves whose products are exact. */
const splitter = 134217729;

export function extendedVector(length: number): ExtendedVector {
  return { high: new Float64Array(length), low: new Float64Array(length) };
}

export function entry(vector: ExtendedVector, at: number): Extended {
  return [vector.high[at]!, vector.low[at]!];
}

export function setEntry(vector: ExtendedVector, at: number, value: Extended): void {
  vector.high[at] = value[0];
  vector.low[at] = value[1];
}

function normalised(high: number, low: number): Extended {
  const sum = high + low;
  return Number.isFinite(sum) ? [sum, low - (sum - high)] : [sum, 0];
}

export function negated(a: Extended): Extended {
  return [-a[0], -a[1]];
}

export function plus(a: Extended, b: Extended): Extended {
  const sum = a[0] + b[0];
  const part = sum - a[0];
  return normalised(sum, a[0] - (sum - part) + (b[0] - part) + a[1] + b[1]);
}

export function minus(a: Extended, b: Extended): Extended {
  return plus(a, negated(b));
}

/** What rounding took from the product of two doubles. */
function productError(a: number, b: number, product: number): number {
  const left = splitter * a;
  const aHigh = left - (left - a);
  const aLow = a - aHigh;
  const right = splitter * b;
  const bHigh = right - (right - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}

export function times(a: Extended, b: Extended): Extended {
  const product = a[0] * b[0];
  return normalised(product, productError(a[0], b[0], product) + (a[0] * b[1] + a[1] * b[0]));
}

export function over(a: Extended, b: Extended): Extended {
  const first = a[0] / b[0];
  const rest = minus(a, times(b, [first, 0]));
  const second = rest[0] / b[0];
  const last = minus(rest, times(b, [second, 0]));
  return plus(normalised(first, second), [last[0] / b[0], 0]);
}

/** Square root of a positive number. */
export function rootOf(a: Extended): Extended {
  const root = Math.sqrt(a[0]);
  const rest = minus(a, times([root, 0], [root, 0]));
  return normalised(root, rest[0] / (2 * root));
}

export function isBelow(a: Extended, b: Extended): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** start - sum over k of left[leftFrom + k] * right[rightFrom + k]: the kernel of everything that costs time. */
export function minusDot(
  start: Extended,
  left: ExtendedVector,
  leftFrom: number,
  right: ExtendedVector,
  rightFrom: number,
  count: number,
): Extended {
  let high = start[0];
  let low = start[1];
  for (let k = 0; k < count; k++) {
    const a = left.high[leftFrom + k]!;
    const b = right.high[rightFrom + k]!;
    const product = -a * b;
    const error = productError(-a, b, product) - (a * right.low[rightFrom + k]! + left.low[leftFrom + k]! * b);
    const sum = high + product;
    const part = sum - high;
    low += high - (sum - part) + (product - part) + error;
    high = sum + low;
    low -= high - sum;
  }
  return [high, low];
}
