import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import { instant } from './fields.ts';

/** The life of the ledger itself: stream `ledger`, and `seals` for what is sealed. */

export const ledgerOpenedSchema = z.strictObject({
  ledgerId: z.uuid(),
  /** Name under which checkpoints are signed: no blanks, no plus sign. */
  origin: z
    .string()
    .regex(/^[^\s+]+$/)
    .max(200),
  /** C2SP verifier key: name, key id and Ed25519 public key. */
  verifierKey: z.string(),
});
export type LedgerOpened = z.infer<typeof ledgerOpenedSchema>;

const hexHash = z.string().regex(/^[0-9a-f]{64}$/);

/** Version 1, in stream `ledger`: never upcast, because verification looks at what was signed. */
export const ledgerSealedV1Schema = z.strictObject({
  treeSize: z.number().int().nonnegative(),
  /** RFC 6962 root over leaves [0, treeSize), hexadecimal. */
  root: hexHash,
  /** The signed checkpoint, a C2SP note. */
  checkpoint: z.string(),
});

export const ledgerSealedSchema = z.strictObject({
  treeSize: z.number().int().positive(),
  /** RFC 6962 root over leaves [0, treeSize), hexadecimal. */
  root: hexHash,
  /** The signed checkpoint, a C2SP note. */
  checkpoint: z.string(),
  /**
   * Roots of the perfect subtrees of the first treeSize - 1 leaves, the largest first: with the last leaf they lead to the root that was
   * signed.
   */
  range: z.array(hexHash).max(53),
  /** Leaf treeSize - 1: the next sealer reads it and goes on after it. */
  last: z.strictObject({ stream: z.string(), revision: z.number().int().nonnegative() }),
});
export type LedgerSealedV2 = z.infer<typeof ledgerSealedSchema>;
export type LedgerSealed = z.infer<typeof ledgerSealedV1Schema> | LedgerSealedV2;

export const signingKeyRotatedSchema = z.strictObject({
  verifierKeyBefore: z.string(),
  verifierKeyAfter: z.string(),
  /** Signature of the old key over the new verifier key, base64. */
  signature: z.string(),
  why: z.string().min(1),
});
export type SigningKeyRotated = z.infer<typeof signingKeyRotatedSchema>;

export const clockJumpAcceptedSchema = z.strictObject({
  /** The newest that was known of the time. */
  before: instant,
  /** What the writer's clock said. */
  after: instant,
  why: z.string().min(1),
});
export type ClockJumpAccepted = z.infer<typeof clockJumpAcceptedSchema>;

export const witnessNamedSchema = z.strictObject({
  why: z.string().min(1),
  /** Size of the last seal; 0 where nothing was sealed. */
  sealedTo: z.number().int().nonnegative(),
  /** Size that the witness before remembered; null where it remembered nothing, and the new one began with the last seal. */
  remembered: z.number().int().nonnegative().nullable(),
  /** C2SP verifier keys of the witnesses that may cosign from here on. */
  cosigners: z.array(z.string()),
  /** How many of them must; null where nobody demands it. */
  quorum: z.number().int().positive().nullable(),
});
export type WitnessNamed = z.infer<typeof witnessNamedSchema>;

const versionsSchema = z.record(z.string().regex(/^[A-Za-z0-9-]{1,80}$/), z.number().int().positive());

export const ledgerFormatRaisedSchema = z.strictObject({
  /** Streams of the ledger; one with a hyphen at its end stands for every stream that begins so. */
  streams: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}-?$/)),
  /** Newest version of each type of event. */
  events: versionsSchema,
  /** Newest version of each kind of stored document, and of each way to keep artifacts but as they are. */
  documents: versionsSchema,
  /** How the ids of runs are derived from their inputs. */
  identityVersion: z.number().int().positive(),
});
/** What a ledger may hold: a build that does not know all of it must not write to the ledger. */
export type LedgerFormat = DeepReadonly<z.infer<typeof ledgerFormatRaisedSchema>>;
