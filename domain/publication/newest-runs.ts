import type { SleeveStanding, StandingRun } from '../run/sleeve-standing.ts';
import type { AllocationInput, MetaPortfolioDefined } from './events.ts';
import type { QuorumLeaf } from './quorum.ts';

type Sleeve = MetaPortfolioDefined['sleeves'][number];

/** The newest results of a portfolio's sleeves. */
export interface NewestRuns {
  /** What the quorum is judged by. */
  readonly leaves: readonly QuorumLeaf[];
  /** The run of every sleeve that has one, in the order of the definition. */
  readonly inputs: readonly AllocationInput[];
  /** When the runs that count were accepted, ascending. Those of pinned sleeves were chosen, whatever the sleeves deliver. */
  readonly acceptedAt: readonly string[];
}

/** A pinned run, if the sleeve has it, else the run that counts. */
function runOf({ pinnedRunId }: Sleeve, { current, accepted }: SleeveStanding): StandingRun | null {
  return pinnedRunId === null ? current : (accepted.get(pinnedRunId) ?? null);
}

/** Chooses the run of every sleeve of a portfolio. `standingOf` answers for each of its sleeves. */
export function newestRuns({ sleeves }: Pick<MetaPortfolioDefined, 'sleeves'>, standingOf: (sleeve: string) => SleeveStanding): NewestRuns {
  const rows = sleeves.map((leaf) => ({ leaf, standing: standingOf(leaf.sleeve), run: runOf(leaf, standingOf(leaf.sleeve)) }));
  const following = new Set(sleeves.flatMap(({ sleeve, pinnedRunId }) => (pinnedRunId === null ? [sleeve] : [])));
  return {
    leaves: rows.map(({ leaf: { path, sleeve, pinnedRunId }, standing, run }) => ({
      path,
      sleeve,
      pinned: pinnedRunId !== null,
      asOf: run?.asOf ?? null,
      quarantinedWhy: standing.quarantinedWhy,
    })),
    inputs: rows.flatMap(({ leaf: { path, sleeve }, run }) =>
      run === null ? [] : [{ path: [...path], sleeve, runId: run.runId, asOf: run.asOf, correction: run.correction }],
    ),
    acceptedAt: [...following].flatMap((sleeve) => standingOf(sleeve).currentAt ?? []).toSorted(),
  };
}
