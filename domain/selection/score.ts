import type { Quadrant } from '../regime/schemas.ts';
import { type Component, componentMaps, components, componentWeights } from './components.ts';
import type { FeatureColumns } from './features.ts';
import { absentProbability, mapComponent } from './maps.ts';
import type { SelectionMode, SelectionReading } from './settings.ts';

/** Scores of a cross-section. A score is the product of its factors and of the multiplier, in the order of `components`. */
export interface Scores {
  /** Components that take part, with their exponents. */
  readonly weights: readonly { readonly component: Component; readonly weight: number }[];
  /** Mapped value of each component that takes part, in (0, 1]. */
  readonly probabilities: Readonly<Partial<Record<Component, Float64Array>>>;
  readonly multiplier: Float64Array;
  readonly score: Float64Array;
  /** Components that nobody has. */
  readonly absentEverywhere: readonly Component[];
  /** Places of the symbols that lack a component which others have. */
  readonly absentSome: readonly { readonly component: Component; readonly symbols: readonly number[] }[];
}

/** P^w; P itself for a weight of one. */
export function factorOf(probability: number, weight: number): number {
  return weight === 1 ? probability : Math.exp(weight * Math.log(probability));
}

/** The factors of one symbol, which multiply to its score together with its multiplier. */
export function factorsOf({ weights, probabilities }: Scores, symbol: number): { component: Component; factor: number }[] {
  return weights.map(({ component, weight }) => ({ component, factor: factorOf(probabilities[component]![symbol]!, weight) }));
}

/** Place of a score among all, 1 for the best; of equal ones the earlier symbol stands first. */
export function rankAt(score: Float64Array, at: number): number {
  const own = score[at]!;
  return 1 + score.reduce((better, one, other) => better + (one > own || (one === own && other < at) ? 1 : 0), 0);
}

const ofQuadrant = {
  EXPANSION: 0.6,
  INFLATIONARY_TREND: 0.6,
  STAGNATION: -0.3,
  CRISIS: -0.3,
  NORMAL: 0.2,
} as const satisfies Record<Quadrant, number>;
const trending = 0.55;
const reverting = 0.45;
const multiplierMin = 0.1;

/** What the market's quadrant and the stream's own persistence make of a score. An exponent that is not evaluated changes nothing. */
export function regimeMultiplier(quadrant: Quadrant, exponent: number, clustering: number): number {
  let rank: number = ofQuadrant[quadrant];
  if (exponent > trending) rank += Math.min(0.4, 2 * (exponent - trending));
  if (exponent < reverting) rank -= 0.4;
  if (clustering > 0.5) rank += 0.1;
  return Math.max(multiplierMin, 1 + rank);
}

/** The one strategy whose scores follow the regime. */
const trendFollowing = 'trend_following';

export interface ScoreOptions {
  readonly mode: SelectionMode;
  readonly strategy: string;
  readonly quadrant: Quadrant;
  readonly reading: Pick<SelectionReading, 'component_map' | 'absent_component'>;
}

/** Scores of all columns in one cross-section (docs/explanation/selection.md#scores). */
export function scoresOf(
  values: FeatureColumns<Component>,
  features: FeatureColumns<'hurst_raw' | 'acf1_abs'>,
  { mode, strategy, quadrant, reading }: ScoreOptions,
): Scores {
  const count = values.momentum.length;
  const score = new Float64Array(count).fill(1);
  const weights: { component: Component; weight: number }[] = [];
  const probabilities: Partial<Record<Component, Float64Array>> = {};
  const absentEverywhere: Component[] = [];
  const absentSome: { component: Component; symbols: number[] }[] = [];
  for (const component of components) {
    const weight = componentWeights[mode][component];
    if (weight === undefined) continue;
    const column = values[component];
    const missing = [...column.keys()].filter((i) => Number.isNaN(column[i]!));
    const isAbsent = missing.length === count;
    if (isAbsent) absentEverywhere.push(component);
    else if (missing.length > 0) absentSome.push({ component, symbols: missing });
    if (isAbsent && reading.absent_component === 'leave_out') continue;
    const mapped = isAbsent ? column.slice() : mapComponent(column, componentMaps[component], reading);
    for (const i of missing) mapped[i] = absentProbability;
    weights.push({ component, weight });
    probabilities[component] = mapped;
    for (let i = 0; i < count; i++) score[i] = score[i]! * factorOf(mapped[i]!, weight);
  }
  const multiplier = new Float64Array(count).fill(1);
  if (strategy === trendFollowing)
    for (let i = 0; i < count; i++) multiplier[i] = regimeMultiplier(quadrant, features.hurst_raw[i]!, features.acf1_abs[i]!);
  return { weights, probabilities, multiplier, score: score.map((product, i) => product * multiplier[i]!), absentEverywhere, absentSome };
}
