import { LedgerError } from '../shared/errors.ts';
import type { SymbolWeight } from '../returns/series.ts';
import type { Certificate } from './schemas.ts';

export type { Certificate } from './schemas.ts';

/** Limits of the post-conditions; a certificate carries those that it was judged by. */
export const postConditionLimits = {
  weightSumError: 1e-12,
  negativeWeight: 0,
  kktResidual: 1e-9,
  riskContributionError: 1e-6,
  capExcess: 1e-12,
  betaExcess: 1e-12,
} as const;

export type PostConditionName = keyof typeof postConditionLimits;

export interface Proof {
  readonly kktResidual?: number;
  /** What rounding alone may make of `kktResidual`: where that is more than the limit, it is the limit. */
  readonly kktRounding?: number;
  readonly riskContributionError?: number;
  /** The same for `riskContributionError`. */
  readonly riskContributionRounding?: number;
  /** By how much the largest weight exceeds its cap. */
  readonly capExcess?: number;
  /** By how much the absolute beta of the portfolio exceeds its limit. */
  readonly betaExcess?: number;
  readonly conditionNumber?: number | null;
  readonly iterations?: number;
  readonly bindingSymbols?: readonly string[];
}

export interface Certified {
  readonly weights: SymbolWeight[];
  readonly certificate: Certificate;
}

/** The value as JSON can carry it; what is not finite has failed whatever its limit. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.MAX_VALUE;
}

/**
 * Joins weights to columns and certifies them. A post-condition that fails throws `SolverFailed`, with the certificate
 * as its evidence: no weights leave a solver uncertified.
 */
export function certify(solver: string, columns: readonly string[], values: ArrayLike<number>, proof: Proof): Certified {
  let sum = 0;
  let lowest = 0;
  for (let i = 0; i < columns.length; i++) {
    sum += values[i]!;
    if (!(values[i]! >= lowest)) lowest = values[i]!;
  }
  const measured: [PostConditionName, number | undefined][] = [
    ['weightSumError', Math.abs(sum - 1)],
    ['negativeWeight', lowest === 0 ? 0 : -lowest],
    ['kktResidual', proof.kktResidual],
    ['riskContributionError', proof.riskContributionError],
    ['capExcess', proof.capExcess],
    ['betaExcess', proof.betaExcess],
  ];
  const limits = {
    ...postConditionLimits,
    kktResidual: Math.max(postConditionLimits.kktResidual, finite(proof.kktRounding ?? 0)),
    riskContributionError: Math.max(postConditionLimits.riskContributionError, finite(proof.riskContributionRounding ?? 0)),
  };
  const certificate: Certificate = {
    kktResidual: proof.kktResidual === undefined ? null : finite(proof.kktResidual),
    conditionNumber: proof.conditionNumber ?? null,
    conditionNumberMethod: typeof proof.conditionNumber === 'number' ? 'one_norm_estimate' : null,
    iterations: proof.iterations ?? 0,
    bindingSymbols: [...(proof.bindingSymbols ?? [])],
    postConditions: measured.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: finite(value), limit: limits[name] }])),
  };
  const failed = certificate.postConditions.find(({ value, limit }) => !(value <= limit));
  if (failed !== undefined) {
    throw new LedgerError('SolverFailed', `${solver}: ${failed.name} is ${failed.value}, at most ${failed.limit} is allowed`, {
      evidence: { solver, certificate },
    });
  }
  return { weights: columns.map((symbol, i) => ({ symbol, weight: values[i]! })), certificate };
}

/** Puts weights solved in name order back into the order of the request. */
export function inGivenOrder(solved: Certified, order: readonly number[]): Certified {
  const weights = [...solved.weights];
  order.forEach((to, from) => (weights[to] = solved.weights[from]!));
  return { weights, certificate: solved.certificate };
}
