/** The worked examples of a recursive backtest (test/golden/backtest/recursive-*.json) as portfolios. */
import { matrixOf, portfolioOf, type TestedPortfolio } from './backtests.ts';

/** Settings, returns by symbol and date, and the symbols of each sleeve. */
export interface Example {
  readonly settings: { readonly train: number; readonly test: number; readonly step: number; readonly cost_fraction: number };
  readonly returns: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly sleeves: Readonly<Record<string, readonly string[]>>;
}

/** The portfolio of a worked example, in a mode of rebalancing. */
export function workedPortfolio({ settings, returns, sleeves }: Example, mode: string): TestedPortfolio {
  const { train, test: rows, step, cost_fraction: cost } = settings;
  const ids = Object.keys(sleeves);
  const node = portfolioOf(
    { M: { sleeves: ids.map((id) => ({ id, profile: id })), meta_allocation: { min_weight: 0.05, max_weight: 0.95 } } },
    {
      backtest: {
        train_window: train,
        test_window: rows,
        step_size: step,
        rebalance_mode: mode,
        backtest_slippage: cost,
        backtest_commission: 0,
      },
      risk: { estimator: 'sample', ridge: 0 },
      features: { default_shrinkage_intensity: 0, feat_rebalance_mode: mode },
    },
  );
  return { node, returns: Object.fromEntries(ids.map((id) => [id, matrixOf(returns, sleeves[id]!)])) };
}
