import { domainEvent } from '../../domain/catalogue.ts';
import type { RecordedKind } from '../../domain/run/run-kind.ts';
import { scanStream } from '../../domain/scan-record/stream.ts';
import { decodeEnvelope, type Envelope, streamNameSchema } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { runOpenings, runStreamsByKind } from '../runs/run-streams.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { eventsUntil } from '../read-models/views.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import type { TilePorts } from '../read-models/tile-reader.ts';

export interface RunSelection {
  /** null: every run. */
  readonly runId: string | null;
  /** Market time: runs with later as-of dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface RunToReplay {
  readonly runId: string;
  readonly kind: RecordedKind;
  readonly name: string;
  /** Null for a combination whose positions bear no date. */
  readonly asOf: string | null;
  readonly stream: string;
}

/** Errors: ChainBroken when the stored bytes are not an event any more. */
export function envelopeOf(stored: StoredEvent): Envelope {
  try {
    return decodeEnvelope(stored.bytes);
  } catch (cause) {
    throw new LedgerError('ChainBroken', `the bytes of event ${stored.revision} of ${stored.stream} are not an event any more`, {
      evidence: { stream: stored.stream, revision: String(stored.revision), position: stored.position },
      cause,
    });
  }
}

/** What is recomputed begins with one of these. */
const openings = [...runOpenings, 'ScanRecorded', 'ScanAudited'] as const;

function runIn(stored: StoredEvent, { asOf }: RunSelection): RunToReplay | null {
  const { type, data } = domainEvent(envelopeOf(stored), stored.position);
  if (type === 'PositionsCombined' || type === 'CombinationRefused') {
    if (asOf !== null && (data.asOf === null || data.asOf > asOf)) return null;
    return { runId: data.combinationId, asOf: data.asOf, stream: stored.stream, kind: 'combination', name: data.name };
  }
  if (type === 'ScanRecorded' || type === 'ScanAudited') return scanIn(stored, type, data, asOf);
  if (type !== 'SleeveRunOpened' && type !== 'MetaRunOpened' && type !== 'BacktestStarted' && type !== 'TournamentStarted') return null;
  if (asOf !== null && data.asOf > asOf) return null;
  const common = { runId: data.runId, asOf: data.asOf, stream: stored.stream };
  if (type === 'SleeveRunOpened') return { ...common, kind: 'sleeve', name: data.sleeve };
  if (type === 'TournamentStarted') return { ...common, kind: 'tournament', name: data.sleeve };
  return { ...common, kind: type === 'MetaRunOpened' ? 'meta' : 'backtest', name: data.meta };
}

/** The scans of one scanner, and all kept audits, are recomputed together: their stream stands behind its first event. */
function scanIn(
  { stream }: StoredEvent,
  type: 'ScanRecorded' | 'ScanAudited',
  { number, asOf }: { readonly number: number; readonly asOf: string | null },
  asOfMax: string | null,
): RunToReplay | null {
  if (number !== 1 || (asOfMax !== null && (asOf === null || asOf > asOfMax))) return null;
  const name = scanStream.idOf(stream)!;
  return { runId: name, asOf, stream, kind: type === 'ScanRecorded' ? 'scan' : 'scan audit', name };
}

type Reader = TilePorts;

/** What opened a run: the first event of its own stream. */
async function* openingOf({ store }: Reader, runId: string, until: string | null): AsyncGenerator<StoredEvent> {
  const streams = [...runStreamsByKind(runId).map(([, stream]) => stream), scanStream.name(runId)];
  if (!streams.every((stream) => streamNameSchema.safeParse(stream).success)) return;
  for (const stream of streams) {
    const first = await eventAt(store, stream, 0n);
    if (first !== null && (until === null || store.comparePositions(first.position, until) <= 0)) yield first;
  }
}

/** What opened the runs that were known by then, in ledger order. */
async function* openingsOf(ports: Reader, { runId, knownAt }: RunSelection): AsyncGenerator<StoredEvent> {
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  if (knownAt !== null && until === null) return;
  if (runId !== null) return yield* openingOf(ports, runId, until);
  // Short pages, so that little is read behind the end.
  const part = { behind: null, pageEvents: limits.readPageEventsFirst };
  yield* eventsUntil(ports.store, until, openings, part);
}

/**
 * Runs in ledger order, read from the events themselves: read models have no part in a proof, they only say how far the ledger had come
 * at an instant. One run is looked for in its own stream. Errors: RunUnknown, NothingRecorded.
 */
export async function recordedRuns(ports: Reader, selection: RunSelection): Promise<RunToReplay[]> {
  const { runId, asOf, knownAt } = selection;
  const runs: RunToReplay[] = [];
  for await (const stored of openingsOf(ports, selection)) {
    const run = runIn(stored, selection);
    if (run !== null) runs.push(run);
  }
  if (runs.length > 0) return runs;
  const when = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  if (runId !== null) throw new LedgerError('RunUnknown', `no run ${runId} is recorded${when}`, { at: { path: runId } });
  throw new LedgerError('NothingRecorded', `no run is recorded${when}`);
}
