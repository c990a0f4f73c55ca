import { expect } from '@jest/globals';
import type { Decider } from '../../domain/shared/decider.ts';
import type { ErrorCode } from '../../domain/shared/errors.ts';

interface Fact {
  readonly type: string;
  readonly data: unknown;
}

export interface Decided<Event, State> {
  /** The facts decided, in order and complete. */
  then(...facts: readonly Event[]): void;
  /** Nothing new is decided: the command had been folded before. */
  thenNothing(): void;
  thenRefused(code: ErrorCode): void;
  /** The state after the facts decided. */
  readonly state: () => State;
}

/**
 * A decider by example: `given(history).when(command).then(facts)`. Every fact decided is folded as well, so that an example
 * shows too that `evolve` takes what `decide` gives.
 */
export function given<Command, State, Event extends Fact, Draft extends Event>(
  decider: Decider<Command, State, Event, Draft>,
  ...history: readonly Event[]
): { when(command: Command): Decided<Event, State> } {
  const before = history.reduce(decider.evolve, decider.initialState);
  return {
    when: (command) => ({
      then: (...facts) => {
        const decided = decider.decide(command, before);
        expect(decided.map(({ type, data }) => ({ type, data }))).toEqual(facts);
        decided.reduce(decider.evolve, before);
      },
      thenNothing: () => expect(decider.decide(command, before)).toEqual([]),
      thenRefused: (code) => expect(() => decider.decide(command, before)).toThrow(expect.objectContaining({ code })),
      state: () => decider.decide(command, before).reduce(decider.evolve, before),
    }),
  };
}
