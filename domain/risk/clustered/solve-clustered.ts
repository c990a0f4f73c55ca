import type { ReturnMatrix, SymbolWeight } from '../../returns/series.ts';
import { columnCapOf } from '../cap.ts';
import type { Certified } from '../certificate.ts';
import { nameOrder, selectColumns, sortColumns } from '../columns.ts';
import { columnStandardDeviations } from '../covariance.ts';
import { climb } from '../ladder.ts';
import { solveColumns, solveProfile, standardDeviationFloor } from '../profiles.ts';
import type { HrpDetail, RiskProfile, SolveResult } from '../schemas.ts';
import { flagsOf, recordOf, unsolved } from '../solve-record.ts';
import { currentSolvePolicy } from '../solve-policy.ts';
import { refuseConstant } from '../usable-columns.ts';
import { clusteredBarbell } from './clustered-barbell.ts';
import { certificateOf, clusteringOf, type ClusterWeights, columnWeights } from './clustering-record.ts';
import { type ClusteredStreams, clusteredStreams, clusterId } from './cluster-streams.ts';
import type { ClusteredProblem } from './problem.ts';

export type { ClusteredProblem } from './problem.ts';

/** The caps leave one allocation; the flag of a run. */
export const capsDetermineFlag = 'caps_determine';

/** What solving on clusters gives before it is told of columns. */
interface OnClusters extends Omit<SolveResult, 'weights' | 'clustering'> {
  readonly held: ClusterWeights;
}

/** The columns that are not constant, sorted by name, and those that are. */
function usableOf(risk: RiskProfile, given: ReturnMatrix): { training: ReturnMatrix; dropped: readonly string[] } {
  const deviations = columnStandardDeviations(given);
  const isUsable = (column: number): boolean => deviations[column]! > standardDeviationFloor;
  const byName = nameOrder(given.columns);
  const dropped = byName.filter((column) => !isUsable(column)).map((column) => given.columns[column]!);
  if (dropped.length === given.columns.length) refuseConstant(risk, dropped);
  return { training: selectColumns(given, byName.filter(isUsable)), dropped };
}

/** Clusters in the order in which the user gave the first of their members; they are named by the first in code-unit order. */
function clusterOrder({ training, members, returns }: ClusteredStreams, given: readonly string[]): string[] {
  const placeOf = new Map(given.map((symbol, place) => [symbol, place]));
  const firstOf = members.map((inside) => Math.min(...inside.map((column) => placeOf.get(training.columns[column]!)!)));
  return returns.columns
    .map((_, cluster) => cluster)
    .toSorted((a, b) => firstOf[a]! - firstOf[b]!)
    .map((cluster) => returns.columns[cluster]!);
}

function valuesOf(columns: readonly string[], weights: readonly SymbolWeight[]): (number | null)[] {
  const bySymbol = new Map(weights.map(({ symbol, weight }) => [symbol, weight]));
  return columns.map((symbol) => bySymbol.get(symbol) ?? null);
}

/** Minimum variance, hrp, equal risk contribution or maximum Sharpe on the cluster streams, with the cap. */
function optimised(problem: ClusteredProblem, streams: ClusteredStreams): OnClusters {
  const { risk, parameters, policy = currentSolvePolicy, clusterCap, training, givenOrder = training.columns } = problem;
  const { returns, shares } = streams;
  const ordered = clusterOrder(streams, givenOrder);
  const { result, cap, uncapped, kept } = solveColumns({ risk, training: returns, parameters, givenOrder: ordered, policy }, clusterCap);
  const weights = Float64Array.from(result.weights, ({ weight }) => weight);
  return {
    ...result,
    flags: [...result.flags.filter((flag) => flag !== 'single_column'), ...(kept === 1 ? ['single_cluster'] : [])],
    held: { weights, uncapped: valuesOf(returns.columns, uncapped ?? []), shares, leaders: null, cap: cap! },
  };
}

function barbell(problem: ClusteredProblem, streams: ClusteredStreams): OnClusters {
  const { risk, parameters, policy = currentSolvePolicy } = problem;
  // One cluster has no core: what is left is inverse variance.
  if (streams.members.length === 1) return optimised(problem, streams);
  const { part, attempts, correlationShrinkage } = climb(risk, parameters.correlationShrinkage, (shrinkage) =>
    clusteredBarbell(streams, { ...parameters, correlationShrinkage: shrinkage }, problem),
  );
  const { certificate, detail, estimate, flags, held } = part;
  return {
    ...unsolved,
    risk,
    certificate,
    detail,
    attempts,
    held,
    flags: flagsOf(flags, estimate, attempts, policy),
    estimate: recordOf(estimate, parameters, correlationShrinkage),
  };
}

