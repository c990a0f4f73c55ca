import type { MetaPortfolioDefined } from '../../domain/meta/publication-events.ts';
import type { QuorumLeaf } from '../../domain/meta/quorum.ts';
import { latestRun } from '../../domain/sleeve/decider.ts';
import type { SleeveRunAccepted } from '../../domain/sleeve/events.ts';
import type { KnownSleeve, SleeveSource } from '../commands/select-sleeve-runs.ts';
import { foldOf } from '../record.ts';
import type { Session } from '../session.ts';
import { type SleeveFold, sleeveFold } from './portfolio-fold.ts';

/** The newest runs of a portfolio's sleeves, read once from the store itself: read models may lag behind. */
export class NewestRuns {
  readonly #folds: ReadonlyMap<string, SleeveFold>;
  readonly #definition: MetaPortfolioDefined;

  private constructor(definition: MetaPortfolioDefined, folds: ReadonlyMap<string, SleeveFold>) {
    this.#definition = definition;
    this.#folds = folds;
  }

  static async read(session: Session, definition: MetaPortfolioDefined): Promise<NewestRuns> {
    const folds = new Map<string, SleeveFold>();
    for (const { sleeve } of definition.sleeves) {
      if (!folds.has(sleeve)) folds.set(sleeve, (await foldOf(session, `sleeve-${sleeve}`, sleeveFold)).state);
    }
    return new NewestRuns(definition, folds);
  }

  #runOf({ sleeve, pinnedRunId }: MetaPortfolioDefined['sleeves'][number]): SleeveRunAccepted | null {
    const { sleeve: state } = this.#folds.get(sleeve)!;
    return pinnedRunId === null ? state.current : (state.accepted.get(pinnedRunId) ?? null);
  }

  leaves(): QuorumLeaf[] {
    return this.#definition.sleeves.map((leaf) => ({
      path: leaf.path,
      sleeve: leaf.sleeve,
      pinned: leaf.pinnedRunId !== null,
      asOf: this.#runOf(leaf)?.asOf ?? null,
      quarantinedWhy: this.#folds.get(leaf.sleeve)!.sleeve.quarantinedWhy,
    }));
  }

  /** By path; every sleeve must have a run. */
  runs(): { readonly path: readonly string[]; readonly run: SleeveRunAccepted }[] {
    return this.#definition.sleeves.map((leaf) => ({ path: leaf.path, run: this.#runOf(leaf)! }));
  }

  /** When the first of the runs that are newer than an instant was accepted; null when none is. */
  firstAcceptedAfter(instant: string | null): string | null {
    const times = [...this.#folds.values()].flatMap(({ currentAt }) => (currentAt !== null && (instant === null || currentAt > instant) ? [currentAt] : []));
    return times.toSorted()[0] ?? null;
  }

  lastAccepted(): string | null {
    const times = [...this.#folds.values()].flatMap(({ currentAt }) => (currentAt === null ? [] : [currentAt]));
    return times.toSorted().at(-1) ?? null;
  }

  source(): SleeveSource {
    return async (sleeve): Promise<KnownSleeve> => {
      const { sleeve: state } = this.#folds.get(sleeve)!;
      return {
        quarantinedWhy: state.quarantinedWhy,
        latest: (asOfMax) => (asOfMax === null ? state.current : latestRun(state.accepted, asOfMax)),
        run: (runId) => state.accepted.get(runId),
      };
    };
  }
}
