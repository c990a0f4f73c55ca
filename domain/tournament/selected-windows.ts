import { type Held, selectableGrid } from '../allocation/sleeve/held.ts';
import type { JobRunner } from '../backtest/job-runner.ts';
import { selectedFrom } from '../backtest/selected-sleeve.ts';
import { failureOf, type JobFailure } from '../backtest/sleeve-job.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import type { Grid } from '../returns/grid.ts';
import { isFaultOfInputs } from '../shared/error-kinds.ts';
import type { SelectionJob, SleeveSelection } from '../sleeve-selection/job.ts';
import { selectionJobOf } from '../sleeve-selection/sleeve-job.ts';
import type { WindowChoice } from './entrant.ts';

/** A sleeve that may select, on its grid. */
export interface SelectingPool {
  /** As it was asked for. */
  readonly sleeve: string;
  readonly resolved: ResolvedProfile;
  readonly grid: Grid;
  readonly known: Parameters<typeof selectionJobOf>[2];
  readonly givenOrder: readonly string[];
}

/** What entrants of one choice of windows may hold; they share its selections. */
export interface SelectedWindows {
  readonly window: WindowChoice;
  /** Null where nothing was selected. */
  readonly selection: SleeveSelection | null;
  readonly held: Held | JobFailure;
}

/** The selections for one choice of windows; null in a sleeve that selects nothing. Costs and simulators do not count. */
function windowSelectionJob({ resolved, grid, known }: SelectingPool, { train, test, step }: WindowChoice): SelectionJob | null {
  const { blocks } = resolved;
  const backtest = { ...blocks.backtest, train_window: train, test_window: test, step_size: step };
  return selectionJobOf({ ...resolved, blocks: { ...blocks, backtest } }, grid, known);
}

/** Selects for one choice of windows; a fault of the inputs, such as a window beyond the history, ends no more than its entrants. */
export async function selectedWindows(
  pool: SelectingPool,
  window: WindowChoice,
  runner: Pick<JobRunner, 'selection'>,
): Promise<SelectedWindows> {
  const { sleeve, grid, givenOrder } = pool;
  const job = windowSelectionJob(pool, window);
  try {
    return { window, ...(await selectedFrom(selectableGrid(grid, job), { asGiven: givenOrder, named: sleeve }, runner)) };
  } catch (error) {
    if (!isFaultOfInputs(error)) throw error;
    return { window, selection: null, held: failureOf(error) };
  }
}
