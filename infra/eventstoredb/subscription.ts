import dbClient, { type AllStreamSubscription, type Position } from '@eventstore/db-client';
import { domainStreamPattern } from '../../domain/audit/chain.ts';
import type { StoredEvent, SubscribeOptions } from '../../handlers/ports/ports.ts';
import { isUncertain, NoAnswer, translated } from './failures.ts';
import { backoffMs, pause, untilAborted, withTimeout } from './retry.ts';
import { comparePositions, type LogPosition, parsePosition } from './positions.ts';
import { domainEventsOf, storedEvent } from './recorded-event.ts';
import type { Session } from './session.ts';

/** A checkpoint, queued behind the events that came before it. */
class Marker {
  readonly position: LogPosition;

  constructor(position: LogPosition) {
    this.position = position;
  }
}

type Item = { readonly link?: unknown; readonly event?: unknown } | Marker;

const checkpointEvery = 64;

/**
 * How far a subscription has come. Events behind it are dropped as doubles. A checkpoint counts only once something after it
 * has arrived: one that overtakes events ahead of it would lose them at the next resumption.
 */
class Progress {
  reached: LogPosition | null;
  #pending: LogPosition | null = null;

  constructor(after: LogPosition | null) {
    this.reached = after;
  }

  /** Whether an event at this position is new. */
  advance(position: LogPosition): boolean {
    if (this.#pending !== null && comparePositions(position, this.#pending) <= 0) this.#pending = null;
    else this.#settle();
    if (this.reached !== null && comparePositions(position, this.reached) <= 0) return false;
    this.reached = position;
    return true;
  }

  checkpoint(position: LogPosition): void {
    this.#settle();
    this.#pending = position;
  }

  #settle(): void {
    if (this.#pending !== null && (this.reached === null || comparePositions(this.#pending, this.reached) > 0))
      this.reached = this.#pending;
    this.#pending = null;
  }

  forget(): void {
    this.#pending = null;
  }
}

/** Called before the events ahead of it are handled: it takes its place in the stream of events instead. */
async function checkpointReached(feed: AllStreamSubscription, position: Position): Promise<void> {
  feed.push(new Marker(position));
}

function open(session: Session, from: LogPosition | null, types: readonly string[] | null): AllStreamSubscription {
  const common = { checkpointInterval: 1, maxSearchWindow: checkpointEvery, checkpointReached };
  const { names } = session.client;
  const filter =
    types === null
      ? dbClient.streamNameFilter({ regex: names.outerPattern(domainStreamPattern), ...common })
      : dbClient.eventTypeFilter({ prefixes: [...new Set(types)].map((type) => names.outerType(type)), ...common });
  const feed = session.client.subscribeToAll({ fromPosition: from ?? dbClient.START, filter, credentials: session.client.credentials });
  // One that comes after the loop has ended must find a listener.
  feed.on('error', () => undefined);
  return feed;
}

/** What one subscription brings until it ends, fails or falls silent. */
async function* itemsOf(session: Session, feed: AllStreamSubscription, ended: AbortSignal): AsyncGenerator<Item, void, undefined> {
  const items = (feed as AsyncIterable<Item>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = items.next();
      const { done, value } = await withTimeout(next, session.retry.silenceMsMax, ended);
      if (done === true) return;
      yield value;
    }
  } finally {
    feed.unsubscribe().catch(() => undefined);
    feed.destroy();
  }
}

function positionOf(item: Exclude<Item, Marker>): LogPosition | undefined {
  return ((item.link ?? item.event) as { readonly position?: LogPosition } | undefined)?.position;
}

/**
 * Every event after a position, once and in order. Error, end, close and silence all mean the same: open it again from where
 * it had come to, after a pause that grows with each failure in a row.
 *
 * Errors: StoreAccessDenied, and StoreUnavailable when the server refuses for certain.
 */
export async function* subscription(session: Session, options: SubscribeOptions): AsyncGenerator<StoredEvent, void, undefined> {
  const ended = AbortSignal.any([options.signal, session.closed]);
  if (ended.aborted) return;
  const progress = new Progress(options.after === null ? null : parsePosition(options.after));
  if (options.types?.length === 0) await untilAborted(ended);
  for (let failures = 0; !ended.aborted; failures++) {
    try {
      for await (const item of itemsOf(session, open(session, progress.reached, options.types), ended)) {
        failures = 0;
        session.contact.answered();
        if (item instanceof Marker) {
          progress.checkpoint(item.position);
          continue;
        }
        const position = positionOf(item);
        if (position === undefined || !progress.advance(position)) continue;
        const resolved = session.client.names.inner(item as Parameters<typeof domainEventsOf>[0][number]);
        for (const event of domainEventsOf([resolved], options.types)) {
          yield storedEvent(event);
          if (ended.aborted) return;
        }
      }
    } catch (error) {
      // A server with nothing to send looks like one that is gone: ask again soon.
      if (error instanceof NoAnswer) failures = -1;
      else if (!ended.aborted) {
        const asked = { call: 'read $all', server: session.server, user: session.user } as const;
        if (!isUncertain(error, asked.call)) throw translated(error, asked);
        session.contact.failed(error);
      }
    }
    progress.forget();
    await pause(backoffMs(failures, session.retry), ended);
  }
}
