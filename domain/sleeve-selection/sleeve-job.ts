import { selects } from '../manifest/executable.ts';
import { isDynamicUniverse, selectionSettingsOf } from '../manifest/selection-settings.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { windowPlanOf } from '../manifest/window-plan.ts';
import { annualisationDays, calendarsOf } from '../returns/calendar.ts';
import type { Grid } from '../returns/grid.ts';
import type { PriceTable } from '../returns/series.ts';
import { fullLiquidityValue } from '../selection/pool.ts';
import type { SelectionSupply } from '../selection/supply.ts';
import type { SelectionJob } from './job.ts';
import { poolOf } from './pool.ts';
import type { StreamNames } from './streams.ts';

/** How the streams of a sleeve are called, by its settings. */
export function streamNamesOf({ settings }: Pick<SelectionJob, 'settings'>): StreamNames {
  return { hasDirections: settings.short_direction, strategy: settings.strategy };
}

/** Only the columns of a pool: what a selection may know of prices. */
function pooledPrices({ dates, symbols, closes }: PriceTable, pool: readonly string[]): PriceTable {
  return { dates, symbols: pool, closes: pool.map((symbol) => closes[symbols.indexOf(symbol)]!) };
}

/** The selections of a sleeve on its grid; null where it selects nothing. Errors: SelectionModeUnavailable, ManifestInvalid. */
export function selectionJobOf(
  resolved: Pick<ResolvedProfile, 'blocks' | 'selectionMode' | 'provenance'>,
  grid: Grid,
  { prices, supply }: { readonly prices: PriceTable; readonly supply: SelectionSupply },
): SelectionJob | null {
  if (!selects(resolved)) return null;
  const { blocks } = resolved;
  const pool = poolOf(grid, blocks.backtest.benchmark_symbols);
  const calendars = calendarsOf(grid.kept);
  return {
    ...pool,
    prices: pooledPrices(prices, pool.returns.columns),
    supply,
    settings: selectionSettingsOf(resolved),
    plan: { ...windowPlanOf(blocks.backtest), isDynamic: isDynamicUniverse(resolved) },
    annualisationDays: annualisationDays(calendars),
    fullLiquidity: calendars.every((calendar) => calendar === 'XCRY') ? fullLiquidityValue.coins : fullLiquidityValue.others,
  };
}
