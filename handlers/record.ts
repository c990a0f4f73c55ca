import { domainEvent, type DomainEvent } from '../domain/catalogue.ts';
import type { Decider } from '../domain/shared/decider.ts';
import { decodeEnvelope, type DraftEvent, emptyTail, type EncodedEvent, placeEvents, type StreamTail } from '../domain/shared/envelope.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { limits } from '../domain/shared/limits.ts';
import { derivedUuid, eventId } from './identity.ts';
import type { AppendResult, EventStore, EventToAppend, Ports, StoredEvent } from './ports.ts';
import type { Session } from './session.ts';

/** A whole stream, in order, page by page. */
export async function readWholeStream(store: EventStore, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for (;;) {
    const page = await store.readStream(stream, { from: BigInt(events.length), maxCount: limits.readPageEventsMax, direction: 'forwards' });
    events.push(...page);
    if (page.length < limits.readPageEventsMax) return events;
  }
}

/** Stored events as domain events, for folding. */
export function toDomainEvents(stored: readonly StoredEvent[]): DomainEvent[] {
  return stored.map((event) => domainEvent(decodeEnvelope(event.bytes), event.position));
}

export function tailOf(events: readonly StoredEvent[]): StreamTail {
  const last = events.at(-1);
  return last === undefined ? emptyTail : { revision: Number(last.revision), hash: last.hash, recordedAt: last.recordedAt };
}

function toAppend(encoded: EncodedEvent): EventToAppend {
  const { id, type, contentHash, recordedAt } = encoded.envelope;
  return { id, type, contentHash, hash: encoded.hash, recordedAt, bytes: encoded.bytes };
}

export interface Recording {
  readonly stream: string;
  readonly drafts: readonly DraftEvent[];
  /** What the command was, as parts that identify it: its id derives from them. */
  readonly command: readonly (string | number)[];
  /** What the command belongs to: a run id, a portfolio. */
  readonly correlation: string;
}

function place(ports: Ports, ledgerId: string, actor: string, tail: StreamTail, recording: Recording): EventToAppend[] {
  const commandId = derivedUuid(ports.ids, [ledgerId, 'command', ...recording.command]);
  return placeEvents(ports.crypto.sha256, recording.stream, tail, recording.drafts, {
    now: ports.clock.now(),
    actor,
    code: ports.code,
    causationId: commandId,
    correlationId: derivedUuid(ports.ids, [ledgerId, 'correlation', recording.correlation]),
    idOf: (index) => eventId(ports.ids, ledgerId, recording.stream, commandId, index),
  }).map(toAppend);
}

/** Opens a stream with one atomic append; the same events again are a success that changes nothing. */
export function recordNewStream(ports: Ports, ledgerId: string, actor: string, recording: Recording): Promise<AppendResult> {
  return ports.store.append(recording.stream, place(ports, ledgerId, actor, emptyTail, recording), { expectedRevision: 'none' });
}

const attemptsMax = 20;

/**
 * Decides on a long-lived stream and appends behind its tail. Somebody else's append in between makes it decide again from
 * scratch, so a command already folded stays a no-op however often it is delivered.
 */
export async function handleCommand<Command, State, Event extends { readonly type: string; readonly data: unknown }>(
  session: Session,
  target: { readonly stream: string; readonly decider: Decider<Command, State, Event>; readonly command: Command; readonly identity: readonly (string | number)[] },
  draft: (event: Event) => DraftEvent,
): Promise<{ readonly appended: readonly StoredEvent[]; readonly state: State }> {
  const { ports, ledger, actor } = session;
  for (let attempt = 1; ; attempt++) {
    const stored = await readWholeStream(ports.store, target.stream);
    const state = (toDomainEvents(stored) as unknown as Event[]).reduce(target.decider.evolve, target.decider.initialState);
    const decided = target.decider.decide(target.command, state);
    if (decided.length === 0) return { appended: [], state };
    const tail = tailOf(stored);
    const events = place(ports, ledger.ledgerId, actor, tail, {
      stream: target.stream,
      drafts: decided.map(draft),
      command: [target.stream, ...target.identity],
      correlation: target.stream,
    });
    try {
      const result = await ports.store.append(target.stream, events, { expectedRevision: tail.revision < 0 ? 'none' : BigInt(tail.revision) });
      return { appended: result.events, state: decided.reduce(target.decider.evolve, state) };
    } catch (error) {
      if (!(error instanceof LedgerError) || error.code !== 'WrongExpectedRevision' || attempt >= attemptsMax) throw error;
    }
  }
}
