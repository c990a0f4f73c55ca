import type { Decider } from './decider.ts';
import { LedgerError } from './errors.ts';
import type { Sha256 } from './hashing.ts';
import { belongsTo, type Slice, type SliceDraft, type SliceEvent } from './slice.ts';
import type { StreamKindName } from './stream-names.ts';

/** A kind of stream: how its streams are called, and which facts stand in them. */
export interface StreamKind<Own extends Slice> {
  readonly slice: Own;
  readonly name: (id: string) => string;
  /** What a stream of this kind is about; null for a stream of another kind. */
  readonly idOf: (stream: string) => string | null;
}

/** A kind that `stream-names.ts` does not list is refused by the compiler. */
export function streamKind<Own extends Slice>(kind: StreamKindName, slice: Own): StreamKind<Own> {
  const start = `${kind}-`;
  return { slice, name: (id) => `${start}${id}`, idOf: (stream) => (stream.startsWith(start) ? stream.slice(start.length) : null) };
}

/** What a command was decided on, beside the command itself. */
export interface CommandContext<State, Draft> {
  readonly actor: string;
  /** Before the command. */
  readonly state: State;
  readonly decided: readonly Draft[];
  readonly sha256: Sha256;
}

export type Identity = readonly (string | number)[];

interface Binding<Command, State, Own extends Slice> {
  readonly decider: Decider<Command, State, SliceEvent<Own>, SliceDraft<Own>>;
  /**
   * What makes a command this one and no other: its id, and so the ids of its events, derive from it. Never changed: old deliveries must be
   * known again.
   */
  readonly identityOf: (command: Command, context: CommandContext<State, SliceDraft<Own>>) => Identity;
}

interface Fact {
  readonly type: string;
  readonly data: unknown;
}

/** A kind of stream with all that it takes to fold it and to decide on it. */
export interface BoundStream<Command, State, Own extends Slice> extends StreamKind<Own>, Binding<Command, State, Own> {
  readonly initialState: State;
  /** Errors: UnknownEventType for a fact that has no place in such a stream. */
  readonly evolve: (state: State, fact: Fact) => State;
}

export function bindStream<Command, State, Own extends Slice>(
  kind: StreamKind<Own>,
  binding: Binding<Command, State, Own>,
): BoundStream<Command, State, Own> {
  const { slice, name } = kind;
  const { initialState, evolve } = binding.decider;
  return {
    ...kind,
    ...binding,
    initialState,
    evolve: (state, fact) => {
      if (belongsTo(slice, fact)) return evolve(state, fact);
      throw new LedgerError('UnknownEventType', `${fact.type} has no place in a stream ${name('...')}`, { evidence: { type: fact.type } });
    },
  };
}
