import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import { isBusy } from './failures.ts';

/** How often a reader looks: writers look at every commit. */
const lookMsMin = 100;
const readAnewMsMin = 400;

interface Identity {
  readonly dev: number;
  readonly ino: number;
}

const firstEvent = 'SELECT hash FROM events WHERE stream = ? AND revision = 0';

/**
 * Whether an open database is still the file of its name. A process goes on writing into a file that was deleted or replaced, and what it
 * acknowledges is lost when it ends. The log and its index are looked at too: they stand as long as a connection is open.
 *
 * That other content was put into the same file is seen by the first event of the ledger, read through a connection of its own, for an
 * open one trusts what it has read.
 */
export class StandingFile {
  readonly #file: string;
  readonly #known = new Map<string, Identity>();
  #lookedAt = Number.NEGATIVE_INFINITY;
  #readAt = performance.now();
  #firstHash: string | null = null;

  constructor(file: string) {
    this.#file = resolve(file);
    this.#take('', statSync(this.#file, { throwIfNoEntry: false }));
  }

  /** Errors: StoreReplaced. */
  look(): void {
    for (const suffix of ['', '-wal', '-shm']) {
      const status = statSync(`${this.#file}${suffix}`, { throwIfNoEntry: false });
      const known = this.#known.get(suffix);
      if (known === undefined) this.#take(suffix, status);
      else if (status === undefined) throw this.#replaced(suffix, 'is gone');
      else if (status.dev !== known.dev || status.ino !== known.ino) throw this.#replaced(suffix, 'is another file now');
    }
    this.#lookedAt = performance.now();
  }

  /** The same now and then, and the first event read anew now and then. Errors: StoreReplaced. */
  lookNowAndThen(): void {
    const now = performance.now();
    if (now - this.#lookedAt < lookMsMin) return;
    this.look();
    if (now - this.#readAt < readAnewMsMin) return;
    this.#readAt = now;
    const hash = this.#readAnew();
    if (hash === 'busy') return;
    if (this.#firstHash !== null && hash !== this.#firstHash)
      throw this.#replaced('', hash === null ? 'holds no ledger any more' : 'holds another ledger');
    this.#firstHash = hash;
  }

  #take(suffix: string, status: Stats | undefined): void {
    if (status !== undefined) this.#known.set(suffix, { dev: status.dev, ino: status.ino });
  }

  /** Hash of the first event; null where there is none that can be read. */
  #readAnew(): string | null {
    try {
      const database = new Database(this.#file, { readonly: true, fileMustExist: true, timeout: 0 });
      try {
        return (database.prepare(firstEvent).pluck().get(ledgerStream) as Buffer | undefined)?.toString('hex') ?? null;
      } finally {
        database.close();
      }
    } catch (error) {
      return isBusy(error) ? 'busy' : null;
    }
  }

  #replaced(suffix: string, what: string): LedgerError {
    const file = `${this.#file}${suffix}`;
    return new LedgerError('StoreReplaced', `${file} ${what}, while this process works on it: nothing more is acknowledged`, {
      evidence: { file },
      at: { file: this.#file },
    });
  }
}
