/** Schemas of the plain-JSON results of a walk-forward, for the events that carry them. */
import { z } from 'zod';
import { solveResultSchema } from '../risk/schemas.ts';
import { isoDateSchema } from '../shared/artifact-reference.ts';

const count = z.number().int().nonnegative();
const nonNegative = z.number().nonnegative();

export const windowSchema = z.strictObject({
  index: count,
  trainFirst: isoDateSchema,
  trainLast: isoDateSchema,
  testFirst: isoDateSchema,
  testLast: isoDateSchema,
  rows: count,
  weights: z.array(z.number()),
  turnoverTwoSided: nonNegative,
  costFractionCharged: nonNegative,
  grossReturn: z.number(),
  netReturn: z.number(),
});

export const walkForwardSummarySchema = z.strictObject({
  trainWindow: count,
  testWindow: count,
  stepSize: count,
  rebalanceMode: z.enum(['window', 'daily']),
  costFraction: nonNegative,
  columns: z.array(z.string()),
  testWindowUsed: count,
  truncatedTestWindow: z.boolean(),
  windows: count,
  rows: count,
  first: isoDateSchema,
  last: isoDateSchema,
  lastPartialRows: count,
  turnoverTwoSided: nonNegative,
  costFractionCharged: nonNegative,
  grossReturn: z.number(),
  netReturn: z.number(),
  extremeDays: z.array(z.strictObject({ date: isoDateSchema, value: z.number() })),
  finalHoldings: z.array(z.number()),
});

/** Every window of a walk-forward with its solve: the document beside the summary that an event carries. */
export const walkForwardDetailSchema = z.strictObject({
  columns: z.array(z.string()),
  summary: walkForwardSummarySchema,
  /** Null in a window that held cash. */
  windows: z.array(windowSchema.extend({ solve: solveResultSchema.nullable() })),
});
