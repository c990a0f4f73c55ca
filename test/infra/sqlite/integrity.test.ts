/** What the low-level checks say of a file, word for word, and how much they say of one that is damaged all over. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { StorageFinding } from '../../../handlers/ports/ports.ts';
import { inspectStorage } from '../../../infra/sqlite/integrity.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { migrate, schemaVersion } from '../../../infra/sqlite/schema.ts';
import { incompressible } from '../../support/figures.ts';
import { copyDatabase } from '../../support/flip-bytes.ts';
import { p, written } from '../../support/rows.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));
const sound = join(directory, 'sound.sqlite');
const stamp = 'the events of this file';
/** Addresses of a deflated artifact of one chunk and of a raw one of two. */
let deflated = '';
let raw = '';
let files = 0;

beforeAll(async () => {
  const ledger = openSqlite(sound, { access: 'write', create: true });
  await ledger.store.append('sleeveRun-a', sampleEvents({ stream: 'sleeveRun-a', count: 5 }), { expectedRevision: 'none' });
  [deflated, raw] = (await ledger.artifacts.putAll([Buffer.alloc(1_000, 'a'), incompressible(600_000)])).map(({ sha256 }) => sha256) as [
    string,
    string,
  ];
  await ledger.readModels.commit(p, [written('k', { n: 1 }, '1'), written('\uffee', { n: 2 }, '1')], '1', null);
  await ledger.readModels.commit(p, [written('k', { n: 2 }, '2'), written('\uffee', null, '2')], '2', '1');
  await ledger.checkpoints.write('relay-a', { position: '1' }, 'none');
  ledger.close();
});

/** Opened past every constraint, as damage is done. */
function unchecked(file: string): Database.Database {
  const database = new Database(file);
  opened.push(database);
  database.pragma('ignore_check_constraints = ON');
  database.pragma('foreign_keys = OFF');
  return database.defaultSafeIntegers(true);
}

function findingsAfter(...statements: readonly string[]): readonly StorageFinding[] {
  const file = join(directory, `${files++}.sqlite`);
  copyDatabase(sound, file);
  const database = unchecked(file);
  for (const sql of statements) database.exec(sql);
  const findings = inspectStorage(database, file, stamp);
  // SQLite's own check says of broken constraints what ours say of rows.
  return findings.filter(({ kind, detail }) => kind !== 'database_damaged' || !detail.includes('CHECK constraint failed'));
}

const finding = (kind: StorageFinding['kind'], detail: string): StorageFinding => ({ kind, detail });
const unbound = finding('read_model_damaged', 'the read models are not bound to the events of this store');
const hundred = (sql: string): string => `WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 150) ${sql}`;

const lengthUnstated = (row: number, address: string): StorageFinding =>
  finding(
    'artifact_incomplete',
    `row ${row} of artifact_chunks, of artifact ${address}, does not state its length as chunks kept in its way do`,
  );
const rowDamaged = (key: string): StorageFinding => finding('read_model_damaged', `row ${key} of p is not as it was written`);
const checkpointDamaged = (name: string): StorageFinding => finding('checkpoint_damaged', `checkpoint ${name} is not as it was written`);

