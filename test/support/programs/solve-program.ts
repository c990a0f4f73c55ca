import { maxSharpe } from '../../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../../domain/risk/min-variance.ts';
import { riskParity } from '../../../domain/risk/risk-parity.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { names } from '../../domain/risk/fixtures.ts';
import type { Program } from './random-program.ts';

export type Solved = { readonly weights: readonly number[] } | { readonly refused: string };

interface Weighted {
  readonly weights: readonly { readonly weight: number }[];
}

function allocation({ solver, covariance, means, lower, upper }: Program, columns: readonly string[]): Weighted {
  switch (solver) {
    case 'minimum variance':
      return minVariance({ covariance, columns, ridge: 0 });
    case 'minimum variance within bounds':
      return minVariance({ covariance, columns, ridge: 0, lower: [...lower], upper: [...upper] });
    case 'equal risk contribution':
      return riskParity({ covariance, columns });
    case 'maximum Sharpe': {
      const found = maxSharpe({ covariance, means, columns });
      if (found === undefined) throw new LedgerError('SolverFailed', 'no mean is positive');
      return found;
    }
  }
}

function solvedAs(program: Program, columns: readonly string[]): Solved {
  try {
    return { weights: allocation(program, columns).weights.map(({ weight }) => weight) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { refused: error.message };
  }
}

export const solveHere = (program: Program): Solved => solvedAs(program, names(program.size));

/** The same columns in another order, each under its own name; the weights put back. */
export function solveInOrder(program: Program, order: readonly number[]): Solved {
  const { size, covariance, means, lower, upper } = program;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(order, (from) => values[from]!);
  const moved: Program = {
    ...program,
    covariance: Float64Array.from(
      { length: size * size },
      (_, at) => covariance[order[Math.floor(at / size)]! * size + order[at % size]!]!,
    ),
    means: pick(means),
    lower: pick(lower),
    upper: pick(upper),
  };
  const named = names(size);
  const solved = solvedAs(
    moved,
    order.map((from) => named[from]!),
  );
  if ('refused' in solved) return solved;
  const weights = order.map(() => 0);
  order.forEach((from, to) => (weights[from] = solved.weights[to]!));
  return { weights };
}
