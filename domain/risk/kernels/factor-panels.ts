/**
 * A lower triangle in panels of four rows, as `assembly/panels.ts` has it: panel p holds the columns 0 to 4p + 3, four values each. Rows
 * beyond the matrix are zero.
 */
export function panelStart(panel: number): number {
  return 8 * panel * (panel + 1);
}

/** Copies the lower triangle of a matrix (row-major) into the rows of a panel. */
export function packPanel(matrix: Float64Array, size: number, panel: number, memory: Float64Array): void {
  const top = panel * 4;
  const columns = top + 4;
  let to = panelStart(panel);
  if (columns > size) {
    memory.fill(0, to, to + columns * 4);
    for (let i = top; i < size; i++) for (let k = 0; k <= i; k++) memory[to + k * 4 + i - top] = matrix[i * size + k]!;
    return;
  }
  const first = top * size;
  const second = first + size;
  const third = second + size;
  const fourth = third + size;
  for (let k = 0; k < columns; k++) {
    memory[to] = matrix[first + k]!;
    memory[to + 1] = matrix[second + k]!;
    memory[to + 2] = matrix[third + k]!;
    memory[to + 3] = matrix[fourth + k]!;
    to += 4;
  }
}

/** Copies the rows of a panel back into the lower triangle of a matrix. */
export function unpackPanel(memory: Float64Array, panel: number, lower: Float64Array, size: number): void {
  const top = panel * 4;
  const bottom = Math.min(size, top + 4);
  const from = panelStart(panel);
  const first = top * size;
  const second = first + size;
  const third = second + size;
  const fourth = third + size;
  const whole = bottom - top === 4 ? top : 0;
  for (let k = 0, at = from; k < whole; k++, at += 4) {
    lower[first + k] = memory[at]!;
    lower[second + k] = memory[at + 1]!;
    lower[third + k] = memory[at + 2]!;
    lower[fourth + k] = memory[at + 3]!;
  }
  for (let i = top; i < bottom; i++) for (let k = whole; k <= i; k++) lower[i * size + k] = memory[from + k * 4 + i - top]!;
}
