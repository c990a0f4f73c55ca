import { formatVerifierKey, parseVerifierKey, type VerifierKey, verifierKeyOf } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import type { Settings } from '../runtime/settings.ts';
import { heldKey } from './held-key.ts';
import { type KeyFile, keyFileOf, readKeyFile, writeKeyFile } from './key-file.ts';

export interface Rotation {
  readonly verifierKeyBefore: string;
  readonly verifierKeyAfter: string;
  readonly keyFile: string;
  /** The old key, kept: with it old signatures can still be explained, and nothing new can be sealed. */
  readonly retiredFile: string;
  /** True when a rotation that had been interrupted was completed and none begun. */
  readonly completed: boolean;
}

/** The key file with the next key, a new one where it names none. */
export function withNewKey(ports: Pick<Ports, 'crypto'>, file: KeyFile): KeyFile & { readonly next: NonNullable<KeyFile['next']> } {
  if (file.next !== undefined) return { ...file, next: file.next };
  const { privateSeed, publicKey } = ports.crypto.newKeyPair();
  const verifierKey = formatVerifierKey(verifierKeyOf(ports.crypto.sha256, file.origin, publicKey));
  return { ...file, next: { verifierKey, privateSeedHex: toHex(privateSeed) } };
}

/** Keeps the old key beside the file, then puts the new one in its place. */
export async function replaceKeyFile(
  ports: Pick<Ports, 'files' | 'crypto'>,
  settings: Settings,
  file: KeyFile,
  next: NonNullable<KeyFile['next']>,
): Promise<string> {
  const { next: _, ...old } = file;
  const retiredFile = `${keyFileOf(settings)}.${parseVerifierKey(ports.crypto.sha256, old.verifierKey).keyId}.retired`;
  await ports.files.writeWhole(retiredFile, `${JSON.stringify(old, null, 2)}\n`, { mode: 0o600, own: 'key' });
  await writeKeyFile(ports, settings, { ...old, ...next });
  return retiredFile;
}

/**
 * The key file, as it was read, with the key that the ledger signs with now. A rotation may have been interrupted after it was recorded:
 * the new key then stands in the file as the next one and is put in its place.
 *
 * Errors: KeyMissing when the file holds neither; KeyMismatch for a seed that is not that of its key, before anything is signed.
 */
export async function keyInForce(
  ports: Ports,
  settings: Settings,
  read: KeyFile,
  keys: readonly VerifierKey[],
): Promise<{ readonly keyFile: KeyFile; readonly completed: Rotation | null }> {
  const current = formatVerifierKey(keys.at(-1)!);
  // The ledger may have been read after another process rotated the key, and the file before.
  const keyFile = [read.verifierKey, read.next?.verifierKey].includes(current) ? read : await readKeyFile(ports, settings);
  const file = keyFileOf(settings);
  if (keyFile.verifierKey === current) {
    heldKey(ports, file, keyFile);
    return { keyFile, completed: null };
  }
  const { next } = keyFile;
  if (next?.verifierKey !== current) {
    throw new LedgerError('KeyMissing', `${file} holds a key that the ledger does not sign with`, {
      evidence: { inForce: current, inFile: keyFile.verifierKey },
      at: { file },
    });
  }
  heldKey(ports, file, { ...keyFile, ...next });
  const retiredFile = await replaceKeyFile(ports, settings, keyFile, next);
  const completed = {
    verifierKeyBefore: keyFile.verifierKey,
    verifierKeyAfter: current,
    keyFile: keyFileOf(settings),
    retiredFile,
    completed: true,
  };
  return { keyFile: await readKeyFile(ports, settings), completed };
}
