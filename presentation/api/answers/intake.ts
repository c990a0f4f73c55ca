import { z } from 'zod';

const portfolioStanding = z.strictObject({
  meta: z.string().describe('Name of the meta portfolio.'),
  state: z
    .enum(['undefined', 'halted', 'held', 'waiting', 'scheduled', 'pending', 'refused', 'rejected', 'skipped', 'published'])
    .describe('`pending` while nobody has decided on its newest results.'),
  runId: z.string().nullable().describe('The run of the last decision.'),
});

const portfolios = z
  .array(portfolioStanding)
  .nullable()
  .describe('Where the portfolios of the sleeve stand, where `Prefer: wait` asked for it; null elsewhere.');

const sleeve = z.string().nullable().describe('Of which sleeve it is; null where it names none.');
const runId = z.string().nullable().describe('The run that it became, or had become before; null for what became none.');
const letterId = z.string().nullable().describe('The dead letter that it became; null where nothing is wrong with it.');
const code = z.string().nullable().describe('Why it was refused, a code of docs/errors.md; null where it was not.');
const position = z.string().nullable().describe('Position that the ledger had reached.');

export const takenResult = z.strictObject({
  outcome: z
    .enum(['accepted', 'already', 'held', 'rejected'])
    .describe(
      '`accepted`: it is a run now. `already`: the same was recorded before. `held`: it waits behind a dead letter of its sleeve. ' +
        '`rejected`: it is a dead letter.',
    ),
  sleeve,
  runId,
  letterId,
  code,
  portfolios,
  position,
});

export const takenOfBatch = takenResult.extend({
  reason: z.string().nullable().describe('What is wrong, in words; null where nothing is.'),
  path: z.string().nullable().describe('Where in the message.'),
});
export type TakenOfBatch = z.infer<typeof takenOfBatch>;

export const takenResults = z.strictObject({ results: z.array(takenOfBatch).describe('One for each event, in their order.') });

export const sleeveRunResult = z.looseObject({
  runId: z.string().describe('The run that it is.'),
  already: z.boolean().describe('Whether the same run had been recorded before.'),
  eligibility: z.enum(['CERTIFIED', 'DEGRADED', 'INELIGIBLE']).describe('Grade of the run.'),
  reasons: z.array(z.string()).describe('Why it is not certified.'),
  asOf: z.iso.date().nullable().describe('Last session of the data.'),
  sourceChain: z.enum(['verified', 'broken', 'absent']).describe("The hash chain of the run's own log."),
});
export type SleeveRunResult = z.infer<typeof sleeveRunResult>;

export const portfoliosBeside = portfolios;
