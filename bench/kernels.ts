/** Times the kernels on the shared returns, and leaves what they answered for the comparison. */
import { walkForward } from '../domain/walk-forward/walk-forward.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import { covarianceOf, defaultSolveParameters, solveProfile, type RiskProfile, type SolveParameters } from '../domain/risk/profiles.ts';
import { minVariance } from '../domain/risk/min-variance.ts';
import { riskParity } from '../domain/risk/risk-parity.ts';
import { measure, peakMegabytes } from './measure.ts';
import type { KernelCase, KernelFigures } from './results.ts';
import { readReturns } from './returns.ts';

/** What the peers compute: the sample covariance as it is, without shrinkage or ridge. */
const parameters: SolveParameters = { ...defaultSolveParameters, estimator: 'sample', correlationShrinkage: 0, ridge: 0 };
const plain: SolveParameters = { ...parameters, hrp: { ...parameters.hrp, leafOrder: 'plain' } };

function weightsOf({ weights }: { readonly weights: readonly { readonly weight: number }[] }): number[] {
  return weights.map(({ weight }) => weight);
}

const solve = (risk: RiskProfile, training: ReturnMatrix, chosen = parameters): number[] =>
  weightsOf(solveProfile({ risk, training, parameters: chosen }));

/** Trades back to the target each day without costs, as the peer does; answers the stitched returns and then every window's weights. */
function walk(risk: RiskProfile, returns: ReturnMatrix): number[] {
  const walked = walkForward({
    returns,
    trainWindow: 60,
    testWindow: 20,
    stepSize: 20,
    rebalanceMode: 'daily',
    costFraction: 0,
    solve: (training) => ({ weights: solve(risk, training) }),
  });
  return [...walked.oos.values, ...walked.windows.flatMap((window) => window.weights)];
}

/** A few milliseconds: the compiler of JavaScript needs more of them than of long work before it has done its part. */
const isShort = (name: string): boolean => name.startsWith('hrp20') || name.startsWith('walkForward');

export async function measureKernels(scratch: string): Promise<KernelFigures> {
  const small = readReturns(scratch, 'small');
  const large = readReturns(scratch, 'large');
  const { columns } = large;
  const { covariance } = covarianceOf(large, parameters);
  const works: Record<KernelCase, () => number[]> = {
    hrp20: () => solve('hrp', small),
    hrp20Plain: () => solve('hrp', small, plain),
    hrp500: () => solve('hrp', large),
    hrp500Plain: () => solve('hrp', large, plain),
    riskParity500: () => solve('risk_parity', large),
    riskParity500Given: () => weightsOf(riskParity({ covariance, columns })),
    minVariance500: () => solve('min_variance', large),
    minVariance500Given: () => weightsOf(minVariance({ covariance, columns, ridge: 0 })),
    walkForwardMinVariance: () => walk('min_variance', small),
    walkForwardHrp: () => walk('hrp', small),
    walkForwardRiskParity: () => walk('risk_parity', small),
  };
  const cases: Partial<Record<KernelCase, KernelFigures['cases'][KernelCase]>> = {};
  for (const [name, work] of Object.entries(works) as [KernelCase, () => number[]][]) {
    const { timing, result } = await measure(work, isShort(name) ? { warmUps: 50, repetitions: 100 } : { warmUps: 5, repetitions: 21 });
    cases[name] = { timing, answer: result };
  }
  return { cases: cases as KernelFigures['cases'], peakMegabytes: peakMegabytes() };
}
