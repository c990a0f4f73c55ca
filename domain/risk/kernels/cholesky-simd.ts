import { packPanel, panelStart, unpackPanel } from './factor-panels.ts';
import type { KernelHost } from './kernel-host.ts';

/** `ok`, or the index of the first row whose pivot is not positive beyond rounding. */
export type Factorisation =
  { readonly ok: true; readonly lower: Float64Array } | { readonly ok: false; readonly at: number; readonly pivotShare: number };

/** What a kernel notes beside the factor: running sums, or a pivot's share. */
const scratchLength = 16;

/** `scalarCholesky` by SIMD, to the same bits; null where the host has no kernels. Only the triangle, in panels of rows, is in memory. */
export function simdCholesky(matrix: Float64Array, size: number, floor: number, growth: number, host: KernelHost): Factorisation | null {
  const panels = Math.ceil(size / 4);
  const scratch = panelStart(panels);
  return host.run<Factorisation>((scratch + scratchLength) * 8, (kernels, memory) => {
    const lower = new Float64Array(size * size);
    for (let panel = 0; panel < panels; panel++) {
      packPanel(matrix, size, panel, memory);
      const failed = kernels.factorPanel(0, panel, Math.min(4, size - panel * 4), floor, growth, scratch * 8);
      if (failed >= 0) return { ok: false, at: panel * 4 + failed, pivotShare: memory[scratch]! };
      unpackPanel(memory, panel, lower, size);
    }
    return { ok: true, lower };
  });
}

/** Solves `L L' x = b` for one right side after the other, each into a new vector. */
export type FactoredSolve = (right: Float64Array) => Float64Array;

/** Packs a factor once for what `work` makes of its solves, each with the bits of `solveFactored`; null where the host has no kernels. */
export function withSimdSolve(lower: Float64Array, size: number, work: (solve: FactoredSolve) => number, host: KernelHost): number | null {
  const panels = Math.ceil(size / 4);
  const vector = panelStart(panels);
  const scratch = vector + panels * 4;
  return host.run((scratch + scratchLength) * 8, (kernels, memory) => {
    for (let panel = 0; panel < panels; panel++) packPanel(lower, size, panel, memory);
    return work((right) => {
      memory.fill(0, vector + size, scratch);
      memory.set(right, vector);
      kernels.solvePanels(0, size, vector * 8, scratch * 8);
      return memory.slice(vector, vector + size);
    });
  });
}
