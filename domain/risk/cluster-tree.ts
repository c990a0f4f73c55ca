import type { ReturnMatrix } from '../returns/series.ts';
import { byCodeUnits } from '../shared/order.ts';
import { sampleCorrelation } from './covariance.ts';
import { correlationDistance, euclideanOfColumns } from './distance.ts';
import { type Clustering, type HrpDetail, hrpDetailSchema, type HrpParameters, type LinkageRow, type SolveResult } from './schemas.ts';

/** A dendrogram that others can draw and check: scipy's rows, with what their numbers stand for. */
export interface ClusterTree {
  /** The leaf of each id below the number of leaves. */
  readonly leaves: readonly string[];
  readonly linkage: readonly LinkageRow[];
  /** Left to right. */
  readonly leafOrder: readonly string[];
  /** Condensed, in the order of the leaves: what was clustered. */
  readonly distances: readonly number[];
  /** Columns of each leaf that is a cluster, by its id; left out where the leaves are columns. */
  readonly members?: Readonly<Record<string, readonly string[]>>;
}

function selectColumns({ dates, columns, values }: ReturnMatrix, names: readonly string[]): ReturnMatrix {
  const places = names.map((name) => columns.indexOf(name));
  const selected = new Float64Array(dates.length * places.length);
  for (let row = 0; row < dates.length; row++)
    for (const [to, from] of places.entries()) selected[row * places.length + to] = values[row * columns.length + from]!;
  return { dates, columns: names, values: selected };
}

function treeOn(
  matrix: ReturnMatrix,
  leaves: readonly string[],
  { distance }: HrpParameters,
  { linkage, leafOrder }: HrpDetail,
): ClusterTree {
  const direct = correlationDistance(sampleCorrelation(selectColumns(matrix, leaves)), leaves.length);
  const distances = distance === 'd' ? direct : euclideanOfColumns(direct, leaves.length);
  return { leaves, linkage, leafOrder, distances: [...distances] };
}

/** The tree that a solve found on these rows, with the distances that it clustered; columns without variance are no leaves. */
export function clusterTree(training: ReturnMatrix, parameters: HrpParameters, detail: HrpDetail): ClusterTree {
  const known = new Set(detail.leafOrder);
  const given = training.columns.filter((column) => known.has(column));
  return treeOn(training, parameters.leafOrder === 'plain' ? given : given.toSorted(byCodeUnits), parameters, detail);
}

/** Returns of clusters at the recorded shares of their members, each named by its id. */
function clusterReturns({ dates, columns, values }: ReturnMatrix, clusters: Clustering['clusters']): ReturnMatrix {
  const width = columns.length;
  const inside = clusters.map(({ members }) => members.map(({ symbol, share }) => ({ column: columns.indexOf(symbol), share })));
  const returns = new Float64Array(dates.length * clusters.length);
  for (let row = 0; row < dates.length; row++)
    for (const [cluster, members] of inside.entries())
      returns[row * clusters.length + cluster] = members.reduce((sum, { column, share }) => sum + share * values[row * width + column]!, 0);
  return { dates, columns: clusters.map(({ id }) => id), values: returns };
}

/** The tree of a solve: of its columns, or of its clusters where it acted on them, in their order. Null for a profile without one. */
export function treeOfSolve(
  training: ReturnMatrix,
  parameters: HrpParameters,
  { detail, clustering }: Pick<SolveResult, 'detail' | 'clustering'>,
): ClusterTree | null {
  const hrp = hrpDetailSchema.safeParse(detail);
  if (!hrp.success) return null;
  if (clustering === undefined) return clusterTree(training, parameters, hrp.data);
  const known = new Set(hrp.data.leafOrder);
  const clusters = clustering.clusters.filter(({ id }) => known.has(id));
  const firstOf = ({ members }: (typeof clusters)[number]): number =>
    Math.min(...members.map(({ symbol }) => training.columns.indexOf(symbol)));
  const ordered = parameters.leafOrder === 'plain' ? clusters.toSorted((left, right) => firstOf(left) - firstOf(right)) : clusters;
  const returns = clusterReturns(training, ordered);
  const members = Object.fromEntries(ordered.map(({ id, members: inside }) => [id, inside.map(({ symbol }) => symbol)]));
  return { ...treeOn(returns, returns.columns, parameters, hrp.data), members };
}
