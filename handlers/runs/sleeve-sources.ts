import { latestRun, type SleeveState } from '../../domain/sleeve/decider.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import type { ChosenRun } from '../../domain/allocation/chosen-runs.ts';
import { foldUntil } from '../runtime/folds.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import type { Ports } from '../ports/ports.ts';

/** What is known of a sleeve: whether it is in use, and its accepted runs. */
export interface KnownSleeve {
  readonly quarantinedWhy: string | null;
  /** The run that counts, of those with no later as-of date. */
  readonly latest: (asOfMax: string | null) => Promise<ChosenRun | null>;
  readonly run: (runId: string) => Promise<ChosenRun | null>;
}

export type SleeveSource = (sleeve: string) => Promise<KnownSleeve>;

export function knownSleeve({ quarantinedWhy, current, accepted }: SleeveState): KnownSleeve {
  return {
    quarantinedWhy,
    latest: async (asOfMax) => (asOfMax === null ? current : latestRun(accepted, asOfMax)),
    run: async (runId) => accepted.get(runId) ?? null,
  };
}

/**
 * Sleeves as their streams have them: what is recorded is decided on these, as read models may lag behind or be damaged. Reads every fact
 * of a sleeve once: any of them may be the run with the greatest as-of date, or what put the sleeve out of use.
 */
export function sleevesInStreams(session: Session): SleeveSource {
  return async (sleeve) => knownSleeve((await foldOf(session, sleeveStream.name(sleeve), sleeveStream)).state);
}

/**
 * The same of any store, when the event at a position was the last; null when there was none. A question about a decision is answered from
 * what the decision rests on.
 */
export function sleevesAt({ store }: Pick<Ports, 'store'>, until: string | null): SleeveSource {
  const folded = new Map<string, Promise<SleeveState>>();
  return async (sleeve) => {
    const state = folded.get(sleeve) ?? foldUntil(store, sleeveStream.name(sleeve), sleeveStream, until);
    folded.set(sleeve, state);
    return knownSleeve(await state);
  };
}
