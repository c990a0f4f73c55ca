import { type Held, heldBy, type SelectableGrid, selectableGrid } from '../allocation/sleeve/held.ts';
import { selectionSupplyOf } from '../allocation/sleeve/given-supply.ts';
import { pathKey } from '../run/delivered-run.ts';
import { LedgerError } from '../shared/errors.ts';
import { selectionEvidence } from '../sleeve-selection/evidence.ts';
import type { SleeveSelection } from '../sleeve-selection/job.ts';
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

/** Why a selection ends every profile, with its vetoes; null for one that may be used. `named` is the sleeve. */
function failedSelection(selection: SleeveSelection, named: string): JobFailure | null {
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

/** Selects once for all profiles, and says what they may hold, or why none can be run. `named` is the sleeve. */
export async function selectedFrom(
  selectable: SelectableGrid,
  { asGiven, named }: { readonly asGiven: readonly string[]; readonly named: string },
  runner: Pick<JobRunner, 'selection'>,
): Promise<Pick<SelectedSleeve, 'selection' | 'held'>> {
  const { selectionJob } = selectable;
  const selection = selectionJob === null ? null : await runner.selection(selectionJob);
  const failure = selection === null ? null : failedSelection(selection, named);
  return { selection, held: failure ?? heldBy(selectable, asGiven, selection) };
}

/** Selects for a sleeve of a backtest. Errors: ManifestInvalid, SelectionModeUnavailable, those of `selectForSleeve` and of the runner. */
export async function selectedSleeve(prepared: PreparedSleeve, runner: Pick<JobRunner, 'selection'>): Promise<SelectedSleeve> {
  const { sleeve, scope, grid, path } = prepared;
  const job = selectionJobOf(sleeve.resolved, grid, { prices: scope.prices.table, supply: selectionSupplyOf(scope.supply) });
  const asked = { asGiven: scope.universe.asGiven, named: pathKey(path) };
  return { ...prepared, ...(await selectedFrom(selectableGrid(grid, job), asked, runner)) };
}
