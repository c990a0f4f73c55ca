import { Reaction, type ReactionOptions } from '../../../handlers/reaction/reaction.ts';
import type { Session } from '../../../handlers/runtime/session.ts';
import { until } from '../kafka/ready.ts';

export interface Reacting {
  readonly reaction: Reaction;
  stop(): Promise<void>;
}

/** A reaction that has begun, and has nothing left to look at. */
export async function startReaction(session: Session, options: ReactionOptions, timeoutMs?: number): Promise<Reacting> {
  const stopping = new AbortController();
  const reaction = new Reaction(session, options);
  const reacting = reaction.run(stopping.signal);
  await until('the reaction has begun', () => reaction.started && reaction.backlog === 0, timeoutMs);
  return {
    reaction,
    stop: async () => {
      stopping.abort();
      await reacting;
    },
  };
}
