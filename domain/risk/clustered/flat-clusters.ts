import type { LinkageRow } from '../schemas.ts';

/** Where a dendrogram was cut. */
export interface Cut {
  /** `distance`: clusters whose members join at or below the threshold. `maxclust`: at most so many clusters. */
  readonly criterion: 'distance' | 'maxclust';
  /** The threshold, or the number of clusters. */
  readonly value: number;
  /** The height of the cut; null where nothing was joined. */
  readonly height: number | null;
}

export interface FlatClusters {
  readonly cut: Cut;
  /** Number of the cluster of each leaf, from 0; clusters are numbered by their first leaf. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** More clusters than this are too many. */
const clustersMax = 25;

/** Joins that are made when everything up to a height is joined. */
function joinsUpTo(linkage: readonly LinkageRow[], height: number): number {
  let joins = 0;
  while (joins < linkage.length && linkage[joins]![2] <= height) joins++;
  return joins;
}

/** Labels after the first joins of a dendrogram. */
function labelsAfter(linkage: readonly LinkageRow[], joins: number, size: number): { labels: Int32Array; count: number } {
  const clusterOf = new Int32Array(size + joins);
  const labels = new Int32Array(size).fill(-1);
  clusterOf.forEach((_, id) => (clusterOf[id] = id));
  for (let k = joins - 1; k >= 0; k--) {
    const [left, right] = linkage[k]!;
    clusterOf[left] = clusterOf[size + k]!;
    clusterOf[right] = clusterOf[size + k]!;
  }
  const numbers = new Map<number, number>();
  for (let leaf = 0; leaf < size; leaf++) {
    const cluster = clusterOf[leaf]!;
    const number = numbers.get(cluster) ?? numbers.size;
    numbers.set(cluster, number);
    labels[leaf] = number;
  }
  return { labels, count: numbers.size };
}

/** Cuts at a distance; where that leaves more than 25 clusters, at the lowest height that leaves at most 25 (scipy's `fcluster`). */
export function flatClusters(linkage: readonly LinkageRow[], size: number, threshold: number): FlatClusters {
  const joins = joinsUpTo(linkage, threshold);
  if (size - joins <= clustersMax) {
    return { ...labelsAfter(linkage, joins, size), cut: { criterion: 'distance', value: threshold, height: threshold } };
  }
  const height = linkage[size - clustersMax - 1]![2];
  const cut: Cut = { criterion: 'maxclust', value: clustersMax, height };
  return { ...labelsAfter(linkage, joinsUpTo(linkage, height), size), cut };
}
