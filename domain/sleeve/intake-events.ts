import { z } from 'zod';
import { expectedBySchema } from '../manifest/publication-block.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity, instant, sha256Hex } from '../shared/fields.ts';

/** Stream `sleeve-<profile>`: what is expected of a sleeve, and what arrived that could not be taken at once. */

export const sleeveDefinedSchema = z.strictObject({
  sleeve: identity,
  /** The profile that the name stands for. */
  profile: identity,
  number: z.number().int().positive(),
  expectedBy: expectedBySchema.nullable(),
  /** Most gross exposure that its weights may have, as its profile declares it; null where it declares none. */
  grossMax: z.number().positive().nullable(),
});
export type SleeveDefined = z.infer<typeof sleeveDefinedSchema>;

export const messageSourceSchema = z.strictObject({
  topic: z.string(),
  partition: z.number().int(),
  offset: z.string(),
  /** Null when the message had none, or one that is not a sleeve's name. */
  key: z.string().nullable(),
  /** Those that say what the bytes are: content type and CloudEvents attributes. */
  headers: z.record(z.string(), z.string()),
});
export type MessageOrigin = z.infer<typeof messageSourceSchema>;

/** A message that was refused: a dead letter. Letters without a sleeve stand in `intake-<topic>` and block nobody. */
export const sleeveRunRejectedSchema = z.strictObject({
  /** Derived from the sleeve and the bytes: the same message again is the same letter. */
  letterId: z.uuid(),
  sleeve: identity.nullable(),
  code: z.string(),
  reason: z.string(),
  /** Where in the message. */
  path: z.string().nullable(),
  source: messageSourceSchema,
  payload: z.strictObject({
    bytes: z.number().int().nonnegative(),
    sha256: sha256Hex,
    /** The first 4 KiB, base64. */
    headBase64: z.string(),
    /** The whole message, kept for a retry; null when it is larger than what is kept, or when there were no bytes. */
    document: documentReferenceSchema.nullable(),
  }),
});
export type SleeveRunRejected = z.infer<typeof sleeveRunRejectedSchema>;

/** A result that waits behind an unresolved dead letter of its sleeve. */
export const sleeveResultHeldSchema = z.strictObject({
  heldId: z.uuid(),
  sleeve: identity,
  behind: z.uuid(),
  source: messageSourceSchema,
  payload: documentReferenceSchema,
});
export type SleeveResultHeld = z.infer<typeof sleeveResultHeldSchema>;

/** What became of a held result once its sleeve was free: its run, or the letter that it became itself. */
export const sleeveResultReleasedSchema = z.strictObject({
  heldId: z.uuid(),
  sleeve: identity,
  runId: identity.nullable(),
  letterId: z.uuid().nullable(),
});
export type SleeveResultReleased = z.infer<typeof sleeveResultReleasedSchema>;

export const deadLetterResolvedSchema = z.strictObject({
  letterId: z.uuid(),
  sleeve: identity.nullable(),
  how: z.enum(['retried', 'redelivered', 'superseded', 'discarded']),
  /** The run that it became, or that superseded it; null when discarded. */
  runId: identity.nullable(),
  who: z.string().min(1),
  why: z.string().min(1),
});
export type DeadLetterResolved = z.infer<typeof deadLetterResolvedSchema>;

export const sleeveOverdueSchema = z.strictObject({
  sleeve: identity,
  /** The session whose result did not arrive. */
  session: isoDateSchema,
  expectedBy: instant,
  latestAsOf: isoDateSchema.nullable(),
});
