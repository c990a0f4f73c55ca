/**
 * Somebody who may write the SQLite file changes what stands beside the events: no table of the schema is without a verification, and no
 * other thing may stand in the file.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { schemaObjects } from '../../infra/sqlite/schema.ts';
import { projectRoot } from '../support/cli.ts';
import { Forger } from '../support/forger.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { SealedLedger, type Verified } from '../support/sealed-ledger.ts';

const minute = 60_000;
const ledger = new SealedLedger(scratchDirectory());

const lease = (state: object | null): string =>
  JSON.stringify({ expiresAt: '2026-11-21T08:00:00.000Z', holder: 'a relay', state }).replaceAll("'", "''");

beforeAll(async () => {
  await ledger.fill();
}, 5 * minute);

async function attacked(statements: string): Promise<Verified> {
  const file = ledger.copy('attacked.sqlite');
  new Forger(file).execute(statements);
  return ledger.verify(file);
}

/** For each table: an edit of every kind, and the fault by which it is found. */
const attacks: Readonly<Record<string, readonly (readonly [what: string, sql: string, kind: RegExp])[]>> = {
  events: [
    ['an actor changed', `UPDATE events SET bytes = CAST(replace(CAST(bytes AS TEXT), 'tester', 'nobody') AS BLOB)`, /^hash_mismatch$/],
    ['a column changed', `UPDATE events SET recorded_at = '2020-01-01T00:00:00.000Z' WHERE position = 3`, /^column_mismatch:recordedAt$/],
    ['a row deleted', 'DELETE FROM events WHERE position = 5', /^position_missing$/],
    [
      'two rows exchanged',
      'UPDATE events SET position = -4 WHERE position = 4; UPDATE events SET position = 4 WHERE position = 5; ' +
        'UPDATE events SET position = 5 WHERE position = -4',
      /^root_mismatch$|^revision_gap$/,
    ],
  ],
  artifacts: [
    ['a row deleted', 'PRAGMA foreign_keys = OFF; DELETE FROM artifacts', /^artifact_(?:missing|incomplete)$/],
    ['a length changed', 'UPDATE artifacts SET byte_count = byte_count + 1', /^artifact_incomplete$/],
    ['one without bytes', `INSERT INTO artifacts VALUES (randomblob(32), 5)`, /^artifact_incomplete$/],
  ],
  artifact_chunks: [
    ['bytes changed', 'UPDATE artifact_chunks SET stored = zeroblob(length(stored))', /^artifact_damaged$/],
    ['a row deleted', 'DELETE FROM artifact_chunks WHERE seq = 1', /^artifact_(?:damaged|incomplete)$/],
    [
      'a row added',
      "INSERT INTO artifact_chunks SELECT sha256, 9, zeroblob(0), 'raw', NULL FROM artifacts LIMIT 1",
      /^artifact_incomplete$/,
    ],
    [
      'a codec changed',
      "UPDATE artifact_chunks SET codec = 'raw', byte_count = NULL WHERE codec = 'deflate'",
      /^artifact_(?:damaged|incomplete)$/,
    ],
    ['a codec that nobody knows', "UPDATE artifact_chunks SET codec = 'zip' WHERE codec = 'deflate'", /^artifact_damaged$/],
    [
      'a length changed',
      "UPDATE artifact_chunks SET byte_count = byte_count + 1 WHERE codec = 'deflate'",
      /^artifact_(?:damaged|incomplete)$/,
    ],
    ['a length taken away', 'UPDATE artifact_chunks SET byte_count = NULL', /^artifact_incomplete$/],
    ['a length where there is none', "UPDATE artifact_chunks SET byte_count = length(stored) WHERE codec = 'raw'", /^artifact_incomplete$/],
  ],
  projection_rows: [
    ['a value changed', `UPDATE projection_rows SET value = '{}'`, /^read_model_differs$/],
    ['a row deleted', 'DELETE FROM projection_rows WHERE key IN (SELECT min(key) FROM projection_rows)', /^read_model_differs$/],
    [
      'a row added',
      `INSERT INTO projection_rows SELECT projection, version, 'zz', position, '{}' FROM projection_rows LIMIT 1`,
      /^read_model_differs$/,
    ],
  ],
  projection_history: [
    ['a value changed', `UPDATE projection_history SET value = '{}'`, /^read_model_differs$/],
    ['rows deleted', 'DELETE FROM projection_history', /^read_model_differs$/],
    [
      'a row added',
      `INSERT INTO projection_history SELECT projection, version, 'zz', position, '{}' FROM projection_rows LIMIT 1`,
      /^read_model_differs$/,
    ],
  ],
  projection_checkpoints: [
    ['a position moved back', `UPDATE projection_checkpoints SET position = '2'`, /^read_model_/],
    ['a position moved ahead', `UPDATE projection_checkpoints SET position = '99999'`, /^read_model_checkpoint$/],
    ['rows deleted', 'DELETE FROM projection_checkpoints', /^read_model_checkpoint$/],
  ],
  read_model_source: [
    ['another log named', `UPDATE read_model_source SET stamp = 'another'`, /^read_model_damaged$/],
    ['the row deleted', 'DELETE FROM read_model_source', /^read_model_damaged$/],
  ],
  checkpoints: [
    [
      'a relay ahead of everything',
      `INSERT INTO checkpoints VALUES ('relay-x', '${lease({ position: '99999' })}', 0)`,
      /^relay_position_wrong$/,
    ],
    [
      'a relay at what is no publication',
      `INSERT INTO checkpoints VALUES ('relay-x', '${lease({ position: '1' })}', 0)`,
      /^relay_position_wrong$/,
    ],
    [
      'a relay at no position at all',
      `INSERT INTO checkpoints VALUES ('relay-x', '${lease({ position: 'no' })}', 0)`,
      /^relay_position_wrong$/,
    ],
    ['no lease', `INSERT INTO checkpoints VALUES ('relay-x', '{}', 0)`, /^checkpoint_damaged$/],
    ['no JSON', `INSERT INTO checkpoints VALUES ('relay-x', 'no', 0)`, /^checkpoint_damaged$/],
    ['another text of the same value', `INSERT INTO checkpoints VALUES ('relay-x', '{"holder":null, "x":1}', 0)`, /^checkpoint_damaged$/],
    ['a name that nobody uses', `INSERT INTO checkpoints VALUES ('elsewhere', '{}', 0)`, /^checkpoint_unknown$/],
    ['a name that no store takes', `INSERT INTO checkpoints VALUES ('a b', '{}', 0)`, /^checkpoint_damaged$/],
    [
      'an answer that is not there',
      `INSERT INTO checkpoints VALUES ('backtest-answer-x', '{"answer":"${'a'.repeat(64)}"}', 0)`,
      /^checkpoint_damaged$/,
    ],
    [
      'an answer that is another artifact',
      `INSERT INTO checkpoints SELECT 'backtest-answer-x', '{"answer":"' || lower(hex(sha256)) || '"}', 0 FROM artifacts LIMIT 1`,
      /^kept_answer_damaged$/,
    ],
  ],
};

