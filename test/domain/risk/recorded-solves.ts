import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { defaultSolveParameters, type SolveParameters } from '../../../domain/risk/profiles.ts';
import { seeded } from '../../support/figures.ts';
import { names } from './fixtures.ts';

/** Parameters under which nothing is smoothed: the covariance is that of the rows. */
export const bare: SolveParameters = { ...defaultSolveParameters, estimator: 'sample', correlationShrinkage: 0, ridge: 0 };

/**
 * Returns of two factors, made by sums and products alone so that every machine has the same bits. `copies` repeats columns but for a share
 * of 1e-7 of their own, so that 16 digits do not decide.
 */
export function madeReturns(size: number, rows: number, seed: number, copies: boolean): ReturnMatrix {
  const random = seeded(seed);
  const bell = (): number => random() + random() + random() + random() - 2;
  const betas = Array.from({ length: size }, () => [0.5 + random(), bell()] as const);
  const values = new Float64Array(rows * size);
  for (let row = 0; row < rows; row++) {
    const factors = [0.01 * bell() + 0.0005, 0.005 * bell()] as const;
    for (let column = 0; column < size; column++) {
      const [first, second] = betas[column]!;
      const own = bell();
      const copied = copies && column % 3 === 2 ? values[row * size + column - 1]! + 1e-9 * own : null;
      values[row * size + column] = copied ?? first * factors[0] + second * factors[1] + (0.004 + (0.01 * column) / size) * own;
    }
  }
  return { dates: Array.from({ length: rows }, (_, row) => `day ${row}`), columns: names(size), values };
}
