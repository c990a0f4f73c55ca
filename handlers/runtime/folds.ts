import type { DomainEvent } from '../../domain/catalogue.ts';
import { emptyTail, type StreamTail } from '../../domain/shared/envelope.ts';
import type { EventStore } from '../ports/ports.ts';
import { tailOf, toDomainEvents } from './stored-events.ts';
import { streamPages } from './stream-pages.ts';

/** How a stream becomes a state. */
export interface Fold<State> {
  readonly initialState: State;
  readonly evolve: (state: State, event: DomainEvent) => State;
}

export interface Folded<State> {
  readonly state: State;
  readonly tail: StreamTail;
}

async function foldOnwards<State>(store: EventStore, stream: string, fold: Fold<State>, before: Folded<State>): Promise<Folded<State>> {
  let { state, tail } = before;
  for await (const page of streamPages(store, stream, BigInt(tail.revision + 1))) {
    state = toDomainEvents(page).reduce(fold.evolve, state);
    tail = tailOf(page);
  }
  return { state, tail };
}

/** Folds a whole stream. */
export function foldStream<State>(store: EventStore, stream: string, fold: Fold<State>): Promise<Folded<State>> {
  return foldOnwards(store, stream, fold, { state: fold.initialState, tail: emptyTail });
}

/** What a stream was folded to when the event at a position was the last one recorded; null when nothing was. */
export async function foldUntil<State>(store: EventStore, stream: string, fold: Fold<State>, until: string | null): Promise<State> {
  let state = fold.initialState;
  if (until === null) return state;
  for await (const page of streamPages(store, stream, 0n)) {
    const known = page.filter(({ position }) => store.comparePositions(position, until) <= 0);
    state = toDomainEvents(known).reduce(fold.evolve, state);
    if (known.length < page.length) break;
  }
  return state;
}

/** What a process has just appended behind a tail, as it would read it back. */
export interface Appended {
  readonly stream: string;
  readonly behind: StreamTail;
  readonly events: readonly DomainEvent[];
  readonly tail: StreamTail;
}

const streamsMax = 50_000;

/**
 * Keeps folded streams for a process that works for long: each look reads only what was appended since, so the answer is as new as the
 * store. Streams are append-only, which is what makes this safe; the least recently asked for are forgotten first.
 */
export class StreamFolds {
  readonly #store: EventStore;
  /** By fold. */
  readonly #kept = new Map<unknown, Map<string, Folded<unknown>>>();

  constructor(store: EventStore) {
    this.#store = store;
  }

  async current<State>(stream: string, fold: Fold<State>): Promise<Folded<State>> {
    const kept = this.#kept.get(fold) ?? new Map<string, Folded<unknown>>();
    this.#kept.set(fold, kept);
    const before = (kept.get(stream) as Folded<State> | undefined) ?? { state: fold.initialState, tail: emptyTail };
    const folded = await foldOnwards(this.#store, stream, fold, before);
    kept.delete(stream);
    kept.set(stream, folded);
    if (kept.size > streamsMax) kept.delete(kept.keys().next().value!);
    return folded;
  }

  /** What a stream was folded to when it was last looked at; null when it never was. It may have grown since. */
  kept<State>(stream: string, fold: Fold<State>): Folded<State> | null {
    return (this.#kept.get(fold)?.get(stream) as Folded<State> | undefined) ?? null;
  }

  /**
   * Folds what was appended behind the tail that a fold had reached, so that it is not read and parsed again: the store has just confirmed
   * that it stands there.
   */
  appended({ stream, behind, events, tail }: Appended): void {
    for (const [fold, kept] of this.#kept as ReadonlyMap<Fold<unknown>, Map<string, Folded<unknown>>>) {
      const before = kept.get(stream);
      if (before?.tail.hash === behind.hash && before.tail.revision === behind.revision)
        kept.set(stream, { state: events.reduce(fold.evolve, before.state), tail });
    }
  }
}
