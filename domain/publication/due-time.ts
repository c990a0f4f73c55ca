import type { PublicationPolicy } from '../manifest/publication-block.ts';
import { plusSeconds } from '../shared/instants.ts';
import { sortedBy } from '../shared/order.ts';
import type { ReallocationScheduled } from './events.ts';
import type { TimedPortfolio } from './timed-portfolio.ts';

export type DueTime = Omit<ReallocationScheduled, 'meta'>;

/** When the first of the runs that are newer than an instant was accepted; null when none is. */
function firstAfter(acceptedAt: readonly string[], instant: string | null): string | null {
  return acceptedAt.find((time) => instant === null || time > instant) ?? null;
}

/**
 * What new results have to wait for longest before they are allocated; null when nothing. Counted from ledger times, so that every worker
 * schedules the same. `acceptedAt`: when the runs that count were accepted, ascending.
 */
export function dueTime(
  policy: PublicationPolicy,
  { portfolio, publishedAt, decidedAt }: TimedPortfolio,
  acceptedAt: readonly string[],
  now: string,
): DueTime | null {
  const { coalescing_window_seconds: window, cool_down_seconds: coolDown } = policy;
  const waits: Omit<DueTime, 'dueAt'>[] = [];
  const standing = portfolio.due;
  // Once open, a window is not opened again by a correction of the result that opened it.
  const opened = standing?.because === 'coalescing_window' ? standing.countedFrom : firstAfter(acceptedAt, decidedAt);
  if (window > 0 && opened !== null) waits.push({ because: 'coalescing_window', countedFrom: opened, waitSeconds: window });
  if (coolDown > 0 && publishedAt !== null) waits.push({ because: 'cool_down', countedFrom: publishedAt, waitSeconds: coolDown });
  const dues = waits.map((wait) => ({ ...wait, dueAt: plusSeconds(wait.countedFrom, wait.waitSeconds) }));
  const last = sortedBy(dues, ({ dueAt }) => dueAt).at(-1);
  return last !== undefined && now < last.dueAt ? last : null;
}
