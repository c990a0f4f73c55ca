import type { SymbolWeight } from '../returns/series.ts';
import type { CovarianceEstimate } from './covariance.ts';
import { hardenedFlag } from './ladder.ts';
import type { Attempt, EstimateRecord, SolveParameters } from './schemas.ts';
import type { SolvePolicy } from './solve-policy.ts';

/** What a solve records where nothing was tried, estimated or left out. */
export const unsolved = { droppedColumns: [], flags: [], attempts: [], fallback: null, estimate: null, detail: null };

export function recordOf(
  estimate: CovarianceEstimate | null,
  parameters: SolveParameters,
  correlationShrinkage: number,
): EstimateRecord | null {
  if (estimate === null) return null;
  return {
    estimator: parameters.estimator,
    ledoitWolfIntensity: estimate.ledoitWolfIntensity,
    correlationShrinkage,
    saturated: estimate.saturated,
  };
}

/** Flags of a solve: its own, then those of its estimate and of the ladder. */
export function flagsOf(
  own: readonly string[],
  estimate: CovarianceEstimate | null,
  attempts: readonly Attempt[],
  policy: SolvePolicy,
): string[] {
  return [
    ...own,
    ...(estimate?.saturated === true ? ['ledoit_wolf_saturated'] : []),
    ...(policy.flagsHardening && attempts.length > 1 ? [hardenedFlag] : []),
  ];
}

/** Weights of every column given, in the order of their names; 0 for those left out. `kept` tells which column each solved weight is of. */
export function complete(
  columns: readonly string[],
  byName: readonly number[],
  kept: readonly number[],
  solved: readonly SymbolWeight[],
): SymbolWeight[] {
  const weights = new Float64Array(columns.length);
  solved.forEach(({ weight }, k) => (weights[kept[k]!] = weight));
  return byName.map((i) => ({ symbol: columns[i]!, weight: weights[i]! }));
}
