import { isKnownType } from '../../domain/catalogue.ts';
import { checkPageSize } from '../../domain/shared/append-batch.ts';
import { decodeEnvelope, type Envelope } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { eventNamed } from '../read-models/event-named.ts';
import type { EventStore, Ports, StoredEvent } from '../ports/ports.ts';
import { lastKnown, positionKnownAt } from '../read-models/last-known.ts';
import { partitionPoint } from '../runtime/partition-point.ts';
import { isPosition, parseInstant } from '../read-models/position.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';
import { eventsUntil, type Part } from '../read-models/views.ts';
import { eventAt, newestEvent, streamPages } from '../runtime/stream-pages.ts';
import { limits } from '../../domain/shared/limits.ts';

export interface EventsQuestion {
  /** Of one stream; null for all. */
  readonly stream: string | null;
  /** Of these types; null for all. */
  readonly types: readonly string[] | null;
  /** Behind this position; null from the beginning. */
  readonly after: string | null;
  readonly maxCount: number;
  /** Recorded after this instant; left out for the beginning. `after` goes on from there. */
  readonly since?: string | null;
  /** With this text anywhere in it, in capitals or not; left out for every event. */
  readonly text?: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

/** An event as it is stored, its data in the version that was written. */
export interface EventAnswer extends Envelope {
  readonly hash: string;
  readonly position: string;
}

export interface EventPage {
  readonly events: readonly EventAnswer[];
  /** What to ask for next with `after`; null at the end. */
  readonly next: string | null;
}

function answerOf({ bytes, hash, position }: StoredEvent): EventAnswer {
  return { ...decodeEnvelope(bytes), hash, position };
}

/** The first revision of a stream behind a position. Positions rise with revisions, so that log-many events say which it is. */
async function revisionBehind(store: EventStore, stream: string, position: string | null): Promise<bigint> {
  const newest = position === null ? null : await newestEvent(store, stream);
  if (position === null || newest === null) return 0n;
  const first = await partitionPoint(Number(newest.revision) + 1, async (revision) => {
    const event = await eventAt(store, stream, BigInt(revision));
    return event !== null && store.comparePositions(event.position, position) > 0;
  });
  return BigInt(first);
}

/** The events of a stream in a part of the log. */
async function* eventsOfStream(
  store: EventStore,
  stream: string,
  until: string | null,
  { behind, pageEvents }: Part,
): AsyncGenerator<StoredEvent> {
  for await (const page of streamPages(store, stream, await revisionBehind(store, stream, behind), pageEvents)) {
    for (const event of page) {
      if (until !== null && store.comparePositions(event.position, until) > 0) return;
      yield event;
    }
  }
}

/** The last position before the page; undefined where nothing was recorded after the instant that is asked for. */
async function behindOf(ports: TilePorts, { after, since = null }: EventsQuestion): Promise<string | null | undefined> {
  if (after !== null || since === null) return after;
  const instant = parseInstant(since, '--since');
  return instant > ports.clock.now() ? undefined : lastKnown(ports, instant);
}

/** What could be asked for, in ledger order, from the nearest place that the store can begin at. */
async function* candidates(ports: TilePorts, question: EventsQuestion): AsyncGenerator<StoredEvent> {
  const { stream, types, maxCount, text = null, knownAt } = question;
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  if (knownAt !== null && until === null) return;
  const behind = await behindOf(ports, question);
  if (behind === undefined) return;
  // One more than the page shows whether another page follows.
  const part = { behind, pageEvents: text === null ? Math.min(maxCount + 1, limits.readPageEventsMax) : limits.readPageEventsMax };
  if (stream === null) yield* eventsUntil(ports.store, until, types, part);
  else yield* eventsOfStream(ports.store, stream, until, part);
}

/** Whether an event has a text in it, as it is stored. */
function containing(text: string): (event: StoredEvent) => boolean {
  const wanted = text.toLowerCase();
  const decoder = new TextDecoder();
  return ({ bytes }) => decoder.decode(bytes).toLowerCase().includes(wanted);
}

/**
 * A page of events in ledger order. Where a text is looked for, a page ends after so many events, with what was found by then. Errors:
 * Usage, LimitExceeded.
 */
export async function readEvents(
  ports: TilePorts,
  question: EventsQuestion,
  searchedMax: number = limits.searchedEventsMax,
): Promise<EventPage> {
  const { types, after, maxCount, text = null } = question;
  checkPageSize(maxCount);
  const unknown = types?.find((type) => !isKnownType(type));
  if (unknown !== undefined)
    throw new LedgerError('Usage', `no event is called ${unknown}; docs/events.md lists them`, { at: { path: '--types' } });
  if (after !== null && !isPosition(after))
    throw new LedgerError('Usage', `--after ${after}: a position, as an answer gives it`, { at: { path: '--after' } });
  const isWanted = text === null ? () => true : containing(text);
  const found: StoredEvent[] = [];
  let [searched, last] = [0, after];
  for await (const event of candidates(ports, question)) {
    if (types !== null && !types.includes(event.type)) continue;
    if (text !== null && searched === searchedMax) return { events: found.map(answerOf), next: last };
    searched++;
    last = event.position;
    if (!isWanted(event)) continue;
    if (found.length === maxCount) return { events: found.map(answerOf), next: found.at(-1)!.position };
    found.push(event);
  }
  return { events: found.map(answerOf), next: null };
}

/** An event by its id, or by `stream@revision`. Errors: EventUnknown. */
export async function eventOf(ports: Pick<Ports, 'store' | 'readModels' | 'crypto'>, wanted: string): Promise<EventAnswer> {
  const event = await eventNamed(ports, wanted);
  if (event === null) throw new LedgerError('EventUnknown', `no event ${wanted} is recorded`, { at: { path: wanted } });
  return answerOf(event);
}
