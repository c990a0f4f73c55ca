/** Durable appends through the store port against better-sqlite3 alone, round by round in one process. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { EncodedEvent } from '../domain/shared/envelope.ts';
import { openSqlite, type SqliteLedger } from '../infra/sqlite/open.ts';
import { AcceptedRuns, toAppend } from './events.ts';
import { fileSystemOf } from './machine.ts';
import { appendContenders, type AppendContender, type AppendFigures } from './results.ts';

const rounds = 15;
const batch = 100;
const perRound = { single: 200, batched: 1000 } as const;
type Mode = keyof typeof perRound;

/** Prepares a round outside the clock; the function it answers with does the writing. */
type Prepare = (mode: Mode) => () => Promise<void> | void;

const sizeOf = (mode: Mode): number => (mode === 'single' ? 1 : batch);

class BytesSeen {
  bytes = 0;
  events = 0;

  add(encoded: readonly EncodedEvent[]): void {
    for (const event of encoded) this.bytes += event.bytes.length;
    this.events += encoded.length;
  }
}

function throughThePort({ store }: SqliteLedger, includeEncoding: boolean, seen: BytesSeen): Prepare {
  const runs = new AcceptedRuns('portbench');
  return (mode) => {
    if (includeEncoding) {
      return async () => {
        for (let done = 0; done < perRound[mode]; done += sizeOf(mode)) {
          const expected = runs.expectedRevision;
          await store.append(runs.stream, runs.next(sizeOf(mode)).map(toAppend), { expectedRevision: expected });
        }
      };
    }
    const batches = Array.from({ length: perRound[mode] / sizeOf(mode) }, () => {
      const expectedRevision = runs.expectedRevision;
      const encoded = runs.next(sizeOf(mode));
      seen.add(encoded);
      return { expectedRevision, events: encoded.map(toAppend) };
    });
    return async () => {
      for (const { events, expectedRevision } of batches) await store.append(runs.stream, events, { expectedRevision });
    };
  };
}

const columns = `position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
  recorded_at TEXT NOT NULL, content_hash BLOB NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL`;
const indexesOf = {
  bareSameTable: 'CREATE UNIQUE INDEX by_stream ON events (stream, revision); CREATE INDEX by_type ON events (type);',
  bareTwoUnique: 'CREATE UNIQUE INDEX by_stream ON events (stream, revision); CREATE UNIQUE INDEX by_id ON events (id);',
};

function rowOf({ envelope, bytes, hash }: EncodedEvent): unknown[] {
  const { stream, revision, id, type, recordedAt, contentHash } = envelope;
  return [stream, revision, id, type, recordedAt, Buffer.from(contentHash, 'hex'), Buffer.from(hash, 'hex'), bytes];
}

/** One insert with values bound beforehand: neither checks nor expected revisions nor results. */
function bare(file: string, contender: keyof typeof indexesOf): { readonly prepare: Prepare; readonly close: () => void } {
  const database = new Database(file);
  for (const setting of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
    'trusted_schema = OFF',
    'cell_size_check = ON',
    'journal_size_limit = 67108864',
  ])
    database.pragma(setting);
  database.exec(`CREATE TABLE events (${columns}) STRICT; ${indexesOf[contender]}`);
  const insert = database.prepare(
    'INSERT INTO events (stream, revision, id, type, recorded_at, content_hash, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const insertAll = database.transaction((rows: readonly (readonly unknown[])[]) => {
    for (const row of rows) insert.run(...row);
  });
  const runs = new AcceptedRuns('barebench');
  const prepare: Prepare = (mode) => {
    const batches = Array.from({ length: perRound[mode] / sizeOf(mode) }, () => runs.next(sizeOf(mode)).map(rowOf));
    return () => {
      for (const rows of batches) {
        if (mode === 'single') insert.run(...rows[0]!);
        else insertAll.immediate(rows);
      }
    };
  };
  return { prepare, close: () => database.close() };
}

const none = (): Record<AppendContender, number[]> => ({ append: [], encodeAndAppend: [], bareSameTable: [], bareTwoUnique: [] });

export async function measureAppends(scratch: string): Promise<AppendFigures> {
  const seen = new BytesSeen();
  const ledgers = [0, 1].map((number) => openSqlite(join(scratch, `append-${number}.sqlite`), { access: 'write', create: true }));
  const sameTable = bare(join(scratch, 'bare-same.sqlite'), 'bareSameTable');
  const twoUnique = bare(join(scratch, 'bare-unique.sqlite'), 'bareTwoUnique');
  const prepare: Record<AppendContender, Prepare> = {
    append: throughThePort(ledgers[0]!, false, seen),
    encodeAndAppend: throughThePort(ledgers[1]!, true, seen),
    bareSameTable: sameTable.prepare,
    bareTwoUnique: twoUnique.prepare,
  };
  const rates: Record<Mode, Record<AppendContender, number[]>> = { single: none(), batched: none() };
  for (let round = -2; round < rounds; round++) {
    for (const mode of ['single', 'batched'] as const) {
      for (let turn = 0; turn < appendContenders.length; turn++) {
        // Another contender goes first each round, so that none always follows the same one's flushes.
        const contender = appendContenders[(turn + round + 2) % appendContenders.length]!;
        const write = prepare[contender](mode);
        const started = performance.now();
        await write();
        const seconds = (performance.now() - started) / 1000;
        if (round >= 0) rates[mode][contender].push(perRound[mode] / seconds);
      }
    }
  }
  for (const ledger of ledgers) ledger.close();
  sameTable.close();
  twoUnique.close();
  const library = new Database(':memory:');
  const sqlite = library.prepare('SELECT sqlite_version()').pluck().get() as string;
  library.close();
  return { meanEventBytes: seen.bytes / seen.events, rounds, perRound, batch, rates, fileSystem: fileSystemOf(scratch), sqlite };
}
