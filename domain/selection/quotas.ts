import type { Direction } from './directions.ts';
import { meanCorrelation, type StreamClusters } from '../risk/clustered/stream-clusters.ts';
import type { SelectionSettings } from './settings.ts';

/** How many winners a cluster, or a side of it, may have. */
export interface Quota {
  readonly winnersMax: number;
  /** Mean correlation inside; null for a single member. */
  readonly meanCorrelation: number | null;
}

export type QuotaSettings = Pick<SelectionSettings, 'top_n' | 'dynamic_selection'> & {
  readonly reading: Pick<SelectionSettings['reading'], 'quota_floor' | 'quota_per'>;
};

const leastQuota = 5;

/** Half a winner is rounded up. */
function winnersMax(mean: number | null, members: number, { top_n: topN, dynamic_selection: isDynamic, reading }: QuotaSettings): number {
  if (members === 1) return 1;
  if (isDynamic) return Math.max(1, Math.floor(topN * (1 - (mean ?? 0)) + 1));
  return reading.quota_floor === 'max5' ? Math.max(leastQuota, topN) : topN;
}

/** The more alike the members of a cluster are, the fewer of them win. */
export function quotasOf({ members, correlations, labels }: StreamClusters, settings: QuotaSettings): Quota[] {
  return members.map((cluster) => {
    const mean = meanCorrelation(correlations, labels.length, cluster);
    return { winnersMax: winnersMax(mean, cluster.length, settings), meanCorrelation: mean };
  });
}

/** The account that a winner is charged to: its cluster, or its side of the cluster. */
export function quotaAccount(cluster: number, direction: Direction, per: SelectionSettings['reading']['quota_per']): string {
  return per === 'cluster' ? String(cluster) : `${cluster} ${direction}`;
}
