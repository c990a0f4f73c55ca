import { formatVerifierKey } from '../../domain/audit/signed-note.ts';
import type { ExportSigner } from '../../domain/audit/trailer.ts';
import { fromHex } from '../../domain/shared/hashing.ts';
import { heldKey } from '../ledger/held-key.ts';
import { keyFileOf, readKeyFile } from '../ledger/key-file.ts';
import { keysOf } from '../ledger/keys.ts';
import type { Ports } from '../ports/ports.ts';
import type { Settings } from '../runtime/settings.ts';

/** The key that signs exports, or why none does. */
export interface SigningOfExports {
  readonly signer: ExportSigner | null;
  readonly unsignedBecause: string | null;
}

/**
 * The ledger's key, where it is at hand. Whoever reads a ledger without its key exports all the same: the export then says that nobody
 * signed it. Errors: ConfigInvalid for a file that is no key file, KeyMismatch for a seed that is not that of its key.
 */
export async function signingOfExports(ports: Ports, settings: Settings): Promise<SigningOfExports> {
  const file = keyFileOf(settings);
  if (!(await ports.files.exists(file))) return { signer: null, unsignedBecause: `there is no signing key at ${file}` };
  const { next, ...current } = await readKeyFile(ports, settings);
  const inForce = formatVerifierKey((await keysOf(ports)).at(-1)!);
  // A rotation may have been interrupted after it was recorded.
  const held = [current, ...(next === undefined ? [] : [{ ...current, ...next }])].find((one) => one.verifierKey === inForce);
  if (held === undefined) return { signer: null, unsignedBecause: `${file} holds a key that the ledger does not sign with` };
  const seed = fromHex(held.privateSeedHex);
  return {
    signer: { key: heldKey(ports, file, held), sign: (message) => ports.crypto.sign(seed, message) },
    unsignedBecause: null,
  };
}
