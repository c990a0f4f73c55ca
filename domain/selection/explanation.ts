import { clusterName } from './battles.ts';
import type { Component } from './components.ts';
import { type StreamFeature, streamFeatures } from './features.ts';
import { factorOf, rankAt } from './score.ts';
import type { ExplainedSelection } from './select.ts';
import type { Standing } from './standing.ts';
import type { Judgement } from './vetoes.ts';

/** One factor of a score. */
export interface ExplainedFactor {
  readonly component: Component;
  /** Before it is mapped; null where it cannot be evaluated. */
  readonly value: number | null;
  /** In (0, 1]. */
  readonly probability: number;
  readonly weight: number;
  /** The probability to the power of the weight. */
  readonly factor: number;
  /** The component is not known of this symbol, and stands at one half. */
  readonly isAbsent: boolean;
}

/** Everything that decided about one symbol. */
export interface Explanation extends Judgement {
  readonly symbol: string;
  readonly direction: 'LONG' | 'SHORT';
  readonly features: Readonly<Record<StreamFeature, number | null>>;
  /** Together with the multiplier they multiply to the score. */
  readonly factors: readonly ExplainedFactor[];
  readonly multiplier: number;
  readonly score: number;
  /** 1 for the best score of all symbols. */
  readonly rank: number;
  /** Components that nobody has, and that take no part. */
  readonly absentEverywhere: readonly Component[];
  readonly passesGate: boolean;
  readonly cluster: string;
  /** The other members of its cluster, best score first. */
  readonly opponents: readonly string[];
  readonly standing: Standing;
}

const known = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** Why a symbol won or did not; null where it was not in the pool. */
export function explain(selection: ExplainedSelection, symbol: string): Explanation | null {
  const { symbols, scores, features, values, judgements, clusters, directions, gates, standings } = selection;
  const at = symbols.indexOf(symbol);
  if (at < 0) return null;
  const score = scores.score[at]!;
  const cluster = clusters.labels[at]!;
  const better = (left: number, right: number): number => scores.score[right]! - scores.score[left]! || left - right;
  return {
    symbol,
    direction: directions[at]!,
    features: Object.fromEntries(streamFeatures.map((name) => [name, known(features[name][at]!)])) as Explanation['features'],
    factors: scores.weights.map(({ component, weight }) => {
      const probability = scores.probabilities[component]![at]!;
      const value = known(values[component][at]!);
      return { component, value, probability, weight, factor: factorOf(probability, weight), isAbsent: value === null };
    }),
    multiplier: scores.multiplier[at]!,
    score,
    rank: rankAt(scores.score, at),
    absentEverywhere: scores.absentEverywhere,
    ...judgements[at]!,
    passesGate: gates[at]!,
    cluster: clusterName(cluster),
    opponents: clusters.members[cluster]!.filter((member) => member !== at)
      .toSorted(better)
      .map((member) => symbols[member]!),
    standing: standings[at]!,
  };
}
