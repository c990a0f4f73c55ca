import { z } from 'zod';

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
