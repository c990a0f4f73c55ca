/** Side of a square of which two stay in a first-level cache together. */
const tileSide = 32;

/**
 * Completes a symmetric matrix (size x size, row-major) of which one of each pair of entries is written and the other is 0; tile by tile,
 * for a column after the other would leave the cache at each step.
 */
export function mirror(square: Float64Array, size: number): void {
  for (let top = 0; top < size; top += tileSide) {
    const bottom = Math.min(size, top + tileSide);
    for (let left = 0; left <= top; left += tileSide) {
      for (let i = top; i < bottom; i++) {
        const right = Math.min(i, left + tileSide);
        for (let j = left; j < right; j++) {
          const entry = square[i * size + j]! + square[j * size + i]!;
          square[i * size + j] = entry;
          square[j * size + i] = entry;
        }
      }
    }
  }
}
