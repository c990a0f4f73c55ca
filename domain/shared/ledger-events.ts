import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';

/** The life of the ledger itself: stream `ledger`. */

export const ledgerOpenedSchema = z.strictObject({
  ledgerId: z.uuid(),
  /** Name under which checkpoints are signed: no blanks, no plus sign. */
  origin: z.string().regex(/^[^\s+]+$/).max(200),
  /** C2SP verifier key: name, key id and Ed25519 public key. */
  verifierKey: z.string(),
});
export type LedgerOpened = z.infer<typeof ledgerOpenedSchema>;

export const ledgerSealedSchema = z.strictObject({
  treeSize: z.number().int().nonnegative(),
  /** RFC 6962 root over leaves [0, treeSize), hexadecimal. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  /** The signed checkpoint, a C2SP note. */
  checkpoint: z.string(),
});
export type LedgerSealed = z.infer<typeof ledgerSealedSchema>;

export const signingKeyRotatedSchema = z.strictObject({
  verifierKeyBefore: z.string(),
  verifierKeyAfter: z.string(),
  /** Signature of the old key over the new verifier key, base64. */
  signature: z.string(),
  why: z.string().min(1),
});
export type SigningKeyRotated = z.infer<typeof signingKeyRotatedSchema>;

const versionsSchema = z.record(z.string().regex(/^[A-Za-z0-9-]{1,80}$/), z.number().int().positive());

export const ledgerFormatRaisedSchema = z.strictObject({
  /** Streams of the ledger; one with a hyphen at its end stands for every stream that begins so. */
  streams: z.array(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}-?$/)),
  /** Newest version of each type of event. */
  events: versionsSchema,
  /** Newest version of each kind of stored document. */
  documents: versionsSchema,
  /** How the ids of runs are derived from their inputs. */
  identityVersion: z.number().int().positive(),
});
/** What may stand in a ledger: whoever knows less of it must not write to it. */
export type LedgerFormat = DeepReadonly<z.infer<typeof ledgerFormatRaisedSchema>>;
