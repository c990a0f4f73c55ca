import { type Held, heldBy } from '../allocation/sleeve/held.ts';
import { directionsOf } from '../allocation/sleeve/directions.ts';
import { selectionSupplyOf } from '../allocation/sleeve/given-supply.ts';
import { selects } from '../manifest/executable.ts';
import { pathKey } from '../run/delivered-run.ts';
import { LedgerError } from '../shared/errors.ts';
import { selectionEvidence } from '../sleeve-selection/evidence.ts';
import type { SelectionJob, SleeveSelection } from '../sleeve-selection/job.ts';
import { selectionJobOf } from '../sleeve-selection/sleeve-job.ts';
import type { PreparedSleeve } from './backtest.ts';
import type { JobRunner } from './job-runner.ts';
import { failureOf, type JobFailure } from './sleeve-job.ts';

/** A sleeve on its grid, with what its profiles may hold. */
export interface HoldingSleeve extends PreparedSleeve {
  /** Or why no profile can be run: its selection failed. */
  readonly held: Held | JobFailure;
}

/** The same with the selections that all its profiles share. */
export interface SelectedSleeve extends HoldingSleeve {
  /** Null in a sleeve that selects nothing. */
  readonly selection: SleeveSelection | null;
}

/** The selections of a sleeve that is on its grid; null where it selects nothing. Errors: ManifestInvalid, SelectionModeUnavailable. */
export function selectionJobFor({ sleeve, scope, grid }: PreparedSleeve): SelectionJob | null {
  if (!selects(sleeve.resolved)) return null;
  return selectionJobOf(sleeve.resolved, grid, { prices: scope.prices.table, supply: selectionSupplyOf(scope.supply) });
}

/** Why a selection ends every profile, with its vetoes; null for one that may be used. `named` is the sleeve. */
export function failedSelection(selection: SleeveSelection, named: string): JobFailure | null {
  if (selection.verdict !== 'failed') return null;
  const { decisions } = selection;
  const words = selectionEvidence(selection).map(({ detail }) => detail);
  const { vetoCount, aborts } = decisions.at(-1)!.record;
  const aborted = decisions.filter(({ scope, record }) => scope === 'window' && record.aborts.length > 0).length;
  return failureOf(
    new LedgerError('SelectionAborted', `sleeve ${named}: ${words.join('; ')}`, {
      evidence: { sleeve: named, aborts: [...aborts], vetoes: vetoCount.histogram, abortedWindows: aborted },
      at: { path: named },
    }),
  );
}

/** Selects for a sleeve, once for all its profiles. Errors: those of `selectForSleeve` and of the runner. */
export async function selectedSleeve(prepared: PreparedSleeve, runner: Pick<JobRunner, 'selection'>): Promise<SelectedSleeve> {
  const job = selectionJobFor(prepared);
  const selection = job === null ? null : await runner.selection(job);
  const failure = selection === null ? null : failedSelection(selection, pathKey(prepared.path));
  const { grid, scope } = prepared;
  const held = failure ?? heldBy({ grid, selectionJob: job, directions: directionsOf(grid, job) }, scope.universe.asGiven, selection);
  return { ...prepared, selection, held };
}
