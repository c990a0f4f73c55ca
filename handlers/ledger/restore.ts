import { readUnverifiedCheckpoint } from '../../domain/audit/checkpoint.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { CopyFile } from './backup.ts';
import {
  backupInvalid,
  type Brought,
  type Candidate,
  openedForReading,
  type OpenedFile,
  verifiedCandidate,
  type WithoutStore,
} from './backup-candidate.ts';
import { widestNote } from './witness.ts';

export interface Restore {
  readonly file: string;
  /** Opens a file to read: the backup, and what it is about to become. */
  readonly open: (file: string) => Promise<OpenedFile & { readonly copyFile: CopyFile }>;
  /** Opens the restored store so that read models can be written. */
  readonly openRestored: (file: string) => Promise<OpenedFile>;
  readonly target: string;
  readonly brought: Brought;
  /** The witness folder of the store to be. */
  readonly witnessDirectory: string;
}

export interface Restored extends Candidate {
  readonly bytes: number;
  /** Events that the newest witnessed checkpoint covers and the backup does not hold: they are lost. */
  readonly lost: number;
}

/** Reading the backup and writing the target fail alike: these say that it was the backup. */
const damaged = /^SQLITE_(?:CORRUPT|NOTADB|IOERR_SHORT_READ)/;

/**
 * Puts a ledger in the place of a store that is gone: copied beside, verified up to a checkpoint, then named. The read models of the
 * backup are thrown away, to be folded again.
 *
 * Errors: FileMissing; BackupInvalid, with nothing left behind; LedgerExists; Usage for a malformed verifier key; StoreTooNew;
 * StoreFull; StoreIo.
 */
export async function restoreLedger(tools: WithoutStore, restore: Restore): Promise<Restored> {
  const { file, open, target, brought } = restore;
  if (!(await tools.files.exists(file))) throw new LedgerError('FileMissing', `${file} does not exist`, { at: { file } });
  const { copyFile, store } = await openedForReading(file, () => open(file));
  let verified: Candidate | null = null;
  try {
    const { bytes } = await copyFile(target, async (candidate) => {
      verified = await verifiedCandidate(tools, file, () => open(candidate), brought);
    });
    await forgetReadModels(await restore.openRestored(target));
    return { ...verified!, bytes, lost: await lostEvents(tools, restore.witnessDirectory, verified!) };
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'StoreIo' || !damaged.test(String(error.evidence['sqlite']))) throw error;
    throw backupInvalid(file, error.message, error.evidence, error);
  } finally {
    await store.close();
  }
}

async function forgetReadModels({ store, readModels }: OpenedFile): Promise<void> {
  for (const projection of await readModels.projections()) await readModels.reset(projection);
  await store.close();
}

async function lostEvents(tools: Pick<Ports, 'files'>, witnessDirectory: string, { events }: Candidate): Promise<number> {
  const newest = await widestNote(tools, witnessDirectory);
  return newest === null ? 0 : Math.max(0, readUnverifiedCheckpoint(newest.note).size - events);
}
