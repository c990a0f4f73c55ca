import { selects } from '../../manifest/executable.ts';
import { regimeSettingsOf } from '../../manifest/regime-settings.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { annualisationDays, calendarsOf } from '../../returns/calendar.ts';
import type { Grid } from '../../returns/grid.ts';
import type { WindowRegimesInput } from '../../regime/window-regimes.ts';
import { marketOf } from '../../selection/pool.ts';
import { decisionPlanOf } from '../../sleeve-selection/sleeve-job.ts';
import { poolOf } from '../../sleeve-selection/pool.ts';
import { planWindows } from '../../walk-forward/walk-forward.ts';

/**
 * The regimes that a sleeve records: of one that selects, or that lists the adaptive profile; null for others, and where not one window
 * fits, for then every profile says so by itself.
 */
export function regimesJobOf(resolved: ResolvedProfile, grid: Grid, rules: number): WindowRegimesInput | null {
  const { blocks } = resolved;
  const { backtest } = blocks;
  if (rules < 2 || (!selects(resolved) && !backtest.profiles.includes('adaptive'))) return null;
  const { returns } = poolOf(grid, backtest.benchmark_symbols);
  if (returns.dates.length < backtest.train_window + backtest.step_size) return null;
  return {
    market: marketOf(returns),
    dates: returns.dates,
    windows: planWindows(returns.dates.length, decisionPlanOf(blocks, false), backtest.partial_last_window).windows,
    annualisationDays: annualisationDays(calendarsOf(grid.kept)),
    spectral: regimeSettingsOf(blocks).spectral,
  };
}
