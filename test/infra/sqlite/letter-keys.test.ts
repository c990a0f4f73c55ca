/** The file of letter keys: what it gives, what it forgets, and that nothing of a destroyed key is left on the disk. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { LetterKeyRequest } from '../../../handlers/ports/ports.ts';
import { SqliteLetterKeys } from '../../../infra/sqlite/letter-keys.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { toldBy } from '../../support/told.ts';

const directory = scratchDirectory();
const opened: SqliteLetterKeys[] = [];
afterAll(() => opened.forEach((keys) => keys.close()));
let files = 0;

function keysIn(file: string, readonly = false): SqliteLetterKeys {
  const keys = new SqliteLetterKeys(file, { readonly });
  opened.push(keys);
  return keys;
}

function fresh(): { readonly file: string; readonly keys: SqliteLetterKeys } {
  const file = join(directory, `keys-${files++}.sqlite`);
  return { file, keys: keysIn(file) };
}

/** A message is known by 32 bytes, and its key may be called after its letter. */
function request(message: number, letter = `letter-${message}`): LetterKeyRequest {
  return {
    recognisedBy: new Uint8Array(32).fill(message),
    place: `place-of-${message}`,
    idOf: (number) => (number === 0 ? letter : `${letter}-${number}`),
  };
}

/** Read as SQLite's header is laid out: the application id stands at byte 68. */
const idInHeader = (file: string): number => readFileSync(file).readUInt32BE(68);

