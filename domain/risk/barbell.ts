import { byCodeUnits } from '../shared/order.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { antifragility } from './antifragility.ts';
import { certify, type Certified } from './certificate.ts';
import { conditionOf } from './cholesky.ts';
import { selectColumns } from './columns.ts';
import { correlationFrom, covarianceFrom, momentsOf, type CovarianceEstimate, type EstimatorParameters } from './covariance.ts';
import { hierarchicalWeights } from './hierarchical-risk-parity.ts';
import type { BarbellDetail, HrpParameters } from './schemas.ts';

const aggressorsMax = 5;
/** From this many columns on, the core is worth a hierarchy. */
const hierarchicalCoreMin = 10;

export interface BarbellParameters extends EstimatorParameters {
  readonly hrp: HrpParameters;
  /** Share of the aggressors together. */
  readonly aggressorFraction: number;
}

export interface Barbell extends Certified {
  readonly detail: BarbellDetail;
  /** The core's own estimate where its allocation used one. */
  readonly estimate: CovarianceEstimate | null;
  readonly flags: string[];
}

/** n_agg = min(min(5, max(1, floor(k/2))), k - 1); 0 for a single column. */
export function aggressorCount(columns: number): number {
  return Math.min(Math.min(aggressorsMax, Math.max(1, Math.floor(columns / 2))), columns - 1);
}

/** The core's own weights: by hierarchical risk parity on its own estimate from ten columns on, else equal. */
export function coreWeights(
  core: ReturnMatrix,
  parameters: BarbellParameters,
): { weights: Float64Array; estimate: CovarianceEstimate | null; conditionNumber: number | null } {
  const size = core.columns.length;
  if (size < hierarchicalCoreMin) return { weights: new Float64Array(size).fill(1 / size), estimate: null, conditionNumber: null };
  const moments = momentsOf(core);
  const estimate = covarianceFrom(moments, parameters);
  const { weights } = hierarchicalWeights(estimate.covariance, correlationFrom(moments), core.columns, parameters.hrp);
  return { weights, estimate, conditionNumber: conditionOf(estimate.covariance, size) };
}

/**
 * Barbell: a small share, split equally, in the most antifragile columns; the rest in a core that excludes them, by
 * hierarchical risk parity on the core's own estimate from ten columns on, else equally (docs/explanation/profiles.md#barbell).
 * Ties in the score go by name. Needs at least two columns of positive variance; the regime is NORMAL by assumption.
 */
export function barbell(training: ReturnMatrix, parameters: BarbellParameters): Barbell {
  const { scores, withoutTail } = antifragility(training);
  const count = training.columns.length;
  const ranked = scores
    .map((_, i) => i)
    .toSorted((a, b) => scores[b]!.score - scores[a]!.score || byCodeUnits(training.columns[a]!, training.columns[b]!));
  const aggressors = ranked.slice(0, aggressorCount(count)).toSorted((a, b) => a - b);
  const isAggressor = new Set(aggressors);
  const coreIndices = scores.map((_, i) => i).filter((i) => !isAggressor.has(i));
  const core = coreWeights(selectColumns(training, coreIndices), parameters);
  const weights = new Float64Array(count);
  for (const i of aggressors) weights[i] = parameters.aggressorFraction / aggressors.length;
  coreIndices.forEach((to, from) => (weights[to] = core.weights[from]! * (1 - parameters.aggressorFraction)));
  const nameOf = (i: number): string => training.columns[i]!;
  return {
    ...certify('barbell', training.columns, weights, { conditionNumber: core.conditionNumber }),
    detail: {
      aggressors: aggressors.map(nameOf),
      core: coreIndices.map(nameOf),
      coreMethod: core.estimate === null ? 'equal_weight' : 'hrp',
      scores,
      aggressorFraction: parameters.aggressorFraction,
      regime: 'NORMAL',
      regimeAssumed: true,
    },
    estimate: core.estimate,
    flags: [
      ...(coreIndices.length === 1 ? ['single_column_core'] : []),
      ...withoutTail.map((symbol) => `no_return_above_tail_quantile:${symbol}`),
    ],
  };
}
