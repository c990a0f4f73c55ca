import type { FeatureColumns, StreamFeature } from './features.ts';
import type { SymbolFacts } from './pool.ts';
import type { SelectionMode, SelectionReading } from './settings.ts';

/** Components of a score, in the order in which their factors are multiplied. */
export const components = [
  'momentum',
  'efficiency',
  'survival',
  'antifragility',
  'hurst',
  'liquidity',
  'stability',
  'entropy',
  'adx',
  'recommend_all',
  'recommend_ma',
  'skew',
  'kurtosis',
  'cvar',
] as const;
export type Component = (typeof components)[number];

/** `rank` and `rank_desc` by order, `unit` as it is within [.001, 1], `normal` by the normal distribution of its z-score. */
export type ComponentMap = 'rank' | 'rank_desc' | 'unit' | 'normal';

export const componentMaps = {
  momentum: 'rank',
  efficiency: 'unit',
  survival: 'unit',
  antifragility: 'rank',
  hurst: 'rank',
  liquidity: 'unit',
  stability: 'rank',
  entropy: 'rank',
  adx: 'normal',
  recommend_all: 'normal',
  recommend_ma: 'normal',
  skew: 'rank',
  kurtosis: 'rank_desc',
  cvar: 'rank',
} as const satisfies Record<Component, ComponentMap>;

const logMpsWeights = {
  momentum: 1.7469,
  efficiency: 1.5348,
  survival: 1.4,
  antifragility: 0.6263,
  hurst: 0.3485,
  liquidity: 0.2946,
  stability: 0.0458,
  entropy: 0.0322,
  adx: 1,
} as const;

/** Exponents by mode; a component that a mode does not name takes no part. */
export const componentWeights: Readonly<Record<SelectionMode, Readonly<Partial<Record<Component, number>>>>> = {
  v3: { momentum: 1, survival: 1, antifragility: 1, liquidity: 1, stability: 1, adx: 1 },
  'v3.2': logMpsWeights,
  v4: { ...logMpsWeights, recommend_all: 1, recommend_ma: 1, skew: 0.5, kurtosis: 0.5, cvar: 1 },
};

const unitClip = (value: number): number => Math.max(0, Math.min(1, value));
const volatilityFloor = 1e-9;
const rangeFloor = 1e-9;
const fullSampleRows = 252;

/** (value - least) / (range + 1e-9), over the values that there are. */
function scaledByRange(values: Float64Array): Float64Array {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return values.map((value) => (value - least) / (most - least + rangeFloor));
}

/** Scaled skewness plus scaled upper tail, times min(1, rows/252); not evaluated where there is no skewness. */
export function antifragilityColumn({ skew, tail_gain: gain }: FeatureColumns<'skew' | 'tail_gain'>, rows: number): Float64Array {
  const significance = Math.min(1, rows / fullSampleRows);
  const [skews, gains] = [scaledByRange(skew), scaledByRange(gain)];
  return skews.map((value, i) => (value + gains[i]!) * significance);
}

const hurstComponents = {
  distance: (exponent: number): number => unitClip(2 * Math.abs(exponent - 0.5)),
  clean: (exponent: number): number => unitClip(1 - 2 * Math.abs(exponent - 0.5)),
} as const;

export interface ComponentOptions {
  readonly rows: number;
  readonly fullLiquidity: number;
  readonly reading: Pick<SelectionReading, 'hurst_component'>;
}

/** Values of the components before they are mapped, NaN where they cannot be evaluated. */
export function componentValues(
  features: FeatureColumns<StreamFeature>,
  facts: readonly SymbolFacts[],
  { rows, fullLiquidity, reading }: ComponentOptions,
): FeatureColumns<Component> {
  const known = (read: (fact: SymbolFacts) => number | null): Float64Array => Float64Array.from(facts, (fact) => read(fact) ?? Number.NaN);
  return {
    momentum: features.momentum,
    efficiency: features.efficiency,
    survival: known(({ survival }) => survival),
    antifragility: antifragilityColumn(features, rows),
    hurst: features.hurst_raw.map(hurstComponents[reading.hurst_component]),
    liquidity: known(({ averageDailyValue: value }) => (value === null ? null : Math.min(1, value / fullLiquidity))),
    stability: features.vol.map((vol) => 1 / (vol + volatilityFloor)),
    entropy: features.entropy_raw.map((entropy) => unitClip(1 - entropy)),
    adx: known(({ adx }) => adx),
    recommend_all: known(({ recommendAll }) => recommendAll),
    recommend_ma: known(({ recommendMa }) => recommendMa),
    skew: features.skew,
    kurtosis: features.kurtosis,
    cvar: features.cvar,
  };
}
