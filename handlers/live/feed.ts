import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { Backoff } from '../runtime/backoff.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { pause } from '../runtime/pause.ts';
import { Seldom } from '../runtime/seldom.ts';
import { type Happening, happeningOf, happeningTypes } from './happening.ts';
import { Ring } from './ring.ts';
import type { Watched } from './watched.ts';

export interface FeedOptions {
  /** So many of the newest happenings are held: a reader that is further behind is dropped. */
  readonly heldMax: number;
  /** Happenings that a reader is handed at once. */
  readonly togetherMax: number;
  /** Readers are told once in this time at most, of everything that has come meanwhile. */
  readonly gatherMs: number;
  /** And rest for so many times as long as it took to tell all of them: many readers take no more than a part of a processor. */
  readonly restTimes: number;
  /** A reader to whom nothing happens for so long is told that. */
  readonly heartbeatMs: number;
  readonly readersMax: number;
  readonly readersOfOneMax: number;
  /** What is made ready before readers are told, for they are about to ask; they wait for it for so long. */
  readonly prepare: () => Promise<void>;
  readonly prepareMsMax: number;
}

export const feedDefaults: FeedOptions = {
  heldMax: limits.streamHeldMax,
  togetherMax: limits.streamTogetherMax,
  gatherMs: limits.streamGatherMs,
  restTimes: limits.streamRestTimes,
  heartbeatMs: limits.streamHeartbeatMs,
  readersMax: limits.streamReadersMax,
  readersOfOneMax: limits.streamReadersOfOneMax,
  prepare: async () => undefined,
  prepareMsMax: limits.streamReadyMsMax,
};

/** What a reader is told at once. */
export interface Told {
  /** Whatever is watched was told up to here; null where nothing was recorded before. */
  readonly position: string | null;
  /** None: a sign of life. */
  readonly happenings: readonly Happening[];
}

interface Reader {
  readonly who: string;
  /** Has it look again. */
  wake: () => void;
  /** When it was told something last, as `performance.now()` tells. */
  toldAt: number;
}

/** After so many readers the rest of the process has a turn. */
const readersInTurn = 50;
/** How much too late a heartbeat may be, as a part of its time. */
const heartbeatTicks = 10;

/** What stood in one page of the log. */
async function pageBehind({ store }: Pick<Ports, 'store'>, after: string | null, watched: Watched, maxCount: number) {
  const events: readonly StoredEvent[] = await store.readAll({ after, maxCount, types: watched.types });
  const happenings = events.map(happeningOf).filter((happening) => happening !== null && watched.includes(happening));
  return { happenings: happenings as Happening[], position: events.at(-1)?.position ?? after, isLast: events.length < maxCount };
}

/**
 * Tells many readers of what is recorded, while it is recorded. The store has one subscription for all of them, from the first reader on,
 * and the newest happenings are held; a reader that asks for older ones reads the store page by page until it has come up.
 *
 * A reader takes what it is told when it can, and nothing is held for one alone: one that takes less than happens falls behind what is
 * held, and is dropped. Where the store is away the readers wait, and miss nothing.
 */
export class LiveFeed {
  readonly #ports: Pick<Ports, 'store' | 'log'>;
  readonly #options: FeedOptions;
  readonly #ending: AbortSignal;
  readonly #readers = new Set<Reader>();
  readonly #seldomReady = new Seldom();
  #preparing: Promise<void> | null = null;
  #begun: Promise<Ring> | null = null;
  #isTelling = false;
  /** When all may be told again, as `performance.now()` tells. */
  #rested = -Infinity;

  /** Everybody has been told everything when `ending` aborts. */
  constructor(ports: Pick<Ports, 'store' | 'log'>, ending: AbortSignal, options: FeedOptions = feedDefaults) {
    this.#ports = ports;
    this.#ending = ending;
    this.#options = options;
  }

  get readers(): number {
    return this.#readers.size;
  }

