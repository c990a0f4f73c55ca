/** Whether an open database is still the file of its name, looked at now and then by a clock of the test's own. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { ledgerStream } from '../../../domain/shared/ledger-stream.ts';
import { StandingFile } from '../../../infra/sqlite/standing-file.ts';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));
let files = 0;
let now = 0;

beforeEach(() => {
  now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => void jest.restoreAllMocks());

const insert = 'INSERT INTO events VALUES (?, ?, ?)';

/** A database with the first event of a ledger, and of another stream. */
function standing(): { readonly file: string; readonly database: Database.Database; readonly look: StandingFile } {
  const file = join(directory, `${files++}.sqlite`);
  const database = new Database(file, { timeout: 0 });
  opened.push(database);
  database.exec('CREATE TABLE events (stream TEXT, revision INTEGER, hash BLOB)');
  database.prepare(insert).run('another', 0, Buffer.of(9));
  database.prepare(insert).run(ledgerStream, 1, Buffer.of(8));
  database.prepare(insert).run(ledgerStream, 0, Buffer.of(1));
  return { file, database, look: new StandingFile(file) };
}

function told(act: () => void): unknown {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
}

const replaced = (file: string, suffix: string, what: string): unknown => ({
  code: 'StoreReplaced',
  message: `${file}${suffix} ${what}, while this process works on it: nothing more is acknowledged`,
  evidence: { file: `${file}${suffix}` },
  at: { file },
});

describe('a file that stands', () => {
  test.each(['', '-wal', '-shm'])('is looked at with what is kept beside it (%p): gone, and another one', (suffix) => {
    const { file, look } = standing();
    const path = `${file}${suffix}`;
    if (suffix !== '') writeFileSync(path, 'beside');
    look.look();
    look.look();
    renameSync(path, `${path}.moved`);
    expect(told(() => look.look())).toEqual(replaced(file, suffix, 'is gone'));
    // The first one still has its inode, so that this is another.
    writeFileSync(path, 'another');
    expect(told(() => look.look())).toEqual(replaced(file, suffix, 'is another file now'));
    rmSync(path);
    mkdirSync(path);
    expect(told(() => look.look())).toEqual(replaced(file, suffix, 'is another file now'));
    rmSync(path, { recursive: true });
    renameSync(`${path}.moved`, path);
    look.look();
  });

  test('takes what is made beside it later as its own', () => {
    const { file, look } = standing();
    look.look();
    writeFileSync(`${file}-wal`, 'a log');
    look.look();
    rmSync(`${file}-wal`);
    expect(told(() => look.look())).toEqual(replaced(file, '-wal', 'is gone'));
  });

  test('that is missing when it is first looked at is none that was replaced', () => {
    const file = join(directory, 'later.sqlite');
    const look = new StandingFile(file);
    look.look();
    writeFileSync(file, '');
    look.look();
    rmSync(file);
    expect(told(() => look.look())).toEqual(replaced(file, '', 'is gone'));
  });

  test('is looked at by a reader at once, and then every hundred milliseconds', () => {
    const { file, look } = standing();
    look.lookNowAndThen();
    rmSync(file);
    now = 99;
    look.lookNowAndThen();
    now = 100;
    expect(told(() => look.lookNowAndThen())).toEqual(replaced(file, '', 'is gone'));
  });

  test('is not looked at again by a reader where a writer has just looked', () => {
    const { file, look } = standing();
    now = 50;
    look.look();
    rmSync(file);
    now = 149;
    look.lookNowAndThen();
    now = 150;
    expect(told(() => look.lookNowAndThen())).toEqual(replaced(file, '', 'is gone'));
  });
});

const lookAt = (look: StandingFile, at: number): void => {
  now = at;
  look.lookNowAndThen();
};

describe('the ledger in a file that stands', () => {
  test.each([
    ["UPDATE events SET hash = x'02' WHERE revision = 0 AND stream <> 'another'", 'holds another ledger'],
    ['DELETE FROM events', 'holds no ledger any more'],
    ['DROP TABLE events', 'holds no ledger any more'],
  ])('is known by its first event, read anew every four hundred milliseconds: %s', (sql, what) => {
    const { file, database, look } = standing();
    lookAt(look, 399);
    lookAt(look, 500);
    database.exec(sql);
    lookAt(look, 899);
    expect(told(() => lookAt(look, 1_000))).toEqual(replaced(file, '', what));
    expect(told(() => lookAt(look, 1_400))).toEqual(replaced(file, '', what));
  });

  test('may come to be, and grow', () => {
    const { file, database, look } = standing();
    database.exec('DELETE FROM events');
    lookAt(look, 400);
    database.prepare(insert).run(ledgerStream, 0, Buffer.of(5));
    lookAt(look, 800);
    database.prepare(insert).run(ledgerStream, 2, Buffer.of(6));
    database.exec("UPDATE events SET hash = x'07' WHERE revision = 1");
    lookAt(look, 1_200);
    database.exec("UPDATE events SET hash = x'07' WHERE revision = 0");
    expect(told(() => lookAt(look, 1_600))).toEqual(replaced(file, '', 'holds another ledger'));
  });

  test('that somebody holds locked is read the next time, and counts as what it was', () => {
    const { file, database, look } = standing();
    lookAt(look, 400);
    database.exec("BEGIN EXCLUSIVE; UPDATE events SET hash = x'07' WHERE revision = 0");
    lookAt(look, 800);
    database.exec('COMMIT');
    expect(told(() => lookAt(look, 1_200))).toEqual(replaced(file, '', 'holds another ledger'));
  });
});
