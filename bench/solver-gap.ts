/** How far an answer is from the optimum, each solver by what defines it. */
import type { Timing } from './measure.ts';
import { type Solver, type SolverPeer, solverPeers } from './solver-cases.ts';
import type { SolverMoments } from './solver-data.ts';
import type { PeerOutcome, SolverRow } from './solver-results.ts';

/**
 * Up to here answers count as equally good. Of contributions, the square of their deviation is that of the objective, so that 1e-4 is
 * about 1e-8 there.
 */
const gapMax: Readonly<Record<Solver, number>> = {
  minVariance: 1e-7,
  minVarianceCapped: 1e-7,
  maxSharpe: 1e-7,
  equalRisk: 1e-4,
  hrp: 1e-9,
  hrpPlain: 1e-9,
};

export const countsAsEqual = (solver: Solver, gap: number): boolean => gap <= gapMax[solver];

/** Weights within their bounds that sum to one: interior points end a rounding outside. */
function cleaned(weights: readonly number[], cap: number | null): number[] {
  const within = weights.map((weight) => Math.min(Math.max(weight, 0), cap ?? 1));
  const total = within.reduce((sum, weight) => sum + weight, 0);
  return within.map((weight) => weight / total);
}

function timesCovariance({ covariance }: SolverMoments, weights: readonly number[]): number[] {
  const size = weights.length;
  return weights.map((_, i) => weights.reduce((sum, weight, j) => sum + covariance[i * size + j]! * weight, 0));
}

const product = (left: ArrayLike<number>, right: readonly number[]): number => right.reduce((sum, value, i) => sum + left[i]! * value, 0);

function unevenness(moments: SolverMoments, weights: readonly number[]): number {
  const shares = timesCovariance(moments, weights).map((value, i) => value * weights[i]!);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  return Math.max(...shares.map((share) => Math.abs(share / mean - 1)));
}

/** Relative excess over the best objective among all answers: the variance, or the inverse of the ratio of mean to volatility. */
function excesses(solver: Solver, moments: SolverMoments, answers: readonly (readonly number[])[]): number[] {
  const objective = (weights: readonly number[]): number => {
    const variance = product(timesCovariance(moments, weights), weights);
    return solver === 'maxSharpe' ? Math.sqrt(variance) / product(moments.means, weights) : variance;
  };
  const values = answers.map(objective);
  const best = Math.min(...values);
  return values.map((value) => value / best - 1);
}

/** Gaps of all answers to one case, ours first. HRP is a closed form: the largest difference of a weight, ours to the first peer's. */
export function gapsOf(
  { solver, cap }: { readonly solver: Solver; readonly cap: number | null },
  answers: readonly (readonly number[])[],
  momentsOf: () => SolverMoments,
): number[] {
  if (solver === 'hrp' || solver === 'hrpPlain') {
    const [own, ...others] = answers;
    const differences = others.map((other) => Math.max(...other.map((weight, i) => Math.abs(weight - own![i]!))));
    return [Math.min(...differences), ...differences];
  }
  const within = answers.map((weights) => cleaned(weights, cap));
  if (solver === 'equalRisk') return within.map((weights) => unevenness(momentsOf(), weights));
  return excesses(solver, momentsOf(), within);
}

/** The peer of least time among those whose answer is as good as any. */
export function fastestOf(row: SolverRow, timeOf: (outcome: PeerOutcome) => Timing | null): { peer: SolverPeer; timing: Timing } | null {
  let fastest: { peer: SolverPeer; timing: Timing } | null = null;
  for (const peer of solverPeers) {
    const outcome = row.peers[peer];
    if (outcome === undefined || outcome.gap === null || !countsAsEqual(row.solver, outcome.gap)) continue;
    const timing = timeOf(outcome);
    if (timing !== null && (fastest === null || timing.medianMs < fastest.timing.medianMs)) fastest = { peer, timing };
  }
  return fastest;
}
