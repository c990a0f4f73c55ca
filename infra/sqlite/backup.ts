import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Connection } from './connection.ts';
import { storeClosed, translated } from './failures.ts';

const pagesAtOnce = 1_000;
/** Each write of another process starts the copy anew; after so many it is finished in one go, without a pause. */
const restartsMax = 3;

/**
 * SQLite's online backup: a consistent state of the database, whole or not at all, written beside the target and renamed.
 *
 * Errors: LedgerExists when the target exists; FileMissing; StoreFull; StoreIo.
 */
export async function backUp(connection: Connection, target: string): Promise<{ readonly bytes: number }> {
  if (!connection.open) throw storeClosed(connection.file);
  if (existsSync(target)) throw new LedgerError('LedgerExists', `${target} exists: a backup overwrites nothing`, { evidence: { target }, at: { file: target } });
  if (!existsSync(dirname(target))) throw new LedgerError('FileMissing', `the folder of ${target} does not exist`, { evidence: { target }, at: { file: target } });
  const partial = `${target}.partial`;
  rmSync(partial, { force: true });
  try {
    await copyPages(connection, partial);
    flush(partial);
    renameSync(partial, target);
    flush(dirname(target));
    return { bytes: statSync(target).size };
  } catch (error) {
    throw translated(error, target);
  } finally {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(partial + suffix, { force: true });
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
