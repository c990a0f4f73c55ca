import { LedgerError } from '../shared/errors.ts';
import type { Attempt, RiskProfile } from './schemas.ts';

/** Correlation shrinkages tried in turn after the one asked for has failed. */
export const shrinkageLadder = [0.15, 0.5, 0.95] as const;
/** Of a solve that needed more correlation shrinkage than was asked for. */
export const hardenedFlag = 'hardened';

export interface Climbed<Part> {
  readonly part: Part;
  readonly attempts: Attempt[];
  readonly correlationShrinkage: number;
}

/** The shrinkages to try: the one asked for, then the rungs above it. */
function rungsFrom(first: number): number[] {
  return [first, ...shrinkageLadder.filter((rung) => rung > first)];
}

/** Climbs the ladder on solver failure only; each attempt is recorded, and the last failure is the answer. */
export function climb<Part>(risk: RiskProfile, first: number, solveAt: (correlationShrinkage: number) => Part): Climbed<Part> {
  const attempts: Attempt[] = [];
  for (const correlationShrinkage of rungsFrom(first)) {
    try {
      const part = solveAt(correlationShrinkage);
      attempts.push({ correlationShrinkage, outcome: 'solved' });
      return { part, attempts, correlationShrinkage };
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'SolverFailed') throw error;
      attempts.push({ correlationShrinkage, outcome: error.message });
    }
  }
  throw new LedgerError(
    'SolverFailed',
    `${risk}: every correlation shrinkage failed (${attempts.map(({ correlationShrinkage }) => correlationShrinkage).join(', ')})`,
    { evidence: { reason: 'HARDENING_EXHAUSTED', risk, attempts } },
  );
}
