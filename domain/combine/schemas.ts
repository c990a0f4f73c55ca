import { z } from 'zod';

/** Shapes of a combination that events and documents share. Weights and caps are fractions of capital. */

export const capNames = ['bounds', 'gross', 'net', 'turnover'] as const;
export type CapName = (typeof capNames)[number];

export const combinationConstraintsSchema = z.strictObject({
  /** Of every weight. */
  lower: z.number(),
  upper: z.number(),
  /** Largest sum of absolute weights. */
  grossCap: z.number().nonnegative(),
  /** Largest absolute sum of weights. */
  netCap: z.number().nonnegative(),
  /** Largest two-sided turnover against the previous weights; null sets none. */
  turnoverCap: z.number().nonnegative().nullable(),
});
export type CombinationConstraints = z.infer<typeof combinationConstraintsSchema>;

export const combinationMethodSchema = z.strictObject({
  projection: z.enum(['exact', 'sequential']),
  /** Weights keep the sign of the combined total, and zero stays zero. */
  noFlip: z.boolean(),
  /** Weight of the two-sided turnover in the objective; 0 leaves it out. */
  costAversion: z.number().nonnegative(),
});
export type CombinationMethod = z.infer<typeof combinationMethodSchema>;

export const violationsSchema = z.strictObject({
  bounds: z.boolean(),
  gross: z.boolean(),
  net: z.boolean(),
  turnover: z.boolean(),
});
export type Violations = z.infer<typeof violationsSchema>;

export const feasibilitySchema = z.strictObject({
  /** Caps that the combined total breaks by more than 1e-6. */
  initialViolations: violationsSchema,
  /** The same after the projection; empty where nothing was broken before. */
  finalViolations: z.union([violationsSchema, z.strictObject({})]),
  projectionApplied: z.boolean(),
});
export type CombinationFeasibility = z.infer<typeof feasibilitySchema>;

/** What proves that weights are the nearest ones inside their caps. */
export const projectionCertificateSchema = z.strictObject({
  /** Lagrange multipliers of the caps; that of the net cap bears the sign of the net exposure that it holds down. */
  multipliers: z.strictObject({ gross: z.number(), net: z.number(), turnover: z.number() }),
  /** Objective at the weights less the dual objective at the multipliers: an upper bound of what any other weights could gain. */
  gap: z.number(),
  /** Euclidean distance from the combined total. */
  distance: z.number(),
  /** Most by which the weights break a bound or a cap; 0 where they keep all. */
  maxViolation: z.number(),
});
export type ProjectionCertificate = z.infer<typeof projectionCertificateSchema>;

export const capRepairSchema = z.strictObject({
  cap: z.enum(capNames),
  /** The cap as it is; of the bounds 0. */
  current: z.number(),
  /** Its smallest value that leaves weights, all others fixed; of the bounds the widening of both. Null: no value does. */
  smallest: z.number().nullable(),
});
export type CapRepair = z.infer<typeof capRepairSchema>;

export const infeasibilitySchema = z.strictObject({
  /** Every set of caps that cannot be met together while each smaller one can, by size and then in the order of `capNames`. */
  conflicts: z.array(z.array(z.enum(capNames)).min(1)),
  repairs: z.array(capRepairSchema).min(3),
});
export type Infeasibility = z.infer<typeof infeasibilitySchema>;
