import type { DomainEvent } from '../../domain/catalogue.ts';
import { type DraftEvent, emptyTail, type EncodedEvent, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import type { Slice } from '../../domain/shared/slice.ts';
import type { BoundStream, Identity } from '../../domain/shared/stream.ts';
import { type Fold, type Folded, foldStream } from './folds.ts';
import { derivedUuid, eventId } from '../../domain/run/derived-uuid.ts';
import type { AppendResult, EventStore, EventToAppend, Ports, StoredEvent } from '../ports/ports.ts';
import type { Session } from './session.ts';
import { tailOf, toDomainEvents } from './stored-events.ts';
import { lastRevisionUntil, streamPages, streamPagesBackwards } from './stream-pages.ts';

/** A whole stream, in order, page by page. */
export async function readWholeStream(store: Pick<EventStore, 'readStream'>, stream: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const page of streamPages(store, stream, 0n)) events.push(...page);
  return events;
}

/** A stream from its end back, or from its last event up to a position of the ledger; page by page. */
export async function* streamBackwards(store: EventStore, stream: string, until: string | null = null): AsyncGenerator<DomainEvent> {
  const from = until === null ? null : await lastRevisionUntil(store, stream, until);
  for await (const page of streamPagesBackwards(store, stream, from)) yield* toDomainEvents(page);
}

export { toDomainEvents } from './stored-events.ts';

function toAppend(encoded: EncodedEvent): EventToAppend {
  const { id, type, contentHash, recordedAt } = encoded.envelope;
  return { id, type, contentHash, hash: encoded.hash, recordedAt, bytes: encoded.bytes };
}

/** An event as it is read back: its schema admitted the data when it was drafted. */
function asRead({ envelope }: EncodedEvent): DomainEvent {
  return { type: envelope.type, data: envelope.data, envelope } as unknown as DomainEvent;
}

export interface Recording {
  /** What the events refer to, stored before them. */
  readonly artifacts?: readonly Uint8Array[];
  readonly stream: string;
  readonly drafts: readonly DraftEvent[];
  /** What the command was, as parts that identify it: its id derives from them. */
  readonly command: readonly (string | number)[];
  /** What the command belongs to: a run id, a portfolio. */
  readonly correlation: string;
}

function commandIdOf({ ids }: Pick<Ports, 'ids'>, ledgerId: string, command: Recording['command']): string {
  return derivedUuid(ids.uuidV5, [ledgerId, 'command', ...command]);
}

/** The id of the first event that a command leaves in a long-lived stream. */
export function firstEventId(ports: Pick<Ports, 'ids'>, ledgerId: string, stream: string, identity: Identity): string {
  return eventId(ports.ids.uuidV5, ledgerId, stream, commandIdOf(ports, ledgerId, [stream, ...identity]), 0);
}

/** Holds the clock against the ledger before its time is recorded. Errors: ClockAhead. */
export async function admitTime({ clock, time }: Pick<Ports, 'clock' | 'time'>): Promise<void> {
  await time?.admit(clock.now());
}

function encodedFor(
  ports: Ports,
  ledgerId: string,
  actor: string,
  tail: StreamTail,
  recording: Recording,
  first: number,
): readonly EncodedEvent[] {
  const commandId = commandIdOf(ports, ledgerId, recording.command);
  return placeEvents(ports.crypto.sha256, recording.stream, tail, recording.drafts, {
    now: ports.clock.now(),
    actor,
    code: ports.code,
    causationId: commandId,
    correlationId: derivedUuid(ports.ids.uuidV5, [ledgerId, 'correlation', recording.correlation]),
    idOf: (index) => eventId(ports.ids.uuidV5, ledgerId, recording.stream, commandId, first + index),
  });
}

/** `first`: which event of the command the first draft is. */
export function place(...placing: Parameters<typeof encodedFor>): EventToAppend[] {
  return encodedFor(...placing).map(toAppend);
}

/** Opens a stream with one atomic append; the same events again are a success that changes nothing. */
export async function recordNewStream(ports: Ports, ledgerId: string, actor: string, recording: Recording): Promise<AppendResult> {
  const { stream, artifacts = [] } = recording;
  await admitTime(ports);
  return ports.store.append(stream, place(ports, ledgerId, actor, emptyTail, recording, 0), { expectedRevision: 'none', artifacts });
}

/** The state of a long-lived stream as the store has it now; a session that keeps its folds reads on where it stood. */
export function foldOf<State>(session: Session, stream: string, fold: Fold<State>): Promise<Folded<State>> {
  return session.folds === undefined ? foldStream(session.ports.store, stream, fold) : session.folds.current(stream, fold);
}

/** Appends behind the tail that a decision was made on. Errors: WrongExpectedRevision when somebody else was first. */
export async function appendAtTail(session: Session, tail: StreamTail, recording: Recording): Promise<AppendResult> {
  const { ports, ledger, actor } = session;
  await admitTime(ports);
  const { stream } = recording;
  const encoded = encodedFor(ports, ledger.ledgerId, actor, tail, recording, 0);
  const expectedRevision = tail.revision < 0 ? 'none' : BigInt(tail.revision);
  const result = await ports.store.append(stream, encoded.map(toAppend), { expectedRevision });
  if (!result.already) session.folds?.appended({ stream, behind: tail, events: encoded.map(asRead), tail: tailOf(result.events) });
  return result;
}

const attemptsMax = 20;

export interface Handled<State> {
  readonly appended: readonly StoredEvent[];
  readonly state: State;
}

/** Whether a command would leave something behind; one that is refused, or known, has to be looked at in the store. */
function wouldAppend<Command, State, Own extends Slice>(kind: BoundStream<Command, State, Own>, command: Command, state: State): boolean {
  try {
    return kind.decider.decide(command, state).length > 0;
  } catch {
    return false;
  }
}

/**
 * Decides on a long-lived stream and appends behind its tail. Somebody else's append in between makes it decide again from
 * scratch, so a command already folded stays a no-op however often it is delivered. The first decision is made on the state that this
 * process has kept, where it leads to an append: the store refuses one that was decided on less than it holds.
 */
export async function handleCommand<Command, State, Own extends Slice>(
  session: Session,
  kind: BoundStream<Command, State, Own>,
  id: string,
  command: Command,
): Promise<Handled<State>> {
  const stream = kind.name(id);
  const { sha256 } = session.ports.crypto;
  const kept = session.folds?.kept(stream, kind) ?? null;
  let isFresh = kept === null || !wouldAppend(kind, command, kept.state);
  for (let attempt = 1; ; attempt++) {
    const { state, tail } = isFresh ? await foldOf(session, stream, kind) : kept!;
    const decided = kind.decider.decide(command, state);
    if (decided.length === 0) return { appended: [], state };
    const identity = kind.identityOf(command, { actor: session.actor, state, decided, sha256 });
    try {
      const { events, already } = await appendAtTail(session, tail, {
        stream,
        drafts: decided,
        command: [stream, ...identity],
        correlation: stream,
      });
      // Found there by somebody who had not looked: it is not this command that was appended.
      if (isFresh || !already) return { appended: events, state: decided.reduce(kind.evolve, state) };
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
    }
    isFresh = true;
  }
}
