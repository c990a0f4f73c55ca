import { nameOrder, selectSquare } from './columns.ts';
import { certify, type Certified } from './certificate.ts';
import { checkCovariance, requireVariances } from './covariance-check.ts';
import { correlationDistance, euclideanOfColumns } from './distance.ts';
import { plainLeafOrder } from './leaf-order.ts';
import { linkage } from './linkage.ts';
import { exactLeafOrder, optimalLeafOrder } from './optimal-leaf-order.ts';
import type { HrpDetail, HrpParameters, LinkageRow } from './schemas.ts';

export interface HierarchicalRiskParity extends Certified {
  /** Merges over the columns as ordered for the arithmetic: by name, or as given with `plain`. */
  readonly linkage: LinkageRow[];
  /** Symbols from left to right. */
  readonly leafOrder: string[];
}

/** Covariance in the order of the leaves, lower triangle, and the variances on their own: what the splits read again and again. */
interface Ordered {
  readonly size: number;
  readonly covariance: Float64Array;
  readonly variances: Float64Array;
}

function inOrder(covariance: Float64Array, size: number, order: readonly number[]): Ordered {
  const ordered = new Float64Array(size * size);
  const variances = new Float64Array(size);
  for (let a = 0; a < size; a++) {
    const row = order[a]! * size;
    for (let b = 0; b < a; b++) ordered[a * size + b] = covariance[row + order[b]!]!;
    variances[a] = covariance[row + order[a]!]!;
  }
  return { size, covariance: ordered, variances };
}

/** Variance of the inverse-variance portfolio of the leaves at positions [from, to) of the order. */
function clusterVariance({ size, covariance, variances }: Ordered, from: number, to: number): number {
  let total = 0;
  let variance = 0;
  for (let a = from; a < to; a++) {
    const inverse = 1 / variances[a]!;
    total += inverse;
    let crossed = 0;
    for (let b = from; b < a; b++) crossed += covariance[a * size + b]! / variances[b]!;
    variance += inverse * (2 * crossed + 1);
  }
  return variance / (total * total);
}

/** Splits the positions [from, to) in halves again and again, dividing the weight by inverse cluster variance. */
function bisect(ordered: Ordered, weights: Float64Array, from: number, to: number): void {
  if (to - from < 2) return;
  const middle = from + Math.floor((to - from) / 2);
  const left = clusterVariance(ordered, from, middle);
  const right = clusterVariance(ordered, middle, to);
  const share = 1 - left / (left + right);
  for (let at = from; at < middle; at++) weights[at] = weights[at]! * share;
  for (let at = middle; at < to; at++) weights[at] = weights[at]! * (1 - share);
  bisect(ordered, weights, from, middle);
  bisect(ordered, weights, middle, to);
}

function weightsInOrder(covariance: Float64Array, size: number, order: readonly number[]): Float64Array {
  const inPlace = new Float64Array(size).fill(1);
  bisect(inOrder(covariance, size, order), inPlace, 0, size);
  const weights = new Float64Array(size);
  for (let at = 0; at < size; at++) weights[order[at]!] = inPlace[at]!;
  return weights;
}

function leavesInOrder(rows: readonly LinkageRow[], distance: Float64Array, size: number, rule: HrpParameters['leafOrder']): number[] {
  if (rule === 'plain') return plainLeafOrder(rows, size);
  return rule === 'optimal' ? optimalLeafOrder(rows, distance, size) : exactLeafOrder(rows, distance, size);
}

/** The allocation without its checks: columns in the order of the arithmetic, every variance positive. */
export function hierarchicalWeights(
  covariance: Float64Array,
  correlation: Float64Array,
  columns: readonly string[],
  parameters: HrpParameters,
): { weights: Float64Array } & HrpDetail {
  const size = columns.length;
  const direct = correlationDistance(correlation, size);
  const distance = parameters.distance === 'd' ? direct : euclideanOfColumns(direct, size);
  const rows = linkage(distance, size, parameters.linkage);
  const order = leavesInOrder(rows, distance, size, parameters.leafOrder);
  return { weights: weightsInOrder(covariance, size, order), linkage: rows, leafOrder: order.map((leaf) => columns[leaf]!) };
}

/**
 * Hierarchical risk parity (Lopez de Prado 2016): cluster by correlation distance, order the leaves, bisect by halves
 * with inverse-variance risk. Both matrices are n x n row-major; `correlation` shapes the tree, `covariance` the split.
 * Columns are sorted by name first, unless `leafOrder` is `plain`. The weights come back in the order given.
 *
 * Errors: `NotACovariance` for either matrix; `SolverFailed` naming columns without variance.
 */
export function hierarchicalRiskParity(request: {
  readonly covariance: Float64Array;
  readonly correlation: Float64Array;
  readonly columns: readonly string[];
  readonly parameters: HrpParameters;
}): HierarchicalRiskParity {
  const size = request.columns.length;
  const byName = nameOrder(request.columns);
  const order = request.parameters.leafOrder === 'plain' ? request.columns.map((_, i) => i) : byName;
  const columns = order.map((i) => request.columns[i]!);
  const covariance = selectSquare(request.covariance, size, order);
  const correlation = selectSquare(request.correlation, size, order);
  const { conditionNumber } = checkCovariance(covariance, columns);
  checkCovariance(correlation, columns);
  requireVariances(covariance, columns);
  const found = hierarchicalWeights(covariance, correlation, columns, request.parameters);
  const given = new Float64Array(size);
  order.forEach((to, from) => (given[to] = found.weights[from]!));
  return { ...certify('hrp', request.columns, given, { conditionNumber }), linkage: found.linkage, leafOrder: found.leafOrder };
}
