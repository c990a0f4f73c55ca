import { setTimeout as pause } from 'node:timers/promises';
import type { LedgerError } from '../../domain/shared/errors.ts';

/** Writes in one transaction. Of more, each would be waited for by too many. */
const groupMax = 64;
/**
 * A group is committed once so many turns of the event loop have brought nothing more, or others have joined it for so many: in an idle
 * process turns take microseconds, and in a busy one nobody waits long for what others compute.
 */
const quietTurns = 2;
const turnsMax = 8;

/** Pause between two tries, jittered and never growing, so that an old waiter stands no worse than a new one. */
const retryPauseMsMin = 1;
const retryPauseMsMax = 4;

export function retryPause(): Promise<void> {
  return pause(retryPauseMsMin + Math.random() * (retryPauseMsMax - retryPauseMsMin));
}

/** `atomic`: all or nothing, and flushed with a later durable write only. */
export type WritePromise = 'durable' | 'atomic';

export interface AskedWrite {
  readonly work: () => unknown;
  readonly promise: WritePromise;
  /** As `performance.now()` tells. */
  readonly arrived: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export interface Committing {
  /** Settles every write of a group in one transaction; `busy` when another process holds the lock, and nothing was done. */
  readonly tryGroup: (group: readonly AskedWrite[]) => 'done' | 'busy';
  /** What a write is refused with that has waited for so long; null as long as it may wait on. */
  readonly refusalAfter: (waitedMs: number) => LedgerError | null;
}

/**
 * Gathers writes into transactions, so that a storm of them costs one flush for many (group commit). There is no timer: whoever asks in the
 * same turn of the event loop, or while others still join, shares the transaction, and a write that comes alone waits for nobody. Writes
 * are done in the order in which they were asked for.
 */
export class CommitGroup {
  readonly #committing: Committing;
  readonly #asked: AskedWrite[] = [];
  #isWorking = false;

  constructor(committing: Committing) {
    this.#committing = committing;
  }

  async ask<T>(work: () => T, promise: WritePromise): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#asked.push({ work, promise, arrived: performance.now(), resolve: resolve as (result: unknown) => void, reject });
      if (!this.#isWorking) void this.#work();
    });
  }

  /** Commits what was asked for, at once; what cannot be, as another process holds the lock, is refused. */
  end(refusal: () => LedgerError): void {
    while (this.#asked.length > 0) if (!this.#commitFirst()) for (const { reject } of this.#asked.splice(0)) reject(refusal());
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    while (this.#asked.length > 0) {
      await this.#gathered();
      while (this.#asked.length > 0 && !this.#commitFirst()) {
        this.#refuseTheLate();
        await retryPause();
      }
    }
    this.#isWorking = false;
  }

  /** Settles when the group is full, or nobody has joined it lately. */
  async #gathered(): Promise<void> {
    for (let [turn, quiet, seen] = [0, 0, this.#asked.length]; quiet < quietTurns && turn < turnsMax && seen < groupMax; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = this.#asked.length > seen ? 0 : quiet + 1;
      seen = this.#asked.length;
    }
  }

  /** False when another process holds the lock. */
  #commitFirst(): boolean {
    const group = this.#asked.slice(0, groupMax);
    if (this.#committing.tryGroup(group) === 'busy') return false;
    this.#asked.splice(0, group.length);
    return true;
  }

  #refuseTheLate(): void {
    const now = performance.now();
    for (const asked of this.#asked.splice(0)) {
      const refusal = this.#committing.refusalAfter(now - asked.arrived);
      if (refusal === null) this.#asked.push(asked);
      else asked.reject(refusal);
    }
  }
}