const edits = Object.entries(attacks).flatMap(([table, ofTable]) => ofTable.map((attack) => [table, ...attack] as const));

const tables = (): string[] => {
  const database = new Database(ledger.bench.store, { readonly: true });
  const names = [...schemaObjects(database).keys()].filter((name) => name.startsWith('table ')).map((name) => name.slice(6));
  database.close();
  return names.toSorted();
};

describe('a table of the schema', () => {
  test('is never without a verification that finds an edit, and the reference says what is proved of each', () => {
    expect(Object.keys(attacks).toSorted()).toEqual(tables());
    const reference = readFileSync(join(projectRoot, 'docs/reference/verification.md'), 'utf8');
    for (const table of tables()) expect({ table, told: reference.includes(`| \`${table}\` |`) }).toEqual({ table, told: true });
  });

  test('control: as it was written it has no fault, with a relay that stands where it published too', async () => {
    expect(await attacked('SELECT 1')).toMatchObject({ exit: 0, faults: [] });
    for (const state of [null, { position: null }])
      expect(await attacked(`INSERT INTO checkpoints VALUES ('relay-x', '${lease(state)}', 3)`)).toMatchObject({ exit: 0, faults: [] });
    const file = ledger.copy('published.sqlite');
    const published = (await ledger.verify(file)).events + 1;
    new Forger(file)
      .append('metaPortfolio-pair', { type: 'AllocationPublished', schemaVersion: 1, data: {} })
      .execute(`INSERT INTO checkpoints VALUES ('relay-x', '${lease({ position: String(published) })}', 3)`);
    expect(await ledger.verify(file)).toMatchObject({ exit: 0, faults: [] });
  });

  test('may hold rows of another build, which are named and which this build never reads', async () => {
    const { exit, notes } = await attacked(`INSERT INTO projection_checkpoints VALUES ('of-nobody', 9, '3')`);
    expect({ exit, notes }).toEqual({ exit: 0, notes: [expect.stringContaining('of-nobody, version 9')] });
  });

  test.each(edits)('%s, %s: verification finds it', async (_, __, sql, kind) => {
    const { exit, faults } = await attacked(sql);
    expect({ exit, kinds: faults.map((fault) => fault.kind) }).toEqual({
      exit: 1,
      kinds: expect.arrayContaining([expect.stringMatching(kind)]) as unknown,
    });
  });
});

describe('what does not belong into the file', () => {
  test.each([
    ['a table', 'CREATE TABLE more (x)'],
    ['a view', 'CREATE VIEW newest AS SELECT * FROM events'],
    ['a trigger', 'CREATE TRIGGER later AFTER INSERT ON events BEGIN DELETE FROM checkpoints; END'],
    ['an index', 'CREATE INDEX more ON events (id)'],
    ['statistics that steer the queries', 'ANALYZE'],
    ['a column', 'ALTER TABLE checkpoints ADD COLUMN more TEXT'],
    ['a table that lost its constraint', 'DROP TABLE read_model_source; CREATE TABLE read_model_source (only INTEGER, stamp TEXT)'],
    ['a table dropped', 'DROP TABLE checkpoints'],
    ['an index dropped', 'DROP INDEX events_by_stream'],
    ['a view in place of a table', 'ALTER TABLE checkpoints RENAME TO c; CREATE VIEW checkpoints AS SELECT * FROM c'],
    ['another version of the schema', 'PRAGMA user_version = 2'],
  ])('%s is a fault', async (_, sql) => {
    const { exit, faults } = await attacked(sql);
    expect({ exit, kinds: faults.map(({ kind }) => kind) }).toMatchObject({
      exit: 1,
      kinds: expect.arrayContaining(['schema_changed']) as unknown,
    });
  });
});
