import { isKnownType } from '../../domain/catalogue.ts';
import { checkPageSize } from '../../domain/shared/append-batch.ts';
import { decodeEnvelope, type Envelope } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { eventNamed } from '../read-models/event-named.ts';
import type { EventStore, Ports, StoredEvent } from '../ports/ports.ts';
import { readWholeStream } from '../runtime/record.ts';
import { isPosition } from '../read-models/position.ts';
import { eventsUntil } from '../read-models/views.ts';

export interface EventsQuestion {
  /** Of one stream; null for all. */
  readonly stream: string | null;
  /** Of these types; null for all. */
  readonly types: readonly string[] | null;
  /** Behind this position; null from the beginning. */
  readonly after: string | null;
  readonly maxCount: number;
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

/** What could be asked for, in ledger order, from the nearest place that the store can begin at. */
async function* candidates(store: EventStore, { stream, types, after, knownAt }: EventsQuestion): AsyncGenerator<StoredEvent> {
  if (stream !== null && knownAt === null) return yield* await readWholeStream(store, stream);
  // The prefix that an instant cuts off may end before the place where reading would begin.
  yield* eventsUntil(store, knownAt, types, { behind: knownAt === null || isPosition(knownAt) ? after : null });
}

/** A page of events in ledger order. Errors: Usage, LimitExceeded. */
export async function readEvents({ store }: Pick<Ports, 'store'>, question: EventsQuestion): Promise<EventPage> {
  const { stream, types, after, maxCount } = question;
  checkPageSize(maxCount);
  const unknown = types?.find((type) => !isKnownType(type));
  if (unknown !== undefined)
    throw new LedgerError('Usage', `no event is called ${unknown}; docs/events.md lists them`, { at: { path: '--types' } });
  if (after !== null && !isPosition(after))
    throw new LedgerError('Usage', `--after ${after}: a position, as an answer gives it`, { at: { path: '--after' } });
  const found: StoredEvent[] = [];
  for await (const event of candidates(store, question)) {
    if (after !== null && store.comparePositions(event.position, after) <= 0) continue;
    if ((stream !== null && event.stream !== stream) || (types !== null && !types.includes(event.type))) continue;
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
