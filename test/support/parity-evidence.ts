import type { Json } from '../../domain/shared/canonical-json.ts';

/** What every sleeve must state to be comparable, as leaves. */
export const parityEvidence: Readonly<Record<string, Json>> = {
  'data.lookback_days': 500,
  'backtest.train_window': 60,
  'backtest.test_window': 20,
  'backtest.step_size': 20,
  'features.selection_mode': 'none',
  'backtest.backtest_simulator': 'custom',
  'backtest.backtest_slippage': 0.0005,
  'backtest.backtest_commission': 0.0001,
};

/** The same as a resolved manifest has it. */
export const manifestWithEvidence = {
  data: { lookback_days: 500 },
  selection: { selection_mode: 'none' },
  backtest: {
    train_window: 60,
    test_window: 20,
    step_size: 20,
    backtest_simulator: 'vectorbt',
    backtest_slippage: 0.0005,
    backtest_commission: 0.0001,
  },
};
