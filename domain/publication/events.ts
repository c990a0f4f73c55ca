import { z } from 'zod';
import { expectedBySchema, publicationPolicySchema } from '../manifest/publication-block.ts';
import { localUserSchema } from '../people/local-user.ts';
import { riskProfileSchema } from '../risk/schemas.ts';
import { rebalanceMeasureSchema } from '../run/rebalance-measure.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity, instant, sha256Hex } from '../shared/fields.ts';

/** Stream `metaPortfolio-<id>`: its waivers, what the portfolio is, and how new results became publications. */

export const parityWaiverRevokedSchema = z.strictObject({
  waiverId: z.string(),
  meta: identity,
  who: z.string().min(1),
  why: z.string().min(1),
});

const definedAs = {
  meta: identity,
  /** The profile that the name stands for. */
  profile: identity,
  /** The resolved portfolio with everything below it. */
  definition: documentReferenceSchema,
  /** Of what in the definition can change a number. */
  definitionHash: sha256Hex,
  /** Every sleeve of the nest that is not a portfolio itself. */
  sleeves: z.array(z.strictObject({ path: z.array(z.string()).min(1), sleeve: identity, pinnedRunId: z.string().nullable() })).min(1),
  /** The profile that is published; others are shadow. */
  risk: riskProfileSchema,
  policy: publicationPolicySchema,
};

export const metaPortfolioDefinedSchema = z.strictObject({
  ...definedAs,
  /** Definitions of a portfolio are numbered from 1. */
  number: z.number().int().positive(),
});
export type MetaPortfolioDefined = z.infer<typeof metaPortfolioDefinedSchema>;

/** Who the system says ran the process that recorded a fact, beside the name that was claimed; null where the system does not say. */
const localUser = localUserSchema.nullable();

const proposal = {
  meta: identity,
  /** Proposals of a portfolio are numbered from 1; a newer one closes the one before. */
  proposal: z.number().int().positive(),
  proposer: z.string().min(1),
};

/** What a sleeve would be called for, and when its results would be due, once a proposal is approved. */
export const proposedSleeveSchema = z.strictObject({
  sleeve: identity,
  profile: identity,
  /** Number of the definition that it would be: where the sleeve has it by then, nothing changes. */
  number: z.number().int().positive(),
  expectedBy: expectedBySchema.nullable(),
  /** Sum of |weights| that its results may have; null for the default. */
  grossMax: z.number().positive().nullable(),
});
export type ProposedSleeve = z.infer<typeof proposedSleeveSchema>;

/** A definition under maker_checker: in force only when somebody else approves it. */
export const definitionProposedSchema = z.strictObject({
  ...definedAs,
  ...proposal,
  /** Number of the definition that it would take the place of; null where none was in force. */
  against: z.number().int().positive().nullable(),
  /** Definitions of its sleeves that change with it. */
  sleeveDefinitions: z.array(proposedSleeveSchema),
  localUser,
});
export type DefinitionProposed = z.infer<typeof definitionProposedSchema>;

export const definitionApprovedSchema = z.strictObject({
  ...proposal,
  approver: z.string().min(1),
  why: z.string().min(1),
  localUser,
});

export const definitionRejectedSchema = z.strictObject({ ...proposal, who: z.string().min(1), why: z.string().min(1), localUser });

export const reallocationScheduledSchema = z.strictObject({
  meta: identity,
  because: z.enum(['coalescing_window', 'cool_down']),
  /** Ledger time from which the wait is counted. */
  countedFrom: instant,
  waitSeconds: z.number().int().positive(),
  dueAt: instant,
});
export type ReallocationScheduled = z.infer<typeof reallocationScheduledSchema>;

/** A sleeve run that an allocation rests on. */
export const allocationInputSchema = z.strictObject({
  path: z.array(z.string()).min(1),
  sleeve: identity,
  runId: identity,
  asOf: isoDateSchema,
  correction: z.number().int(),
});
export type AllocationInput = z.infer<typeof allocationInputSchema>;

const decided = {
  meta: identity,
  definitionNumber: z.number().int().positive(),
  /** Of the definition, the sleeve runs and the waivers: what was decided on. */
  inputsHash: sha256Hex,
  runId: identity,
  risk: riskProfileSchema,
  asOf: isoDateSchema,
  policy: publicationPolicySchema,
};

export const allocationPublishedSchema = z.strictObject({
  ...decided,
  /** Publications of a portfolio are numbered from 1, without a gap. */
  number: z.number().int().positive(),
  inputs: z.array(allocationInputSchema).min(1),
  sleeves: z.record(z.string(), z.number()),
  /** Net weight of each physical symbol. */
  weights: z.record(z.string(), z.number()),
  gross: z.number(),
  net: z.number(),
  /** The assets with their contributors. */
  portfolio: documentReferenceSchema,
  rebalance: rebalanceMeasureSchema,
  approval: z.strictObject({ proposer: z.string(), approver: z.string(), why: z.string() }).nullable(),
});
export type AllocationPublished = z.infer<typeof allocationPublishedSchema>;

export const rebalanceSkippedSchema = z.strictObject({ ...decided, rebalance: rebalanceMeasureSchema, noTradeBandTwoSided: z.number() });

export const holdReasonSchema = z.strictObject({
  kind: z.enum(['max_turnover', 'acceptance', 'maker_checker', 'older_as_of']),
  message: z.string(),
  value: z.number().nullable(),
  limit: z.number().nullable(),
});
export type HoldReason = z.infer<typeof holdReasonSchema>;

export const rebalanceHeldSchema = z.strictObject({
  ...decided,
  inputs: z.array(allocationInputSchema).min(1),
  rebalance: rebalanceMeasureSchema,
  reasons: z.array(holdReasonSchema).min(1),
  proposer: z.string().min(1),
  localUser,
});
export type RebalanceHeld = z.infer<typeof rebalanceHeldSchema>;

export const rebalanceApprovedSchema = z.strictObject({
  meta: identity,
  runId: identity,
  proposer: z.string(),
  approver: z.string().min(1),
  why: z.string().min(1),
  localUser,
});

/** A held allocation that somebody turned down: its inputs are decided on, and it is never published. */
export const rebalanceRejectedSchema = z.strictObject({
  meta: identity,
  definitionNumber: z.number().int().positive(),
  inputsHash: sha256Hex,
  runId: identity,
  risk: riskProfileSchema,
  asOf: isoDateSchema,
  proposer: z.string(),
  who: z.string().min(1),
  why: z.string().min(1),
  localUser,
});
export type RebalanceRejected = z.infer<typeof rebalanceRejectedSchema>;

/** New results that could not be allocated: refused by parity, staleness, infeasible bounds. The same inputs are refused once. */
export const reallocationRefusedSchema = z.strictObject({
  meta: identity,
  definitionNumber: z.number().int().positive(),
  inputsHash: sha256Hex,
  /** The run with all details; null when none could be opened. */
  runId: identity.nullable(),
  code: z.string(),
  reason: z.string(),
  evidence: z.record(z.string(), z.unknown()),
});
export type ReallocationRefused = z.infer<typeof reallocationRefusedSchema>;

/** Halts of a portfolio are numbered from 1, so that a late redelivery neither halts nor resumes again. */
export const publicationHaltedSchema = z.strictObject({
  meta: identity,
  number: z.number().int().positive(),
  who: z.string().min(1),
  why: z.string().min(1),
});
export const publicationResumedSchema = publicationHaltedSchema;
