/** Sums of a symmetric matrix in tiles of four by four, the lower triangle of tiles row after row; columns come in panels of four. */
export const tileLength = 16;

/** Rows per pass: few enough that a pass of 500 columns (512 kB) stays in a second-level cache. */
export const rowsPerPass = 128;

/**
 * Values from one panel of a pass to the next: a cache line more than the panel has, for panels 4 kB apart would share few places in a
 * cache.
 */
export const panelStride = rowsPerPass * 4 + 8;

export function panelCount(columns: number): number {
  return Math.ceil(columns / 4);
}

/** Where the tiles of a panel begin, in values. */
export function tilesBefore(panel: number): number {
  return (panel * (panel + 1) * tileLength) / 2;
}

/** The symmetric matrix (size x size, row-major) of the sums of a lower triangle. */
export function squareOfTiles(memory: Float64Array, tiles: number, size: number): Float64Array {
  const square = new Float64Array(size * size);
  const panels = panelCount(size);
  let at = tiles;
  for (let left = 0; left < panels; left++) {
    for (let right = 0; right <= left; right++) {
      const rowEnd = Math.min(size, left * 4 + 4);
      const columnEnd = Math.min(size, right * 4 + 4);
      for (let i = left * 4; i < rowEnd; i++) {
        const from = at + (i - left * 4) * 4 - right * 4;
        for (let j = right * 4; j < columnEnd; j++) {
          const sum = memory[from + j]!;
          square[i * size + j] = sum;
          square[j * size + i] = sum;
        }
      }
      at += tileLength;
    }
  }
  return square;
}
