import type { LedgerEvent, Proof } from '../api/answers.ts';
import { canonicalText, hashOf } from './event-bytes.ts';
import { rootOfPath, toHex } from './merkle.ts';
import { checkSignature, parseCheckpoint, type SignatureCheck } from './signed-note.ts';

export interface Checked {
  readonly told: string;
  /** Null where this browser cannot tell. */
  readonly holds: boolean | null;
  readonly detail: string;
}

const signatureWords: Readonly<Record<SignatureCheck, string>> = {
  valid: 'Ed25519, by the key below',
  invalid: 'the signature is not of this key and this checkpoint',
  'no signature of this key': 'the checkpoint bears no signature of the key below',
  'not possible in this browser': 'this browser has no Ed25519: compare the checkpoint with a witness instead',
};

/** Everything that can be known of an event without believing the server: computed here, from bytes to signature. */
export async function checkEvent(event: LedgerEvent, proof: Proof, verifierKey: string): Promise<readonly Checked[]> {
  const hash = await hashOf(event);
  const root = await rootOfPath(proof.eventHash, proof.leafIndex, proof.treeSize, proof.proof);
  const checkpoint = parseCheckpoint(proof.checkpoint);
  const signature = checkpoint === null ? 'invalid' : await checkSignature(checkpoint, verifierKey);
  return [
    {
      told: 'The bytes of the event have the hash that it bears',
      holds: hash === event.hash,
      detail: `SHA-256 of ${new TextEncoder().encode(canonicalText(event)).length} bytes is ${hash}`,
    },
    {
      told: 'The proof is about this event',
      holds: proof.eventHash === event.hash,
      detail: `leaf ${proof.leafIndex} of ${proof.treeSize}`,
    },
    {
      told: 'Its path leads to the root of the checkpoint',
      holds: root !== null && checkpoint !== null && checkpoint.treeSize === proof.treeSize && root === toHex(checkpoint.root),
      detail: root === null ? 'the path has another length than the tree asks for' : `root ${root}`,
    },
    {
      told: 'The checkpoint is signed',
      holds: signature === 'valid' ? true : signature === 'not possible in this browser' ? null : false,
      detail: signatureWords[signature],
    },
  ];
}
