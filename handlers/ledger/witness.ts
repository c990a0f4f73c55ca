import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { openCheckpoint } from '../../domain/audit/checkpoint.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports.ts';

/** The folder of sealed checkpoints: outside the store, best on another machine. */
export interface Witnessed {
  readonly file: string;
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

const extension = '.checkpoint';

export async function witness(ports: Pick<Ports, 'files'>, directory: string, size: number, note: string): Promise<string> {
  const file = `${directory}/${String(size).padStart(12, '0')}${extension}`;
  await ports.files.makeFolder(directory);
  await ports.files.writeWhole(file, note);
  return file;
}

/** Opens a checkpoint with whichever of the ledger's keys signed it. Errors: CheckpointInvalid naming the file. */
export function openWithAnyKey(ports: Pick<Ports, 'crypto'>, note: string, keys: readonly VerifierKey[], file: string): Checkpoint {
  let refusal: unknown = null;
  for (const key of keys.toReversed()) {
    try {
      return openCheckpoint(note, key, ports.crypto.verify);
    } catch (error) {
      refusal ??= error;
    }
  }
  const why = refusal instanceof Error ? refusal.message : 'no key';
  throw new LedgerError('CheckpointInvalid', `${file}: ${why}`, { at: { file } });
}

/** Files of the folder that hold checkpoints, in ascending size; none where the folder is missing. */
export async function witnessFiles(ports: Pick<Ports, 'files'>, directory: string): Promise<string[]> {
  if (!(await ports.files.exists(directory))) return [];
  const names = (await ports.files.list(directory)).filter((name) => name.endsWith(extension) && !name.startsWith('.'));
  return names.toSorted().map((name) => `${directory}/${name}`);
}

/** Every witnessed checkpoint in ascending size. Errors: CheckpointInvalid. */
export async function witnessedIn(ports: Pick<Ports, 'files' | 'crypto'>, directory: string, keys: readonly VerifierKey[]): Promise<Witnessed[]> {
  const found: Witnessed[] = [];
  for (const file of await witnessFiles(ports, directory)) {
    const note = await ports.files.readText(file);
    found.push({ file, note, checkpoint: openWithAnyKey(ports, note, keys, file) });
  }
  return found;
}
