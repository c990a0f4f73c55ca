/**
 * Files of an older schema: opened to write they are brought up to date, whole or not at all; opened to read they are taken as they are.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { expectedSchemaObjects, migrate, schemaVersion } from '../../../infra/sqlite/schema.ts';
import { copyDatabase, tamper } from '../../support/flip-bytes.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { p, rowsWith, written } from '../../support/rows.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';
const existing = { access: 'write', create: false } as const;

/** A file as the build of an older schema version left it, with two events and a row. */
async function ofVersion(version: 1 | 2, name: string): Promise<string> {
  const newer = join(directory, `newer-${version}-${name}`);
  const made = openSqlite(newer, { access: 'write', create: true });
  await made.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
  made.close();
  const file = join(directory, `${version}-${name}`);
  const raw = new Database(file);
  raw.pragma('journal_mode = WAL');
  migrate(raw, file, version);
  raw.exec(
    `ATTACH '${newer}' AS newer; INSERT INTO events SELECT * FROM newer.events; INSERT INTO read_model_source SELECT * FROM ` +
      `newer.read_model_source`,
  );
  raw.exec(`INSERT INTO read_model_rows VALUES ('p', 'k', '{"n":1}'); INSERT INTO read_model_checkpoints VALUES ('p', '2', 1)`);
  raw.close();
  return file;
}

function versionOf(file: string): unknown {
  const raw = new Database(file, { readonly: true });
  try {
    return raw.pragma('user_version', { simple: true });
  } finally {
    raw.close();
  }
}

const released = {
  1: 'cbd81a1af3a3de0fd29b2e8128aa984f6021aea85702bded1f91f01d07e8fcc5',
  2: '2edb7f1a679341c20b6801e23cfdc5a9e40bfd27782425989a1522ae537da6be',
} as const;

describe.each([1, 2] as const)('a ledger file of schema version %i', (version) => {
  test('is what that version made: a migration that was released never changes', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([...expectedSchemaObjects(version)]))
      .digest('hex');
    expect(digest).toBe(released[version]);
  });

  test('opened to write has checkpoints and its events; its rows had no versions, and are folded again', async () => {
    const file = await ofVersion(version, 'migrated.sqlite');
    const ledger = openSqlite(file, existing);
    expect(await ledger.checkpoints.write('relay', { place: 'a' }, 'none')).toEqual({ value: { place: 'a' }, version: 0n });
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    expect([
      await ledger.readModels.row(p, 'k', null),
      await ledger.readModels.checkpoint(p),
      await ledger.readModels.projections(),
    ]).toEqual([null, null, []]);
    await ledger.readModels.commit(p, [written('k', { n: 2 }, '2')], '2', null);
    expect(await ledger.readModels.row(p, 'k', null)).toEqual({ n: 2 });
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
    expect(versionOf(file)).toBe(schemaVersion);
  });

  test('opened to read is as sound as it was, says whose rows it holds, and is not changed', async () => {
    const file = await ofVersion(version, 'inspected.sqlite');
    const ledger = openSqlite(file, { access: 'read', create: false });
    expect(ledger.integrity()).toEqual([]);
    expect(await ledger.checkpoints.read('relay')).toBeNull();
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    expect([
      await ledger.readModels.projections(),
      await ledger.readModels.checkpoint(p),
      await rowsWith(ledger.readModels, p, ''),
    ]).toEqual([[p], '2', []]);
    ledger.close();
    expect(versionOf(file)).toBe(version);
  });

  test('with a table of a later version in it was tampered with', async () => {
    const file = await ofVersion(version, 'turned-back.sqlite');
    tamper(file, `CREATE TABLE ${version === 1 ? 'checkpoints' : 'projection_rows'} (name TEXT)`);
    const ledger = openSqlite(file, { access: 'read', create: false });
    expect(ledger.integrity()).toContainEqual({
      kind: 'schema_changed',
      detail: `table ${version === 1 ? 'checkpoints' : 'projection_rows'}: not ours`,
    });
    ledger.close();
  });

  test('whose migration was cut off before its commit is migrated by the next to open it', async () => {
    const file = await ofVersion(version, 'cut-off.sqlite');
    const dying = new Database(file);
    // Pages go to the log before the commit, as they do when a change is larger than the cache.
    dying.pragma('cache_size = 1');
    dying.exec(
      `BEGIN IMMEDIATE; CREATE TABLE ${version === 1 ? 'checkpoints' : 'projection_rows'} (name TEXT NOT NULL PRIMARY KEY); DROP ` +
        `TABLE read_model_rows; PRAGMA user_version = ${version + 1}`,
    );
    const left = join(directory, `left-behind-${version}.sqlite`);
    copyDatabase(file, left);
    dying.close();
    const ledger = openSqlite(left, existing);
    expect(ledger.integrity()).toEqual([]);
    expect(await ledger.checkpoints.write('relay', {}, 'none')).toMatchObject({ version: 0n });
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    ledger.close();
  });

  test('whose migration fails stays what it was', async () => {
    const file = await ofVersion(version, 'failed.sqlite');
    tamper(file, `CREATE TABLE ${version === 1 ? 'checkpoints' : 'projection_history'} (of_somebody_else TEXT)`);
    expect(() => openSqlite(file, existing)).toThrow(expect.objectContaining({ code: 'StoreIo' }));
    expect(versionOf(file)).toBe(version);
  });

  test('opened by two at once is migrated once', async () => {
    const file = await ofVersion(version, 'two.sqlite');
    const [one, other] = [new Database(file), new Database(file)];
    migrate(one, file);
    migrate(other, file);
    expect([versionOf(file), one.pragma('user_version', { simple: true }), other.pragma('user_version', { simple: true })]).toEqual(
      Array.from({ length: 3 }, () => schemaVersion),
    );
    one.close();
    other.close();
  });
});

test('a process of an older build that has the file open finds its tables gone, and resets no row of the newer build', async () => {
  const file = await ofVersion(2, 'both.sqlite');
  const older = new Database(file);
  const reset = older.prepare("DELETE FROM read_model_rows WHERE projection = 'p'");
  const ledger = openSqlite(file, existing);
  await ledger.readModels.commit(p, [written('k', { n: 2 }, '2')], '2', null);
  expect(() => reset.run()).toThrow('no such table');
  expect(await ledger.readModels.row(p, 'k', null)).toEqual({ n: 2 });
  older.close();
  ledger.close();
});
