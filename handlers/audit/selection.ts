import type { AuditSelection } from '../../domain/audit/trailer.ts';
import type { DomainEvent, EventType } from '../../domain/catalogue.ts';
import { grantIdentity, metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Identity } from '../../domain/shared/stream.ts';
import { acceptanceIdentity, sleeveStream } from '../../domain/sleeve/stream.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { eventNamed } from '../read-models/event-named.ts';
import { publicationRecordOf } from '../runs/publication-record.ts';
import { runOf } from '../runs/run-of.ts';
import { throughTiles } from '../read-models/tile-reader.ts';
import { firstEventId, readWholeStream } from '../runtime/record.ts';
import type { LedgerIdentity } from '../runtime/session.ts';
import { runOpenings, runStreamName } from '../runs/run-streams.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';

/** Everything of the ledger. */
export interface SelectedAll {
  readonly selection: 'all';
  readonly sleeveRuns: readonly string[];
}

/** A run and what it rests on. */
export interface SelectedRun {
  /** As the trailer has it. */
  readonly selection: Exclude<AuditSelection, 'all'>;
  /** In ledger order. */
  readonly events: readonly StoredEvent[];
  /** Sleeve runs that a meta run consumes, or whose prices a backtest or a tournament read, each once; empty otherwise. */
  readonly sleeveRuns: readonly string[];
}

export type Selected = SelectedAll | SelectedRun;

export const everything: SelectedAll = { selection: 'all', sleeveRuns: [] };

/** Who asks: ids of events derive from the ledger's own. */
export interface Asking {
  readonly ports: Ports;
  readonly ledger: Pick<LedgerIdentity, 'ledgerId'>;
}

/** A fact of a long-lived stream that a run rests on. */
interface Cited {
  readonly stream: string;
  readonly type: EventType;
  readonly identity: Identity;
  /** Whether an event of the type is the one. */
  readonly holds: (event: DomainEvent) => boolean;
}

const acceptance = (sleeve: string, runId: string): Cited => ({
  stream: sleeveStream.name(sleeve),
  type: 'SleeveRunAccepted',
  identity: acceptanceIdentity(runId),
  holds: (event) => event.type === 'SleeveRunAccepted' && event.data.runId === runId,
});

const grant = (meta: string, waiverId: string): Cited => ({
  stream: metaPortfolioStream.name(meta),
  type: 'ParityWaiverGranted',
  identity: grantIdentity(waiverId),
  holds: (event) => event.type === 'ParityWaiverGranted' && event.data.waiverId === waiverId,
});

/**
 * A cited fact, looked up by the id that its command gave it. Rows can be damaged: what they do not lead to is looked for in the whole
 * stream, and is missing only where that lacks it, as when a crash left an acceptance out.
 */
async function eventsOf({ ports, ledger }: Asking, { stream, type, identity, holds }: Cited): Promise<StoredEvent[]> {
  const isCited = (stored: StoredEvent): boolean => stored.type === type && holds(toDomainEvents([stored])[0]!);
  const id = firstEventId(ports, ledger.ledgerId, stream, identity);
  const { named } = await throughTiles(ports, `${type} ${id}`, async () => ({ named: await eventNamed(ports, id) }));
  if (named !== null && named.stream === stream && isCited(named)) return [named];
  return (await readWholeStream(ports.store, stream)).filter(isCited);
}

type Opening = Extract<DomainEvent, { readonly type: (typeof runOpenings)[number] }>;

const isOpening = (event: DomainEvent): event is Opening => (runOpenings as readonly string[]).includes(event.type);

/** What a run's first event says. Errors: ChainBroken. */
function openingOf(stream: readonly StoredEvent[]): Opening {
  const [opened] = toDomainEvents(stream.slice(0, 1));
  if (opened !== undefined && isOpening(opened)) return opened;
  throw new LedgerError('ChainBroken', `a run begins with ${opened?.type ?? 'nothing'}`, { evidence: { type: opened?.type ?? null } });
}

/** The acceptance of the run that a stream records; a run that is not eligible has none. */
function acceptanceOf(stream: readonly StoredEvent[]): Cited[] {
  const { type, data } = openingOf(stream);
  const eligible = stream.some((event) => event.type === 'SleeveRunCertified' || event.type === 'SleeveRunDegraded');
  return type === 'SleeveRunOpened' && eligible ? [acceptance(data.sleeve, data.runId)] : [];
}

/** Sleeve runs that a run rests on, each once: that it allocates over, or whose prices it read. */
function sleeveRunsOf({ type, data }: Opening): string[] {
  switch (type) {
    case 'MetaRunOpened':
      return [...new Set(data.consumed.map((run) => run.runId))];
    case 'BacktestStarted':
      return [...new Set(data.sleeves.flatMap(({ sourceRunId }) => sourceRunId ?? []))];
    case 'TournamentStarted':
      return data.sourceRunId === null ? [] : [data.sourceRunId];
    default:
      return [];
  }
}

/**
 * A run with what it rests on: its own stream; for a meta run the streams of every sleeve run that it consumes, also through nested
 * portfolios, the waivers that it cites, and what was decided about it: publication, approval, rejection, holds, the definition with its
 * policy and the publication before; for a backtest or a tournament the streams of the sleeve runs whose prices it read; and
 * for each sleeve run the line in the sleeve's stream that accepted it. Whoever checks an allocation needs all of these, and a file of its
 * own for each would leave the links between them to be checked by hand.
 *
 * Errors: RunUnknown.
 */
export async function runWithItsSources(asking: Asking, runId: string, knownAt: string | null): Promise<SelectedRun> {
  const { ports } = asking;
  const { kind } = await runOf(ports, runId, knownAt);
  const own = await readWholeStream(ports.store, runStreamName(kind, runId));
  const opened = openingOf(own);
  const consumed = sleeveRunsOf(opened);
  const streams = [own];
  for (const run of consumed) streams.push(await readWholeStream(ports.store, runStreamName('sleeve', run)));
  const waivers = opened.type === 'MetaRunOpened' ? opened.data.waivers : [];
  const events = streams.flat();
  for (const cited of [...streams.flatMap(acceptanceOf), ...waivers.map(({ meta, waiverId }) => grant(meta, waiverId))])
    events.push(...(await eventsOf(asking, cited)));
  if (opened.type === 'MetaRunOpened') events.push(...((await publicationRecordOf(ports, opened.data))?.events ?? []));
  const once = [...new Map(events.map((event) => [event.id, event])).values()];
  return {
    selection: { run: runId },
    events: once.toSorted((left, right) => ports.store.comparePositions(left.position, right.position)),
    sleeveRuns: consumed.toSorted(),
  };
}
