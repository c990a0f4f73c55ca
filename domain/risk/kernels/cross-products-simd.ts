import type { KernelHost } from './kernel-host.ts';
import { panelCount, panelStride, rowsPerPass, squareOfTiles, tilesBefore } from './tiles.ts';

/** Row-major returns and the mean to take from each column. */
export interface CentredReturns {
  readonly rows: number;
  readonly count: number;
  readonly values: Float64Array;
  readonly means: Float64Array;
}

/** `scalarCrossProducts` by SIMD, to the same bits; null where the host has no kernels. Only one pass and the sums are in memory. */
export function simdCrossProducts({ rows, count, values, means }: CentredReturns, host: KernelHost): Float64Array | null {
  const panels = panelCount(count);
  const tiles = panels * panelStride;
  const meansAt = tiles + tilesBefore(panels);
  const pass = meansAt + panels * 4;
  const end = pass + rowsPerPass * count + 4;
  return host.run(end * 8, (kernels, memory) => {
    memory.fill(0, tiles, pass);
    memory.set(means, meansAt);
    for (let start = 0; start < rows; start += rowsPerPass) {
      const passRows = Math.min(rowsPerPass, rows - start);
      memory.set(values.subarray(start * count, (start + passRows) * count), pass);
      kernels.centrePass(pass * 8, meansAt * 8, passRows, count, 0, panelStride * 8);
      for (let left = 0; left < panels; left++) kernels.addPass(0, panelStride * 8, left, passRows, (tiles + tilesBefore(left)) * 8);
    }
    return squareOfTiles(memory, tiles, count);
  });
}
