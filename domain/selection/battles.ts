import type { ExplainedSelection } from './select.ts';
import type { Standing } from './standing.ts';

/** How a cluster is named: `s1`, `s2`, ... in the order of the clusters' first names. */
export const clusterName = (label: number): string => `s${label + 1}`;

/** A member of a cluster in its battle. */
export interface Contender {
  readonly symbol: string;
  readonly direction: 'LONG' | 'SHORT';
  readonly score: number;
  readonly isCashLike: boolean;
  readonly standing: Standing;
}

/** A cluster with its members, best score first. */
export interface Battle {
  /** `s1`, `s2`, ... in the order of the clusters' first names. */
  readonly id: string;
  readonly winnersMax: number;
  readonly meanCorrelation: number | null;
  /** A cluster of one: whoever is in it wins without a battle. */
  readonly isWalkover: boolean;
  readonly contenders: readonly Contender[];
}

/** Every cluster as a battle, vetoed members and benchmarks included. */
export function battlesOf(selection: ExplainedSelection): Battle[] {
  const { clusters, quotas, scores, symbols, directions, cashLike, standings } = selection;
  return clusters.members.map((members, cluster) => ({
    id: clusterName(cluster),
    winnersMax: quotas[cluster]!.winnersMax,
    meanCorrelation: quotas[cluster]!.meanCorrelation,
    isWalkover: members.length === 1,
    contenders: members
      .toSorted((left, right) => scores.score[right]! - scores.score[left]! || left - right)
      .map((i) => ({
        symbol: symbols[i]!,
        direction: directions[i]!,
        score: scores.score[i]!,
        isCashLike: cashLike[i]!,
        standing: standings[i]!,
      })),
  }));
}

/** How many candidates are left after each step. */
export interface Funnel {
  readonly candidates: number;
  /** Kept out by a setting. */
  readonly excluded: number;
  /** First veto of each vetoed candidate, counted. */
  readonly vetoed: ExplainedSelection['vetoCount']['histogram'];
  /** Without a veto and below the gate. */
  readonly gated: number;
  /** Winners that each stage added. */
  readonly admittedByStage: readonly number[];
  readonly winners: number;
}

export function funnelOf({ candidates, standings, judgements, gates, facts, vetoCount, staged, winners }: ExplainedSelection): Funnel {
  const isOpen = (i: number): boolean => !facts[i]!.isBenchmark && judgements[i]!.vetoes.length === 0;
  return {
    candidates,
    excluded: standings.filter(({ kind }) => kind === 'excluded').length,
    vetoed: vetoCount.histogram,
    gated: [...gates.keys()].filter((i) => isOpen(i) && !gates[i]!).length,
    admittedByStage: staged.afterStage.map((count, stage) => count - (staged.afterStage[stage - 1] ?? 0)),
    winners: winners.length,
  };
}
