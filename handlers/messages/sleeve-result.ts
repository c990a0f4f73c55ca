import { z } from 'zod';
import { nameSchema } from '../../domain/manifest/values.ts';
import { riskProfileSchema, symbolWeightSchema } from '../../domain/risk/schemas.ts';
import { isoDateSchema } from '../../domain/shared/artifact-reference.ts';
import { limits } from '../../domain/shared/limits.ts';

/**
 * Data of `io.sleeve-ledger.sleeve-result.v1`: what a desk sends when a sleeve has run. Plain on purpose, so that it is written with the JSON
 * module of any language. The shape stands here and in docs/schemas; what a shape cannot say stands in `result-rules.ts`.
 */

const detailSchema = z.string().max(2_000);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

/** Simple daily returns, out of sample and net of costs, as decimal fractions. */
const inlineReturnsSchema = z.strictObject({
  /** Ascending sessions. */
  dates: z.array(isoDateSchema).min(1),
  values: z.array(z.number()).min(1),
});

/** The same as a table among the ledger's artifacts: CSV with the header `date,return`. */
const referencedReturnsSchema = z.strictObject({
  sha256: sha256Schema,
  rows: z.int().positive(),
  first: isoDateSchema,
  last: isoDateSchema,
});

const resultProfileSchema = z.strictObject({
  risk: riskProfileSchema,
  /** Signed fractions of the sleeve's equity; null when the profile holds nothing that could be told. */
  weights: z.array(symbolWeightSchema).min(1).max(limits.symbolsPerSleeveMax).nullable(),
  returns: z.union([inlineReturnsSchema, referencedReturnsSchema]),
});
export type ResultProfile = z.infer<typeof resultProfileSchema>;

export const sleeveResultSchema = z.strictObject({
  /** As the manifest names it; also the key of the message. */
  sleeve: nameSchema,
  /** The profile that the name stands for; the same as the name when left out. */
  profile: nameSchema.optional(),
  /** Session up to which the data speak. */
  asOf: isoDateSchema,
  /** 0 at first; a changed result of the same date has a greater number. */
  correction: z.int().nonnegative(),
  currency: z.string().regex(/^[A-Z]{3,5}$/),
  currencyTreatment: z.enum(['hedged', 'converted']).nullable(),
  /** Settings of the run by dotted path (`backtest.train_window`): what parity compares. */
  definition: z.record(z.string().min(1).max(200), z.unknown()),
  /** The selection mode in force, where it differs from what the settings say; null leaves it to them. */
  selectionMode: z.string().min(1).max(100).nullable(),
  /** What the sender's audit of its prices found. */
  integrity: z.strictObject({ status: z.enum(['passed', 'failed', 'unknown']), detail: detailSchema }),
  /** What the sender's directional sign test found. */
  signTest: z.strictObject({ status: z.enum(['passed', 'failed', 'unknown', 'not_applicable']), detail: detailSchema }),
  origin: z.strictObject({
    system: z.string().min(1).max(200),
    runId: z.string().min(1).max(200).nullable(),
    /** When the sender is a sleeve-ledger: its id, and the hash of the last event of the run. */
    ledgerId: z.uuid().nullable(),
    runHash: sha256Schema.nullable(),
    /** The grade that the sender gave. */
    eligibility: z.enum(['CERTIFIED', 'DEGRADED']).nullable(),
  }),
  profiles: z.array(resultProfileSchema).min(1),
});
export type SleeveResult = z.infer<typeof sleeveResultSchema>;

export type ReferencedReturns = z.infer<typeof referencedReturnsSchema>;

export function isReferenced(returns: ResultProfile['returns']): returns is ReferencedReturns {
  return 'sha256' in returns;
}
