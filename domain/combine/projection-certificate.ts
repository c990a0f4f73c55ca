import { LedgerError } from '../shared/errors.ts';
import type { Multipliers, ProjectionProblem } from './dual.ts';
import { ExactSum } from './exact-sum.ts';
import { exposuresOf } from './exposures.ts';
import type { Caps } from './reach.ts';
import type { ProjectionCertificate } from './schemas.ts';

/** Largest gap of weights that leave the projection, relative to the size of the problem; caps that miss that much are given as much. */
const certificateLimit = 1e-9;

/** The Lagrangian of one weight. */
function lagrangian(problem: ProjectionProblem, multipliers: Multipliers, i: number, weight: number): number {
  const moved = weight - problem.target[i]!;
  return (
    (moved * moved) / 2 +
    multipliers.gross * Math.abs(weight) +
    multipliers.net * weight +
    (problem.costAversion + multipliers.turnover) * Math.abs(weight - problem.previous[i]!)
  );
}

/**
 * Its least value in the box, without the closed form that the solver uses: every point at which a convex function of this kind can have
 * its minimum is tried.
 */
function leastLagrangian(problem: ProjectionProblem, multipliers: Multipliers, i: number): number {
  const [low, high] = [problem.box.lower[i]!, problem.box.upper[i]!];
  const pulled = problem.target[i]! - multipliers.net;
  const change = problem.costAversion + multipliers.turnover;
  const { gross } = multipliers;
  const candidates = [0, problem.previous[i]!, low, high];
  for (const one of [-gross, gross]) for (const other of [-change, change]) candidates.push(pulled + one + other);
  let least = Infinity;
  for (const candidate of candidates) {
    const weight = candidate < low ? low : candidate > high ? high : candidate;
    least = Math.min(least, lagrangian(problem, multipliers, i, weight));
  }
  return least;
}

/**
 * Proves weights by weak duality: no weights within the caps are nearer by more than the gap. Summed weight by weight, so that the gap
 * keeps its digits. The violation is that of the caps as they were given. Errors: SolverFailed where the proof fails.
 */
export function certifyProjection(
  problem: ProjectionProblem,
  given: Caps,
  weights: Float64Array,
  multipliers: Multipliers,
): ProjectionCertificate {
  const { target, box, caps, previous } = problem;
  const [gap, squares, objective] = [new ExactSum(), new ExactSum(), new ExactSum()];
  let outside = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    gap.add(lagrangian(problem, multipliers, i, weight) - leastLagrangian(problem, multipliers, i));
    squares.add((weight - target[i]!) * (weight - target[i]!));
    objective.add(problem.costAversion * Math.abs(weight - previous[i]!));
    outside = Math.max(outside, box.lower[i]! - weight, weight - box.upper[i]!);
  }
  const exposures = exposuresOf(weights, previous);
  const excesses = [exposures.gross - given.gross, Math.abs(exposures.net) - given.net, exposures.turnover! - given.turnover];
  gap.add(multipliers.gross * (caps.gross - exposures.gross));
  gap.add(Math.abs(multipliers.net) * caps.net - multipliers.net * exposures.net);
  if (multipliers.turnover > 0) gap.add(multipliers.turnover * (caps.turnover - exposures.turnover!));
  const certificate = {
    multipliers: { ...multipliers },
    gap: gap.value + 0,
    distance: Math.sqrt(squares.value),
    maxViolation: Math.max(0, outside, ...excesses) + 0,
  };
  const size = 1 + squares.value / 2 + objective.value;
  if (
    !(Math.abs(certificate.gap) <= certificateLimit * size) ||
    !(certificate.maxViolation <= 2 * certificateLimit * Math.max(1, caps.gross))
  )
    throw new LedgerError('SolverFailed', `the projection is not proved: gap ${certificate.gap}, violation ${certificate.maxViolation}`, {
      evidence: { certificate, limit: certificateLimit },
    });
  return certificate;
}