  /**
   * What was watched behind a position (null: from the beginning), and then what happens, until the signal aborts, the feed ends or the
   * reader is dropped. Whoever reads counts from now on. Errors: ReadersTooMany; TooManyRequests for one who reads too often; as it is
   * read, what the store refuses.
   */
  read(who: string, after: string | null, watched: Watched, signal: AbortSignal): AsyncGenerator<Told, void, undefined> {
    this.#requireRoom(who);
    const reader: Reader = { who, wake: () => undefined, toldAt: performance.now() };
    this.#readers.add(reader);
    const leave = (): void => {
      this.#readers.delete(reader);
      reader.wake();
    };
    // Also where nobody has begun to read.
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    return this.#told(reader, after, watched, signal, () => {
      signal.removeEventListener('abort', leave);
      leave();
    });
  }

  #requireRoom(who: string): void {
    const { readersMax, readersOfOneMax } = this.#options;
    const readers = this.#readers.size;
    if (readers >= readersMax) throw new LedgerError('ReadersTooMany', `${readers} readers watch already`, { evidence: { readers } });
    const own = [...this.#readers].filter((reader) => reader.who === who).length;
    if (own >= readersOfOneMax)
      throw new LedgerError('TooManyRequests', `${own} readers of one name watch already`, {
        evidence: { readers: own, retryAfterSeconds: Math.ceil(this.#options.heartbeatMs / 1_000) },
      });
  }

  async *#told(
    reader: Reader,
    after: string | null,
    watched: Watched,
    signal: AbortSignal,
    ended: () => void,
  ): AsyncGenerator<Told, void, undefined> {
    try {
      const ring = await this.#ring();
      const stopped = (): boolean => signal.aborted || this.#ending.aborted;
      const at = yield* this.#before(ring, after, watched, reader, stopped);
      yield* this.#since(ring, at, watched, reader, stopped);
    } finally {
      ended();
    }
  }

  /** Reads the store up to what is held; answers where it has come to. */
  async *#before(
    ring: Ring,
    after: string | null,
    watched: Watched,
    reader: Reader,
    stopped: () => boolean,
  ): AsyncGenerator<Told, string | null> {
    let at = after;
    while (!stopped() && !ring.reaches(at)) {
      const { floor } = ring;
      const { happenings, position, isLast } = await pageBehind(this.#ports, at, watched, this.#options.togetherMax);
      // What stood at the floor was in the store when the last page was read.
      at = isLast && ring.isBehind(floor, position) ? floor : position;
      reader.toldAt = performance.now();
      yield { position: at, happenings };
      await yieldToEventLoop();
    }
    return at;
  }

  async *#since(ring: Ring, after: string | null, watched: Watched, reader: Reader, stopped: () => boolean): AsyncGenerator<Told, void> {
    let at = after;
    let next = 0;
    let isJoined = false;
    while (!stopped()) {
      // The subscription may be later than whatever said how far the ledger has come.
      if (!isJoined) next = ring.firstBehind(at, next);
      isJoined ||= next < ring.end;
      if (next < ring.start) return this.#ports.log.info({ position: at }, 'a reader of the stream fell behind, and was dropped');
      const to = Math.min(ring.end, next + this.#options.togetherMax);
      const happenings = to === next ? [] : ring.list(watched, next, to);
      if (to > next) at = ring.positionOf(to - 1);
      next = to;
      if (happenings.length > 0 || this.#isSilent(reader)) {
        reader.toldAt = performance.now();
        yield { position: at, happenings };
      } else if (next === ring.end) await this.#woken(reader);
    }
  }

  #isSilent({ toldAt }: Reader): boolean {
    return performance.now() - toldAt >= this.#options.heartbeatMs;
  }

  async #woken(reader: Reader): Promise<void> {
    await new Promise<void>((resolve) => (reader.wake = resolve));
  }

  #ring(): Promise<Ring> {
    if (this.#begun === null) {
      this.#begun = this.#begin();
      this.#begun.catch(() => (this.#begun = null));
    }
    return this.#begun;
  }

  async #begin(): Promise<Ring> {
    const { store } = this.#ports;
    const head = await store.head();
    const ring = new Ring((left, right) => store.comparePositions(left, right), this.#options.heldMax, head);
    const heartbeat = setInterval(() => {
      for (const reader of this.#readers) if (this.#isSilent(reader)) reader.wake();
    }, this.#options.heartbeatMs / heartbeatTicks);
    heartbeat.unref();
    const end = (): void => {
      clearInterval(heartbeat);
      for (const reader of this.#readers) reader.wake();
    };
    this.#ending.addEventListener('abort', end, { once: true });
    void this.#follow(ring);
    return ring;
  }

  async #follow(ring: Ring): Promise<void> {
    const { store, log } = this.#ports;
    const seldom = new Seldom();
    let backoff = new Backoff();
    while (!this.#ending.aborted) {
      try {
        for await (const event of store.subscribeAll({ after: ring.newest, types: happeningTypes, signal: this.#ending })) {
          backoff = new Backoff();
          const happening = happeningOf(event);
          if (happening === null) continue;
          ring.add(happening);
          this.#tellSoon(ring);
        }
      } catch (error) {
        if (seldom.due()) log.warn({ error }, 'readers of the stream wait for the store');
      }
      await pause(backoff.failed(), this.#ending);
    }
  }

  #tellSoon(ring: Ring): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setTimeout(() => void this.#tell(ring), Math.max(0, this.#rested - performance.now()));
  }

  /** They are told, whatever becomes of it: what is not ready is made so when they ask. */
  async #prepare(): Promise<void> {
    const { prepare, prepareMsMax } = this.#options;
    this.#preparing ??= prepare()
      .catch((error: unknown) => {
        if (this.#seldomReady.due()) this.#ports.log.warn({ error }, 'answers for readers of the stream could not be made ready');
      })
      .finally(() => (this.#preparing = null));
    const waited = new AbortController();
    await Promise.race([this.#preparing, pause(prepareMsMax, waited.signal)]);
    waited.abort();
  }

  /** Wakes every reader, in portions. */
  async #tell(ring: Ring): Promise<void> {
    await this.#prepare();
    const { end } = ring;
    const { gatherMs, restTimes } = this.#options;
    const begun = performance.now();
    let told = 0;
    for (const reader of this.#readers) {
      reader.wake();
      if (++told % readersInTurn === 0) await yieldToEventLoop();
    }
    // What each of them does with it is done in between.
    const ended = performance.now();
    this.#rested = ended + Math.max(gatherMs, restTimes * (ended - begun));
    this.#isTelling = false;
    if (ring.end > end) this.#tellSoon(ring);
  }
}
