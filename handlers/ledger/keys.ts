import { fromBase64 } from '../../domain/audit/base64.ts';
import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import type { DomainEvent } from '../../domain/catalogue.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import type { Ports } from '../ports.ts';
import { readWholeStream, toDomainEvents } from '../record.ts';

/** The text that an old key signs to hand over to a new one. */
export function rotationMessage(before: string, after: string, why: string): Uint8Array {
  return new TextEncoder().encode(`sleeve-ledger key rotation\n${before}\n${after}\n${why}\n`);
}

/** The keys once another event of the ledger's own stream is known; a rotation must bear the signature of the key before it. Errors: CheckpointInvalid. */
export function withKeyOf(ports: Pick<Ports, 'crypto'>, keys: readonly VerifierKey[], event: DomainEvent): readonly VerifierKey[] {
  if (event.type === 'LedgerOpened') return [...keys, parseVerifierKey(ports.crypto.sha256, event.data.verifierKey)];
  if (event.type !== 'SigningKeyRotated') return keys;
  const { verifierKeyBefore, verifierKeyAfter, signature, why } = event.data;
  const bytes = fromBase64(signature);
  const message = rotationMessage(verifierKeyBefore, verifierKeyAfter, why);
  if (bytes === null || !ports.crypto.verify(keys.at(-1)!.publicKey, message, bytes)) {
    throw new LedgerError('CheckpointInvalid', 'a rotation of the signing key is not signed by the key before it', { evidence: { verifierKeyAfter } });
  }
  return [...keys, parseVerifierKey(ports.crypto.sha256, verifierKeyAfter)];
}

/** Events that name a key. */
export const keyTypes: ReadonlySet<string> = new Set(['LedgerOpened', 'SigningKeyRotated']);

/** Every key that the ledger has signed with, oldest first. Errors: CheckpointInvalid. */
export async function keysOf(ports: Ports): Promise<readonly VerifierKey[]> {
  const naming = (await readWholeStream(ports.store, ledgerStream)).filter(({ type }) => keyTypes.has(type));
  return toDomainEvents(naming).reduce((keys: readonly VerifierKey[], event) => withKeyOf(ports, keys, event), []);
}
