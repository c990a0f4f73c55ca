import type { DomainEvent } from '../../domain/catalogue.ts';
import { unstatedLeaves } from '../../domain/manifest/recorded-settings.ts';
import { comparedLeaves, parityLeaves } from '../../domain/parity/leaves.ts';
import { type CalendarId, calendarsOf } from '../../domain/returns/calendar.ts';
import { calendarIds } from '../../domain/returns/exchanges.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import type { SleeveRunOpened } from '../../domain/sleeve-run/events.ts';
import { loadDocument, loadTable } from '../artifacts/artifact-files.ts';
import { tableAsSeries } from '../../domain/returns/dated-tables.ts';
import type { DeliveredRun, DeliveredStream } from '../../domain/run/delivered-run.ts';
import type { Ports } from '../ports/ports.ts';
import { atOnce } from '../runtime/at-once.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { runStreamName } from './run-streams.ts';

type Reader = Pick<Ports, 'store' | 'artifacts'>;

/** The events of a run. Errors: RunUnknown. */
export async function runEvents(ports: Pick<Ports, 'store'>, kind: 'sleeveRun' | 'metaRun', runId: string): Promise<DomainEvent[]> {
  const events = toDomainEvents(await readWholeStream(ports.store, runStreamName(kind === 'sleeveRun' ? 'sleeve' : 'meta', runId)));
  if (events.length === 0) throw new LedgerError('RunUnknown', `no run ${runId} is recorded`, { at: { path: runId } });
  return events;
}

function calendarsIn(events: readonly DomainEvent[]): CalendarId[] {
  const universe = events.find((event) => event.type === 'UniverseFormed');
  if (universe !== undefined) return calendarsOf(universe.data.kept.map(({ symbol }) => symbol));
  // An import knows no universe: it recorded the calendars of the symbols that its portfolios hold.
  const imported = events.find((event) => event.type === 'SleeveProfileImported');
  return calendarIds.filter((calendar) => imported?.data.outOfSample.returns.calendars.includes(calendar)).toSorted();
}

/** What parity compares: an imported manifest or a message as written, a run of this program with every layer applied. */
async function comparedIn(
  ports: Reader,
  { source, definition, temporalId }: SleeveRunOpened,
): Promise<Pick<DeliveredRun, 'parityLeaves' | 'unstated' | 'selectionMode'>> {
  if (source === 'import') {
    const { leaves } = await loadDocument(ports.artifacts, 'imported-definition', definition);
    return { parityLeaves: comparedLeaves(leaves), unstated: [], selectionMode: null };
  }
  if (source === 'message') {
    const { leaves, selectionMode } = await loadDocument(ports.artifacts, 'told-definition', definition);
    return { parityLeaves: comparedLeaves(leaves), unstated: [], selectionMode };
  }
  const resolved = await loadDocument(ports.artifacts, 'resolved-profile', definition);
  invariant(temporalId !== null, 'a run of this program has no temporal id');
  return {
    parityLeaves: parityLeaves(resolved, temporalId),
    unstated: unstatedLeaves(resolved),
    selectionMode: resolved.selectionMode.value,
  };
}

/**
 * A recorded sleeve run as a meta run consumes it, with the streams of the profiles asked for; null loads them all. Errors: RunUnknown,
 * SleeveRunIneligible, ArtifactMissing, ArtifactDamaged.
 */
export async function loadSleeveRun(ports: Reader, runId: string, risks: readonly RiskProfile[] | null = null): Promise<DeliveredRun> {
  const events = await runEvents(ports, 'sleeveRun', runId);
  const opened = events[0]!;
  if (opened.type !== 'SleeveRunOpened') throw new LedgerError('ChainBroken', `run ${runId} begins with ${opened.type}`);
  const last = events.at(-1)!;
  if (last.type !== 'SleeveRunCertified' && last.type !== 'SleeveRunDegraded') {
    const reasons = last.type === 'SleeveRunFoundIneligible' ? last.data.reasons : ['the run is incomplete'];
    throw new LedgerError('SleeveRunIneligible', `run ${runId} is not eligible: ${reasons.join('; ')}`, { evidence: { runId, reasons } });
  }
  const delivered = events.flatMap((event) =>
    event.type === 'SleeveProfileSolved' || event.type === 'SleeveProfileImported' ? [event.data] : [],
  );
  const artifacts = new Set(delivered.map(({ outOfSample }) => outOfSample.returns.sha256));
  const streams = await atOnce(
    delivered.filter(({ risk }) => risks === null || risks.includes(risk)),
    async ({ risk, weights, outOfSample: { returns } }): Promise<readonly [RiskProfile, DeliveredStream]> => {
      const series = tableAsSeries(await loadTable(ports.artifacts, returns));
      return [risk, { series, weights, sha256: returns.sha256 }];
    },
  );
  const { sleeve, profile, asOf, correction, currency, currencyTreatment } = opened.data;
  return {
    runId,
    sleeve,
    profile,
    asOf,
    correction,
    eligibility: last.type === 'SleeveRunCertified' ? 'CERTIFIED' : 'DEGRADED',
    currency,
    currencyTreatment,
    calendars: calendarsIn(events),
    ...(await comparedIn(ports, opened.data)),
    artifacts: [...artifacts].toSorted(),
    streams: new Map(streams),
  };
}
