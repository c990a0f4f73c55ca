import { parseVerifierKey, type VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import type { KeyFile } from './key-file.ts';

type Pair = Pick<KeyFile, 'origin' | 'verifierKey' | 'privateSeedHex'>;

/**
 * The verifier key of a pair in a key file, once its seed has been found to make that key under the file's origin: what another seed signs
 * verifies for nobody. Errors: KeyMismatch; CheckpointInvalid for a malformed verifier key.
 */
export function heldKey({ crypto }: Pick<Ports, 'crypto'>, file: string, { origin, verifierKey, privateSeedHex }: Pair): VerifierKey {
  const key = parseVerifierKey(crypto.sha256, verifierKey);
  const ofSeed = crypto.publicKeyOf(fromHex(privateSeedHex));
  if (key.name === origin && toHex(key.publicKey) === toHex(ofSeed)) return key;
  throw new LedgerError('KeyMismatch', `the seed or the origin in ${file} is not that of ${verifierKey}: nothing is signed with it`, {
    evidence: { origin, verifierKey, publicKeyOfSeed: toHex(ofSeed) },
    at: { file },
  });
}
