import { z } from 'zod';
import { LedgerError } from '../shared/errors.ts';
import type { Layer } from './provenance.ts';

/** The box of one sleeve's weight, each side with what set it. */
export const sleeveBoundSchema = z.strictObject({
  id: z.string(),
  lower: z.number(),
  upper: z.number(),
  /** Such as `code meta_allocation.min_weight`, `profile weight_limit`, or `off`. */
  lowerFrom: z.string(),
  upperFrom: z.string(),
});
export type SleeveBound = z.infer<typeof sleeveBoundSchema>;

export interface Guardrail {
  /** null switches the bound off. */
  readonly value: number | null;
  readonly layer: Layer;
}

interface Side {
  readonly value: number;
  readonly from: string;
}

/**
 * One side of the box. A sleeve's own limit replaces a guardrail that nobody wrote; one that was written is intersected with it.
 */
function side(kind: 'min_weight' | 'max_weight', guardrail: Guardrail, limit: number | null, fromLimit: string): Side {
  const off = kind === 'min_weight' ? 0 : 1;
  const name = `${guardrail.layer} meta_allocation.${kind}`;
  if (guardrail.value === null) return limit === null ? { value: off, from: `off (${name})` } : { value: limit, from: fromLimit };
  if (limit === null) return { value: guardrail.value, from: name };
  if (guardrail.layer === 'code') return { value: limit, from: fromLimit };
  const limitIsTighter = kind === 'min_weight' ? limit >= guardrail.value : limit <= guardrail.value;
  return limitIsTighter ? { value: limit, from: fromLimit } : { value: guardrail.value, from: name };
}

/**
 * The box of each sleeve, in the order given: weights as fractions of the portfolio.
 * Errors: BoundsInfeasible when a sleeve's limit and the guardrails leave nothing, showing both.
 */
export function combineBounds(
  sleeves: readonly { readonly id: string; readonly weightLimit: readonly [number, number] | null; readonly weightLimitLayer?: Layer }[],
  guardrails: { readonly min_weight: Guardrail; readonly max_weight: Guardrail },
  path = '',
): SleeveBound[] {
  return sleeves.map(({ id, weightLimit, weightLimitLayer }, index) => {
    const fromLimit = `${weightLimitLayer ?? 'profile'} weight_limit`;
    const lower = side('min_weight', guardrails.min_weight, weightLimit?.[0] ?? null, fromLimit);
    const upper = side('max_weight', guardrails.max_weight, weightLimit?.[1] ?? null, fromLimit);
    if (lower.value > upper.value) {
      const limit = weightLimit === null ? 'none' : `[${weightLimit.join(', ')}]`;
      const general = `[${guardrails.min_weight.value ?? 'off'}, ${guardrails.max_weight.value ?? 'off'}]`;
      throw new LedgerError(
        'BoundsInfeasible',
        `Sleeve ${id}: its weight_limit ${limit} and the guardrails ${general} have no weight in common.`,
        {
          evidence: { sleeve: id, weightLimit, guardrails },
          at: { path: `${path}sleeves[${index}].weight_limit` },
        },
      );
    }
    return { id, lower: lower.value, upper: upper.value, lowerFrom: lower.from, upperFrom: upper.from };
  });
}

/** What the boxes leave of the simplex: sums of both sides, and whether they meet at a point or not at all (to 1e-12 and 1e-9). */
export function feasibility(bounds: readonly SleeveBound[]): {
  readonly lowerSum: number;
  readonly upperSum: number;
  readonly status: 'feasible' | 'determined' | 'infeasible';
} {
  let lowerSum = 0;
  let upperSum = 0;
  for (const bound of bounds) {
    lowerSum += bound.lower;
    upperSum += bound.upper;
  }
  const infeasible = lowerSum > 1 + 1e-12 || upperSum < 1 - 1e-12;
  const determined = lowerSum > 1 - 1e-9 || upperSum < 1 + 1e-9;
  return { lowerSum, upperSum, status: infeasible ? 'infeasible' : determined ? 'determined' : 'feasible' };
}
