import type { ReturnMatrix } from '../returns/series.ts';
import { byCodeUnits } from '../shared/order.ts';
import { sampleCorrelation } from './covariance.ts';
import { correlationDistance, euclideanOfColumns } from './distance.ts';
import type { HrpDetail, HrpParameters, LinkageRow } from './schemas.ts';

/** A dendrogram that others can draw and check: scipy's rows, with what their numbers stand for. */
export interface ClusterTree {
  /** The leaf of each id below the number of leaves. */
  readonly leaves: readonly string[];
  readonly linkage: readonly LinkageRow[];
  /** Left to right. */
  readonly leafOrder: readonly string[];
  /** Condensed, in the order of the leaves: what was clustered. */
  readonly distances: readonly number[];
}

function selectColumns({ dates, columns, values }: ReturnMatrix, names: readonly string[]): ReturnMatrix {
  const places = names.map((name) => columns.indexOf(name));
  const selected = new Float64Array(dates.length * places.length);
  for (let row = 0; row < dates.length; row++)
    for (const [to, from] of places.entries()) selected[row * places.length + to] = values[row * columns.length + from]!;
  return { dates, columns: names, values: selected };
}

/** The tree that a solve found on these rows, with the distances that it clustered; columns without variance are no leaves. */
export function clusterTree(training: ReturnMatrix, parameters: HrpParameters, { linkage, leafOrder }: HrpDetail): ClusterTree {
  const known = new Set(leafOrder);
  const given = training.columns.filter((column) => known.has(column));
  const leaves = parameters.leafOrder === 'plain' ? given : given.toSorted(byCodeUnits);
  const direct = correlationDistance(sampleCorrelation(selectColumns(training, leaves)), leaves.length);
  const distances = parameters.distance === 'd' ? direct : euclideanOfColumns(direct, leaves.length);
  return { leaves, linkage, leafOrder, distances: [...distances] };
}
