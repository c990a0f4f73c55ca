/** Symbols and manifests of the recording. Everything is simulated. */
export const symbols = {
  stocks: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC', 'NASDAQ:DDD'],
  etfs: ['AMEX:SPY', 'AMEX:EEE', 'AMEX:FFF', 'NASDAQ:GGG'],
  coins: ['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT', 'BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'],
} as const;

const sleeve = (name: string): object => ({ id: name, profile: name });

/** Out-of-sample streams end on the as-of date: 200 returns are seven windows of 20 behind 60. */
const defaults = {
  data: { lookback_days: 201 },
  risk: { estimator: 'sample' },
  backtest: {
    train_window: 60,
    test_window: 20,
    step_size: 20,
    profiles: 'min_variance,hrp,risk_parity,max_sharpe,barbell,equal_weight,market,benchmark',
    benchmark_symbols: 'AMEX:SPY',
  },
};

const sleeves = {
  stocks: { data: { symbols: symbols.stocks } },
  etfs: { data: { symbols: symbols.etfs }, expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } },
  coins: { backtest: { backtest_slippage: 0.001, backtest_commission: 0.0004 } },
  // Rebalances at another pace, which parity does not let pass.
  coins_fast: {
    backtest: { test_window: 10, step_size: 10, backtest_slippage: 0.001, backtest_commission: 0.0004, profiles: 'hrp,equal_weight' },
  },
  python_a: {},
  python_b: {},
  desk_eu: {},
  desk_as: {},
  desk_reference: {},
  desk_last: {},
};

const portfolios = {
  checked: {
    sleeves: [sleeve('stocks'), sleeve('etfs')],
    meta_allocation: { profile: 'hrp', min_weight: 0.1, max_weight: 0.9 },
    publication: { maker_checker: true },
  },
  paced: {
    sleeves: [sleeve('etfs'), sleeve('coins')],
    meta_allocation: { profile: 'risk_parity', min_weight: 0.1, max_weight: 0.9 },
    publication: { coalescing_window_seconds: 600, cool_down_seconds: 7200 },
  },
  nested: {
    sleeves: [{ id: 'listed', meta_profile: 'checked' }, sleeve('coins')],
    meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.9 },
  },
  mixed: {
    sleeves: [sleeve('stocks'), sleeve('coins_fast')],
    meta_allocation: { profile: 'hrp', min_weight: 0.1, max_weight: 0.9 },
    parity: { mandate: 'enforce' },
  },
  fleet: {
    sleeves: [sleeve('desk_eu'), sleeve('desk_as')],
    meta_allocation: { profile: 'hrp', min_weight: 0.1, max_weight: 0.9 },
    publication: { quorum: { at_least: 1, max_staleness_sessions: 20 } },
  },
};

const desk = {
  sleeves: [sleeve('stocks'), sleeve('etfs'), sleeve('coins')],
  meta_allocation: { profile: 'hrp', min_weight: 0.05, max_weight: 0.5 },
};

/** The first manifest does not know two of the desks that send results. */
export const firstManifest = { defaults, profiles: { ...sleeves, desk, ...portfolios } };

/** The one in force at the end: two more desks, and a band in which nothing is traded. */
export const manifest = {
  defaults,
  profiles: { ...sleeves, desk_us: {}, desk_late: {}, desk: { ...desk, publication: { no_trade_band_two_sided: 0.5 } }, ...portfolios },
};
