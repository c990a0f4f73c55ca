import type Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { isBusy, isDiskFailure, storeClosed, translated } from './failures.ts';
import { type AskedWrite, CommitGroup, retryPause, type WritePromise } from './commit-group.ts';
import { StandingFile } from './standing-file.ts';

/** Pages of the write-ahead log at which a commit copies them into the file: as SQLite has it. */
const copiedAtPages = 1_000;
/** Behind a write that is flushed with a later one, that one copies them: it waits for the disk anyway. So many are not left to it. */
const copiedAtPagesUnflushed = 16_000;

/** The lock was held by another connection; nothing was done. */
const busy = Symbol('busy');

/**
 * One connection to a SQLite file. Writes that are asked for together share one `BEGIN IMMEDIATE` transaction and one flush, each in a
 * savepoint of its own; while another process holds the lock they queue in order of arrival and the event loop goes on.
 */
export class Connection {
  readonly database: Database.Database;
  readonly file: string;
  readonly #busyWaitMsMax: number;
  readonly #begin: Database.Statement;
  readonly #commit: Database.Statement;
  readonly #savepoint: Database.Statement;
  readonly #release: Database.Statement;
  readonly #undo: Database.Statement;
  readonly #foreignChanges: Database.Statement;
  /** Null for a reader, which acknowledges nothing. */
  readonly #standing: StandingFile | null;
  readonly #wakers = new Set<() => void>();
  readonly #group: CommitGroup;
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
    this.#savepoint = database.prepare('SAVEPOINT one');
    this.#release = database.prepare('RELEASE one');
    this.#undo = database.prepare('ROLLBACK TO one');
    this.#group = new CommitGroup({
      tryGroup: (group) => this.#tryGroup(group),
      refusalAfter: (waitedMs) => (waitedMs > this.#busyWaitMsMax ? this.#tooLong(waitedMs) : null),
    });
  }

  /**
   * Runs `work` all or nothing in a write transaction, which others may share: durable when the promise settles, or just atomic for what
   * can be made again from the log. What `work` throws undoes its own changes and nobody else's. It may run again after a rollback, and
   * runs behind everything that was asked for before it.
   */
  async write<T>(work: () => T, promise: WritePromise = 'durable'): Promise<T> {
    if (!this.database.open) throw storeClosed(this.file);
    if (this.#failure !== null) throw this.#refusal();
    return this.#group.ask(work, promise);
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

  /** What was asked for is still written, unless another process holds the lock. */
  close(): void {
    if (!this.database.open) return;
    try {
      this.#group.end(() => storeClosed(this.file));
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

  /** Settles everything that was asked for, or nothing when another process holds the lock or somebody waits for longer than is allowed. */
  #tryGroup(group: readonly AskedWrite[]): 'done' | 'busy' {
    const isDurable = group.some(({ promise }) => promise === 'durable');
    const fail = (error: unknown): void => group.forEach(({ reject }) => reject(error));
    if (!this.database.open) return (fail(storeClosed(this.file)), 'done');
    if (this.#failure !== null) return (fail(this.#refusal()), 'done');
    let settle: readonly (() => void)[];
    try {
      // Without a flush of its own: the next durable commit flushes the log up to itself, and with it what came before.
      if (!isDurable) this.#flush('NORMAL', copiedAtPagesUnflushed);
      settle = this.#transaction(group);
    } catch (error) {
      if (isDiskFailure(error)) this.#failure = error;
      this.#rollBack();
      if (isBusy(error)) return 'busy';
      fail(translated(error, this.file));
      return 'done';
    } finally {
      if (!isDurable && this.database.open && !this.database.inTransaction) this.#flush('FULL', copiedAtPages);
    }
    this.#ownChanges++;
    for (const one of settle) one();
    if (this.#wakers.size > 0) this.#wake();
    return 'done';
  }

  #flush(synchronous: 'FULL' | 'NORMAL', copiedAt: number): void {
    this.database.pragma(`synchronous = ${synchronous}`);
    this.database.pragma(`wal_autocheckpoint = ${copiedAt}`);
  }

  /** Answers what settles the promises, once everything is committed. */
  #transaction(group: readonly AskedWrite[]): readonly (() => void)[] {
    this.#standing?.look();
    this.#begin.run();
    const settle = group.map((asked) => this.#apart(asked));
    this.#commit.run();
    // What was committed to a file without its name is on no disk that anybody was told of.
    this.#standing?.look();
    return settle;
  }

  /** One write of a group. Only what the disk or the lock refuses is everybody's failure. */
  #apart({ work, resolve, reject }: AskedWrite): () => void {
    this.#savepoint.run();
    try {
      const result = work();
      this.#release.run();
      return () => resolve(result);
    } catch (error) {
      if (isBusy(error) || isDiskFailure(error) || !this.database.inTransaction) throw error;
      this.#undo.run();
      this.#release.run();
      return () => reject(translated(error, this.file));
    }
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
      const waitedMs = performance.now() - arrived;
      if (waitedMs > this.#busyWaitMsMax) throw this.#tooLong(waitedMs);
      await retryPause();
    }
  }

  #tooLong(waited: number): LedgerError {
    const waitedMs = Math.round(waited);
    return new LedgerError('StoreBusy', `another process has held ${this.file} for ${waitedMs} ms`, {
      evidence: { file: this.file, waitedMs, waitMsMax: this.#busyWaitMsMax },
    });
  }
}
