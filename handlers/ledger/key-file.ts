import { z } from 'zod';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Ports } from '../ports/ports.ts';
import { besideStore, type Settings } from '../runtime/settings.ts';

const keyFileSchema = z.strictObject({
  origin: z.string(),
  verifierKey: z.string(),
  /** Ed25519 seed of RFC 8032, 32 bytes, hexadecimal. */
  privateSeedHex: z.string().regex(/^[0-9a-f]{64}$/),
  /** The places where sealed checkpoints are kept. The folder is absolute, but for key files of 0.1.0, which have it as it was typed. */
  witness: z.string(),
  /** How many witnesses must cosign; left out where nobody demands it. */
  witnessQuorum: z.int().positive().optional(),
  /** While a rotation is under way: the key that takes over. */
  next: z.strictObject({ verifierKey: z.string(), privateSeedHex: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

/** The key lives beside the store, never inside it. */
export function keyFileOf(settings: Settings): string {
  return settings.key ?? `${besideStore(settings.store)}.key`;
}

/** Errors: KeyMissing, ConfigInvalid. */
export async function readKeyFile(ports: Pick<Ports, 'files'>, settings: Settings): Promise<KeyFile> {
  const file = keyFileOf(settings);
  if (!(await ports.files.exists(file))) throw new LedgerError('KeyMissing', `no signing key at ${file}`, { at: { file } });
  try {
    return keyFileSchema.parse(JSON.parse(await ports.files.readText(file, limits.settingsFileBytesMax)));
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    // The cause would quote the content, which is a secret.
    throw new LedgerError('ConfigInvalid', `${file} is not a key file`, { at: { file } });
  }
}

/** Errors: ConfigInvalid. */
export async function keyFileIfAny(ports: Pick<Ports, 'files'>, settings: Settings): Promise<KeyFile | null> {
  return (await ports.files.exists(keyFileOf(settings))) ? readKeyFile(ports, settings) : null;
}

const textOf = (key: KeyFile): string => `${JSON.stringify(key, null, 2)}\n`;

export async function writeKeyFile(ports: Pick<Ports, 'files'>, settings: Settings, key: KeyFile): Promise<void> {
  await ports.files.writeWhole(keyFileOf(settings), textOf(key), { mode: 0o600, own: 'key' });
}

/** When several processes make a key at once, one wins: the others must read its key, never replace it. */
export async function createKeyFile(ports: Pick<Ports, 'files'>, settings: Settings, key: KeyFile): Promise<void> {
  await ports.files.writeWhole(keyFileOf(settings), textOf(key), { mode: 0o600, keepExisting: true, own: 'key' });
}
