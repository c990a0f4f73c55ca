import { z } from 'zod';
import { nameSchema } from '../../domain/manifest/values.ts';
import { riskProfileSchema, symbolWeightSchema } from '../../domain/risk/schemas.ts';
import { isoDateSchema } from '../../domain/shared/artifact-reference.ts';
import { limits } from '../../domain/shared/limits.ts';

/**
 * Data of `io.sleeve-ledger.sleeve-result.v1`: what a desk sends when a sleeve has run. Plain on purpose, so that the JSON module of any
 * language writes it. docs/schemas and docs/reference/messages.md are generated from here; what a shape cannot say stands in
 * `result-rules.ts`.
 */

const detailSchema = z.string().max(2_000).describe('In words');
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

const inlineReturnsSchema = z
  .strictObject({
    dates: z.array(isoDateSchema).min(1).describe('Ascending sessions, none after asOf'),
    values: z.array(z.number()).min(1).describe('Simple returns as decimal fractions, each above -1; as many as dates'),
  })
  .describe('Daily returns, out of sample and net of costs');

const referencedReturnsSchema = z
  .strictObject({
    sha256: sha256Schema.describe('Address of a table among the artifacts of the receiving ledger: CSV with the header date,return'),
    rows: z.int().positive().describe('Its rows'),
    first: isoDateSchema.describe('Its first session'),
    last: isoDateSchema.describe('Its last session'),
  })
  .describe('The same as a table that the receiving ledger holds');

const weightSchema = z.strictObject({
  symbol: symbolWeightSchema.shape.symbol.describe('EXCHANGE:SYMBOL'),
  weight: symbolWeightSchema.shape.weight.describe('A decimal fraction: 0.25 is a quarter'),
});

const resultProfileSchema = z.strictObject({
  risk: riskProfileSchema.describe(
    'The philosophy by which the weights were set; each at most once. A result without hrp, or without its weights, is ineligible',
  ),
  weights: z
    .array(weightSchema)
    .min(1)
    .max(limits.symbolsPerSleeveMax)
    .nullable()
    .describe("Signed fractions of the sleeve's equity by EXCHANGE:SYMBOL, each symbol once; null when they are not known"),
  returns: z.union([inlineReturnsSchema, referencedReturnsSchema]).describe('Daily returns, out of sample and net of costs'),
});
export type ResultProfile = z.infer<typeof resultProfileSchema>;

export const sleeveResultSchema = z.strictObject({
  sleeve: nameSchema.describe('As the manifest names it; also the key of the message'),
  profile: nameSchema.optional().describe('The profile that the name stands for; the same as the name when left out'),
  asOf: isoDateSchema.describe('Last session of the data'),
  correction: z.int().nonnegative().describe('0 at first; a changed result of the same date has the next number'),
  currency: z
    .string()
    .regex(/^[A-Z]{3,5}$/)
    .describe('Currency of the weights and returns, such as USD'),
  currencyTreatment: z
    .enum(['hedged', 'converted'])
    .nullable()
    .describe("How returns came into the portfolio's currency; null when they are in it anyway"),
  definition: z
    .record(z.string().min(1).max(200), z.unknown())
    .describe('Settings of the run by dotted path, such as backtest.train_window: what parity compares'),
  selectionMode: z
    .string()
    .min(1)
    .max(100)
    .nullable()
    .describe('The selection mode in force, where it differs from what the settings say; null leaves it to them'),
  integrity: z
    .strictObject({ status: z.enum(['passed', 'failed', 'unknown']).describe('What came of it'), detail: detailSchema })
    .describe("The sender's audit of its prices"),
  signTest: z
    .strictObject({ status: z.enum(['passed', 'failed', 'unknown', 'not_applicable']).describe('What came of it'), detail: detailSchema })
    .describe("The sender's directional sign test"),
  origin: z
    .strictObject({
      system: z.string().min(1).max(200).describe('Name of the sending system'),
      runId: z.string().min(1).max(200).nullable().describe('Id of the run in that system; null where it has none'),
      ledgerId: z.uuid().nullable().describe('Of a sleeve-ledger that sends'),
      runHash: sha256Schema.nullable().describe('Hash of the last event of the run in that ledger'),
      eligibility: z.enum(['CERTIFIED', 'DEGRADED']).nullable().describe('The grade that the sender gave'),
    })
    .describe('Where the result comes from, as its sender says: recorded, not proved'),
  profiles: z.array(resultProfileSchema).min(1).describe('What the sleeve holds and has earned, by risk profile'),
});
export type SleeveResult = z.infer<typeof sleeveResultSchema>;

export type ReferencedReturns = z.infer<typeof referencedReturnsSchema>;

export function isReferenced(returns: ResultProfile['returns']): returns is ReferencedReturns {
  return 'sha256' in returns;
}