/** Equal over the clusters. */
function equally({ risk, parameters, clusterCap }: ClusteredProblem, { returns, shares }: ClusteredStreams): OnClusters {
  const { weights, ...result } = solveProfile({ risk, training: returns, parameters });
  const cap = columnCapOf(clusterCap, weights.length);
  return {
    ...result,
    flags: weights.length === 1 ? ['single_cluster'] : [],
    held: { weights: Float64Array.from(weights, ({ weight }) => weight), uncapped: weights.map(() => null), shares, leaders: null, cap },
  };
}

/** Names clusters by their ids where a detail names them by their first members. */
function detailOf(detail: SolveResult['detail'], ids: ReadonlyMap<string, string>): SolveResult['detail'] {
  if (detail === null || !('leafOrder' in detail)) return detail;
  const { linkage, leafOrder }: HrpDetail = detail;
  return { linkage, leafOrder: leafOrder.map((name) => ids.get(name)!) };
}

function solvedOnClusters(problem: ClusteredProblem, streams: ClusteredStreams): OnClusters {
  switch (problem.risk) {
    case 'equal_weight':
      return equally(problem, streams);
    case 'barbell':
      return barbell(problem, streams);
    default:
      return optimised(problem, streams);
  }
}

/** The result of clusters as one of columns: weights of every column given, in the order of their names. */
function ofColumns(problem: ClusteredProblem, streams: ClusteredStreams, dropped: readonly string[]): SolveResult {
  const { held, ...solved } = solvedOnClusters(problem, streams);
  const ids = new Map(streams.returns.columns.map((name, cluster) => [name, clusterId(cluster)]));
  const weights = columnWeights(streams, held);
  const clustering = clusteringOf(streams, held, problem.clusterCap);
  const gone = streams.members.flatMap((inside, cluster) =>
    solved.droppedColumns.includes(streams.returns.columns[cluster]!) ? inside.map((column) => streams.training.columns[column]!) : [],
  );
  const all: Certified['weights'] = [...weights, ...dropped.map((symbol) => ({ symbol, weight: 0 }))];
  const order = nameOrder(all.map(({ symbol }) => symbol));
  const determines = clustering.capsDetermine && problem.risk !== 'barbell';
  return {
    ...solved,
    weights: order.map((i) => all[i]!),
    certificate: certificateOf(problem.risk, solved.certificate, weights, ids),
    droppedColumns: order.map((i) => all[i]!.symbol).filter((symbol) => dropped.includes(symbol) || gone.includes(symbol)),
    flags: [...solved.flags, ...(determines ? [capsDetermineFlag] : [])],
    detail: detailOf(solved.detail, ids),
    clustering,
  };
}

/**
 * Weights of one risk profile on the winners of a selection: the profile acts on clusters of their streams, each held by inverse variance
 * inside (docs/explanation/profiles.md#clusters). `benchmark`, `market` and `raw_pool_ew` are 1/n of the columns given, and
 * `market_neutral` acts on the columns themselves.
 *
 * Constant columns get weight 0 and are listed, except under `equal_weight`. The order of the columns changes no bit, except for hrp's
 * `plain` leaf order.
 *
 * Errors: those of `solveProfile`.
 */
export function solveClustered(problem: ClusteredProblem): SolveResult {
  const { risk, training, parameters, clustering, policy, pool } = problem;
  switch (risk) {
    case 'market':
    case 'benchmark':
    case 'raw_pool_ew':
    case 'market_neutral':
      return solveProfile({ risk, training, parameters, pool, ...(policy === undefined ? {} : { policy }) });
    default: {
      if (training.columns.length === 0) return solveProfile({ risk, training, parameters });
      const { training: usable, dropped } =
        risk === 'equal_weight' ? { training: sortColumns(training), dropped: [] } : usableOf(risk, training);
      return ofColumns(problem, clusteredStreams(usable, clustering, parameters.annualisationDays), dropped);
    }
  }
}
