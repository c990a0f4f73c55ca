import { z } from 'zod';
import { expectedBySchema } from '../manifest/publication-block.ts';
import { documentReferenceSchema, isoDateSchema } from '../shared/artifact-reference.ts';
import { identity, instant, sha256Hex } from '../shared/fields.ts';
import { limits } from '../shared/limits.ts';

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
  /** Those that say what the bytes are: content type and CloudEvents attributes. None where they are sealed with the bytes. */
  headers: z.record(z.string(), z.string()),
});
export type MessageOrigin = z.infer<typeof messageSourceSchema>;

/**
 * Foreign text under a key of its own (AES-256-GCM), which stands in a file of keys outside the ledger: without the key nobody reads it.
 * The document is what is stored: its hash is that of the ciphertext and says nothing of what was sealed.
 */
export const sealedTextSchema = z.strictObject({
  keyId: z.uuid(),
  /** Which file has the key. */
  keyFile: z.uuid(),
  document: documentReferenceSchema,
});
export type SealedText = z.infer<typeof sealedTextSchema>;

/** A message that was refused: a dead letter. Letters without a sleeve stand in `intake-<topic>` and block nobody. */
export const sleeveRunRejectedSchema = z.strictObject({
  /** Derived from the place at which the message was first met. */
  letterId: z.uuid(),
  sleeve: identity.nullable(),
  code: z.string(),
  /** Told in the event by version 1 only: it may quote the message, and is sealed with it. */
  reason: z.string().max(limits.letterReasonCharsMax).nullable(),
  /** Where in the message; as `reason`. */
  path: z.string().max(limits.letterPathCharsMax).nullable(),
  source: messageSourceSchema,
  payload: z.strictObject({
    bytes: z.number().int().nonnegative(),
    /** Of the bytes: by version 1 only, as it lets anybody confirm what he guesses. */
    sha256: sha256Hex.nullable(),
    /** The whole message as version 1 kept it, for everybody to read. */
    document: documentReferenceSchema.nullable(),
    /** Whether the message is kept whole; not when it is larger than what is kept, or when there were no bytes. */
    whole: z.boolean(),
    /** Reason, path, headers and the whole message; null for version 1. */
    sealed: sealedTextSchema.nullable(),
  }),
});
export type SleeveRunRejected = z.infer<typeof sleeveRunRejectedSchema>;

/** A result that waits behind an unresolved dead letter of its sleeve. */
export const sleeveResultHeldSchema = z.strictObject({
  heldId: z.uuid(),
  sleeve: identity,
  behind: z.uuid(),
  source: messageSourceSchema,
  /** The message as version 1 kept it; null where it is sealed. */
  payload: documentReferenceSchema.nullable(),
  sealed: sealedTextSchema.nullable(),
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

const placeSchema = z.strictObject({ topic: z.string(), partition: z.number().int(), offset: z.string() });

/** Messages of a flood that were refused one after the other: one letter for all of them. */
export const messagesRefusedSchema = z.strictObject({
  letterId: z.uuid(),
  /** Null for messages of no sleeve, or of none that is defined. */
  sleeve: identity.nullable(),
  count: z.number().int().positive(),
  /** How often each code was the reason, by code. */
  reasons: z.array(z.strictObject({ code: z.string(), count: z.number().int().positive() })),
  first: placeSchema,
  last: placeSchema,
  payload: z.strictObject({
    bytes: z.number().int().nonnegative(),
    /** Whether each of the messages is kept whole. */
    whole: z.boolean(),
    /** Every message with its place, hash, reason, headers and bytes, in the order in which they came. */
    sealed: sealedTextSchema,
  }),
});
export type MessagesRefused = z.infer<typeof messagesRefusedSchema>;

/** The key of a letter was destroyed, so that nobody reads any more what it said. */
export const deadLetterErasedSchema = z.strictObject({
  letterId: z.uuid(),
  sleeve: identity.nullable(),
  who: z.string().min(1),
  why: z.string().min(1),
});
export type DeadLetterErased = z.infer<typeof deadLetterErasedSchema>;

export const sleeveOverdueSchema = z.strictObject({
  sleeve: identity,
  /** The session whose result did not arrive. */
  session: isoDateSchema,
  expectedBy: instant,
  latestAsOf: isoDateSchema.nullable(),
});
