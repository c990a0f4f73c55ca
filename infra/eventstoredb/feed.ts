import dbClient, { type AllStreamSubscription, type ResolvedEvent } from '@eventstore/db-client';
import { domainStreamPattern } from '../../domain/audit/chain.ts';
import type { Appended } from './appended.ts';
import { comparePositions, knownPosition, type LogPosition } from './positions.ts';
import type { Recorded } from './recorded-event.ts';
import { cutsBy, metadataStreamPattern, readCuts } from './retention.ts';
import { backoffMs, pause, untilAborted } from './retry.ts';
import type { Session } from './session.ts';

/** Pushed events that are kept for those who wait for them. */
const keptMax = 1_024;
/** From the answer of an append until its events have been pushed, twice; one that lets wait longer is given up. */
const pushedMsMax = 250;

const keyOf = (stream: string, revision: bigint): string => `${stream}@${revision}`;

/** One subscription, from the moment when it knows of every cut stream. */
class Live {
  reached: LogPosition | null = null;
  readonly cuts: Map<string, readonly string[]>;
  readonly #kept = new Map<string, Recorded>();
  readonly #waiting = new Map<string, (isPushed: boolean) => void>();

  constructor(cuts: Map<string, readonly string[]>) {
    this.cuts = cuts;
  }

  pushed(event: Recorded): void {
    this.reached = knownPosition(event.position);
    if (event.streamId.startsWith('$$')) {
      this.cuts.set(event.streamId.slice(2), cutsBy(event));
      return;
    }
    const key = keyOf(event.streamId, event.revision);
    this.#kept.set(key, event);
    if (this.#kept.size > keptMax) this.#kept.delete(this.#kept.keys().next().value!);
    this.#waiting.get(key)?.(true);
  }

  /** Whether an event has been pushed, or what stands behind it; false once that takes too long. Waited for once at a time. */
  reaches(stream: string, { revision, position }: Appended): Promise<boolean> {
    const key = keyOf(stream, revision);
    const isBehind = this.reached !== null && position !== null && comparePositions(position, this.reached) <= 0;
    if (this.#kept.has(key) || isBehind) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (isPushed: boolean): void => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        resolve(isPushed);
      };
      // Behind a long turn of the event loop the time is up before what has come is looked at: hence a second time.
      let timer = setTimeout(() => {
        timer = setTimeout(() => settle(false), pushedMsMax);
      }, pushedMsMax);
      this.#waiting.set(key, settle);
    });
  }

  take(stream: string, from: bigint, count: number): Recorded[] {
    return Array.from({ length: count }, (_, index) => this.#kept.get(keyOf(stream, from + BigInt(index)))).filter(
      (event) => event !== undefined,
    );
  }

  end(): void {
    for (const settle of this.#waiting.values()) settle(false);
  }
}

/**
 * What the server pushes of the ledger's streams and of their metadata, to a process that appends often. It saves the two reads of an
 * append: what was stored, and whether the stream is cut. Nothing rests on it being there: while it is not, or is slow, each append reads
 * as before. What it says is what is stored, in the server's order; so a cut that was made before an append is known once the append's own
 * events have come.
 */
export class Feed {
  readonly #session: Session;
  #appends = 0;
  #live: Live | null = null;
  #ended = new AbortController();

  constructor(session: Session) {
    this.#session = session;
    if (session.retry.followsAtAppends === 0) void this.#run();
  }

  /** An append is about to be made. */
  count(): void {
    if (++this.#appends === this.#session.retry.followsAtAppends) void this.#run();
  }

  /** By what a stream is cut; null when only the server knows. */
  cutsOf(stream: string): readonly string[] | null {
    return this.#live === null ? null : (this.#live.cuts.get(stream) ?? []);
  }

  /** Events that were appended just now from a revision on; null when they have to be read. */
  async stored(stream: string, from: bigint, count: number, appended: Appended): Promise<readonly Recorded[] | null> {
    const live = this.#live;
    if (live === null) return null;
    if (!(await live.reaches(stream, appended))) {
      this.#ended.abort();
      return null;
    }
    const events = live.take(stream, from, count);
    return events.length === count ? events : null;
  }

  async #run(): Promise<void> {
    const { closed, retry } = this.#session;
    for (let failures = 0; !closed.aborted; failures++) {
      this.#ended = new AbortController();
      const ended = AbortSignal.any([closed, this.#ended.signal]);
      const feed = this.#subscribe();
      feed.on('error', () => this.#ended.abort());
      feed.on('end', () => this.#ended.abort());
      feed.on('close', () => this.#ended.abort());
      await this.#follow(feed, ended).catch(() => undefined);
      if (this.#live !== null) failures = 0;
      this.#live?.end();
      this.#live = null;
      feed.unsubscribe().catch(() => undefined);
      feed.destroy();
      await pause(backoffMs(failures, retry), closed);
    }
  }

  #subscribe(): AllStreamSubscription {
    const { names, credentials } = this.#session.client;
    const patterns = [domainStreamPattern, metadataStreamPattern].map((pattern) => names.outerPattern(pattern));
    const filter = dbClient.streamNameFilter({ regex: patterns.join('|') });
    return this.#session.client.subscribeToAll({ fromPosition: dbClient.END, filter, credentials });
  }

  /** Subscribed first, the cuts of before second: whatever is cut in between is pushed. */
  async #follow(feed: AllStreamSubscription, ended: AbortSignal): Promise<void> {
    const early: Recorded[] = [];
    feed.on('data', (item: ResolvedEvent) => {
      const { event } = this.#session.client.names.inner(item);
      if (event === undefined) return;
      if (this.#live === null) early.push(event);
      else this.#live.pushed(event);
    });
    const over = untilAborted(ended);
    await Promise.race([new Promise((resolve) => feed.once('confirmation', resolve)), over]);
    if (ended.aborted) return;
    const cuts = await readCuts(this.#session);
    if (ended.aborted) return;
    this.#live = new Live(cuts);
    for (const event of early) this.#live.pushed(event);
    await over;
  }
}
