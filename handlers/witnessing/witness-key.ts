import { z } from 'zod';
import { type CosignerKey, cosignerKeyOf, formatCosignerKey, parseCosignerKey } from '../../domain/audit/cosignature.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../domain/shared/hashing.ts';
import type { Ports } from '../ports/ports.ts';
import type { WitnessMemory } from '../ports/witness.ts';

const witnessKeySchema = z.strictObject({
  version: z.literal(1),
  verifierKey: z.string(),
  /** Ed25519 seed of RFC 8032, 32 bytes, hexadecimal. */
  privateSeedHex: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface WitnessKey {
  readonly key: CosignerKey;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export const standardWitnessName = 'sleeve-ledger.local/witness';

function readWitnessKey({ crypto }: Pick<Ports, 'crypto'>, file: string, text: string): WitnessKey {
  try {
    const { verifierKey, privateSeedHex } = witnessKeySchema.parse(JSON.parse(text));
    const seed = fromHex(privateSeedHex);
    const key = parseCosignerKey(crypto.sha256, verifierKey);
    if (toHex(crypto.publicKeyOf(seed)) !== toHex(key.publicKey)) throw new Error('the seed is not that of the verifier key');
    return { key, sign: (message) => crypto.sign(seed, message) };
  } catch {
    // The cause would quote the content, which is a secret.
    throw new LedgerError('ConfigInvalid', `${file} is not the key of a witness`, { at: { file } });
  }
}

const keyFileIn = (state: string): string => `${state}/witness.key`;

/**
 * Opens what a witness remembers. The memory is made before the key: a key without it has lost it, and nothing is made in its place.
 * Errors: WitnessMissing, StoreBusy, StoreIo.
 */
export async function rememberedIn(ports: Pick<Ports, 'files' | 'witnessMemory'>, state: string): Promise<WitnessMemory> {
  const file = `${state}/witness.sqlite`;
  // The key is looked for first: another process may be making both.
  if ((await ports.files.exists(keyFileIn(state))) && !(await ports.files.exists(file))) {
    throw new LedgerError('WitnessMissing', `${keyFileIn(state)} is there and what the witness remembers is not: it would begin again`, {
      at: { file },
    });
  }
  return ports.witnessMemory(file);
}

/**
 * The key of a witness, made with its memory: a witness that has lost it is another witness, and would vouch for what it cannot know.
 * Errors: KeyMissing; ConfigInvalid for another name than the key bears.
 */
export async function witnessKey(
  ports: Pick<Ports, 'files' | 'crypto'>,
  state: string,
  memory: WitnessMemory,
  name: string | null,
): Promise<WitnessKey> {
  const { files, crypto } = ports;
  const file = keyFileIn(state);
  if (await files.exists(file)) {
    const found = readWitnessKey(ports, file, await files.readText(file));
    if (name !== null && name !== found.key.name)
      throw new LedgerError('ConfigInvalid', `the witness in ${state} is ${found.key.name}, not ${name}`, { at: { path: '--name' } });
    return found;
  }
  if (!memory.isEmpty()) throw new LedgerError('KeyMissing', `no ${file}, but a memory of what was cosigned by it`, { at: { file } });
  const { privateSeed, publicKey } = crypto.newKeyPair();
  const verifierKey = formatCosignerKey(cosignerKeyOf(crypto.sha256, name ?? standardWitnessName, publicKey));
  const content = `${JSON.stringify({ version: 1, verifierKey, privateSeedHex: toHex(privateSeed) }, null, 2)}\n`;
  // Of two that begin at once, one wins.
  await files.writeWhole(file, content, { mode: 0o600, keepExisting: true, own: 'key' });
  return readWitnessKey(ports, file, await files.readText(file));
}
