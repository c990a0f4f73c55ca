/** Vectors and symmetric matrices of the three multipliers: gross, net, turnover. */
export type Triple = readonly [number, number, number];
export type SymmetricMatrix = readonly [Triple, Triple, Triple];

export const dot = (left: Triple, right: Triple): number => left[0] * right[0] + left[1] * right[1] + left[2] * right[2];

/** Solves a symmetric positive definite system of the rows and columns in `free`, by Cholesky; the other entries of the answer are 0. */
function solveFree(matrix: SymmetricMatrix, right: Triple, free: readonly number[]): Triple {
  const factor: number[][] = [];
  const half: number[] = [];
  for (const [row, i] of free.entries()) {
    factor.push([]);
    for (let column = 0; column <= row; column++) {
      let value = matrix[i]![free[column]!]!;
      for (let k = 0; k < column; k++) value -= factor[row]![k]! * factor[column]![k]!;
      factor[row]!.push(column === row ? Math.sqrt(Math.max(value, Number.MIN_VALUE)) : value / factor[column]![column]!);
    }
    let value = right[i]!;
    for (let k = 0; k < row; k++) value -= factor[row]![k]! * half[k]!;
    half.push(value / factor[row]![row]!);
  }
  const answer: [number, number, number] = [0, 0, 0];
  for (let row = free.length - 1; row >= 0; row--) {
    let value = half[row]!;
    for (let k = row + 1; k < free.length; k++) value -= factor[k]![row]! * answer[free[k]!]!;
    answer[free[row]!] = value / factor[row]![row]!;
  }
  return answer;
}

const times = (matrix: SymmetricMatrix, vector: Triple): Triple => [dot(matrix[0], vector), dot(matrix[1], vector), dot(matrix[2], vector)];

/**
 * The step that maximises `slope step - step matrix step / 2` while `start + step` keeps all of `open` at zero or above; entries that are
 * not open do not move. Each set of entries that could end at zero is tried. The matrix is positive definite, so that one of them is best.
 */
export function bestStep(matrix: SymmetricMatrix, slope: Triple, start: Triple, open: readonly number[]): Triple {
  let best: Triple = [0, 0, 0];
  let gain = 0;
  for (let held = 0; held < 1 << open.length; held++) {
    const free = open.filter((_, bit) => (held & (1 << bit)) === 0);
    const fixed: [number, number, number] = [0, 0, 0];
    for (const index of open) if (!free.includes(index)) fixed[index] = -start[index]!;
    const used = times(matrix, fixed);
    const moved = solveFree(matrix, [slope[0] - used[0], slope[1] - used[1], slope[2] - used[2]], free);
    const step: Triple = [fixed[0] + moved[0], fixed[1] + moved[1], fixed[2] + moved[2]];
    if (open.some((index) => start[index]! + step[index]! < 0)) continue;
    const value = dot(slope, step) - dot(step, times(matrix, step)) / 2;
    if (value > gain) [best, gain] = [step, value];
  }
  return best;
}

/**
 * A slope without its part in directions in which the curvature is no more than what was added to it, where that part is no more than
 * `noise`: it would lead far, for nothing. `added` is what stands on the diagonal of the matrix beside the curvature.
 */
export function withoutFlatNoise(matrix: SymmetricMatrix, added: number, slope: Triple, open: readonly number[], noise: number): Triple {
  const step = solveFree(matrix, slope, open);
  const flat = (index: number): number => added * step[index]!;
  if (open.some((index) => Math.abs(flat(index)) > noise)) return slope;
  return [slope[0] - flat(0), slope[1] - flat(1), slope[2] - flat(2)];
}
