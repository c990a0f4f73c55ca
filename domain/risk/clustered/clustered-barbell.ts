import { byCodeUnits } from '../../shared/order.ts';
import { antifragility } from '../antifragility.ts';
import { aggressorCount, coreWeights } from '../barbell.ts';
import { columnCapOf, projectedToCap } from '../cap.ts';
import { certify, type Certified } from '../certificate.ts';
import { selectColumns } from '../columns.ts';
import type { CovarianceEstimate } from '../covariance.ts';
import type { BarbellDetail, SolveParameters } from '../schemas.ts';
import type { ClusteredStreams } from './cluster-streams.ts';
import type { ClusterWeights } from './clustering-record.ts';
import type { ClusteredProblem } from './problem.ts';

export interface ClusteredBarbell extends Certified {
  readonly held: ClusterWeights;
  readonly detail: BarbellDetail;
  readonly estimate: CovarianceEstimate | null;
  readonly flags: readonly string[];
}

/** The most antifragile column of each cluster; ties go by name. */
function leadersOf(columns: readonly string[], members: ClusteredStreams['members'], scores: readonly number[]): number[] {
  return members.map((inside) => inside.toSorted((a, b) => scores[b]! - scores[a]! || byCodeUnits(columns[a]!, columns[b]!))[0]!);
}

/** Shares within the clusters: those of aggressors are all their leader's. */
function sharesOf({ members, shares }: ClusteredStreams, leaders: readonly number[], isAggressor: ReadonlySet<number>): Float64Array[] {
  return members.map((inside, cluster) =>
    isAggressor.has(cluster) ? Float64Array.from(inside, (column) => (column === leaders[cluster] ? 1 : 0)) : shares[cluster]!,
  );
}

type BarbellParts = Omit<BarbellDetail, 'regime' | 'regimeAssumed' | 'aggressorTable'>;

function detailOf(parts: BarbellParts, regime: ClusteredProblem['regime']): BarbellDetail {
  if (regime === null) return { ...parts, regime: 'NORMAL', regimeAssumed: true };
  return { ...parts, regime: regime.label, regimeAssumed: false, aggressorTable: regime.table };
}

/**
 * The barbell of clusters: the leaders of the most antifragile clusters share the aggressor fraction equally, the other members of their
 * clusters have nothing, and the core holds the other clusters, capped before it is scaled (docs/explanation/profiles.md#barbell). Needs
 * two clusters at least.
 */
export function clusteredBarbell(
  streams: ClusteredStreams,
  parameters: SolveParameters,
  { clusterCap, regime }: Pick<ClusteredProblem, 'clusterCap' | 'regime'>,
): ClusteredBarbell {
  const { training, members, returns } = streams;
  const { columns } = training;
  const { scores, withoutTail } = antifragility(training);
  const scoreOf = scores.map(({ score }) => score);
  const leaders = leadersOf(columns, members, scoreOf);
  const clusters = members.map((_, cluster) => cluster);
  const ranked = clusters.toSorted(
    (a, b) => scoreOf[leaders[b]!]! - scoreOf[leaders[a]!]! || byCodeUnits(columns[leaders[a]!]!, columns[leaders[b]!]!),
  );
  const aggressors = ranked.slice(0, aggressorCount(clusters.length));
  const isAggressor = new Set(aggressors);
  const core = clusters.filter((cluster) => !isAggressor.has(cluster));
  const cap = columnCapOf(clusterCap, core.length);
  const solved = coreWeights(selectColumns(returns, core), parameters);
  const own = core.map((cluster, k) => ({ symbol: returns.columns[cluster]!, weight: solved.weights[k]! }));
  const capped = projectedToCap(own, cap).weights;
  const { aggressorFraction } = parameters;
  const weights = new Float64Array(clusters.length);
  for (const cluster of aggressors) weights[cluster] = aggressorFraction / aggressors.length;
  core.forEach((cluster, k) => (weights[cluster] = capped[k]!.weight * (1 - aggressorFraction)));
  const inCore = new Set(core.flatMap((cluster) => members[cluster]!));
  const uncapped = clusters.map((cluster) =>
    solved.estimate === null || isAggressor.has(cluster) ? null : own[core.indexOf(cluster)]!.weight,
  );
  return {
    ...certify('barbell', returns.columns, weights, { conditionNumber: solved.conditionNumber }),
    held: { weights, uncapped, shares: sharesOf(streams, leaders, isAggressor), leaders: leaders.map((column) => columns[column]!), cap },
    detail: detailOf(
      {
        aggressors: aggressors.map((cluster) => columns[leaders[cluster]!]!).toSorted(byCodeUnits),
        core: columns.filter((_, column) => inCore.has(column)),
        coreMethod: solved.estimate === null ? 'equal_weight' : 'hrp',
        scores,
        aggressorFraction,
      },
      regime,
    ),
    estimate: solved.estimate,
    flags: [
      ...(core.length === 1 ? ['single_cluster_core'] : []),
      ...withoutTail.map((symbol) => `no_return_above_tail_quantile:${symbol}`),
    ],
  };
}
