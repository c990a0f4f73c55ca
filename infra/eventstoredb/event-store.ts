import { randomUUID } from 'node:crypto';
import type { ResolvedEvent } from '@eventstore/db-client';
import { domainStreamPrefixes, domainStreamPattern, streamPatternOf, streamTestOf } from '../../domain/audit/streams.ts';
import { checkBatch, checkPageSize } from '../../domain/shared/append-batch.ts';
import type {
  AppendOptions,
  AppendResult,
  EventStore,
  EventToAppend,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../../handlers/ports/ports.ts';
import type { EventStoreDbArtifacts } from './artifacts.ts';
import { appendProposed, cutsOf, refuseCut } from './appending.ts';
import type { Direction, Filter } from './requests.ts';
import { NoAnswer } from './failures.ts';
import { Feed } from './feed.ts';
import { withRetries, withTimeout } from './retry.ts';
import { comparePositions, type LogPosition, parsePosition } from './positions.ts';
import { createdAt, domainEventsOf, metadataOf, type Recorded, refuseOtherContent, storedEvent } from './recorded-event.ts';
import { refuseClosed, type Session } from './session.ts';
import { subscription } from './subscription.ts';

const streamEnd = 9_223_372_036_854_775_807n;

/** The log in EventStoreDB. Answers follow the decision table of `test/contract/event-store.contract.ts`. */
export class EventStoreDbEventStore implements EventStore {
  readonly #session: Session;
  readonly #artifacts: EventStoreDbArtifacts;
  readonly #onClose: () => Promise<void>;
  readonly #feed: Feed;
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(session: Session, artifacts: EventStoreDbArtifacts, onClose: () => Promise<void>) {
    this.#session = session;
    this.#artifacts = artifacts;
    this.#onClose = onClose;
    this.#feed = new Feed(session);
  }

  /** Many may be under way at once; those to one stream are made one after the other, in the order in which they were asked for. */
  async append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult> {
    checkBatch(stream, events, options.expectedRevision);
    refuseClosed(this.#session);
    this.#feed.count();
    const ahead = this.#turns.get(stream);
    const work = (): Promise<AppendResult> => this.#append(stream, events, options);
    const turn = ahead === undefined ? work() : ahead.then(work, work);
    this.#turns.set(stream, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(stream) === turn) this.#turns.delete(stream);
    }
  }

  /**
   * The server answers a repeated append exactly as it answered the first. So each append carries a mark of its own beside
   * the bytes, and what was stored is looked at: another's mark means that the events had been there before.
   */
  async #append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult> {
    const cuts = this.#feed.cutsOf(stream) ?? cutsOf(this.#session, stream);
    const before = await Promise.allSettled([this.#artifacts.putAll(options.artifacts ?? []), cuts]);
    for (const outcome of before) if (outcome.status === 'rejected') throw outcome.reason;
    refuseCut(stream, await cuts);
    const attempt = randomUUID();
    const proposed = events.map(({ id, type, bytes, contentHash, hash, recordedAt }) => ({
      id,
      type,
      bytes,
      metadata: { attempt, contentHash, hash, recordedAt },
    }));
    const appended = await appendProposed(this.#session, stream, proposed, options.expectedRevision);
    const from = options.expectedRevision === 'none' ? 0n : options.expectedRevision + 1n;
    const pushed = await this.#feed.stored(stream, from, events.length, appended);
    // A cut that was made before the append has been pushed before it.
    refuseCut(stream, this.#feed.cutsOf(stream) ?? []);
    const found = pushed ?? (await this.#readBack(stream, events, from));
    const stored = found.map(storedEvent);
    refuseOtherContent(stream, events, stored);
    return { events: stored, already: found.some((event) => metadataOf(event).attempt !== attempt) };
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    refuseClosed(this.#session);
    const from = options.from > streamEnd ? streamEnd : options.from;
    if (from < 0n) return options.direction === 'backwards' ? [] : this.readStream(stream, { ...options, from: 0n });
    const page = await this.#streamPage(stream, from, options.maxCount, options.direction);
    return page.flatMap(({ event }) => (event === undefined ? [] : [storedEvent(event)]));
  }

  async readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    refuseClosed(this.#session);
    if (options.types?.length === 0) return [];
    const streams = options.streams ?? domainStreamPrefixes;
    const filter: Filter = options.types === null ? { streams: streamPatternOf(streams) } : { types: [...new Set(options.types)] };
    const isStream = streamTestOf(streams);
    const found: StoredEvent[] = [];
    for (let from = options.after === null ? null : parsePosition(options.after); ;) {
      // The server starts at the position itself, so one more is asked for.
      const asked = options.maxCount - found.length + 1;
      const page = await this.#allPage(from, filter, asked, 'forwards');
      const ours = domainEventsOf(page, options.types, isStream).map(storedEvent);
      found.push(...ours.filter((event) => from === null || comparePositions(parsePosition(event.position), from) > 0));
      const last = page.at(-1);
      const lastPosition = (last?.link ?? last?.event)?.position;
      if (page.length < asked || lastPosition === undefined || found.length >= options.maxCount) return found.slice(0, options.maxCount);
      from = lastPosition;
    }
  }

  subscribeAll(options: SubscribeOptions): AsyncIterable<StoredEvent> {
    return subscription(this.#session, options);
  }

  async head(): Promise<string | null> {
    const last = await this.#last();
    return last === null ? null : storedEvent(last).position;
  }

  async newest(): ReturnType<EventStore['newest']> {
    const last = await this.#last();
    return last === null ? null : { recordedAt: storedEvent(last).recordedAt, storedAt: createdAt(last) };
  }

  async #last(): Promise<Recorded | null> {
    refuseClosed(this.#session);
    const page = await this.#allPage(null, { streams: domainStreamPattern }, 1, 'backwards');
    return domainEventsOf(page, null)[0] ?? null;
  }

  comparePositions(left: string, right: string): number {
    return comparePositions(parsePosition(left), parsePosition(right));
  }

  async close(): Promise<void> {
    await this.#onClose();
  }

  /** What stands where the batch was put. A node that lags behind the one that wrote it is asked again. */
  async #readBack(stream: string, events: readonly EventToAppend[], from: bigint): Promise<NonNullable<ResolvedEvent['event']>[]> {
    const { client, retry } = this.#session;
    const read = async (): Promise<NonNullable<ResolvedEvent['event']>[]> => {
      const page = (await client.readStreamPage(stream, from, events.length, 'forwards', retry.callMsMax)) ?? [];
      const found = page.flatMap(({ event }, index) => (event !== undefined && event.id === events[index]!.id ? [event] : []));
      if (found.length < events.length) throw new NoAnswer(`stream "${stream}" does not show yet what was appended to it`);
      return found;
    };
    return withRetries(this.#session, { call: 'read a stream', stream }, read);
  }

  async #streamPage(stream: string, from: bigint, maxCount: number, direction: Direction): Promise<readonly ResolvedEvent[]> {
    const { client, retry } = this.#session;
    const start = direction === 'backwards' && from === streamEnd ? 'end' : from;
    const page = await withRetries(this.#session, { call: 'read a stream', stream }, () =>
      client.readStreamPage(stream, start, maxCount, direction, retry.callMsMax),
    );
    return page ?? [];
  }

  async #allPage(from: LogPosition | null, filter: Filter, maxCount: number, direction: Direction): Promise<readonly ResolvedEvent[]> {
    const { client, retry } = this.#session;
    return withRetries(this.#session, { call: 'read $all' }, () => client.readAllPage(from, filter, maxCount, direction, retry.callMsMax));
  }
}

/** Closes a connection within two seconds, also when the server is silent. */
export async function closeConnection(session: Session): Promise<void> {
  const never = new AbortController().signal;
  await withTimeout(session.client.shutDown(), 2_000, never).catch(() => undefined);
}
