import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { isBusy, translated } from './failures.ts';

const retryPauseMs = 2;

/**
 * Keeps every writer of a file out, in this process and others, until the answer is called: a connection of its own holds the write
 * lock. Readers go on. Writers wait as for any other, and are refused with StoreBusy when it takes too long.
 *
 * Errors: StoreBusy; StoreIo.
 */
export async function fence(file: string, busyWaitMsMax: number): Promise<() => void> {
  const started = performance.now();
  const database = new Database(file, { fileMustExist: true, timeout: 0 });
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE');
      // Closing rolls back what was never written.
      return () => void database.close();
    } catch (error) {
      if (!isBusy(error) || performance.now() - started > busyWaitMsMax) {
        database.close();
        throw translated(error, file);
      }
    }
    await pause(retryPauseMs);
  }
}
