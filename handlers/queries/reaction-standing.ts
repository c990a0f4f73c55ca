import { limits } from '../../domain/shared/limits.ts';
import { runDirectory, runKey, type RunRow } from '../../projections/run-directory.ts';
import { portfolioDirectory, type SleevePortfolioRow } from '../../projections/portfolio-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { viewOf } from '../read-models/views.ts';
import { isPresent } from '../runtime/presence.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import type { PortfolioState } from './portfolio-status.ts';
import { ledgerStatus } from './status.ts';

/** Where a portfolio stands that holds a sleeve. */
export interface PortfolioStanding {
  readonly meta: string;
  /** `pending` while nobody has decided on its newest results. */
  readonly state: PortfolioState;
  /** The run of the last decision; null where none was made, or no run could be opened. */
  readonly runId: string | null;
}

export interface ReactionQuery {
  readonly sleeve: string;
  /** Of those who react. */
  readonly group: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
}

const decisions = [
  'AllocationPublished',
  'RebalanceSkipped',
  'RebalanceHeld',
  'ReallocationRefused',
  'ReallocationScheduled',
  'PublicationHalted',
] as const;

async function standingsOf(ports: Ports, sleeve: string): Promise<readonly PortfolioStanding[]> {
  const directory = await viewOf(ports, portfolioDirectory, null);
  const standings: PortfolioStanding[] = [];
  for (const { meta } of await directory.rows<SleevePortfolioRow>(`sleeve/${sleeve}/`)) {
    const { portfolios } = await ledgerStatus(ports, { meta, knownAt: null });
    for (const { state, lastDecision } of portfolios) standings.push({ meta, state, runId: lastDecision?.runId ?? null });
  }
  return standings;
}

/** Of which sleeve a run is; null for a run of something else. */
export async function sleeveOfRun(ports: Ports, runId: string): Promise<string | null> {
  const row = await (await viewOf(ports, runDirectory, null)).row<RunRow>(runKey(runId));
  return row?.kind === 'sleeve' ? row.name : null;
}

const isDecided = (standings: readonly PortfolioStanding[]): boolean => standings.every(({ state }) => state !== 'pending');

interface Found {
  /** Position behind which decisions are new. */
  readonly head: string | null;
  readonly standings: readonly PortfolioStanding[];
}

let waiting = 0;

/** Ends when the portfolios that were found pending are decided on, or the time is over. */
async function decidedWithin(ports: Ports, { sleeve, seconds, signal }: ReactionQuery, found: Found): Promise<void> {
  const over = AbortSignal.any([signal, AbortSignal.timeout(seconds * 1_000)]);
  const metas = new Set(found.standings.map(({ meta }) => meta));
  for await (const stored of ports.store.subscribeAll({ after: found.head, types: decisions, signal: over })) {
    const [event] = toDomainEvents([stored]);
    const concerned = event !== undefined && 'meta' in event.data && metas.has(event.data.meta);
    if (concerned && isDecided(await standingsOf(ports, sleeve))) return;
  }
}

/**
 * Where the portfolios of a sleeve stand, by name; before it answers it waits until each of them is decided on, for so many seconds and
 * while somebody reacts: without a worker nothing would come.
 */
export async function reactionTo(ports: Ports, query: ReactionQuery): Promise<readonly PortfolioStanding[]> {
  const { sleeve, group, seconds } = query;
  const head = await ports.store.head();
  const standings = await standingsOf(ports, sleeve);
  if (isDecided(standings) || seconds <= 0 || waiting >= limits.reactionWaitsMax || !(await isPresent(ports, group))) return standings;
  waiting += 1;
  try {
    await decidedWithin(ports, query, { head, standings });
  } finally {
    waiting -= 1;
  }
  return standingsOf(ports, sleeve);
}
