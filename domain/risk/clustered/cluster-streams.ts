import type { ReturnMatrix } from '../../returns/series.ts';
import { rawStreams } from '../../returns/streams.ts';
import { columnStandardDeviations } from '../covariance.ts';
import { type ClusterOptions, clusterStreams, type StreamClusters } from './stream-clusters.ts';

/** Annualised volatility below which a stream counts as having this. */
const volatilityMin = 1e-6;

/** Streams in clusters, and the return of each cluster. */
export interface ClusteredStreams {
  /** Columns in code-unit order of their names. */
  readonly training: ReturnMatrix;
  readonly tree: StreamClusters;
  /** Columns of each cluster, ascending; clusters are numbered by their first column. */
  readonly members: readonly (readonly number[])[];
  /** Shares within each cluster, in the order of its members; they sum to one. */
  readonly shares: readonly Float64Array[];
  /** A column for each cluster, named by its first member, so that the order of the names is that of the clusters. */
  readonly returns: ReturnMatrix;
}

export function clusterId(cluster: number): string {
  return `w${cluster + 1}`;
}

/** In proportion to one over the variance. */
function inverseVariance(members: readonly number[], volatilities: Float64Array): Float64Array {
  const inverse = Float64Array.from(members, (column) => {
    const volatility = Math.max(volatilities[column]!, volatilityMin);
    return 1 / (volatility * volatility);
  });
  const total = inverse.reduce((sum, value) => sum + value, 0);
  return inverse.map((value) => value / total);
}

/** The returns of some clusters at fixed shares of their members. */
function returnsOf(
  { dates, columns, values }: ReturnMatrix,
  members: ClusteredStreams['members'],
  shares: readonly Float64Array[],
): ReturnMatrix {
  const [rows, width, count] = [dates.length, columns.length, members.length];
  const clustered = new Float64Array(rows * count);
  for (let row = 0; row < rows; row++)
    members.forEach((inside, cluster) => {
      let sum = 0;
      inside.forEach((column, k) => (sum += shares[cluster]![k]! * values[row * width + column]!));
      clustered[row * count + cluster] = sum;
    });
  return { dates, columns: members.map((inside) => columns[inside[0]!]!), values: clustered };
}

/**
 * Clusters the streams of a training window and takes each cluster's return: its members by inverse variance, at fixed shares (HERC;
 * docs/explanation/profiles.md#clusters). Columns must be sorted by name. Two rows at least, else `HistoryTooShort`.
 */
export function clusteredStreams(training: ReturnMatrix, options: ClusterOptions, annualisationDays: number): ClusteredStreams {
  const volatilities = columnStandardDeviations(training).map((deviation) => deviation * Math.sqrt(annualisationDays));
  const tree = clusterStreams(rawStreams(training), options);
  const { members } = tree;
  const shares = members.map((inside) => inverseVariance(inside, volatilities));
  return { training, tree, members, shares, returns: returnsOf(training, members, shares) };
}
