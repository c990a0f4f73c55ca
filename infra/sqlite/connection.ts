import { setTimeout as pause } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isBusy, isDiskFailure, storeClosed, translated } from './failures.ts';
import { StandingFile } from './standing-file.ts';

/** The lock was held by another connection; nothing was done. */
const busy = Symbol('busy');

/** Pause between two tries, jittered and never growing, so that an old waiter stands no worse than a new one. */
const retryPauseMsMin = 1;
const retryPauseMsMax = 4;

/**
 * One connection to a SQLite file. Writes are single synchronous `BEGIN IMMEDIATE` transactions; while another process
 * holds the lock they queue in order of arrival and the event loop goes on.
 */
export class Connection {
  readonly database: Database.Database;
  readonly file: string;
  readonly #busyWaitMsMax: number;
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #foreignChanges: Database.Statement;
  /** Null for a reader, which acknowledges nothing. */
  readonly #standing: StandingFile | null;
  readonly #wakers = new Set<() => void>();
  #queued = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #ownChanges = 0;
  #failure: unknown = null;

  constructor(database: Database.Database, file: string, busyWaitMsMax: number) {
    this.database = database;
    this.file = file;
    this.#busyWaitMsMax = busyWaitMsMax;
    this.#standing = database.readonly || database.memory ? null : new StandingFile(file);
    this.#begin = database.prepare('BEGIN IMMEDIATE');
    this.#commit = database.prepare('COMMIT');
    this.#foreignChanges = database.prepare('PRAGMA data_version').pluck();
  }

  /**
   * Runs `work` in one write transaction, durable when the promise settles, or just atomic for what can be made again from the log. `work`
   * may run again after a rollback.
   */
  async write<T>(work: () => T, promise: 'durable' | 'atomic' = 'durable'): Promise<T> {
    if (this.#queued === 0) {
      const result = this.#tryWrite(work, promise);
      if (result !== busy) return result;
    }
    const arrived = performance.now();
    this.#queued++;
    const turn = this.#queue.then(() => this.#retry(() => this.#tryWrite(work, promise), arrived));
    this.#queue = turn.then(
      () => this.#queued--,
      () => this.#queued--,
    );
    return turn;
  }

  /** Runs a read. Readers of a WAL wait only while it is being recovered or removed. */
  async read<T>(work: () => T): Promise<T> {
    const result = this.#tryRead(work);
    return result === busy ? this.#retry(() => this.#tryRead(work), performance.now()) : result;
  }

  /** A value that differs once anybody, in this process or another, has committed. */
  changes(): string {
    if (!this.database.open) return 'closed';
    try {
      this.#standing?.lookNowAndThen();
      return `${String(this.#foreignChanges.get())}/${this.#ownChanges}`;
    } catch (error) {
      if (isBusy(error)) return 'busy';
      throw translated(error, this.file);
    }
  }

  /** Calls `wake` after each commit of this connection and when it closes; returns how to stop that. */
  onCommit(wake: () => void): () => void {
    this.#wakers.add(wake);
    return () => this.#wakers.delete(wake);
  }

  get open(): boolean {
    return this.database.open;
  }

  close(): void {
    if (!this.database.open) return;
    try {
      this.database.close();
    } finally {
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#wakers) wake();
  }

  #tryRead<T>(work: () => T): T | typeof busy {
    if (!this.database.open) throw storeClosed(this.file);
    try {
      this.#standing?.lookNowAndThen();
      return work();
    } catch (error) {
      if (isBusy(error)) return busy;
      throw translated(error, this.file);
    }
  }

  #tryWrite<T>(work: () => T, promise: 'durable' | 'atomic'): T | typeof busy {
    if (!this.database.open) throw storeClosed(this.file);
    if (this.#failure !== null) throw this.#refusal();
    try {
      // Without a flush of its own: the next durable commit flushes the log up to itself, and with it what came before.
      if (promise === 'atomic') this.database.pragma('synchronous = NORMAL');
      const result = this.#transaction(work);
      this.#ownChanges++;
      if (this.#wakers.size > 0) this.#wake();
      return result;
    } catch (error) {
      if (isDiskFailure(error)) this.#failure = error;
      this.#rollBack();
      if (isBusy(error)) return busy;
      throw translated(error, this.file);
    } finally {
      if (promise === 'atomic' && this.database.open && !this.database.inTransaction) this.database.pragma('synchronous = FULL');
    }
  }

  #transaction<T>(work: () => T): T {
    this.#standing?.look();
    this.#begin.run();
    const result = work();
    this.#commit.run();
    // What was committed to a file without its name is on no disk that anybody was told of.
    this.#standing?.look();
    return result;
  }

  #rollBack(): void {
    if (!this.database.open || !this.database.inTransaction) return;
    try {
      this.database.exec('ROLLBACK');
    } catch (error) {
      this.#failure ??= error;
    }
  }

  /** After a failed flush nobody knows what the disk holds: further acknowledgements would be guesses. */
  #refusal(): LedgerError {
    const message = String((this.#failure as { readonly message?: unknown }).message);
    return new LedgerError('StoreIo', `${this.file} refuses writes since the disk failed: ${message}`, {
      evidence: { file: this.file, message, refusing: true },
      cause: this.#failure,
    });
  }

  async #retry<T>(attempt: () => T | typeof busy, arrived: number): Promise<T> {
    for (;;) {
      const result = attempt();
      if (result !== busy) return result;
      const waitedMs = Math.round(performance.now() - arrived);
      if (waitedMs > this.#busyWaitMsMax) {
        throw new LedgerError('StoreBusy', `another process has held ${this.file} for ${waitedMs} ms`, {
          evidence: { file: this.file, waitedMs, waitMsMax: this.#busyWaitMsMax },
        });
      }
      await pause(retryPauseMsMin + Math.random() * (retryPauseMsMax - retryPauseMsMin));
    }
  }
}