describe('the low-level checks of a ledger file', () => {
  test('say nothing of a sound one', () => {
    expect(findingsAfter()).toEqual([]);
  });

  test('name chunks that have lost their artifact', () => {
    expect(findingsAfter(`DELETE FROM artifacts WHERE hex(sha256) = upper('${raw}')`)).toEqual(
      [2, 3].map((row) => finding('artifact_incomplete', `row ${row} of artifact_chunks refers to artifact ${raw}, which is not there`)),
    );
  });

  test('name an artifact whose chunks hold less or more than it states, or that has none', () => {
    expect(findingsAfter(`DELETE FROM artifact_chunks WHERE rowid = 3`)).toEqual([
      finding('artifact_incomplete', `artifact ${raw} holds 524288 of 600000 bytes`),
    ]);
    expect(findingsAfter(`UPDATE artifacts SET byte_count = 999 WHERE byte_count = 1000`)).toEqual([
      finding('artifact_incomplete', `artifact ${deflated} holds 1000 of 999 bytes`),
    ]);
    expect(findingsAfter(`DELETE FROM artifact_chunks WHERE rowid = 1`)).toEqual([
      finding('artifact_incomplete', `artifact ${deflated} holds 0 of 1000 bytes`),
    ]);
  });

  test.each([
    ['UPDATE artifact_chunks SET seq = seq + 1 WHERE rowid = 3'],
    ['UPDATE artifact_chunks SET seq = -1 WHERE rowid = 2'],
    ['UPDATE artifact_chunks SET seq = seq + 10 WHERE rowid > 1; UPDATE artifact_chunks SET seq = seq - 9 WHERE rowid > 1'],
  ])('name an artifact whose chunks are not counted from 0: %s', (sql) => {
    expect(findingsAfter(sql)).toEqual([finding('artifact_incomplete', `the chunks of artifact ${raw} are not numbered from 0 on`)]);
  });

  test('name a chunk that does not state its length as it should', () => {
    expect(findingsAfter('UPDATE artifact_chunks SET byte_count = 524288 WHERE rowid = 2')).toEqual([lengthUnstated(2, raw)]);
    const unstated = findingsAfter('UPDATE artifact_chunks SET byte_count = NULL WHERE rowid = 1');
    expect(unstated).toContainEqual(lengthUnstated(1, deflated));
    expect(unstated.map(({ kind }) => kind)).toEqual(['artifact_incomplete', 'artifact_incomplete']);
  });

  test('name the rows of read models that are not as they were written, the newest and those before', () => {
    expect(findingsAfter(`UPDATE projection_rows SET value = '{"n": 2}'`)).toEqual([rowDamaged('k')]);
    expect(findingsAfter(`UPDATE projection_rows SET value = '{"n":2'`)).toEqual([rowDamaged('k')]);
    expect(findingsAfter(`UPDATE projection_history SET value = '{"n":2.0}' WHERE value IS NOT NULL`)).toEqual([
      rowDamaged('k'),
      rowDamaged('\uffee'),
    ]);
  });

  test('name checkpoints that are not as they were written', () => {
    expect(findingsAfter(`UPDATE checkpoints SET value = '{ }'`)).toEqual([checkpointDamaged('"relay-a"')]);
    expect(findingsAfter('UPDATE checkpoints SET version = -1')).toEqual([checkpointDamaged('"relay-a"')]);
    expect(findingsAfter(`UPDATE checkpoints SET name = 'a "b"'`)).toEqual([checkpointDamaged('"a \\"b\\""')]);
    expect(findingsAfter(`UPDATE checkpoints SET name = '${'a'.repeat(201)}'`)).toEqual([checkpointDamaged(`"${'a'.repeat(200)}"`)]);
    expect(findingsAfter('UPDATE checkpoints SET version = 7', `UPDATE checkpoints SET name = '${'a'.repeat(150)}'`)).toEqual([]);
  });

  test.each([
    ["UPDATE read_model_source SET stamp = 'another log'"],
    ['DELETE FROM read_model_source'],
    ['UPDATE read_model_source SET only = 2'],
    [`INSERT INTO read_model_source VALUES (2, '${stamp}')`],
  ])('name read models that are bound to another log: %s', (sql) => {
    expect(findingsAfter(sql)).toEqual([unbound]);
  });

  test('name what was changed in the schema', () => {
    expect(
      findingsAfter('CREATE INDEX more ON events (id)', 'DROP INDEX events_by_type', 'ALTER TABLE events ADD COLUMN more TEXT'),
    ).toEqual([
      finding('schema_changed', 'index events_by_type: missing'),
      finding('schema_changed', 'table events: altered'),
      finding('schema_changed', 'index more: not ours'),
    ]);
  });

  test.each([0, schemaVersion + 1])('name schema version %d, which is none of this build, and compare with its own', (version) => {
    expect(findingsAfter(`PRAGMA user_version = ${version}`)).toEqual([
      finding('schema_changed', `schema version ${version}, expected ${schemaVersion}`),
    ]);
  });

  test('name positions that are missing at the beginning and within', () => {
    expect(findingsAfter('DELETE FROM events WHERE position IN (1, 2, 4)')).toEqual([
      finding('position_missing', 'positions 1 to 2'),
      finding('position_missing', 'position 4'),
    ]);
    expect(findingsAfter('DELETE FROM events WHERE position = 5')).toEqual([]);
  });

  test('say of each table that is gone what SQLite says, and go on', () => {
    const file = join(directory, 'empty.sqlite');
    const database = unchecked(file);
    migrate(database, file);
    database.exec('DROP TABLE events; DROP TABLE checkpoints');
    const gone = (table: string): StorageFinding => finding('database_damaged', `${file}: SQLITE_ERROR: no such table: ${table}`);
    expect(inspectStorage(database, file, stamp)).toEqual([
      finding('schema_changed', 'index events_by_stream: missing'),
      finding('schema_changed', 'index events_by_type: missing'),
      finding('schema_changed', 'table checkpoints: missing'),
      finding('schema_changed', 'table events: missing'),
      gone('events'),
      gone('checkpoints'),
      unbound,
    ]);
  });

  test('do not take a mistake of this program for damage', () => {
    const database = unchecked(join(directory, 'closed.sqlite'));
    database.close();
    expect(() => inspectStorage(database, 'closed.sqlite', stamp)).toThrow('The database connection is not open');
  });

  test.each([
    [
      'position_missing',
      hundred('INSERT INTO events SELECT 10 * i, i, i, i, i, i, content_hash, hash, bytes FROM n, events WHERE position = 1'),
    ],
    [
      'artifact_incomplete',
      hundred(`INSERT INTO artifact_chunks (sha256, seq, stored, codec) SELECT CAST(printf('%032d', i) AS BLOB), 0, x'00', 'raw' FROM n`),
    ],
    ['artifact_incomplete', hundred(`INSERT INTO artifacts SELECT CAST(printf('%032d', i) AS BLOB), 1 FROM n`)],
    ['read_model_damaged', hundred(`INSERT INTO projection_rows SELECT 'p', 1, 'row ' || i, 'a1', '{ }' FROM n`)],
    ['checkpoint_damaged', hundred(`INSERT INTO checkpoints SELECT 'relay-' || i, '{ }', 0 FROM n`)],
  ] as const)('stop at a hundred findings of one kind (%s)', (kind, sql) => {
    expect(findingsAfter(sql).map((found) => found.kind)).toEqual(Array.from({ length: 100 }, () => kind));
  });
});
