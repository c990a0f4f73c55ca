import type { ReturnMatrix, SymbolWeight } from '../../../domain/returns/series.ts';

/** A return matrix from rows; dates are placeholders that nothing in the mathematics reads. */
export function matrixOf(columns: readonly string[], rows: readonly (readonly number[])[]): ReturnMatrix {
  return { dates: rows.map((_, row) => `day ${row}`), columns, values: Float64Array.from(rows.flat()) };
}

/** A00, A01, ... */
export function names(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `A${String(i).padStart(2, '0')}`);
}

export function weightsOf(weights: readonly SymbolWeight[]): number[] {
  return weights.map(({ weight }) => weight);
}

export function largestGap(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Infinity;
  return found.reduce((largest, value, i) => Math.max(largest, Number.isNaN(value) ? Infinity : Math.abs(value - expected[i]!)), 0);
}

/** The symmetric row-major matrix whose upper triangle stands row after row. */
export function fromUpper(upper: readonly number[], size: number): Float64Array {
  const square = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) {
      square[i * size + j] = upper[at]!;
      square[j * size + i] = upper[at++]!;
    }
  }
  return square;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
