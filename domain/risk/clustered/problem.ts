import type { ReturnMatrix } from '../../returns/series.ts';
import type { AggressorTable, RegimeLabel } from '../regime-names.ts';
import type { RiskProfile, SolveParameters } from '../schemas.ts';
import type { SolvePolicy } from '../solve-policy.ts';
import type { ClusterOptions } from './stream-clusters.ts';

/** A profile to solve on the streams that a selection has let win. */
export interface ClusteredProblem {
  readonly risk: RiskProfile;
  /**
   * Simple daily returns of the winners' streams over the training rows; for `market` those of the benchmarks, for `raw_pool_ew` the long
   * returns of the raw pool.
   */
  readonly training: ReturnMatrix;
  /** `aggressorFraction` is that of the regime. */
  readonly parameters: SolveParameters;
  readonly clustering: ClusterOptions;
  /** At most this in one cluster, or one over their number where that is more. */
  readonly clusterCap: number;
  /** The regime that the barbell's aggressor fraction was read for; null: NORMAL is assumed. */
  readonly regime: { readonly label: RegimeLabel; readonly table: AggressorTable } | null;
  /** Mean daily return of the raw pool over the training rows, for `market_neutral`. */
  readonly pool: Float64Array | null;
  /** Columns in the order that the user gave; that of the training rows when left out. */
  readonly givenOrder?: readonly string[];
  /** As the rules of the run have it; the current one when left out. */
  readonly policy?: SolvePolicy;
}
