import { z } from 'zod';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports.ts';
import type { Settings } from '../settings.ts';

const keyFileSchema = z.strictObject({
  origin: z.string(),
  verifierKey: z.string(),
  /** Ed25519 seed of RFC 8032, 32 bytes, hexadecimal. */
  privateSeedHex: z.string().regex(/^[0-9a-f]{64}$/),
  /** Where sealed checkpoints are kept. */
  witness: z.string(),
  /** While a rotation is under way: the key that takes over. */
  next: z.strictObject({ verifierKey: z.string(), privateSeedHex: z.string().regex(/^[0-9a-f]{64}$/) }).optional(),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

/** The key lives beside the store, never inside it. */
export function keyFileOf(settings: Settings): string {
  return settings.key ?? `${settings.store}.key`;
}

export function witnessOf(settings: Settings, key: KeyFile | null): string {
  return settings.witness ?? key?.witness ?? `${settings.store}.witness`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Errors: KeyMissing, ConfigInvalid. */
export async function readKeyFile(ports: Pick<Ports, 'files'>, settings: Settings): Promise<KeyFile> {
  const file = keyFileOf(settings);
  if (!(await ports.files.exists(file))) throw new LedgerError('KeyMissing', `no signing key at ${file}`, { at: { file } });
  const parsed = keyFileSchema.safeParse(parsedJson(await ports.files.readText(file)));
  if (!parsed.success) throw new LedgerError('ConfigInvalid', `${file} is no key file`, { at: { file } });
  return parsed.data;
}

export async function writeKeyFile(ports: Pick<Ports, 'files'>, settings: Settings, key: KeyFile): Promise<void> {
  await ports.files.writeWhole(keyFileOf(settings), `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600 });
}
