import type { KernelHost } from './kernel-host.ts';
import { panelCount, panelStride, rowsPerPass, squareOfTiles, tilesBefore } from './tiles.ts';

/** `scalarCorrelationDistance` by SIMD, to the same bits; null where the host has no kernels. */
export function simdCorrelationDistance(correlation: Float64Array, size: number, host: KernelHost): Float64Array | null {
  const count = (size * (size - 1)) / 2;
  // What fills up the last pair is computed and not read.
  const padded = count + (count & 1);
  return host.run(padded * 8, (kernels, memory) => {
    let at = 0;
    for (let i = 0; i < size - 1; i++) {
      memory.set(correlation.subarray(i * size + i + 1, (i + 1) * size), at);
      at += size - 1 - i;
    }
    kernels.toDistances(0, padded);
    return memory.slice(0, count);
  });
}

/** The square of the Euclidean distances between the columns of a symmetric matrix, by SIMD, to the bits of their scalar sums. */
export function simdSquaredGaps(square: Float64Array, size: number, host: KernelHost): Float64Array | null {
  const panels = panelCount(size);
  const tiles = panels * panelStride;
  const end = tiles + tilesBefore(panels);
  return host.run(end * 8, (kernels, memory) => {
    memory.fill(0, tiles, end);
    for (let start = 0; start < size; start += rowsPerPass) {
      const passRows = Math.min(rowsPerPass, size - start);
      packRows(square, size, start, passRows, memory);
      for (let left = 0; left < panels; left++) kernels.addSquaredGaps(0, panelStride * 8, left, passRows, (tiles + tilesBefore(left)) * 8);
    }
    return squareOfTiles(memory, tiles, size);
  });
}

/** Packs the columns of some rows in panels of four; the columns that fill up the last panel are left as they are. */
function packRows(square: Float64Array, size: number, start: number, count: number, memory: Float64Array): void {
  let from = start * size;
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < size; column++) memory[(column >> 2) * panelStride + row * 4 + (column & 3)] = square[from++]!;
  }
}
