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
 * From where a wait is counted: from its instant, unless that lies further ahead of now than the wait itself. Then a clock was wrong that
 * recorded it, and the stream keeps that time for good: the wait is counted from where the schedule that stands counts, or from this first
 * look. So nothing waits longer than twice, and no wait is left out.
 */
function countedFrom(wait: Omit<DueTime, 'dueAt'>, standing: ReallocationScheduled | null, now: string): string {
  if (wait.countedFrom <= now) return wait.countedFrom;
  if (standing !== null && standing.countedFrom <= now) return standing.countedFrom;
  return wait.countedFrom <= plusSeconds(now, wait.waitSeconds) ? wait.countedFrom : now;
}

/**
 * When the first result was accepted that a decision has not seen. By a decision of a wrong clock nobody can tell: then the newest one
 * opens.
 */
function opening(acceptedAt: readonly string[], decidedAt: string | null, now: string, window: number): string | null {
  const isAhead = decidedAt !== null && decidedAt > plusSeconds(now, window);
  return isAhead ? (acceptedAt.findLast((time) => time <= now) ?? acceptedAt.at(-1) ?? null) : firstAfter(acceptedAt, decidedAt);
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
  const opened = standing?.because === 'coalescing_window' ? standing.countedFrom : opening(acceptedAt, decidedAt, now, window);
  if (window > 0 && opened !== null) waits.push({ because: 'coalescing_window', countedFrom: opened, waitSeconds: window });
  if (coolDown > 0 && publishedAt !== null) waits.push({ because: 'cool_down', countedFrom: publishedAt, waitSeconds: coolDown });
  const dues = waits.map((wait) => {
    const from = countedFrom(wait, standing, now);
    return { ...wait, countedFrom: from, dueAt: plusSeconds(from, wait.waitSeconds) };
  });
  const last = sortedBy(dues, ({ dueAt }) => dueAt).at(-1);
  return last !== undefined && now < last.dueAt ? last : null;
}
