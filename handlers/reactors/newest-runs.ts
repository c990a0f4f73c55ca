import type { MetaPortfolioDefined } from '../../domain/meta/publication-events.ts';
import type { QuorumLeaf } from '../../domain/meta/quorum.ts';
import type { AcceptedRun } from '../../domain/sleeve/decider.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { foldOf } from '../record.ts';
import type { Session } from '../session.ts';
import { knownSleeve, type SleeveSource } from '../sleeve-sources.ts';
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
      if (!folds.has(sleeve)) folds.set(sleeve, (await foldOf(session, sleeveStream.name(sleeve), sleeveFold)).state);
    }
    return new NewestRuns(definition, folds);
  }

  #runOf({ sleeve, pinnedRunId }: MetaPortfolioDefined['sleeves'][number]): AcceptedRun | null {
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
  runs(): { readonly path: readonly string[]; readonly sleeve: string; readonly run: AcceptedRun }[] {
    return this.#definition.sleeves.map((leaf) => ({ path: leaf.path, sleeve: leaf.sleeve, run: this.#runOf(leaf)! }));
  }

  /** When the current runs were accepted, in order; those of pinned sleeves were chosen, whatever they deliver. */
  #acceptedAt(): string[] {
    const sleeves = new Set(this.#definition.sleeves.flatMap(({ sleeve, pinnedRunId }) => (pinnedRunId === null ? [sleeve] : [])));
    return [...sleeves].flatMap((sleeve) => this.#folds.get(sleeve)!.currentAt ?? []).toSorted();
  }

  /** When the first of the runs that are newer than an instant was accepted; null when none is. */
  firstAcceptedAfter(instant: string | null): string | null {
    return this.#acceptedAt().find((time) => instant === null || time > instant) ?? null;
  }

  lastAccepted(): string | null {
    return this.#acceptedAt().at(-1) ?? null;
  }

  source(): SleeveSource {
    return async (sleeve) => knownSleeve(this.#folds.get(sleeve)!.sleeve);
  }
}
