import { LedgerError } from '../../domain/shared/errors.ts';
import { type Candidate, type OpenedFile, verifiedCandidate, type WithoutStore } from './backup-candidate.ts';
import { widestNote } from './witness.ts';

/** Copies a store to a new file while it is in use; the copy gets its name when `accept` has not thrown. */
export type CopyFile = (target: string, accept: (candidate: string) => Promise<void>) => Promise<{ readonly bytes: number }>;

export interface BackUp {
  readonly copyFile: CopyFile;
  readonly open: (file: string) => Promise<OpenedFile>;
  readonly file: string;
  readonly witnessDirectory: string;
}

export interface Backup extends Candidate {
  readonly file: string;
  readonly bytes: number;
  /** The last witnessed checkpoint, kept beside the backup; null when nothing is witnessed. */
  readonly checkpointFile: string | null;
}

/** Where the checkpoint stands that a backup was verified to. */
export function checkpointBeside(file: string): string {
  return `${file}.checkpoint`;
}

/**
 * Writes a backup of a ledger in use, verifies what was written as `ledger verify` does, up to the checkpoint that was witnessed last
 * when it began, and only then gives it its name; that checkpoint is put beside it.
 *
 * Errors: LedgerExists; BackupInvalid with the faults found; FileMissing; StoreFull; StoreIo.
 */
export async function backUpLedger(tools: WithoutStore, { copyFile, open, file, witnessDirectory }: BackUp): Promise<Backup> {
  const beside = checkpointBeside(file);
  if (await tools.files.exists(beside))
    throw new LedgerError('LedgerExists', `${beside} exists: nothing is overwritten`, { at: { file: beside } });
  // What is witnessed while the copy is made may reach beyond it.
  const newest = await widestNote(tools, witnessDirectory);
  let verified: Candidate | null = null;
  const { bytes } = await copyFile(file, async (candidate) => {
    const checkpoint = newest === null ? null : { ...newest, verifierKey: null };
    verified = await verifiedCandidate(tools, file, () => open(candidate), { checkpoint, verifierKey: null });
  });
  if (newest !== null) await tools.files.writeWhole(beside, newest.note);
  return { ...verified!, file, bytes, checkpointFile: newest === null ? null : beside };
}
