import { type Checkpoint, openCheckpoint, readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { withSignaturesOf } from '../../domain/audit/cosignature.ts';
import type { VerifierKey } from '../../domain/audit/signed-note.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, ShownNote, Witness } from '../ports/ports.ts';

/** A checkpoint as a witness has it: outside the store, best on another machine. */
export type WitnessedNote = ShownNote;

const extension = '.checkpoint';
const latestName = `latest${extension}`;

async function latestNote(ports: Pick<Ports, 'files'>, directory: string): Promise<WitnessedNote | null> {
  const file = `${directory}/${latestName}`;
  return (await ports.files.exists(file)) ? { file, note: await ports.files.readText(file) } : null;
}

/**
 * Keeps a checkpoint under its size, and as the latest unless a wider one is kept there: the next sealer reads one file, however many
 * there are. Verification trusts no file to be the latest and looks at all.
 */
export async function witness(ports: Pick<Ports, 'files'>, directory: string, size: number, note: string): Promise<string> {
  const file = `${directory}/${String(size).padStart(12, '0')}${extension}`;
  await ports.files.makeFolder(directory);
  const kept = await withKeptSignatures(ports, file, note);
  await ports.files.writeWhole(file, kept, { own: 'checkpoint' });
  const latest = await latestNote(ports, directory);
  if (latest === null || readUnverifiedCheckpoint(latest.note).size <= size)
    await ports.files.writeWhole(`${directory}/${latestName}`, kept, { own: 'checkpoint' });
  return file;
}

/** A note that is kept again keeps what others had signed of it. */
async function withKeptSignatures({ files }: Pick<Ports, 'files'>, file: string, note: string): Promise<string> {
  if (!(await files.exists(file))) return note;
  try {
    return withSignaturesOf(note, await files.readText(file));
  } catch (error) {
    // What stood there was damaged, or of another root: a sealer looks at the latest, and verification at all.
    if (!(error instanceof LedgerError)) throw error;
    return note;
  }
}

/** A folder of this machine as a witness like any other. */
export function folderWitness(ports: Pick<Ports, 'files'>, directory: string): Witness {
  return {
    show: async () => ({ kind: 'shown', newest: await newestNote(ports, directory) }),
    take: async ({ size, note }) => {
      await witness(ports, directory, size, note);
      return { kind: 'kept', lines: '' };
    },
  };
}

/** Opens a checkpoint with whichever of the ledger's keys signed it. Errors: CheckpointInvalid naming the file. */
export function openWithAnyKey(ports: Pick<Ports, 'crypto'>, { file, note }: WitnessedNote, keys: readonly VerifierKey[]): Checkpoint {
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

/** The widest checkpoint of the folder as it stands there, opened by nobody; null where there is none. */
export async function widestNote(ports: Pick<Ports, 'files'>, directory: string): Promise<WitnessedNote | null> {
  const files = await witnessFiles(ports, directory);
  const file = files.findLast((name) => !name.endsWith(`/${latestName}`)) ?? files.at(-1);
  return file === undefined ? null : { file, note: await ports.files.readText(file) };
}

/** The latest checkpoint without listing the folder; one that was kept before there was a latest is found by its name. */
export async function newestNote(ports: Pick<Ports, 'files'>, directory: string): Promise<WitnessedNote | null> {
  return (await latestNote(ports, directory)) ?? widestNote(ports, directory);
}
