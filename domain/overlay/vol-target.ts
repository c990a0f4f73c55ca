import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate } from '../returns/series.ts';
import { portfolioVolatility } from '../risk/contribution.ts';
import { estimateCovariance } from '../risk/covariance.ts';
import { invariant } from '../shared/errors.ts';
import type { LogReturns } from './log-returns.ts';
import type { VolTarget } from './parameters.ts';

interface Shaped {
  /** Weights that the bounds cut. */
  readonly clipped: number;
  readonly grossBeforeCap: number;
  readonly isGrossCapped: boolean;
}

/** What a vol target saw and did, as it is recorded. */
export type VolTargetState =
  | (Shaped & {
      readonly mode: 'global';
      readonly rows: number;
      /** Weight of the target of Ledoit and Wolf; null for the sample covariance. */
      readonly intensity: number | null;
      /** Annualised volatility of the signal, before anything is done to it. */
      readonly volatility: number;
      readonly isFloored: boolean;
      readonly k: number;
    })
  | (Shaped & {
      readonly mode: 'per_asset';
      /** By column; null where too few rows were there. */
      readonly volatility: readonly (number | null)[];
      readonly k: readonly (number | null)[];
      /** Columns with too few rows: their weight is 0. */
      readonly notEvaluated: readonly string[];
    });

export type VolTargetOutcome =
  { readonly weights: Float64Array; readonly state: VolTargetState } | { readonly weights: null; readonly reason: string };

/** Clips to the bounds, then scales gross exposure to the cap. In place. */
function shape(weights: Float64Array, { bounds: [low, high], cap_leverage: cap }: VolTarget): Shaped {
  let clipped = 0;
  let gross = 0;
  for (let column = 0; column < weights.length; column++) {
    const weight = Math.min(high, Math.max(low, weights[column]!));
    if (weight !== weights[column]) clipped += 1;
    weights[column] = weight;
    gross += Math.abs(weight);
  }
  const isGrossCapped = gross > cap;
  if (isGrossCapped) for (let column = 0; column < weights.length; column++) weights[column] = weights[column]! * (cap / gross);
  return { clipped, grossBeforeCap: gross, isGrossCapped };
}

function globally(
  signal: Float64Array,
  date: IsoDate,
  returns: LogReturns,
  target: VolTarget,
  annualisationDays: number,
): VolTargetOutcome {
  const history = returns.lastComplete(date, target.cov_lookback);
  const rows = history.dates.length;
  if (rows < target.min_obs) return { weights: null, reason: `${rows} rows, ${target.min_obs} needed` };
  const parameters = { estimator: target.estimator, correlationShrinkage: 0, annualisationDays };
  const { covariance, ledoitWolfIntensity: intensity } = estimateCovariance(history, parameters);
  const volatility = portfolioVolatility(covariance, [...signal]);
  const isFloored = volatility < target.floor_vol;
  const k = target.target_vol / Math.max(volatility, target.floor_vol);
  const weights = signal.map((value) => value * k);
  return { weights, state: { mode: 'global', rows, intensity, volatility, isFloored, k, ...shape(weights, target) } };
}

function perAsset(
  signal: Float64Array,
  date: IsoDate,
  returns: LogReturns,
  target: VolTarget,
  annualisationDays: number,
): VolTargetOutcome {
  const volatility = returns.columns.map((_, column) => {
    const last = returns.lastOf(column, date, Math.max(target.vol_lookback, target.min_obs));
    if (last.length < target.min_obs) return null;
    const { deviation } = sampleMoments(last.slice(-target.vol_lookback));
    return deviation === null ? null : deviation * Math.sqrt(annualisationDays);
  });
  const k = volatility.map((value) => (value === null ? null : target.target_vol / Math.max(value, target.floor_vol)));
  const weights = signal.map((value, column) => (k[column] === null ? 0 : value * k[column]!));
  const notEvaluated = returns.columns.filter((_, column) => k[column] === null);
  return { weights, state: { mode: 'per_asset', volatility, k, notEvaluated, ...shape(weights, target) } };
}

/**
 * Scales a signal to a target volatility with log returns up to the decision's close. `global`: k = target / max(√(s'Σs), floor), Σ
 * over the last complete rows; `per_asset`: k_i = target / max(σ_i, floor). Then clips to the bounds, then scales gross exposure to
 * the cap. With too few rows `global` answers nothing, never a scaler of 1; `per_asset` gives such an asset a weight of 0 and names it.
 */
export function volTargeted(
  signal: Float64Array,
  date: IsoDate,
  returns: LogReturns,
  target: VolTarget,
  annualisationDays: number,
): VolTargetOutcome {
  invariant(signal.length === returns.columns.length, 'a signal needs one value per column', {
    signal: signal.length,
    columns: returns.columns.length,
  });
  return (target.mode === 'global' ? globally : perAsset)(signal, date, returns, target, annualisationDays);
}
