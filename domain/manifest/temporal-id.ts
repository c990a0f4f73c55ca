import type { Json } from '../shared/canonical-json.ts';
import { hashOfJson, type Sha256 } from '../shared/hashing.ts';

/** What two sleeves must share for their windows to mean the same; counted in sessions of the sleeve's own calendar. */
export interface TemporalParameters {
  readonly bar_interval: string;
  readonly lookback_days: number;
  readonly rebalance_mode: string;
  readonly step_size: number;
  readonly test_window: number;
  readonly train_window: number;
}

/** Dotted paths of the temporal parameters in a resolved manifest. */
export const temporalPaths = [
  'backtest.bar_interval',
  'backtest.rebalance_mode',
  'backtest.step_size',
  'backtest.test_window',
  'backtest.train_window',
  'data.lookback_days',
] as const;

/**
 * First 16 hexadecimal digits of SHA-256 over the RFC 8785 bytes of the six parameters. It covers the manifest alone:
 * calendars, as-of dates and the join differ by nature and stay out.
 */
export function temporalId(sha256: Sha256, parameters: TemporalParameters): string {
  const { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window } = parameters;
  return hashOfJson(sha256, { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window }).slice(0, 16);
}

/** The temporal parameters of resolved blocks. */
export function temporalParametersOf(blocks: {
  readonly data: { readonly lookback_days: number };
  readonly backtest: Omit<TemporalParameters, 'lookback_days'>;
}): TemporalParameters {
  const { bar_interval, rebalance_mode, step_size, test_window, train_window } = blocks.backtest;
  return { bar_interval, lookback_days: blocks.data.lookback_days, rebalance_mode, step_size, test_window, train_window };
}

/**
 * The temporal id of settings as written; null when one of its parts is not. The January settings call the rebalance mode
 * `feat_rebalance_mode`; the bar is a day, because the streams are daily, unless the settings say something else.
 */
export function temporalIdAsWritten(leaves: Readonly<Record<string, Json>>, sha256: Sha256): string | null {
  const parts = {
    bar_interval: leaves['backtest.bar_interval'] ?? '1d',
    lookback_days: leaves['data.lookback_days'],
    rebalance_mode: leaves['backtest.rebalance_mode'] ?? leaves['features.feat_rebalance_mode'],
    step_size: leaves['backtest.step_size'],
    test_window: leaves['backtest.test_window'],
    train_window: leaves['backtest.train_window'],
  };
  const { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window } = parts;
  if (typeof bar_interval !== 'string' || typeof rebalance_mode !== 'string') return null;
  if (
    typeof lookback_days !== 'number' ||
    typeof step_size !== 'number' ||
    typeof test_window !== 'number' ||
    typeof train_window !== 'number'
  )
    return null;
  return temporalId(sha256, { bar_interval, lookback_days, rebalance_mode, step_size, test_window, train_window });
}
