import { simdCorrelationDistance, simdSquaredGaps } from './kernels/distance-simd.ts';
import { kernelHost } from './kernels/kernel-host.ts';
import { mirror } from './square.ts';

/** From these sizes on the SIMD kernels save more than their call and copies cost. */
const distanceSizeMin = 64;
const gapsSizeMin = 24;

/**
 * Distances between n things are condensed: entry (i, j), i < j, of the upper triangle stands row after row, as scipy
 * writes them (`n(n-1)/2` values).
 */
export function condensedLength(size: number): number {
  return (size * (size - 1)) / 2;
}

/** Adding j to `condensedOffset(size, i)` gives the place of (i, j) for i < j. */
export function condensedOffset(size: number, i: number): number {
  return i * size - (i * (i + 1)) / 2 - i - 1;
}

/**
 * d = sqrt((1 - correlation) / 2), in [0, 1] (Mantegna 1999; Lopez de Prado 2016). Each entry by itself, so that the SIMD kernel has no
 * order to keep.
 */
export function correlationDistance(correlation: Float64Array, size: number, host = kernelHost): Float64Array {
  const distance = size < distanceSizeMin ? null : simdCorrelationDistance(correlation, size, host);
  return distance ?? scalarCorrelationDistance(correlation, size);
}

/** The scalar twin. */
export function scalarCorrelationDistance(correlation: Float64Array, size: number): Float64Array {
  const distance = new Float64Array(condensedLength(size));
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      const clipped = Math.max(-1, Math.min(1, correlation[i * size + j]!));
      distance[at++] = Math.sqrt((1 - clipped) / 2);
    }
  }
  return distance;
}

/** The square matrix of condensed distances, with a zero diagonal. */
export function squareDistance(condensed: Float64Array, size: number): Float64Array {
  const square = new Float64Array(size * size);
  let at = 0;
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) square[i * size + j] = condensed[at++]!;
  mirror(square, size);
  return square;
}

/**
 * Euclidean distance between the columns of a distance matrix (the original paper's "distance of distances").
 *
 * Order of summation, the same for the SIMD kernel and its scalar twin: one sum for each pair, which takes the squares in the order of
 * rows.
 */
export function euclideanOfColumns(condensed: Float64Array, size: number, host = kernelHost): Float64Array {
  const square = squareDistance(condensed, size);
  const gaps = size < gapsSizeMin ? null : simdSquaredGaps(square, size, host);
  return gaps === null ? scalarEuclideanOfColumns(square, size) : rootsAbove(gaps, size);
}

/** The roots of the upper triangle, condensed. */
function rootsAbove(square: Float64Array, size: number): Float64Array {
  const roots = new Float64Array(condensedLength(size));
  let at = 0;
  for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) roots[at++] = Math.sqrt(square[i * size + j]!);
  return roots;
}

/** The scalar twin, from the square matrix. */
export function scalarEuclideanOfColumns(square: Float64Array, size: number): Float64Array {
  const distance = new Float64Array(condensedLength(size));
  let at = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i + 1; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) {
        const gap = square[i * size + k]! - square[j * size + k]!;
        sum += gap * gap;
      }
      distance[at++] = Math.sqrt(sum);
    }
  }
  return distance;
}
