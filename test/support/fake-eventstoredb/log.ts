/** The log of the fake server: what EventStoreDB keeps, and its decision table of appends, in memory. */

export interface LogRecord {
  readonly stream: string;
  readonly revision: bigint;
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly metadata: Uint8Array;
  data: Uint8Array;
  /** Commit and prepare position: equal here for a single event, one commit for a batch of several. */
  readonly commit: bigint;
  readonly prepare: bigint;
}

export type ProposedRecord = Pick<LogRecord, 'id' | 'type' | 'contentType' | 'metadata' | 'data'>;
export type Expected = 'any' | 'no_stream' | 'stream_exists' | bigint;

export type Decision =
  | { readonly kind: 'success'; readonly revision: bigint; readonly record: LogRecord }
  | { readonly kind: 'wrong'; readonly current: bigint | null }
  | { readonly kind: 'deleted' };

export class FakeLog {
  readonly records: LogRecord[] = [];
  readonly #streams = new Map<string, LogRecord[]>();
  readonly #tombstones = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #end = 1000n;

  append(stream: string, events: readonly ProposedRecord[], expected: Expected): Decision {
    if (this.isTombstoned(stream)) return { kind: 'deleted' };
    const stored = this.#streams.get(stream) ?? [];
    const current = BigInt(stored.length) - 1n;
    const soft = this.truncatedBefore(stream) > current && stored.length > 0;
    const wanted =
      expected === 'no_stream' ? (soft ? current : -1n) : expected === 'any' || expected === 'stream_exists' ? current : expected;
    if (expected === 'stream_exists' && (stored.length === 0 || soft)) return { kind: 'wrong', current: null };
    if (wanted === current) return this.#add(stream, stored, events);
    const start = Number(wanted + 1n);
    const found = wanted < current ? stored.slice(start, start + events.length) : [];
    const repeated = found.length === events.length && found.every((record, index) => record.id === events[index]!.id);
    const last = found.at(-1);
    return repeated && last !== undefined
      ? { kind: 'success', revision: last.revision, record: last }
      : { kind: 'wrong', current: current < 0n ? null : current };
  }

  /** What a read shows; null when there is no such stream, or no event of it is left. */
  visible(stream: string): readonly LogRecord[] | null {
    const before = this.truncatedBefore(stream);
    const left = (this.#streams.get(stream) ?? []).filter((record) => record.revision >= before);
    return left.length === 0 ? null : left;
  }

  /** By `$tb` or `$maxCount` in the stream's metadata, which counts as such only when it was written as JSON. */
  truncatedBefore(stream: string): bigint {
    const metadata = this.#streams.get(`$$${stream}`)?.at(-1);
    if (metadata === undefined || metadata.contentType !== 'application/json') return 0n;
    const numberOf = (name: string): bigint | null => {
      const digits = new RegExp(`"\\$${name}":(\\d+)`).exec(Buffer.from(metadata.data).toString('utf8'))?.[1];
      return digits === undefined ? null : BigInt(digits);
    };
    const before = numberOf('tb') ?? 0n;
    const maxCount = numberOf('maxCount');
    const byCount = maxCount === null ? 0n : BigInt(this.#streams.get(stream)?.length ?? 0) - maxCount;
    return byCount > before ? byCount : before;
  }

  /** As seen by a reader of `$all`. */
  isVisible(record: LogRecord): boolean {
    if (record.type === '$streamDeleted') return true;
    return !this.isTombstoned(record.stream) && record.revision >= this.truncatedBefore(record.stream);
  }

  /** The deletion is an event of the stream, the last that there can be. */
  tombstone(stream: string): void {
    this.#tombstones.add(stream);
    const place = (this.#end += 97n);
    const empty = new Uint8Array(0);
    this.records.push({
      stream,
      revision: 9_223_372_036_854_775_807n,
      id: '00000000-0000-4000-8000-0000000de1e7',
      type: '$streamDeleted',
      contentType: 'application/octet-stream',
      metadata: empty,
      data: empty,
      commit: place,
      prepare: place,
    });
    for (const listener of this.#listeners) listener();
  }

  /** With its metadata stream. */
  isTombstoned(stream: string): boolean {
    return this.#tombstones.has(stream.startsWith('$$') ? stream.slice(2) : stream);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #add(stream: string, stored: LogRecord[], events: readonly ProposedRecord[]): Decision {
    const prepares = events.map((event) => (this.#end += BigInt(event.data.length + event.metadata.length + 97)));
    const commit = prepares.at(-1)!;
    const added = events.map((event, index) => ({
      ...event,
      stream,
      revision: BigInt(stored.length + index),
      commit,
      prepare: prepares[index]!,
    }));
    stored.push(...added);
    this.records.push(...added);
    this.#streams.set(stream, stored);
    for (const listener of this.#listeners) listener();
    return { kind: 'success', revision: added.at(-1)!.revision, record: added.at(-1)! };
  }
}

export function isBefore(
  left: { readonly commit: bigint; readonly prepare: bigint },
  right: { readonly commit: bigint; readonly prepare: bigint },
): boolean {
  return left.commit < right.commit || (left.commit === right.commit && left.prepare < right.prepare);
}

/** Index of the first record that does not stand before a position; the number of records when all do. */
export function indexAt(records: readonly LogRecord[], position: { readonly commit: bigint; readonly prepare: bigint }): number {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore(records[middle]!, position)) low = middle + 1;
    else high = middle;
  }
  return low;
}
