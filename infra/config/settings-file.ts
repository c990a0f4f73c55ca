import { existsSync, readFileSync, statSync } from 'node:fs';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';

const standardNames = ['sleeve-ledger.yaml', 'sleeve-ledger.yml', 'sleeve-ledger.json'];

/**
 * The settings file asked for, or the first standard one in the working folder; JSON is YAML too. Errors: FileMissing, ConfigInvalid,
 * LimitExceeded.
 */
export async function readSettingsFile(asked: string | null): Promise<{ readonly name: string; readonly content: unknown } | null> {
  const name = asked ?? standardNames.find((candidate) => existsSync(candidate)) ?? null;
  if (name === null) return null;
  if (!existsSync(name)) throw new LedgerError('FileMissing', `no settings file at ${name}`, { at: { file: name } });
  const { size } = statSync(name);
  if (size > limits.settingsFileBytesMax)
    throw new LedgerError('LimitExceeded', `${name}: ${size} bytes, at most ${limits.settingsFileBytesMax} are read`, {
      at: { file: name },
    });
  // Most have none: what reads one is loaded for those that do.
  const { parse } = await import('yaml');
  try {
    return { name, content: parse(readFileSync(name, 'utf8'), { maxAliasCount: 0 }) as unknown };
  } catch (error) {
    throw new LedgerError('ConfigInvalid', `${name}: ${error instanceof Error ? error.message.split('\n')[0] : 'not readable'}`, {
      at: { file: name },
      cause: error,
    });
  }
}
