import { fromBase64 } from '../../domain/audit/base64.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports.ts';
import { readWholeStream, toDomainEvents } from '../record.ts';
import { ledgerStream } from './open-ledger.ts';

/** The text that an old key signs to hand over to a new one. */
export function rotationMessage(before: string, after: string, why: string): Uint8Array {
  return new TextEncoder().encode(`sleeve-ledger key rotation\n${before}\n${after}\n${why}\n`);
}

/** Every key that the ledger has signed with, oldest first; each rotation must bear the signature of the key before it. */
export async function keysOf(ports: Ports): Promise<VerifierKey[]> {
  const keys: VerifierKey[] = [];
  for (const event of toDomainEvents(await readWholeStream(ports.store, ledgerStream))) {
    if (event.type === 'LedgerOpened') keys.push(parseVerifierKey(ports.crypto.sha256, event.data.verifierKey));
    if (event.type === 'SigningKeyRotated') {
      const { verifierKeyBefore, verifierKeyAfter, signature, why } = event.data;
      const bytes = fromBase64(signature);
      const message = rotationMessage(verifierKeyBefore, verifierKeyAfter, why);
      if (bytes === null || !ports.crypto.verify(keys.at(-1)!.publicKey, message, bytes)) {
        throw new LedgerError('CheckpointInvalid', 'a rotation of the signing key is not signed by the key before it', { evidence: { verifierKeyAfter } });
      }
      keys.push(parseVerifierKey(ports.crypto.sha256, verifierKeyAfter));
    }
  }
  return keys;
}
