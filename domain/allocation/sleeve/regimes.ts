import { selects } from '../../manifest/executable.ts';
import { regimeSettingsOf } from '../../manifest/regime-settings.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { windowPlanOf } from '../../manifest/window-plan.ts';
import { annualisationDays, calendarsOf } from '../../returns/calendar.ts';
import type { Grid } from '../../returns/grid.ts';
import type { WindowRegimesInput } from '../../regime/window-regimes.ts';
import { poolMarketOf } from '../../sleeve-selection/pool.ts';
import { planWindows } from '../../walk-forward/walk-forward.ts';

/**
 * The regimes that a sleeve records: of one that selects, or that lists the adaptive profile; null for others, and where not one window
 * fits, for then every profile says so by itself.
 */
export function regimesJobOf(resolved: ResolvedProfile, grid: Grid, rules: number): WindowRegimesInput | null {
  const { blocks } = resolved;
  const { backtest } = blocks;
  if (rules < 2 || (!selects(resolved) && !backtest.profiles.includes('adaptive'))) return null;
  const { dates } = grid.returns;
  const plan = windowPlanOf(backtest);
  if (dates.length < plan.trainWindow + plan.stepSize) return null;
  return {
    market: poolMarketOf(grid, backtest.benchmark_symbols),
    dates,
    windows: planWindows(dates.length, plan, plan.partialLastWindow).windows,
    annualisationDays: annualisationDays(calendarsOf(grid.kept)),
    spectral: regimeSettingsOf(blocks).spectral,
  };
}
