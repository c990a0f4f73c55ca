import type { AuditSelection } from '../../domain/audit/entry.ts';
import type { DomainEvent, EventType } from '../../domain/catalogue.ts';
import { metaPortfolioStream } from '../../domain/publication/stream.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import type { Ports, StoredEvent } from '../ports/ports.ts';
import { runOf } from '../runs/run-of.ts';
import { readWholeStream } from '../runtime/record.ts';
import { runStreamName } from '../runs/run-streams.ts';
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
  /** Sleeve runs that a meta run consumes, each once; empty otherwise. */
  readonly sleeveRuns: readonly string[];
}

export type Selected = SelectedAll | SelectedRun;

export const everything: SelectedAll = { selection: 'all', sleeveRuns: [] };

/** The events of a stream that are of a type and that a test holds for; others are not even decoded. */
async function eventsOf(ports: Ports, stream: string, type: EventType, holds: (event: DomainEvent) => boolean): Promise<StoredEvent[]> {
  return (await readWholeStream(ports.store, stream)).filter((stored) => stored.type === type && holds(toDomainEvents([stored])[0]!));
}

const acceptances = (ports: Ports, sleeve: string, runs: ReadonlySet<string>): Promise<StoredEvent[]> =>
  eventsOf(
    ports,
    sleeveStream.name(sleeve),
    'SleeveRunAccepted',
    (event) => event.type === 'SleeveRunAccepted' && runs.has(event.data.runId),
  );

const grants = (ports: Ports, meta: string, waivers: ReadonlySet<string>): Promise<StoredEvent[]> =>
  eventsOf(
    ports,
    metaPortfolioStream.name(meta),
    'ParityWaiverGranted',
    (event) => event.type === 'ParityWaiverGranted' && waivers.has(event.data.waiverId),
  );

/** What a run's first event says. Errors: ChainBroken. */
function openingOf(stream: readonly StoredEvent[]): Extract<DomainEvent, { readonly type: 'SleeveRunOpened' | 'MetaRunOpened' }> {
  const [opened] = toDomainEvents(stream.slice(0, 1));
  if (opened?.type === 'SleeveRunOpened' || opened?.type === 'MetaRunOpened') return opened;
  throw new LedgerError('ChainBroken', `a run begins with ${opened?.type ?? 'nothing'}`, { evidence: { type: opened?.type ?? null } });
}

/**
 * A run with what it rests on: its own stream; for a meta run the streams of every sleeve run that it consumes, also through nested
 * portfolios, and the waivers that it cites; and for each sleeve run the line in the sleeve's stream that accepted it. Whoever checks an
 * allocation needs all of these, and a file of its own for each would leave the links between them to be checked by hand.
 *
 * Errors: RunUnknown.
 */
export async function runWithItsSources(ports: Ports, runId: string, knownAt: string | null): Promise<SelectedRun> {
  const { kind } = await runOf(ports, runId, knownAt);
  const events = await readWholeStream(ports.store, runStreamName(kind, runId));
  const opened = openingOf(events);
  const consumed = opened.type === 'MetaRunOpened' ? [...new Set(opened.data.consumed.map((run) => run.runId))] : [];
  const sleeves = new Set(opened.type === 'SleeveRunOpened' ? [opened.data.sleeve] : []);
  for (const run of consumed) {
    const stream = await readWholeStream(ports.store, runStreamName('sleeve', run));
    const { type, data } = openingOf(stream);
    if (type === 'SleeveRunOpened') sleeves.add(data.sleeve);
    events.push(...stream);
  }
  const accepted = new Set(opened.type === 'SleeveRunOpened' ? [runId] : consumed);
  for (const sleeve of sleeves) events.push(...(await acceptances(ports, sleeve, accepted)));
  const waivers = opened.type === 'MetaRunOpened' ? opened.data.waivers : [];
  const cited = new Set(waivers.map(({ waiverId }) => waiverId));
  for (const meta of new Set(waivers.map((waiver) => waiver.meta))) events.push(...(await grants(ports, meta, cited)));
  return {
    selection: { run: runId },
    events: events.toSorted((left, right) => ports.store.comparePositions(left.position, right.position)),
    sleeveRuns: consumed.toSorted(),
  };
}
