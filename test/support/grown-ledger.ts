/** A ledger that grew for years: the facts of one real day repeated, each day with its own run ids and dates. */
import { addDays } from '../../domain/returns/days.ts';
import { decodeEnvelope, type DraftEvent, emptyTail, placeEvents, type StreamTail } from '../../domain/shared/envelope.ts';
import type { EventStore, StoredEvent } from '../../handlers/ports/ports.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import type { Workbench } from './cli.ts';
import { sampleId, sha256 } from './sample-events.ts';

/** Streams that go on from day to day; every other stream of the day is a run, recorded once. */
const longLived = /^(?:sleeve|metaPortfolio)-/;
const repeated = /^(?:sleeveRun|metaRun)-|^sleeve-/;

export interface RecordedBatch {
  readonly stream: string;
  readonly drafts: readonly DraftEvent[];
}

/** What the runs of one day recorded, stream by stream. */
export function recordedBatches(events: readonly StoredEvent[]): RecordedBatch[] {
  const streams = new Map<string, DraftEvent[]>();
  for (const stored of events) {
    const { type, schemaVersion, data } = decodeEnvelope(stored.bytes);
    const wanted = repeated.test(stored.stream) && (!longLived.test(stored.stream) || type === 'SleeveRunAccepted');
    if (wanted) streams.set(stored.stream, [...(streams.get(stored.stream) ?? []), { type, schemaVersion, data }]);
  }
  return [...streams].map(([stream, drafts]) => ({ stream, drafts }));
}

/** The same facts on another day: run ids gain a suffix, as-of dates move on. */
export function onDay(batches: readonly RecordedBatch[], day: number): RecordedBatch[] {
  const runIds = batches.flatMap(({ stream }) => (longLived.test(stream) ? [] : [stream.slice(stream.indexOf('-') + 1)]));
  const ids = new RegExp(runIds.toSorted((left, right) => right.length - left.length).join('|'), 'g');
  const moved = (text: string): string =>
    text
      .replaceAll(ids, (id) => `${id}-${day}`)
      .replaceAll(/"asOf":"(\d{4}-\d{2}-\d{2})"/g, (_, date: string) => `"asOf":"${addDays(date, day)}"`);
  return JSON.parse(moved(JSON.stringify(batches))) as RecordedBatch[];
}

async function tailOf(store: EventStore, stream: string): Promise<StreamTail> {
  const [last] = await store.readStream(stream, { from: 1n << 40n, maxCount: 1, direction: 'backwards' });
  return last === undefined ? emptyTail : { revision: Number(last.revision), hash: last.hash, recordedAt: last.recordedAt };
}

export async function appendBatch(store: EventStore, { stream, drafts }: RecordedBatch, now: string): Promise<number> {
  const tail = await tailOf(store, stream);
  const placed = placeEvents(sha256, stream, tail, drafts, {
    correlationId: sampleId(`correlation ${stream}`),
    causationId: sampleId(`causation ${stream} ${tail.revision}`),
    actor: 'tests',
    code: { version: '0.0.0', commit: '0'.repeat(40), lockHash: '0'.repeat(64) },
    now,
    idOf: (index) => sampleId(JSON.stringify([stream, tail.revision, index])),
  });
  const events = placed.map(({ envelope: { id, type, contentHash, recordedAt }, bytes, hash }) => ({
    id,
    type,
    contentHash,
    recordedAt,
    hash,
    bytes,
  }));
  await store.append(stream, events, { expectedRevision: tail.revision < 0 ? 'none' : BigInt(tail.revision) });
  return events.length;
}

/** Lets the ledger of a workbench grow to at least so many events; answers how many it has. */
export async function grow(bench: Workbench, eventsMin: number): Promise<number> {
  const events = await bench.events();
  const batches = recordedBatches(events);
  const started = Date.parse(events.at(-1)!.recordedAt);
  const ledger = openSqlite(bench.store, { access: 'write', create: false });
  try {
    let count = events.length;
    for (let day = 1; count < eventsMin; day++) {
      for (const batch of onDay(batches, day))
        count += await appendBatch(ledger.store, batch, new Date(started + day * 1000).toISOString());
    }
    return count;
  } finally {
    ledger.close();
  }
}
