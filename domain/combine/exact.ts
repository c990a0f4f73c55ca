import { type Box, boxOf } from './box.ts';
import type { ProjectionProblem } from './dual.ts';
import { excessesOf, exposuresOf } from './exposures.ts';
import { attainableCaps, type CappedTotal, givenCaps } from './infeasibility.ts';
import { certifyProjection } from './projection-certificate.ts';
import { projectOntoCaps } from './projection.ts';
import type { ProjectionCertificate } from './schemas.ts';

/** A total that keeps every cap within this, relative to the cap where that is above one, passes through unchanged. */
const identityTolerance = 1e-12;

export interface ExactProjection {
  readonly weights: Float64Array;
  readonly isApplied: boolean;
  /** Between which ends each weight stands; null where none was moved. */
  readonly box: Box | null;
  readonly certificate: ProjectionCertificate;
}

const fits = (value: number, cap: number): boolean => value - cap <= identityTolerance * Math.max(1, cap);

function isInside({ total, previous }: CappedTotal, { box, caps }: ProjectionProblem): boolean {
  const { gross, net, turnover } = exposuresOf(total, previous);
  if (!fits(gross, caps.gross) || !fits(Math.abs(net), caps.net)) return false;
  if (turnover !== null && caps.turnover < Infinity && !fits(turnover, caps.turnover)) return false;
  for (let i = 0; i < total.length; i++)
    if (box.lower[i]! - total[i]! > identityTolerance || total[i]! - box.upper[i]! > identityTolerance) return false;
  return true;
}

function identity({ total, previous, constraints }: CappedTotal): ExactProjection {
  const { bounds, gross, net, turnover } = excessesOf(total, previous, constraints);
  return {
    weights: Float64Array.from(total),
    isApplied: false,
    box: null,
    certificate: {
      multipliers: { gross: 0, net: 0, turnover: 0 },
      gap: 0,
      distance: 0,
      maxViolation: Math.max(0, bounds, gross, net, turnover) + 0,
    },
  };
}

/** Ends cross where a sign is kept and a bound misses zero by the tolerance at most: zero stands for both. */
function uncross({ lower, upper }: Box): void {
  for (let i = 0; i < lower.length; i++) if (lower[i]! > upper[i]!) lower[i] = upper[i] = 0;
}

/** The nearest weights that keep all caps, with their proof. The set must not be empty. Errors: SolverFailed. */
export function exactly(capped: CappedTotal, costAversion: number): ExactProjection {
  const { total, previous, constraints, noFlip } = capped;
  const box = boxOf(total, constraints, noFlip);
  uncross(box);
  const problem: ProjectionProblem = {
    target: total,
    box,
    previous: previous ?? new Float64Array(total.length),
    caps: attainableCaps(capped),
    costAversion,
  };
  if (costAversion === 0 && isInside(capped, problem)) return identity(capped);
  const { weights, multipliers } = projectOntoCaps(problem);
  return { weights, isApplied: true, box, certificate: certifyProjection(problem, givenCaps(capped), weights, multipliers) };
}
