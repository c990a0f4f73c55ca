import { isConflict } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { leavesAfter } from '../read-models/leaves.ts';

const named = (event: StoredEvent | null): string =>
  event === null ? 'nothing' : `${event.type}, ${event.stream}@${event.revision}, ${event.hash}`;

/** The events that a target holds, then those appended behind them. Neighbours in global order that share a stream go in one append. */
export class CopyTarget {
  /** Events found there that are the source's. */
  alreadyThere = 0;
  appended = 0;
  readonly #store: EventStore;
  readonly #held: AsyncGenerator<StoredEvent>;
  readonly #beforeAppend: () => Promise<void>;
  #heldEnded = false;
  #batch: StoredEvent[] = [];
  #batchBytes = 0;

  constructor(store: EventStore, beforeAppend: () => Promise<void>) {
    this.#store = store;
    this.#beforeAppend = beforeAppend;
    this.#held = leavesAfter(store, null);
  }

  /** Compares the next event of the source with what the target holds in its place, or appends it. Errors: CopyTargetNotEmpty. */
  async take(event: StoredEvent): Promise<void> {
    const held = await this.#nextHeld();
    if (held === null) return this.#append(event);
    if (held.stream !== event.stream || held.revision !== event.revision || held.id !== event.id || held.hash !== event.hash)
      throw this.#parted(event, held);
    this.alreadyThere++;
  }

  /** Appends what waits. */
  async flush(): Promise<void> {
    const [first] = this.#batch;
    if (first === undefined) return;
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    await this.#beforeAppend();
    try {
      await this.#store.append(first.stream, batch, { expectedRevision: first.revision === 0n ? 'none' : first.revision - 1n });
    } catch (error) {
      if (!isConflict(error)) throw error;
      throw new LedgerError('CopyTargetNotEmpty', `stream "${first.stream}" of the target is written by somebody else`, {
        evidence: { ...error.evidence },
        cause: error,
      });
    }
    this.appended += batch.length;
  }

  /** Errors: CopyTargetNotEmpty when the target goes on where the source ends. */
  async requireEnd(): Promise<void> {
    const held = await this.#nextHeld();
    if (held !== null) throw this.#parted(null, held);
  }

  async #nextHeld(): Promise<StoredEvent | null> {
    if (this.#heldEnded) return null;
    const next = await this.#held.next();
    this.#heldEnded = next.done === true;
    return next.done === true ? null : next.value;
  }

  async #append(event: StoredEvent): Promise<void> {
    const last = this.#batch.at(-1);
    const full = this.#batch.length >= limits.appendEventsMax || this.#batchBytes + event.bytes.length > limits.eventBytesMax;
    if (full || (last !== undefined && last.stream !== event.stream)) await this.flush();
    this.#batch.push(event);
    this.#batchBytes += event.bytes.length;
  }

  #parted(source: StoredEvent | null, target: StoredEvent): LedgerError {
    const leafIndex = this.alreadyThere;
    return new LedgerError('CopyTargetNotEmpty', `the target is not a beginning of the source: they part at leaf ${leafIndex}`, {
      evidence: { leafIndex, source: named(source), target: named(target) },
    });
  }
}
