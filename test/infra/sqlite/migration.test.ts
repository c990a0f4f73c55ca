/** Files of an older schema: opened to write they are brought up to date, whole or not at all; opened to read they are taken as they are. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { expectedSchemaObjects, migrate, schemaVersion } from '../../../infra/sqlite/schema.ts';
import { copyDatabase, tamper } from '../../support/flip-bytes.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const stream = 'sleeveRun-a';
const existing = { access: 'write', create: false } as const;

/** A file as the build of schema version 1 left it, with two events and a row. */
async function ofVersion1(name: string): Promise<string> {
  const file = join(directory, name);
  const made = openSqlite(file, { access: 'write', create: true });
  await made.store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
  await made.readModels.commit('p', [{ key: 'k', value: { n: 1 } }], { position: '2', projectionVersion: 1 }, null);
  made.close();
  tamper(file, 'DROP TABLE checkpoints');
  tamper(file, 'PRAGMA user_version = 1');
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

describe('a ledger file of schema version 1', () => {
  test('is what that version made: a migration that was released never changes', () => {
    const digest = createHash('sha256').update(JSON.stringify([...expectedSchemaObjects(1)])).digest('hex');
    expect(digest).toBe('cbd81a1af3a3de0fd29b2e8128aa984f6021aea85702bded1f91f01d07e8fcc5');
  });

  test('opened to write has checkpoints, and everything that it held', async () => {
    const file = await ofVersion1('migrated.sqlite');
    const ledger = openSqlite(file, existing);
    expect(await ledger.checkpoints.write('relay', { place: 'a' }, 'none')).toEqual({ value: { place: 'a' }, version: 0n });
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    expect(await ledger.readModels.row('p', 'k')).toEqual({ n: 1 });
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
    expect(versionOf(file)).toBe(schemaVersion);
  });

  test('opened to read is as sound as it was, holds no checkpoint and is not changed', async () => {
    const file = await ofVersion1('inspected.sqlite');
    const ledger = openSqlite(file, { access: 'read', create: false });
    expect(ledger.integrity()).toEqual([]);
    expect(await ledger.checkpoints.read('relay')).toBeNull();
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    ledger.close();
    expect(versionOf(file)).toBe(1);
  });

  test('with a table of version 2 in it was tampered with', async () => {
    const file = join(directory, 'turned-back.sqlite');
    openSqlite(file, { access: 'write', create: true }).close();
    tamper(file, 'PRAGMA user_version = 1');
    const ledger = openSqlite(file, { access: 'read', create: false });
    expect(ledger.integrity()).toEqual([{ kind: 'schema_changed', detail: 'table checkpoints: not ours' }]);
    ledger.close();
  });

  test('whose migration was cut off before its commit is migrated by the next to open it', async () => {
    const file = await ofVersion1('cut-off.sqlite');
    const dying = new Database(file);
    // Pages go to the log before the commit, as they do when a change is larger than the cache.
    dying.pragma('cache_size = 1');
    dying.exec('BEGIN IMMEDIATE; CREATE TABLE checkpoints (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL, version INTEGER NOT NULL) STRICT; PRAGMA user_version = 2');
    const left = join(directory, 'left-behind.sqlite');
    copyDatabase(file, left);
    dying.close();
    const ledger = openSqlite(left, existing);
    expect(ledger.integrity()).toEqual([]);
    expect(await ledger.checkpoints.write('relay', {}, 'none')).toMatchObject({ version: 0n });
    expect(await ledger.store.readAll({ after: null, maxCount: 9, types: null })).toHaveLength(2);
    ledger.close();
  });

  test('whose migration fails stays what it was', async () => {
    const file = await ofVersion1('failed.sqlite');
    tamper(file, 'CREATE TABLE checkpoints (of_somebody_else TEXT)');
    expect(() => openSqlite(file, existing)).toThrow(expect.objectContaining({ code: 'StoreIo' }));
    expect(versionOf(file)).toBe(1);
  });

  test('opened by two at once is migrated once', async () => {
    const file = await ofVersion1('two.sqlite');
    const [one, other] = [new Database(file), new Database(file)];
    migrate(one, file);
    migrate(other, file);
    expect([versionOf(file), one.pragma('user_version', { simple: true }), other.pragma('user_version', { simple: true })]).toEqual([2, 2, 2]);
    one.close();
    other.close();
  });
});
