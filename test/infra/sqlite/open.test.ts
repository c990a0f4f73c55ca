import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite, type SqliteOptions } from '../../../infra/sqlite/open.ts';
import { schemaVersion } from '../../../infra/sqlite/schema.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { p, written } from '../../support/rows.ts';

const directory = scratchDirectory();
const create: SqliteOptions = { access: 'write', create: true };
const existing: SqliteOptions = { access: 'write', create: false };
const stream = 'sleeveRun-a';

function made(name: string): string {
  const file = join(directory, name);
  openSqlite(file, create).close();
  return file;
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

describe('opening a SQLite store', () => {
  test('a missing file is made only when asked for', () => {
    const file = join(directory, 'missing.sqlite');
    for (const options of [existing, { access: 'read', create: false }, { access: 'read', create: true }] as const) {
      expect(() => openSqlite(file, options)).toThrow(expect.objectContaining({ code: 'LedgerMissing' }));
      expect(existsSync(file)).toBe(false);
    }
    openSqlite(file, create).close();
    expect(existsSync(file)).toBe(true);
  });

  test('a missing folder is named', () => {
    expect(() => openSqlite(join(directory, 'no', 'such', 'x.sqlite'), create)).toThrow(expect.objectContaining({ code: 'FileMissing' }));
  });

  test('an empty file becomes a ledger only when one may be made', () => {
    const file = join(directory, 'touched.sqlite');
    writeFileSync(file, '');
    expect(() => openSqlite(file, existing)).toThrow(expect.objectContaining({ code: 'LedgerMissing' }));
    openSqlite(file, create).close();
    expect(readFileSync(file).readUInt32BE(68)).toBe(0x534c4544);
  });

  test.each([
    ['text', (file: string) => writeFileSync(file, 'date,close\n2020-01-01,1\n')],
    ['the magic of SQLite and nothing else', (file: string) => writeFileSync(file, 'SQLite format 3\u0000')],
    ['zeros', (file: string) => writeFileSync(file, Buffer.alloc(8192))],
    [
      'the database of another program',
      (file: string) => {
        const database = new Database(file);
        database.exec('CREATE TABLE events (position INTEGER PRIMARY KEY)');
        database.close();
      },
    ],
    [
      'the database of another program that names itself',
      (file: string) => {
        const database = new Database(file);
        database.pragma('application_id = 252006673');
        database.close();
      },
    ],
  ])('%s is NotALedger and keeps every byte', (name, write) => {
    const folder = join(directory, name.replaceAll(' ', '-'));
    mkdirSync(folder);
    const file = join(folder, 'file.sqlite');
    write(file);
    const before = digest(file);
    for (const options of [create, existing, { access: 'read', create: false }] as const) {
      expect(() => openSqlite(file, options)).toThrow(expect.objectContaining({ code: 'NotALedger' }));
    }
    expect(digest(file)).toBe(before);
    expect(readdirSync(folder)).toEqual(['file.sqlite']);
  });

  test('a foreign database with a WAL not yet checkpointed is NotALedger and keeps its WAL', () => {
    const file = join(directory, 'foreign-wal.sqlite');
    const other = new Database(join(directory, 'foreign-source.sqlite'));
    other.pragma('journal_mode = WAL');
    other.exec('CREATE TABLE t (x)');
    for (const suffix of ['', '-wal']) copyFileSync(join(directory, `foreign-source.sqlite${suffix}`), file + suffix);
    other.close();
    const before = [digest(file), digest(`${file}-wal`)];
    expect(() => openSqlite(file, create)).toThrow(expect.objectContaining({ code: 'NotALedger' }));
    expect([digest(file), digest(`${file}-wal`)]).toEqual(before);
  });

  test('a directory is NotALedger', () => {
    expect(() => openSqlite(directory, create)).toThrow(expect.objectContaining({ code: 'NotALedger' }));
  });

  test('a ledger of a newer build is StoreTooNew, with both versions', () => {
    const file = made('newer.sqlite');
    const raw = new Database(file);
    raw.pragma('user_version = 99');
    raw.close();
    expect(() => openSqlite(file, existing)).toThrow(
      expect.objectContaining({ code: 'StoreTooNew', evidence: expect.objectContaining({ version: 99, known: schemaVersion }) as unknown }),
    );
  });

  test('a store opened for reading reads and refuses to write', async () => {
    const file = join(directory, 'reading.sqlite');
    const writer = openSqlite(file, create);
    await writer.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
    const reader = openSqlite(file, { access: 'read', create: false });
    expect(await reader.store.readAll({ after: null, maxCount: 10, types: null })).toHaveLength(2);
    await expect(
      reader.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 1n }),
    ).rejects.toMatchObject({ code: 'StoreReadOnly' });
    await expect(reader.artifacts.put(Uint8Array.of(1))).rejects.toMatchObject({ code: 'StoreReadOnly' });
    await writer.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'y' }), { expectedRevision: 1n });
    expect(await reader.store.readAll({ after: null, maxCount: 10, types: null })).toHaveLength(3);
    reader.close();
    writer.close();
  });

  test('reopened, it holds what it held, and positions go on', async () => {
    const file = join(directory, 'reopened.sqlite');
    const first = openSqlite(file, create);
    const { events } = await first.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
    const { sha256 } = await first.artifacts.put(Buffer.from('series'));
    await first.readModels.commit(p, [written('k', { n: 1 }, '2')], '2', null);
    first.close();
    const again = openSqlite(file, existing);
    expect(await again.store.readStream(stream, { from: 0n, maxCount: 9, direction: 'forwards' })).toEqual(
      events.map((event) => ({ ...event, bytes: Buffer.from(event.bytes) })),
    );
    expect(Buffer.from(await again.artifacts.get(sha256)).toString()).toBe('series');
    expect(await again.readModels.row(p, 'k', null)).toEqual({ n: 1 });
    const more = await again.store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision: 1n });
    expect(again.store.comparePositions(more.events[0]!.position, events[1]!.position)).toBe(1);
    again.close();
  });

  test('read models of another log are emptied, those of the same are kept', async () => {
    const file = join(directory, 'node.sqlite');
    const open = (readModelStamp: string): ReturnType<typeof openSqlite> => openSqlite(file, { ...create, readModelStamp });
    const first = open('ledger 1 on server a');
    await first.readModels.commit(p, [written('k', { n: 1 }, '2')], '2', null);
    first.close();
    const same = open('ledger 1 on server a');
    expect(await same.readModels.row(p, 'k', null)).toEqual({ n: 1 });
    same.close();
    const other = open('ledger 1 on server b');
    expect(await other.readModels.row(p, 'k', null)).toBeNull();
    expect(await other.readModels.checkpoint(p)).toBeNull();
    other.close();
  });

  test('a position that is none of this store is refused by name', async () => {
    const ledger = openSqlite(join(directory, 'positions.sqlite'), create);
    for (const after of ['abc', '-1', '1.5', '', '9223372036854775808']) {
      await expect(ledger.store.readAll({ after, maxCount: 1, types: null })).rejects.toMatchObject({ code: 'Usage' });
    }
    ledger.close();
  });
});
