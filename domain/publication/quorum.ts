import type { Quorum } from '../manifest/publication-block.ts';
import { xnysSessionsBetween } from '../returns/calendar.ts';

/** A sleeve of the nest with the newest result that it has delivered. */
export interface QuorumLeaf {
  readonly path: readonly string[];
  readonly sleeve: string;
  /** Pinned to one run: it neither counts nor is waited for. */
  readonly pinned: boolean;
  readonly asOf: string | null;
  readonly quarantinedWhy: string | null;
}

export interface AwaitedSleeve {
  readonly path: readonly string[];
  readonly sleeve: string;
  readonly latestAsOf: string | null;
  /** The as-of date that would do; null when any result would. */
  readonly wantedAsOf: string | null;
  readonly because: 'no_run' | 'behind' | 'quarantined';
}

export interface QuorumJudgement {
  /** Newest as-of date of any sleeve, null before the first result. */
  readonly newestAsOf: string | null;
  /** What is waited for; with none the quorum is reached. */
  readonly awaited: readonly AwaitedSleeve[];
}

function awaited(leaf: QuorumLeaf, because: AwaitedSleeve['because'], wantedAsOf: string | null): AwaitedSleeve {
  return { path: leaf.path, sleeve: leaf.sleeve, latestAsOf: leaf.asOf, wantedAsOf, because };
}

function newestOf(leaves: readonly QuorumLeaf[]): string | null {
  return leaves.reduce<string | null>((newest, { asOf }) => (asOf !== null && (newest === null || asOf > newest) ? asOf : newest), null);
}

/**
 * Whether a portfolio may be allocated on the newest results of its sleeves, and which sleeves it waits for if not. Every sleeve needs a
 * result, and none may be quarantined, whatever the quorum says.
 */
export function judgeQuorum(quorum: Quorum, leaves: readonly QuorumLeaf[]): QuorumJudgement {
  const counted = leaves.filter(({ pinned }) => !pinned);
  const newestAsOf = newestOf(leaves);
  // Pinned runs may have later as-of dates than the awaited results.
  const wanted = newestOf(counted);
  const unusable = leaves.flatMap((leaf) => {
    if (leaf.quarantinedWhy !== null) return [awaited(leaf, 'quarantined', null)];
    return leaf.asOf === null ? [awaited(leaf, 'no_run', leaf.pinned ? null : wanted)] : [];
  });
  if (wanted === null || unusable.length > 0) return { newestAsOf, awaited: unusable };
  const behind = counted.filter(({ asOf }) => asOf !== wanted);
  if (quorum === 'all_at_same_as_of') return { newestAsOf, awaited: behind.map((leaf) => awaited(leaf, 'behind', wanted)) };
  const fresh = counted.length - behind.length;
  if (fresh < quorum.at_least) return { newestAsOf, awaited: behind.map((leaf) => awaited(leaf, 'behind', wanted)) };
  const stale = behind.filter(({ asOf }) => xnysSessionsBetween(asOf!, wanted) > quorum.max_staleness_sessions);
  return { newestAsOf, awaited: stale.map((leaf) => awaited(leaf, 'behind', wanted)) };
}
