import { checkBatch, checkPageSize } from '../../domain/shared/append-batch.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type {
  Artifacts,
  AppendOptions,
  AppendResult,
  EventStore,
  EventToAppend,
  ExpectedRevision,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../../handlers/ports/ports.ts';

/** Positions leave gaps, as those of a shared server do: who counts on neighbours is found out here. */
const positionStep = 7n;

/** Streams that an operator of the store truncated or deleted. */
export type TruncatedStreams = ReadonlyMap<string, 'StreamTruncated' | 'StreamDeleted'>;

/** The log in memory: the plainest reading of the decision table, which other stores are compared with. */
export class MemoryEventStore implements EventStore {
  readonly #log: StoredEvent[] = [];
  readonly #cut: TruncatedStreams;
  readonly #listeners = new Set<() => void>();
  readonly #artifacts: Artifacts;
  #closed = false;

  constructor(artifacts: Artifacts, cut: TruncatedStreams) {
    this.#artifacts = artifacts;
    this.#cut = cut;
  }

  async append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult> {
    checkBatch(stream, events, options.expectedRevision);
    this.#refuseClosed();
    await this.#artifacts.putAll(options.artifacts ?? []);
    const cut = this.#cut.get(stream);
    if (cut !== undefined) throw new LedgerError(cut, `an operator truncated stream "${stream}"`, { evidence: { stream } });
    const stored = this.#log.filter((event) => event.stream === stream);
    const current = BigInt(stored.length) - 1n;
    const expected = options.expectedRevision === 'none' ? -1n : options.expectedRevision;
    if (current === expected) return { events: this.#add(stream, stored.length, events), already: false };
    return { events: sameEvents(stream, stored, events, options.expectedRevision), already: true };
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    this.#refuseClosed();
    const stored = this.#log.filter((event) => event.stream === stream);
    const found =
      options.direction === 'forwards'
        ? stored.filter((event) => event.revision >= options.from)
        : stored.filter((event) => event.revision <= options.from).toReversed();
    return found.slice(0, options.maxCount).map(copied);
  }

  async readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    this.#refuseClosed();
    const after = options.after === null ? -1n : positionNumber(options.after);
    return this.#log
      .filter((event) => BigInt(event.position) > after && (options.types === null || options.types.includes(event.type)))
      .slice(0, options.maxCount)
      .map(copied);
  }

  async *subscribeAll(options: SubscribeOptions): AsyncGenerator<StoredEvent, void, undefined> {
    let after = options.after;
    while (!options.signal.aborted && !this.#closed) {
      const seen = this.#log.length;
      const page = await this.readAll({ after, maxCount: 100, types: options.types });
      for (const event of page) {
        if (options.signal.aborted) return;
        after = event.position;
        yield event;
      }
      const nothingNew = page.length === 0 && this.#log.length === seen;
      if (nothingNew && !options.signal.aborted && !this.#closed) await this.#change(options.signal);
    }
  }

  async head(): Promise<string | null> {
    this.#refuseClosed();
    return this.#log.at(-1)?.position ?? null;
  }

  async newest(): ReturnType<EventStore['newest']> {
    this.#refuseClosed();
    const last = this.#log.at(-1);
    return last === undefined ? null : { recordedAt: last.recordedAt, storedAt: null };
  }

  comparePositions(left: string, right: string): number {
    const difference = positionNumber(left) - positionNumber(right);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#announce();
  }

  #add(stream: string, firstRevision: number, events: readonly EventToAppend[]): readonly StoredEvent[] {
    const added = events.map((event, index) => ({
      id: event.id,
      type: event.type,
      contentHash: event.contentHash,
      hash: event.hash,
      recordedAt: event.recordedAt,
      bytes: Uint8Array.from(event.bytes),
      stream,
      revision: BigInt(firstRevision + index),
      position: String(BigInt(this.#log.length + index + 1) * positionStep),
    }));
    this.#log.push(...added);
    this.#announce();
    return added.map(copied);
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }

  async #change(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        this.#listeners.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#listeners.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  #refuseClosed(): void {
    if (this.#closed) throw new LedgerError('StoreUnavailable', 'the store is closed');
  }
}

/** The stored events behind an expected revision, if they are exactly the batch. */
function sameEvents(
  stream: string,
  stored: readonly StoredEvent[],
  events: readonly EventToAppend[],
  expected: ExpectedRevision,
): readonly StoredEvent[] {
  const start = expected === 'none' ? 0 : Number(expected) + 1;
  const found = stored.slice(start, start + events.length);
  if (found.map((event) => event.id).join() !== events.map((event) => event.id).join()) {
    const actual = stored.length === 0 ? 'none' : String(stored.length - 1);
    throw new LedgerError('WrongExpectedRevision', `stream "${stream}" is at revision ${actual}, expected ${expected}`, {
      evidence: { stream, expected: String(expected), actual },
    });
  }
  const other = found.findIndex((event, index) => event.contentHash !== events[index]!.contentHash);
  if (other !== -1) {
    throw new LedgerError('EventContentConflict', `event ${found[other]!.id} of stream "${stream}" is stored with other content`, {
      evidence: {
        stream,
        revision: String(found[other]!.revision),
        id: found[other]!.id,
        stored: found[other]!.contentHash,
        offered: events[other]!.contentHash,
      },
    });
  }
  return found.map(copied);
}

/** Nobody outside holds the bytes that the store holds. */
function copied(event: StoredEvent): StoredEvent {
  return { ...event, bytes: Uint8Array.from(event.bytes) };
}

function positionNumber(position: string): bigint {
  if (!/^\d{1,19}$/.test(position))
    throw new LedgerError('Usage', `"${position}" is not a position of this store`, { evidence: { position } });
  return BigInt(position);
}
