import { sampleMoments } from '../returns/sample-moments.ts';
import { absoluteAutocorrelation } from './autocorrelation.ts';
import { type DickeyFuller, dickeyFuller } from './augmented-dickey-fuller.ts';
import { adjustedExcessKurtosis } from './excess-kurtosis.ts';
import { detailEnergyShare, haarDecomposition } from './haar.ts';
import { permutationEntropy } from './permutation-entropy.ts';
import { type Hurst, hurst } from './rescaled-range.ts';

/** What the quadrant is read from, and the score too; null where a component could not be evaluated. Deviations have the divisor n - 1. */
export interface StressComponents {
  /** Deviation of the last 10 rows over that of all. */
  readonly volatilityRatio: number | null;
  readonly recentDeviation: number;
  readonly deviation: number;
  /** Share of the energy of the last 64 rows that three levels of Haar details hold. */
  readonly turbulence: number | null;
}

/** What the score is made of. */
export interface RegimeComponents extends StressComponents {
  /** Of |r|, at lag 1. */
  readonly autocorrelation: number;
  /** Of order 3 on the last 64 rows, over ln 6. */
  readonly permutationEntropy: number | null;
  readonly hurst: Hurst | null;
  readonly dickeyFuller: DickeyFuller | null;
  readonly excessKurtosis: number | null;
}

export const recentRows = 10;
const spectralRows = 64;
const entropyOrder = 3;

/** The components that cost little; there are at least `recentRows` returns. */
export function stressComponents(returns: Float64Array): StressComponents {
  const recentDeviation = sampleMoments(returns.subarray(returns.length - recentRows)).deviation ?? 0;
  const deviation = sampleMoments(returns).deviation ?? 0;
  const haar = haarDecomposition(returns);
  return {
    volatilityRatio: deviation > 0 ? recentDeviation / deviation : null,
    recentDeviation,
    deviation,
    turbulence: haar === null ? null : detailEnergyShare(haar),
  };
}

/** Every component by itself; there are at least `recentRows` returns. */
export function regimeComponents(returns: Float64Array): RegimeComponents {
  const entropy = permutationEntropy(returns.subarray(Math.max(0, returns.length - spectralRows)), entropyOrder);
  return {
    ...stressComponents(returns),
    autocorrelation: absoluteAutocorrelation(returns),
    permutationEntropy: entropy === null ? null : entropy.nats / Math.log(entropy.patterns),
    hurst: hurst(returns),
    dickeyFuller: dickeyFuller(returns),
    excessKurtosis: adjustedExcessKurtosis(returns),
  };
}

/** A term of the score: weight times value, 0 where the component was not evaluated. */
export interface RegimeTerm {
  readonly component: string;
  readonly weight: number;
  readonly value: number | null;
}

const map = (value: number | null, change: (value: number) => number): number | null => (value === null ? null : change(value));

/** Weights and values whose products add up to the raw score. The exponent is the uncorrected one, as the documents have it. */
export function regimeTerms(components: RegimeComponents): RegimeTerm[] {
  const { volatilityRatio, turbulence, autocorrelation, excessKurtosis } = components;
  return [
    { component: 'volatility_ratio', weight: 0.35, value: volatilityRatio },
    { component: 'turbulence', weight: 0.25, value: turbulence },
    { component: 'autocorrelation', weight: 0.15, value: Math.max(0, autocorrelation) },
    { component: 'permutation_entropy', weight: 0.1, value: components.permutationEntropy },
    { component: 'hurst', weight: 0.1, value: map(components.hurst?.uncorrected ?? null, (exponent) => 2 * Math.abs(exponent - 0.5)) },
    { component: 'unit_root', weight: 0.05, value: components.dickeyFuller?.pValue ?? null },
    { component: 'kurtosis', weight: 0.15, value: map(excessKurtosis, (excess) => Math.min(1, Math.abs(excess) / 10)) },
  ];
}
