/** What is answered to decisions. */
import { z } from 'zod';
import { parityWaiverGrantedSchema } from '../../../domain/run/granted-waiver.ts';
import { already, count, meta, person, runId, sleeve, why, worded } from './values.ts';

export const waiverResult = worded(
  'GrantedWaiver',
  'Differences between sleeves that are excepted from parity.',
  parityWaiverGrantedSchema.extend({ already: z.boolean(), stands: z.boolean() }),
  {
    waiverId: 'Id of the waiver: by this it is revoked.',
    meta: 'Name of the meta portfolio.',
    who: 'Who granted it.',
    why: 'The reason that was given.',
    paths: 'Settings that may differ.',
    until: 'The last as-of date that it covers.',
    already: 'True where it had been granted before, and nothing was recorded now.',
    stands: 'False where the same terms were granted before and have been revoked: they stay revoked.',
  },
);
export type WaiverResult = z.infer<typeof waiverResult>;

export const revocationResult = z
  .strictObject({ waiverId: z.string().describe('Id of the waiver.'), meta, already, why })
  .meta({ id: 'RevokedWaiver', description: 'An exception from parity that has ended.' });
export type RevocationResult = z.infer<typeof revocationResult>;

export const switchResult = z
  .strictObject({
    meta,
    state: z.enum(['halted', 'running']).describe('Whether allocations are published from now on.'),
    why: why.describe('Why it is halted, or was resumed.'),
    already,
  })
  .meta({ id: 'PublicationSwitch', description: 'Whether a portfolio publishes.' });
export type SwitchResult = z.infer<typeof switchResult>;

export const approvalResult = z
  .strictObject({ meta, runId, number: z.int().positive().describe('Number of the publication.'), already })
  .meta({ id: 'ApprovedRebalance', description: 'A held rebalance that is published now.' });
export type ApprovalResult = z.infer<typeof approvalResult>;

export const rejectionResult = z
  .strictObject({ meta, runId, why, already })
  .meta({ id: 'RejectedRebalance', description: 'A held rebalance that was turned down: it is never published.' });
export type RejectionResult = z.infer<typeof rejectionResult>;

const proposal = {
  meta,
  proposal: z.string().describe('The portfolio and the number of the proposal, such as `desk/2`.'),
  proposer: person.describe('Who proposed it.'),
};

const approvedDefinition = z
  .strictObject({
    ...proposal,
    number: z.int().positive().describe('Number of the definition in force.'),
    sleeves: z.array(sleeve).describe('Sleeves whose definitions changed with it.'),
    already,
  })
  .meta({ id: 'ApprovedDefinition', description: 'A proposed definition that is in force now.' });

const rejectedDefinition = z
  .strictObject({ ...proposal, why, already })
  .meta({ id: 'RejectedDefinition', description: 'A proposed definition that was turned down.' });

export const definitionDecisionResult = z
  .union([approvedDefinition, rejectedDefinition])
  .describe('What became of a proposed definition: `number` and `sleeves` where it was approved, `why` where it was turned down.');
export type DefinitionDecisionResult = z.infer<typeof definitionDecisionResult>;

export const letterDecisionResult = z
  .strictObject({
    letterId: z.uuid().describe('Id of the letter.'),
    sleeve: sleeve.nullable().describe('The sleeve whose result it was; null for a message of no sleeve.'),
    runId: runId.nullable().describe('The run that the message became; null where it was discarded.'),
    already: already.describe('True where the letter had been resolved before.'),
    released: count.describe('Results of the sleeve that waited behind it and were processed.'),
    waiting: count.describe('Results of the sleeve that still wait, behind another letter.'),
  })
  .meta({ id: 'SettledLetter', description: 'What became of a refused message, and of what waited behind it.' });
export type LetterDecisionResult = z.infer<typeof letterDecisionResult>;

export const quarantineResult = z
  .strictObject({
    sleeve,
    state: z.enum(['in use', 'quarantined']).describe('Whether the results of the sleeve count from now on.'),
    already,
    why: why.describe('Why it is in quarantine, or was taken out of it.'),
  })
  .meta({ id: 'SleeveSwitch', description: 'Whether a sleeve is in use.' });
export type QuarantineResult = z.infer<typeof quarantineResult>;
