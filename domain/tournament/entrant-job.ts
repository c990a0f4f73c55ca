import { returnsFor, withoutBenchmark } from '../allocation/sleeve/allocation.ts';
import { failureOf, type JobFailure, type SleeveJob } from '../backtest/sleeve-job.ts';
import type { Grid } from '../returns/grid.ts';
import { LedgerError } from '../shared/errors.ts';
import { type Entrant, rawPool } from './entrant.ts';

/** A sleeve on its grid, with the settings that entrants do not vary. */
export interface TournamentPool extends Pick<SleeveJob, 'blocks' | 'annualisationDays' | 'givenOrder' | 'rules'> {
  readonly grid: Grid;
}

function blocksOf({ blocks }: TournamentPool, { estimator, linkage, window, cost, simulator }: Entrant): SleeveJob['blocks'] {
  const { hrp } = blocks.risk;
  return {
    ...blocks,
    risk: { ...blocks.risk, estimator: estimator ?? blocks.risk.estimator, hrp: { ...hrp, linkage: linkage ?? hrp.linkage } },
    backtest: {
      ...blocks.backtest,
      train_window: window.train,
      test_window: window.test,
      step_size: window.step,
      backtest_slippage: cost.slippage,
      backtest_commission: cost.commission,
      rebalance_mode: simulator,
    },
  };
}

/**
 * The walk-forward of an entrant, or why it has none. The raw pool is held at equal weights; its candidates are all symbols of the grid as
 * long as nothing is selected from them.
 */
export function entrantJob(pool: TournamentPool, entrant: Entrant): SleeveJob | JobFailure {
  const { grid, annualisationDays, givenOrder, rules } = pool;
  const risk = entrant.profile === rawPool ? 'equal_weight' : entrant.profile;
  const returns = returnsFor(risk, grid);
  if (returns === null) return failureOf(new LedgerError('ProfileNotAvailable', withoutBenchmark(grid)));
  return { risk, returns, selecting: null, blocks: blocksOf(pool, entrant), annualisationDays, givenOrder, rules };
}
