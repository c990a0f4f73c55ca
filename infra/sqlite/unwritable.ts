import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import { sqliteCode } from './failures.ts';

/** Longer than a tick of the clock of any file system: what is written after this pause bears another time than what was before it. */
const quietMs = 50;
const attemptsMax = 40;

/** SQLite needs files beside the database that it may not make here, even to read it. */
export function needsWriting(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== null && (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY'));
}

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
};

/** Whether a database can be written: itself, and its log, which somebody must be able to make. */
export function isWritable(file: string): boolean {
  return mayWrite(file) && (mayWrite(dirname(file)) || mayWrite(`${file}-wal`));
}

/** What changes when somebody writes to a database or its log. */
function stateOf(file: string): string {
  const states = [file, `${file}-wal`].map((name) => statSync(name, { bigint: true, throwIfNoEntry: false }));
  return states.map((state) => (state === undefined ? 'none' : `${state.dev} ${state.ino} ${state.size} ${state.mtimeNs}`)).join('; ');
}

function copyOne(from: string, to: string): void {
  try {
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  } catch (cause) {
    const { code } = cause as { readonly code?: string };
    const evidence = { file: from, message: String(cause) };
    if (code === 'EACCES' || code === 'EPERM')
      throw new LedgerError('FileUnreadable', `${from} cannot be read`, { evidence, at: { file: from }, cause });
    if (code === 'ENOSPC')
      throw new LedgerError('StoreFull', `no space left to copy ${from} to ${to}, where it could be read (TMPDIR names the folder)`, {
        evidence,
        cause,
      });
    throw new LedgerError('StoreIo', `${from} cannot be copied to ${to}, where it could be read: ${String(cause)}`, { evidence, cause });
  }
}

/**
 * Opens a copy of a database that cannot be opened where it lies, as SQLite can make no index of its log there. Its log is copied with it:
 * the newest events stand in there. The copy counts when neither has changed while it was made, so that no store is read while it is being
 * written as if it stood still. Its names are gone once it is open: nothing is left behind, however the process ends.
 *
 * Errors: StoreBusy for a store that keeps changing; FileUnreadable; StoreFull; StoreIo; those of `open`.
 */
export function openCopy<T>(file: string, open: (copy: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'sleeve-ledger-copy-'));
  try {
    return open(copied(file, join(folder, basename(file))));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function copied(file: string, copy: string): string {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const before = stateOf(file);
    Atomics.wait(sleeper, 0, 0, quietMs);
    if (stateOf(file) !== before) continue;
    rmSync(`${copy}-wal`, { force: true });
    copyOne(file, copy);
    if (existsSync(`${file}-wal`)) copyOne(`${file}-wal`, `${copy}-wal`);
    if (stateOf(file) === before) return copy;
  }
  throw new LedgerError('StoreBusy', `${file} is being written and cannot be read from here beside its writer`, { evidence: { file } });
}
