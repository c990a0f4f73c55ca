/** Schemas of the plain-JSON results of this folder, for the events that carry them. */
import { z } from 'zod';
import { isoDateSchema } from '../shared/artifact-reference.ts';
import { integrityPolicy, integrityPolicyV1 } from './integrity-policy.ts';
import { joinAuditPolicy } from './join-audit.ts';

const count = z.number().int().nonnegative();
const symbols = z.array(z.string());

export const findingSchema = z.strictObject({
  level: z.enum(['error', 'warning']),
  code: z.string(),
  file: z.string(),
  line: count.nullable(),
  symbol: z.string().nullable(),
  date: z.string().nullable(),
  value: z.number().nullable(),
  message: z.string(),
  count: count.optional(),
});

function verdictSchema<Policy extends z.ZodType>(policy: Policy) {
  return z.strictObject({
    policy,
    checks: z.array(z.strictObject({ name: z.string(), status: z.enum(['passed', 'warned', 'failed', 'not_evaluated']), checked: count })),
    errors: count,
    warnings: count,
    findings: z.array(findingSchema),
  });
}

/** Thresholds are facts of the verdict: a later policy may hold other numbers, under a later version. */
function policySchema(policy: Readonly<Record<string, string | number>>) {
  return z.strictObject(
    Object.fromEntries(Object.entries(policy).map(([name, value]) => [name, typeof value === 'string' ? z.string() : z.number()])),
  );
}

/** A verdict under rules 1, or under those that look at moves and units and judge only what a run uses. */
export const integrityVerdictSchema = z.union([
  verdictSchema(policySchema(integrityPolicyV1)),
  verdictSchema(policySchema(integrityPolicy)).extend({ notJudged: z.strictObject({ rows: count, defects: count }).optional() }),
]);
export const joinVerdictSchema = verdictSchema(policySchema(joinAuditPolicy));

const spanSchema = z.strictObject({ first: isoDateSchema, last: isoDateSchema });

/** A grid without its matrices. */
export const gridSchema = z.strictObject({
  asOf: isoDateSchema,
  coverageRange: spanSchema,
  coverageMin: z.number(),
  grid: z.strictObject({ rows: count, first: isoDateSchema, last: isoDateSchema }),
  kept: symbols,
  dropped: z.array(z.strictObject({ symbol: z.string(), coverage: z.number(), expected: count, present: count })),
  inactive: symbols,
  benchmarks: z.strictObject({ present: symbols, absent: z.array(z.strictObject({ symbol: z.string(), reason: z.string() })) }),
  lookbackDays: count,
  lookbackApplied: z.boolean(),
});

const sleeveJoinSchema = z.strictObject({
  id: z.string(),
  first: isoDateSchema,
  last: isoDateSchema,
  rowsBefore: count,
  rowsInside: count,
  rowsAfter: count,
  totalBefore: z.number(),
  totalInside: z.number(),
  totalAfter: z.number(),
  rowsLostEdgeBefore: count,
  rowsLostEdgeAfter: count,
  rowsMergedInside: count,
  pnlLost: z.number(),
  pnlLostInside: z.number(),
  pnlLostEdge: z.number(),
});

/** A join without its matrix. */
export const joinStatisticsSchema = z.strictObject({
  policy: z.enum(['compound', 'drop']),
  first: isoDateSchema,
  last: isoDateSchema,
  rows: count,
  sleeves: z.array(sleeveJoinSchema),
});

export const metricsSchema = z.strictObject({
  rows: count,
  annualisationDays: z.number(),
  total: z.number(),
  twrAnnualised: z.number().nullable(),
  volatility: z.number().nullable(),
  sharpe: z.number().nullable(),
  sortino: z.number().nullable(),
  calmar: z.number().nullable(),
  maxDrawdown: z.number().min(-1).max(0),
  historicalVar5: z.number(),
  historicalCvar5: z.number(),
  omega: z.number().nullable(),
  winRate: z.number(),
  flags: z.array(z.literal('not_meaningful')),
});
