/** Times this side's solvers on the shared data, and leaves what they answered. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { maxSharpe } from '../domain/risk/max-sharpe.ts';
import { minVariance } from '../domain/risk/min-variance.ts';
import { solveProfile } from '../domain/risk/profiles.ts';
import { riskParity } from '../domain/risk/risk-parity.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { measureWithin, type Timing } from './measure.ts';
import { caseId, type SolverCase } from './solver-cases.ts';
import { readSolverMoments, readSolverReturns, solverParameters } from './solver-data.ts';

/** Weights with the time that they took, or why there are none. */
export type SolverAnswer = { readonly timing: Timing; readonly answer: readonly number[] } | { readonly refused: string };

export type OwnAnswers = Readonly<Record<string, SolverAnswer>>;

interface Weighted {
  readonly weights: readonly { readonly weight: number }[];
}

function workOf(one: SolverCase, scratch: string): () => Weighted {
  if (one.solver === 'hrp' || one.solver === 'hrpPlain') {
    const training = readSolverReturns(scratch, one);
    const leafOrder = one.solver === 'hrp' ? 'optimal' : 'plain';
    const parameters = { ...solverParameters, hrp: { ...solverParameters.hrp, leafOrder } } as const;
    return () => solveProfile({ risk: 'hrp', training, parameters });
  }
  const { columns, covariance, means } = readSolverMoments(scratch, one);
  if (one.solver === 'equalRisk') return () => riskParity({ covariance, columns });
  if (one.solver === 'maxSharpe') {
    return () => {
      const solved = maxSharpe({ covariance, means, columns });
      if (solved === undefined) throw new LedgerError('SolverFailed', 'no mean is positive');
      return solved;
    };
  }
  const bounds = one.cap === null ? {} : { lower: columns.map(() => 0), upper: columns.map(() => one.cap!) };
  return () => minVariance({ covariance, columns, ridge: 0, ...bounds });
}

function answerOf(one: SolverCase, scratch: string): SolverAnswer {
  const work = workOf(one, scratch);
  try {
    const { timing, result } = measureWithin(work);
    return { timing, answer: result.weights.map(({ weight }) => weight) };
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    return { refused: error.message };
  }
}

const casesFile = (scratch: string): string => join(scratch, 'solver-cases.json');

export function writeSolverCases(scratch: string, cases: readonly SolverCase[]): void {
  writeFileSync(casesFile(scratch), JSON.stringify(cases));
}

export function measureOwnSolvers(scratch: string): OwnAnswers {
  const cases = JSON.parse(readFileSync(casesFile(scratch), 'utf8')) as SolverCase[];
  return Object.fromEntries(cases.map((one) => [caseId(one), answerOf(one, scratch)]));
}
