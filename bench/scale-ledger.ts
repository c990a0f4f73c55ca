/**
 * A ledger of any size: a real day of three sleeves, a portfolio and its publication, and the same day again under later dates, sealed as
 * it grows.
 */
import Database from 'better-sqlite3';
import { type OpenLedger, openLedger } from '../bin/open-ledger.ts';
import { decodeEnvelope } from '../domain/shared/envelope.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { limits } from '../domain/shared/limits.ts';
import { catchUp } from '../handlers/read-models/projector.ts';
import { SqliteArtifacts } from '../infra/sqlite/artifacts.ts';
import { Connection } from '../infra/sqlite/connection.ts';
import { SqliteEventStore } from '../infra/sqlite/event-store.ts';
import { systemClock } from '../infra/system/clock.ts';
import { everyProjection } from '../projections/all.ts';
import { Workbench } from '../test/support/cli.ts';
import { appendBatch, onDay, recordedBatches, type RecordedBatch } from '../test/support/grown-ledger.ts';

export const portfolio = { meta: 'whole', risk: 'hrp' } as const;
const publications = `metaPortfolio-${portfolio.meta}`;
const eventsPerSeal = 10_000;

export function openScaled(store: string): Promise<OpenLedger> {
  return openLedger({ store, create: true, actor: 'bench', logLevel: 'silent' });
}

/** Records the first day as the command line does, with the publication that a worker adds; answers what every day after it repeats. */
async function firstDay(bench: Workbench, ledger: OpenLedger): Promise<readonly RecordedBatch[]> {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
  for (const command of [
    ['manifest', 'apply', '--no-seal'],
    ['flow', 'meta', '--profile', portfolio.meta, '--risk', 'all', '--no-seal'],
  ]) {
    const { error } = await bench.json(command);
    if (error !== undefined) throw new Error(`${command.join(' ')}: ${error.message}`);
  }
  const looked = await ledger.reallocate(portfolio.meta);
  if (looked.kind !== 'decided' || looked.decision !== 'AllocationPublished')
    throw new Error(`${portfolio.meta} was not published: ${JSON.stringify(looked)}`);
  const events = await bench.events();
  const published = events
    .filter(({ stream, type }) => stream === publications && type === 'AllocationPublished')
    .map(({ bytes }) => decodeEnvelope(bytes));
  return [
    ...recordedBatches(events),
    { stream: publications, drafts: published.map(({ type, schemaVersion, data }) => ({ type, schemaVersion, data })) },
  ];
}

/** Publications are numbered through. */
function numbered(batch: RecordedBatch, number: number): RecordedBatch {
  if (batch.stream !== publications) return batch;
  return { ...batch, drafts: batch.drafts.map((draft) => ({ ...draft, data: { ...(draft.data as JsonObject), number } })) };
}

/** The same store without a flush after each append: a quarter of a million of them would make up most of the time. */
function unflushed(file: string): SqliteEventStore {
  const database = new Database(file, { fileMustExist: true }).defaultSafeIntegers(true);
  database.pragma('synchronous = OFF');
  const connection = new Connection(database, file, limits.storeBusyWaitMsMax);
  return new SqliteEventStore(connection, new SqliteArtifacts(connection), 50);
}

/** Makes a ledger of at least so many events, sealed every so often and at its end, with its read models up to date; answers its file. */
export async function makeScaled(below: string, eventsMin: number): Promise<string> {
  const bench = new Workbench(below);
  const ledger = await openScaled(bench.store);
  const { ports } = ledger.session;
  const batches = await firstDay(bench, ledger);
  let count = (await bench.events()).length;
  const fast = unflushed(bench.store);
  let sealedAt = 0;
  for (let day = 1; count < eventsMin; day++) {
    for (const one of onDay(batches, day)) count += await appendBatch(fast, numbered(one, day + 1), systemClock.now());
    if (count - sealedAt < eventsPerSeal) continue;
    await ledger.seal();
    sealedAt = count;
  }
  await fast.close();
  await ledger.seal();
  for (const projection of everyProjection) await catchUp(ports, projection);
  await ledger.close();
  return bench.store;
}
