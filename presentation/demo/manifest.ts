import { codeDefaults } from '../../domain/manifest/defaults.ts';
import { calendarOfSymbol, isRoundTheClock } from '../../domain/returns/calendar.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';

/** A sleeve of the demonstration: its place in the portfolio and the profile that its runs are made under. */
export interface DemoSleeve {
  readonly id: string;
  readonly profile: string;
  readonly file: string;
  readonly symbols: readonly string[];
}

export const demoMeta = 'meta_production';
const benchmark = 'AMEX:SPY';
const coinBenchmark = 'BINANCE:BTCUSDT';

/** Differences that the specification documents for sleeves that trade round the clock (docs/explanation/parity.md#exceptions). */
const roundTheClock = {
  features: { entropy_max_threshold: 0.999, feat_dynamic_selection: false },
  backtest: { backtest_slippage: 0.001, backtest_commission: 0.0004, benchmark_symbols: [coinBenchmark, benchmark] },
};

function sleeveProfile({ symbols }: DemoSleeve, description: string): JsonObject {
  const always = symbols.map((symbol) => calendarOfSymbol(symbol)).every(isRoundTheClock);
  return { description, data: { symbols: [...symbols] }, ...(always ? roundTheClock : {}) };
}

/** The manifest of the demonstration, in the words of the documents: `production` is an alias, and one meta portfolio stands over all. */
export function demoManifest(sleeves: readonly DemoSleeve[], source: string, selectionMode: 'v4' | 'none'): JsonObject {
  const profiles: Record<string, JsonObject | string> = {};
  for (const sleeve of sleeves) {
    if (sleeve.profile === 'production') profiles['production'] = 'production_2026_q1';
    profiles[sleeve.profile === 'production' ? 'production_2026_q1' : sleeve.profile] = sleeveProfile(sleeve, `${sleeve.id}: ${source}`);
  }
  profiles[demoMeta] = {
    description: `all sleeves: ${source}`,
    sleeves: sleeves.map(({ id, profile }) => ({ id, profile })),
    meta_allocation: 'hrp',
    publication: { max_turnover_two_sided: 0.25 },
  };
  const { train_window, test_window, step_size, backtest_slippage, backtest_commission, profiles: risks } = codeDefaults.backtest;
  const { entropy_max_threshold, feat_dynamic_selection } = codeDefaults.features;
  return {
    default_profile: demoMeta,
    defaults: {
      data: { lookback_days: codeDefaults.data.lookback_days },
      selection: { selection_mode: selectionMode },
      features: { entropy_max_threshold, feat_dynamic_selection },
      backtest: {
        train_window,
        test_window,
        step_size,
        backtest_slippage,
        backtest_commission,
        benchmark_symbols: [benchmark],
        profiles: [...risks],
      },
    },
    profiles,
  };
}
