import type { ResolvedBlocks } from '../../manifest/blocks.ts';
import { regimeSettingsOf } from '../../manifest/regime-settings.ts';
import type { Grid } from '../../returns/grid.ts';
import type { ReturnMatrix } from '../../returns/series.ts';
import { selectColumns } from '../../risk/columns.ts';
import type { RiskProfile } from '../../risk/schemas.ts';
import { marketOf } from '../../selection/pool.ts';
import { choicesOf } from '../../sleeve-selection/choices.ts';
import type { SelectionJob, SleeveSelection } from '../../sleeve-selection/job.ts';
import { poolMarketOf } from '../../sleeve-selection/pool.ts';
import { streamNamesOf } from '../../sleeve-selection/sleeve-job.ts';
import { streamsOf } from '../../sleeve-selection/streams.ts';
import { planWindows } from '../../walk-forward/walk-forward.ts';
import { type Directions, directionsOf } from './directions.ts';
import type { MarketHistory, ProfileWork } from './solve-window.ts';

/** A grid from which a sleeve may select. */
export interface SelectableGrid {
  readonly grid: Grid;
  /** Null in a sleeve that selects nothing. */
  readonly selectionJob: SelectionJob | null;
  /** Null in a sleeve that cannot be short. */
  readonly directions: Directions | null;
}

/** The grid with the streams of its directions; `selectionJob` is null in a sleeve that selects nothing. */
export function selectableGrid(grid: Grid, selectionJob: SelectionJob | null): SelectableGrid {
  return { grid, selectionJob, directions: directionsOf(grid, selectionJob) };
}

/** The columns that profiles are solved on, and what each window may hold of them. */
export interface Held extends Pick<ProfileWork, 'matrix' | 'selecting' | 'regime' | 'rawPool'> {
  /** Columns in the order that the user gave their symbols. */
  readonly givenOrder: readonly string[];
}

/** What the profiles of a sleeve are solved on; null where nothing is selected. The selection must be usable. */
export function heldBy(
  { grid, selectionJob: job, directions }: SelectableGrid,
  asGiven: readonly string[],
  selection: SleeveSelection | null,
): Held {
  const followsNothing = { regime: null, rawPool: null };
  if (job === null || selection === null) return { matrix: grid.returns, selecting: null, givenOrder: asGiven, ...followsNothing };
  const { plan } = job;
  const names = streamNamesOf(job);
  const matrix = directions?.streams ?? grid.returns;
  const { windows } = planWindows(matrix.dates.length, plan, plan.partialLastWindow);
  const choices = choicesOf(selection, matrix.columns, windows.length, names);
  const givenOrder = asGiven.flatMap((symbol) => streamsOf(symbol, names));
  const { cluster_lookbacks: lookbacks, correlation_shrinkage: shrinkage, threshold } = job.settings;
  const selecting = { choices, looksAhead: !plan.isDynamic, clustering: { lookbacks, shrinkage, threshold } };
  return { matrix, selecting, givenOrder, ...followsNothing };
}

/** The candidates before selection, benchmarks excluded, on their long returns. */
function rawPoolOf({ returns }: Grid, benchmarks: readonly string[]): ReturnMatrix {
  return selectColumns(
    returns,
    returns.columns.flatMap((symbol, column) => (benchmarks.includes(symbol) ? [] : [column])),
  );
}

type FollowedBlocks = Pick<ResolvedBlocks, 'backtest' | 'risk' | 'features'>;

/** The pool's mean return, for a profile that follows its regime: `adaptive`, and the barbell of a sleeve that selects. */
function regimeFor(risk: RiskProfile, { selecting }: Held, grid: Grid, blocks: FollowedBlocks): MarketHistory | null {
  if (risk !== 'adaptive' && (risk !== 'barbell' || selecting === null)) return null;
  return { market: [...poolMarketOf(grid, blocks.backtest.benchmark_symbols)], settings: regimeSettingsOf(blocks) };
}

/** What a profile is solved on; two ignore the selection: `market` holds the benchmarks, `raw_pool_ew` all candidates. Null without any. */
export function heldFor(risk: RiskProfile, held: Held, grid: Grid, blocks: FollowedBlocks): Held | null {
  const benchmarks = blocks.backtest.benchmark_symbols;
  if (risk === 'raw_pool_ew') return { ...held, matrix: rawPoolOf(grid, benchmarks), selecting: null };
  if (risk === 'market') return grid.benchmarkReturns === null ? null : { ...held, matrix: grid.benchmarkReturns, selecting: null };
  const rawPool = risk === 'market_neutral' ? [...marketOf(rawPoolOf(grid, benchmarks))] : null;
  return { ...held, rawPool, regime: regimeFor(risk, held, grid, blocks) };
}
