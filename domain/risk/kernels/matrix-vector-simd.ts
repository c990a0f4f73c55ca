import type { KernelHost } from './kernel-host.ts';

/** Writes the product of a matrix with a vector. */
export type MatrixProduct = (vector: Float64Array, product: Float64Array) => void;

/** Packs a square matrix (row-major) in panels of four rows for what `work` makes of its products; null where the host has no kernels. */
export function withSimdProduct(
  matrix: Float64Array,
  size: number,
  work: (times: MatrixProduct) => number,
  host: KernelHost,
): number | null {
  const panels = Math.ceil(size / 4);
  const vectorAt = panels * 4 * size;
  const productAt = vectorAt + size;
  return host.run((productAt + panels * 4) * 8, (kernels, memory) => {
    for (let panel = 0; panel < panels; panel++) packRows(matrix, size, panel * 4, memory);
    return work((vector, product) => {
      memory.set(vector, vectorAt);
      kernels.multiplyPanels(0, panels, size, vectorAt * 8, productAt * 8);
      product.set(memory.subarray(productAt, productAt + size));
    });
  });
}

/** Four rows, column after column; the last one stands in for those beyond the matrix, whose products are not read. */
function packRows(matrix: Float64Array, size: number, top: number, memory: Float64Array): void {
  const first = top * size;
  const second = Math.min(size - 1, top + 1) * size;
  const third = Math.min(size - 1, top + 2) * size;
  const fourth = Math.min(size - 1, top + 3) * size;
  let to = top * size;
  for (let k = 0; k < size; k++) {
    memory[to] = matrix[first + k]!;
    memory[to + 1] = matrix[second + k]!;
    memory[to + 2] = matrix[third + k]!;
    memory[to + 3] = matrix[fourth + k]!;
    to += 4;
  }
}