describe('the file of letter keys', () => {
  test('is not there before the first key, and asking makes none', async () => {
    const { file, keys } = fresh();
    expect([await keys.id(), await keys.recognised(new Uint8Array(32)), await keys.key('letter-1')]).toEqual([null, null, null]);
    expect(existsSync(file)).toBe(false);
    keys.close();
    expect(existsSync(file)).toBe(false);
  });

  test('is made with the first key for its owner alone, bears its own mark and a name of its own', async () => {
    const { file, keys } = fresh();
    const made = await keys.keyFor(request(1));
    expect(made).toEqual({ keyId: 'letter-1', key: expect.any(Uint8Array) as unknown, place: 'place-of-1' });
    expect(made.key).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const id = await keys.id();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    keys.close();
    expect(idInHeader(file)).toBe(Buffer.from('SLLK').readUInt32BE());
    const again = keysIn(file);
    expect(await again.id()).toBe(id);
    expect(await again.key('letter-1')).toEqual(made.key);
    const other = fresh().keys;
    await other.keyFor(request(1));
    expect(await other.id()).not.toBe(id);
  });

  test('gives a message that comes again its own key, and each other message another key under an id of its own', async () => {
    const { keys } = fresh();
    const first = await keys.keyFor(request(1));
    expect(await keys.keyFor({ ...request(1, 'another-letter'), place: 'elsewhere' })).toEqual(first);
    expect(await keys.recognised(request(1).recognisedBy)).toEqual(first);
    expect(await keys.recognised(request(2).recognisedBy)).toBeNull();
    const second = await keys.keyFor(request(2, 'letter-1'));
    const third = await keys.keyFor(request(3, 'letter-1'));
    expect([second.keyId, third.keyId]).toEqual(['letter-1-1', 'letter-1-2']);
    expect(new Set([first, second, third].map(({ key }) => Buffer.from(key).toString('hex'))).size).toBe(3);
    expect(await keys.key('letter-1-1')).toEqual(second.key);
    expect(await keys.key('letter-1-9')).toBeNull();
    const read = (await keys.key('letter-1'))!;
    expect(Object.getPrototypeOf(read)).toBe(Uint8Array.prototype);
  });

  test('forgets keys that are destroyed and whom they were for, keeps the others, and gives no id again', async () => {
    const { keys } = fresh();
    const [one, two, three] = [await keys.keyFor(request(1)), await keys.keyFor(request(2)), await keys.keyFor(request(3))];
    await keys.destroy([one.keyId, two.keyId, 'never-made']);
    expect([await keys.key(one.keyId), await keys.key(two.keyId), await keys.key('never-made')]).toEqual([null, null, null]);
    expect([await keys.recognised(request(1).recognisedBy), await keys.recognised(request(3).recognisedBy)]).toEqual([null, three]);
    const again = await keys.keyFor(request(1));
    expect([again.keyId, (await keys.keyFor(request(4, 'never-made'))).keyId]).toEqual(['letter-1-1', 'never-made-1']);
    expect(again.key).not.toEqual(one.key);
    await keys.destroy([]);
    expect(await keys.key(three.keyId)).toEqual(three.key);
  });

  test('holds nothing of a destroyed key any more, neither in the file nor in the journal beside it', async () => {
    const { file, keys } = fresh();
    const last = await keys.keyFor(request(255));
    // More than one page of keys, so that pages are split and the journal is longer than one.
    const made = Array.from({ length: 200 }, (_, message) => ({ keyId: `letter-${message}`, key: Buffer.alloc(32, `key ${message};`) }));
    const raw = new Database(file);
    raw.pragma('journal_mode = PERSIST');
    const insert = raw.prepare('INSERT INTO letter_keys VALUES (?, ?, ?, ?)');
    raw.transaction(() => made.forEach(({ keyId, key }) => insert.run(keyId, key, Buffer.alloc(32, keyId), 'place')))();
    raw.close();
    const onDisk = (key: Uint8Array): boolean[] => [file, `${file}-journal`].map((path) => readFileSync(path).includes(Buffer.from(key)));
    expect(onDisk(made[7]!.key)[0]).toBe(true);
    await keys.destroy(made.map(({ keyId }) => keyId));
    expect(made.flatMap(({ key }) => onDisk(key))).not.toContain(true);
    expect(onDisk(last.key)[0]).toBe(true);
    const journal = readFileSync(`${file}-journal`);
    expect(journal.length).toBeGreaterThan(0);
    expect(journal.every((byte) => byte === 0)).toBe(true);
    expect(await keys.key(last.keyId)).toEqual(last.key);
  });

  test('is kept as it promises: a journal that stays, content overwritten, and no trust in what the schema calls', async () => {
    const { file, keys } = fresh();
    await keys.keyFor(request(1));
    const raw = new Database(file);
    expect(raw.prepare('SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all()).toEqual([
      'file',
      'letter_keys',
      'letter_keys_by_message',
    ]);
    expect(existsSync(`${file}-journal`)).toBe(true);
    expect(existsSync(`${file}-wal`)).toBe(false);
    for (const sql of [
      "INSERT INTO letter_keys (key_id, key) VALUES ('short', x'00')",
      "INSERT INTO letter_keys (key_id, recognised_by) VALUES ('twice', x'" + '01'.repeat(32) + "')",
      "INSERT INTO file (only, id) VALUES (2, 'another')",
    ])
      expect(() => raw.exec(sql)).toThrow(/constraint/i);
    raw.close();
  });

  test('opened to read gives keys and makes none', async () => {
    const { file, keys } = fresh();
    const made = await keys.keyFor(request(1));
    const reader = keysIn(file, true);
    expect([await reader.id(), await reader.key(made.keyId), await reader.recognised(request(1).recognisedBy)]).toEqual([
      await keys.id(),
      made.key,
      made,
    ]);
    expect(await toldBy(reader.keyFor(request(2)))).toMatchObject({ code: 'StoreReadOnly', message: `${file} cannot be written here` });
    expect(await reader.keyFor(request(1))).toEqual(made);
  });

  test('answers again after it was closed, from the file', async () => {
    const { keys } = fresh();
    const made = await keys.keyFor(request(1));
    keys.close();
    keys.close();
    expect(await keys.key(made.keyId)).toEqual(made.key);
  });

  test('is refused where something else stands, which keeps every byte and its rights', async () => {
    const file = join(directory, 'other.sqlite');
    const other = new Database(file);
    other.exec('CREATE TABLE t (x)');
    other.close();
    const before = readFileSync(file);
    for (const readonly of [true, false]) {
      expect(await toldBy(keysIn(file, readonly).key('a'))).toEqual({
        code: 'NotALedger',
        message: `${file} is no file of letter keys`,
        evidence: {},
        at: { file },
      });
    }
    expect(await toldBy(keysIn(file).keyFor(request(1)))).toMatchObject({ code: 'NotALedger' });
    expect(readFileSync(file)).toEqual(before);
    const text = join(directory, 'text.sqlite');
    writeFileSync(text, 'x'.repeat(200), { mode: 0o644 });
    expect(await toldBy(keysIn(text).key('a'))).toMatchObject({ code: 'StoreIo', message: `${text} is damaged: file is not a database` });
    expect(statSync(text).mode & 0o777).toBe(0o644);
  });

  test('left empty by a process that was killed becomes one with the next key', async () => {
    const { file, keys } = fresh();
    writeFileSync(file, '');
    const made = await keys.keyFor(request(1));
    expect(await keys.key(made.keyId)).toEqual(made.key);
    keys.close();
    expect(idInHeader(file)).toBe(0x534c4c4b);
  });
});
