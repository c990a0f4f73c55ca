import type { SleeveStanding } from '../../domain/run/sleeve-standing.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { type TimedSleeve, timedSleeve } from '../../domain/sleeve/timed-sleeve.ts';
import { atOnce } from '../runtime/at-once.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { knownSleeve, type SleeveSource } from '../runs/sleeve-sources.ts';

/** Sleeves as their streams have them, read once from the store itself: read models may lag behind. */
export class SleeveStandings {
  readonly #folds: ReadonlyMap<string, TimedSleeve>;

  private constructor(folds: ReadonlyMap<string, TimedSleeve>) {
    this.#folds = folds;
  }

  static async read(session: Session, sleeves: readonly string[]): Promise<SleeveStandings> {
    const stateOf = async (sleeve: string) => [sleeve, (await foldOf(session, sleeveStream.name(sleeve), timedSleeve)).state] as const;
    return new SleeveStandings(new Map(await atOnce(new Set(sleeves), stateOf)));
  }

  of(name: string): SleeveStanding {
    const { sleeve, currentAt } = this.#folds.get(name)!;
    const { quarantinedWhy, current, accepted } = sleeve;
    return { quarantinedWhy, current, currentAt, accepted };
  }

  source(): SleeveSource {
    return async (sleeve) => knownSleeve(this.#folds.get(sleeve)!.sleeve);
  }
}
