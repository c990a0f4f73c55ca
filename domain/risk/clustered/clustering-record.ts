import type { SymbolWeight } from '../../returns/series.ts';
import { certify } from '../certificate.ts';
import type { ColumnCap } from '../cap.ts';
import type { Certificate, Clustering, RiskProfile } from '../schemas.ts';
import { type ClusteredStreams, clusterId } from './cluster-streams.ts';

/** What the clusters of a solve hold. */
export interface ClusterWeights {
  readonly weights: Float64Array;
  /** Before a projection; null where there is none. */
  readonly uncapped: readonly (number | null)[];
  /** Shares within each cluster, in the order of its members. */
  readonly shares: readonly Float64Array[];
  /** Leader of each cluster; null where there are none. */
  readonly leaders: readonly string[] | null;
  readonly cap: ColumnCap;
}

/** Weights were above the cap: by more than nothing, for a projection leaves those at it where they are. */
function isProjected({ uncapped, cap }: ClusterWeights): boolean {
  return uncapped.some((weight) => weight !== null && weight > cap.effective);
}

/** The clusters with their weights, and the tree that they were cut from. */
export function clusteringOf({ training, tree, members }: ClusteredStreams, held: ClusterWeights, clusterCap: number): Clustering {
  const { criterion, value, height } = tree.cut;
  return {
    clusters: members.map((inside, cluster) => ({
      id: clusterId(cluster),
      weight: held.weights[cluster]!,
      uncapped: held.uncapped[cluster]!,
      members: inside.map((column, k) => ({ symbol: training.columns[column]!, share: held.shares[cluster]![k]! })),
      ...(held.leaders === null ? {} : { leader: held.leaders[cluster]! }),
    })),
    leaves: [...training.columns],
    linkage: tree.linkage.map((row) => [...row]),
    cut: { criterion, value, height },
    lookbacks: { used: [...tree.lookbacks.used], leftOut: [...tree.lookbacks.leftOut] },
    clusterCap,
    effectiveCap: held.cap.effective,
    projected: isProjected(held),
    capsDetermine: held.cap.determines,
  };
}

/** The weight of each column: that of its cluster times its share within. */
export function columnWeights({ training, members }: ClusteredStreams, { weights, shares }: ClusterWeights): SymbolWeight[] {
  const values = new Float64Array(training.columns.length);
  members.forEach((inside, cluster) => inside.forEach((column, k) => (values[column] = weights[cluster]! * shares[cluster]![k]!)));
  return training.columns.map((symbol, i) => ({ symbol, weight: values[i]! }));
}

const ofColumns = { weightSumError: 'columnWeightSumError', negativeWeight: 'columnNegativeWeight' } as const;

/** The certificate of the clusters' weights, and beside it what holds for the columns. A post-condition that fails is `SolverFailed`. */
export function certificateOf(
  risk: RiskProfile,
  certificate: Certificate,
  columns: readonly SymbolWeight[],
  ids: ReadonlyMap<string, string>,
): Certificate {
  const symbols = columns.map(({ symbol }) => symbol);
  const checked = certify(
    risk,
    symbols,
    columns.map(({ weight }) => weight),
    {},
  ).certificate.postConditions;
  const named = checked.map((condition) => ({ ...condition, name: ofColumns[condition.name as keyof typeof ofColumns] }));
  return {
    ...certificate,
    bindingSymbols: certificate.bindingSymbols.map((symbol) => ids.get(symbol)!),
    postConditions: [...certificate.postConditions, ...named],
  };
}
