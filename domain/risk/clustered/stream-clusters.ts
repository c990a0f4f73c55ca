import { condensedLength, condensedOffset } from '../distance.ts';
import { linkage } from '../linkage.ts';
import type { LinkageRow } from '../schemas.ts';
import type { Streams } from '../../returns/streams.ts';
import { flatClusters, type FlatClusters } from './flat-clusters.ts';
import { addCorrelations } from './zero-aware-correlation.ts';

/** Fewer rows in common have no correlation. */
const pairRowsMin = 20;

/** Which lookbacks were used, in rows. */
export interface Lookbacks {
  readonly used: readonly number[];
  /** Longer than the rows there are, or shorter than 20. */
  readonly leftOut: readonly number[];
}

/** Lookbacks of 20 rows up to all rows; all rows where none is left. */
export function fittingLookbacks(asked: readonly number[], rows: number): Lookbacks {
  const fits = (lookback: number): boolean => lookback >= pairRowsMin && lookback <= rows;
  const used = asked.filter(fits);
  return { used: used.length === 0 ? [rows] : used, leftOut: asked.filter((lookback) => !fits(lookback)) };
}

export interface StreamClusters extends FlatClusters {
  readonly lookbacks: Lookbacks;
  /** Leaves are the streams in their order. */
  readonly linkage: readonly LinkageRow[];
  /** Condensed distances, averaged over the lookbacks. */
  readonly distances: Float64Array;
  /** Condensed correlations after shrinkage, averaged over the lookbacks. */
  readonly correlations: Float64Array;
  /** Leaves of each cluster. */
  readonly members: readonly (readonly number[])[];
}

export interface ClusterOptions {
  readonly lookbacks: readonly number[];
  /** Correlations are multiplied by one minus this. */
  readonly shrinkage: number;
  /** Distance of the cut. */
  readonly threshold: number;
}

/**
 * Clusters of streams: distances √((1-ρ)/2) averaged over the lookbacks that fit, Ward's linkage on them as given, cut at a distance
 * (docs/explanation/selection.md#clusters). Exact zeros are no observations.
 */
export function clusterStreams(streams: Streams, { lookbacks: asked, shrinkage, threshold }: ClusterOptions): StreamClusters {
  const size = streams.symbols.length;
  const lookbacks = fittingLookbacks(asked, streams.rows);
  const distances = new Float64Array(condensedLength(size));
  const correlations = new Float64Array(condensedLength(size));
  for (const rows of lookbacks.used)
    addCorrelations(streams, { rows, rowsMin: Math.min(pairRowsMin, streams.rows), shrinkage }, distances, correlations);
  const count = lookbacks.used.length;
  if (count > 1)
    for (let at = 0; at < distances.length; at++) {
      distances[at] = distances[at]! / count;
      correlations[at] = correlations[at]! / count;
    }
  const rows = linkage(distances, size, 'ward');
  const flat = flatClusters(rows, size, threshold);
  const members: number[][] = Array.from({ length: flat.count }, () => []);
  flat.labels.forEach((label, leaf) => members[label]!.push(leaf));
  return { ...flat, lookbacks, linkage: rows, distances, correlations, members };
}

/** Mean correlation over the pairs of some members, ascending; null for fewer than two. */
export function meanCorrelation(correlations: Float64Array, size: number, members: readonly number[]): number | null {
  if (members.length < 2) return null;
  let sum = 0;
  for (const [k, i] of members.entries()) {
    const offset = condensedOffset(size, i);
    for (let m = k + 1; m < members.length; m++) sum += correlations[offset + members[m]!]!;
  }
  return sum / ((members.length * (members.length - 1)) / 2);
}
