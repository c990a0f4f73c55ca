import { withoutBenchmark } from '../allocation/sleeve/allocation.ts';
import { type Held, heldBy, heldFor } from '../allocation/sleeve/held.ts';
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

/** What a sleeve holds that selects nothing: every symbol of its grid, in every window. */
export function everySymbol({ grid, givenOrder }: Pick<TournamentPool, 'grid' | 'givenOrder'>): Held {
  return heldBy({ grid, selectionJob: null, directions: null }, givenOrder, null);
}

/**
 * The walk-forward of an entrant, or why it has none. `chosen` is what its windows may hold. The raw pool is held at equal weights: every
 * candidate before selection, benchmarks excluded, on its long returns; every symbol where nothing is selected.
 */
export function entrantJob(pool: TournamentPool, entrant: Entrant, chosen: Held | JobFailure): SleeveJob | JobFailure {
  const { grid, annualisationDays, rules } = pool;
  const isRaw = entrant.profile === rawPool;
  const risk = isRaw ? 'equal_weight' : entrant.profile;
  const held = isRaw ? everySymbol(pool) : chosen;
  if ('status' in held) return held;
  const isSelecting = 'status' in chosen || chosen.selecting !== null;
  const own = heldFor(isSelecting ? entrant.profile : risk, held, grid, pool.blocks);
  if (own === null) return failureOf(new LedgerError('ProfileNotAvailable', withoutBenchmark(grid)));
  const { matrix: returns, ...rest } = own;
  return { risk, returns, ...rest, blocks: blocksOf(pool, entrant), annualisationDays, rules };
}
