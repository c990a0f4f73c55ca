import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Connection } from './connection.ts';
import { storeClosed, translated } from './failures.ts';
import { refuseSideName } from './file-identity.ts';

const pagesAtOnce = 1_000;
/** Each write of another process starts the copy anew; after so many it is finished in one go, without a pause. */
const restartsMax = 3;

let copies = 0;

/** What SQLite keeps beside a database; left there by one that is gone, it would be read into whatever takes its name. */
const sideFiles = ['-journal', '-wal', '-shm'] as const;

/**
 * SQLite's online backup: a consistent state of the database, whole or not at all, written beside the target and given its
 * name once `accept` has looked at it. The copy is one file without a write-ahead log, which can be read from a disk that cannot be
 * written.
 *
 * Errors: LedgerExists when the target exists; OutputProtected; FileMissing; StoreFull; StoreIo; what `accept` throws.
 */
export async function backUp(
  connection: Connection,
  target: string,
  accept: (candidate: string) => Promise<void> = async () => undefined,
): Promise<{ readonly bytes: number }> {
  if (!connection.open) throw storeClosed(connection.file);
  for (const suffix of ['', ...sideFiles]) if (existsSync(target + suffix)) throw taken(target + suffix);
  if (!existsSync(dirname(target)))
    throw new LedgerError('FileMissing', `the folder of ${target} does not exist`, { evidence: { target }, at: { file: target } });
  refuseSideName(target);
  const partial = `${target}.${process.pid}-${++copies}.partial`;
  try {
    await copyPages(connection, partial);
    withoutLog(partial);
    flush(partial);
    await accept(partial);
    giveName(partial, target);
    flush(dirname(target));
    return { bytes: statSync(target).size };
  } catch (error) {
    throw translated(error, target);
  } finally {
    for (const suffix of ['', ...sideFiles]) rmSync(partial + suffix, { force: true });
  }
}

function taken(file: string): LedgerError {
  return new LedgerError('LedgerExists', `${file} exists: nothing is overwritten`, { evidence: { file }, at: { file } });
}

/** Unlike a renaming, a second name takes nobody's place. */
function giveName(partial: string, target: string): void {
  try {
    linkSync(partial, target);
  } catch (error) {
    throw (error as { readonly code?: unknown }).code === 'EEXIST' ? taken(target) : error;
  }
}

function withoutLog(file: string): void {
  const database = new Database(file, { fileMustExist: true });
  try {
    database.pragma('journal_mode = DELETE');
  } finally {
    database.close();
  }
}

async function copyPages(connection: Connection, partial: string): Promise<void> {
  let remainingBefore = Number.POSITIVE_INFINITY;
  let restarts = 0;
  await connection.database.backup(partial, {
    progress: ({ totalPages, remainingPages }) => {
      if (remainingPages > remainingBefore) restarts++;
      remainingBefore = remainingPages;
      return restarts >= restartsMax ? totalPages + pagesAtOnce : pagesAtOnce;
    },
  });
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
