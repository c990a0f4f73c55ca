import type { DomainEvent } from '../../domain/catalogue.ts';
import { freshUntil } from '../../domain/allocation/staleness.ts';
import { leavesOf } from '../../domain/manifest/provenance.ts';
import { unstatedLeaves } from '../../domain/manifest/recorded-settings.ts';
import { comparedLeaves, parityLeaves } from '../../domain/parity/leaves.ts';
import { type CalendarId, calendarsOf } from '../../domain/returns/calendar.ts';
import { calendarIds } from '../../domain/returns/exchanges.ts';
import type { RunKind } from '../../domain/run/run-kind.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { partialRowsOf } from '../../domain/walk-forward/walk-forward.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import { tableAsSeries } from '../../domain/returns/dated-tables.ts';
import { gridEnd, streamEnd } from '../../domain/run/data-end.ts';
import type { DataEnd, DeliveredRun, DeliveredStream } from '../../domain/run/delivered-run.ts';
import { atOnce } from '../runtime/at-once.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { toDomainEvent } from '../runtime/stored-events.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { missingRun } from './missing-run.ts';
import type { RunReader } from '../runtime/recent-records.ts';
import { runStreamName } from './run-streams.ts';

const kindsOfStreams = {
  sleeveRun: 'sleeve',
  metaRun: 'meta',
  backtest: 'backtest',
  combination: 'combination',
  tournament: 'tournament',
} as const;
/** What the streams of runs begin with. */
export type RunStreamKind = keyof typeof kindsOfStreams;

export const kindOfStream = (stream: RunStreamKind): RunKind => kindsOfStreams[stream];

/** The events of a run. Errors: RunUnknown; Usage for a run of another kind. */
export async function runEvents({ store }: Pick<RunReader, 'store'>, stream: RunStreamKind, runId: string): Promise<DomainEvent[]> {
  const kind = kindOfStream(stream);
  const events = toDomainEvents(await readWholeStream(store, runStreamName(kind, runId)));
  if (events.length === 0) throw await missingRun(store, kind, runId);
  return events;
}

/** The first event of a run: for what it says of itself before anything was computed. Errors: as `runEvents`. */
export async function runOpening({ store }: Pick<RunReader, 'store'>, stream: RunStreamKind, runId: string): Promise<DomainEvent> {
  const kind = kindOfStream(stream);
  const stored = await eventAt(store, runStreamName(kind, runId), 0n);
  if (stored === null) throw await missingRun(store, kind, runId);
  return toDomainEvent(stored);
}

function calendarsIn(events: readonly DomainEvent[]): CalendarId[] {
  const universe = events.find((event) => event.type === 'UniverseFormed');
  if (universe !== undefined) return calendarsOf(universe.data.kept.map(({ symbol }) => symbol));
  // An import knows no universe: it recorded the calendars of the symbols that its portfolios hold.
  const imported = events.find((event) => event.type === 'SleeveProfileImported');
  return calendarIds.filter((calendar) => imported?.data.outOfSample.returns.calendars.includes(calendar)).toSorted();
}

/** Where the data of a run end, by its facts. An import or a message speaks through its streams alone: hrp's, else the longest. */
export function dataEndIn(events: readonly DomainEvent[]): DataEnd {
  const universe = events.find((event) => event.type === 'UniverseFormed');
  if (universe !== undefined) return gridEnd(universe.data);
  const imported = events.flatMap((event) => (event.type === 'SleeveProfileImported' ? [event.data] : []));
  const spoken = imported.filter(({ risk }) => risk === 'hrp');
  const lasts = (spoken.length > 0 ? spoken : imported).map(({ outOfSample }) => outOfSample.last).toSorted();
  invariant(lasts.length > 0, 'an eligible run delivers a profile');
  return streamEnd({ last: lasts.at(-1)! });
}

interface Compared extends Pick<DeliveredRun, 'parityLeaves' | 'unstated' | 'selectionMode'> {
  /** By path, as far as they are known. */
  readonly settings: Readonly<Record<string, Json>>;
}

/** What parity compares: an imported manifest or a message as written, a run of this program with every layer applied. */
async function comparedIn(ports: RunReader, { source, definition, temporalId }: SleeveRunOpened): Promise<Compared> {
  if (source === 'import') {
    const { leaves } = await loadDocument(ports.artifacts, 'imported-definition', definition);
    return { settings: leaves, parityLeaves: comparedLeaves(leaves), unstated: [], selectionMode: null };
  }
  if (source === 'message') {
    const { leaves, selectionMode } = await loadDocument(ports.artifacts, 'told-definition', definition);
    return { settings: leaves, parityLeaves: comparedLeaves(leaves), unstated: [], selectionMode };
  }
  const resolved = await loadDocument(ports.artifacts, 'resolved-profile', definition);
  invariant(temporalId !== null, 'a run of this program has no temporal id');
  return {
    settings: leavesOf(resolved.blocks),
    parityLeaves: parityLeaves(resolved, temporalId),
    unstated: unstatedLeaves(resolved),
    selectionMode: resolved.selectionMode.value,
  };
}

/**
 * A recorded sleeve run as a meta run consumes it, with the streams of the profiles asked for; null loads them all. Errors: RunUnknown,
 * SleeveRunIneligible, ArtifactMissing, ArtifactDamaged.
 */
export async function loadSleeveRun(ports: RunReader, runId: string, risks: readonly RiskProfile[] | null = null): Promise<DeliveredRun> {
  const events = await runEvents(ports, 'sleeveRun', runId);
  const opened = events[0]!;
  if (opened.type !== 'SleeveRunOpened') throw new LedgerError('ChainBroken', `run ${runId} begins with ${opened.type}`);
  const last = events.at(-1)!;
  if (last.type !== 'SleeveRunCertified' && last.type !== 'SleeveRunDegraded') {
    const reasons = last.type === 'SleeveRunFoundIneligible' ? last.data.reasons : ['the run is incomplete'];
    throw new LedgerError('SleeveRunIneligible', `run ${runId} is not eligible: ${reasons.join('; ')}`, { evidence: { runId, reasons } });
  }
  const { settings, ...compared } = await comparedIn(ports, opened.data);
  const delivered = events.flatMap((event) =>
    event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported' ? [event.data] : [],
  );
  const artifacts = new Set(delivered.map(({ outOfSample }) => outOfSample.returns.sha256));
  const streams = await atOnce(
    delivered.filter(({ risk }) => risks === null || risks.includes(risk)),
    async ({ risk, weights, outOfSample: { rows, returns } }): Promise<readonly [RiskProfile, DeliveredStream]> => {
      const series = tableAsSeries(await loadTable(ports.artifacts, returns));
      return [risk, { series, weights, partialRows: partialRowsOf(rows, settings), sha256: returns.sha256 }];
    },
  );
  const { sleeve, profile, asOf, correction, source, currency, currencyTreatment } = opened.data;
  const dataEnd = dataEndIn(events);
  const calendars = calendarsIn(events);
  return {
    runId,
    sleeve,
    profile,
    asOf,
    correction,
    eligibility: last.type === 'SleeveRunCertified' ? 'CERTIFIED' : 'DEGRADED',
    currency,
    currencyTreatment,
    calendars,
    dataEnd,
    freshUntil: source === 'message' ? freshUntil({ asOf, dataEnd: dataEnd.date, calendars, settings }) : dataEnd.date,
    ...compared,
    artifacts: [...artifacts].toSorted(),
    streams: new Map(streams),
  };
}
