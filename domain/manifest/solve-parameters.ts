import type { SolveParameters } from '../risk/schemas.ts';
import type { ResolvedBlocks } from './blocks.ts';

/** The parameters of a solve as a resolved manifest sets them. */
export function solveParametersOf(blocks: Pick<ResolvedBlocks, 'risk' | 'features'>, annualisationDays: number): SolveParameters {
  const { estimator, hrp, ridge, aggressor_fraction: aggressorFraction } = blocks.risk;
  return {
    estimator,
    correlationShrinkage: blocks.features.default_shrinkage_intensity,
    annualisationDays,
    ridge,
    hrp: { distance: hrp.distance, linkage: hrp.linkage, leafOrder: hrp.leaf_order },
    aggressorFraction,
  };
}
