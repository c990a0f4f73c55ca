/** Where nothing may be written, told by name, by inode, by folder and by content, and where something may. */
import { linkSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { KeptKind } from '../../../domain/shared/kept-files.ts';
import { refuseKept, refuseKeptFolder } from '../../../infra/files/kept-places.ts';
import { toldBy } from '../../support/told.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const path = (name: string): string => join(directory, name);

function put(name: string, content: string | Uint8Array = name): string {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), content);
  return path(name);
}

const database = Buffer.alloc(100);
database.write('SQLite format 3\0');
const ledgerBytes = Buffer.from(database);
ledgerBytes.writeUInt32BE(0x534c4544, 68);
const checkpoint = `origin\n5\n${'A'.repeat(43)}=\n\n\u2014 origin abc\n`;
const answer = `${'a'.repeat(64)}\n{"codec":"x"}`;
const key = '{ "privateSeedHex": "00" }';
const artifact = 'content of an artifact';
const address = createHash('sha256').update(artifact).digest('hex');

const own = put('own/ledger.sqlite', ledgerBytes);
const missing = path('own/ledger.sqlite.key');
const folder = path('answers');
mkdirSync(folder);
const places = { files: [own, missing], folders: [folder, path('no-such-folder')] };
linkSync(own, path('hard'));
symlinkSync(own, path('soft'));
put('own/ledger.sqlite-wal', 'log');
linkSync(path('own/ledger.sqlite-wal'), path('hard-log'));
put('answers/notes.txt');
mkdirSync(path('answers/folder'));
put('seals/latest.checkpoint', checkpoint);
put('seals/notes.txt');
mkdirSync(path('seals/folder'));
symlinkSync(folder, path('answers-too'));
put('plain.csv', 'date,close\n');
put('empty', '');
put(`copies/${address}`, artifact);
put(`copies/${address}.csv`, artifact);
put(`copies/${'0'.repeat(64)}`, artifact);
put('foreign.db', database);
put('copy-of-ledger.csv', ledgerBytes);
put('journal.csv', Buffer.from('d9d505f920a163d7', 'hex'));
put('key.csv', key);
put('checkpoint.csv', checkpoint);
put('answer.csv', answer);
put('text.db', 'no database');
mkdirSync(path('folder.db'));
execFileSync('mkfifo', [path('pipe')]);

const needed = `is ${own}, which this ledger needs`;
const beside = (file: string): string => `is kept by SQLite beside ${file}`;
const besideSeals = `is in ${path('seals')}, where a ledger keeps its checkpoints`;
const besideAnswers = `is in ${folder}, where this ledger keeps its own files`;

/** By name below the folder: why it may not be written, null where it may. */
const cases: readonly (readonly [string, string | null])[] = [
  ['own/ledger.sqlite', needed],
  ['own/../own/ledger.sqlite', needed],
  ['hard', needed],
  ['soft', needed],
  ['own/ledger.sqlite-wal', beside(own)],
  ['own/ledger.sqlite-shm', beside(own)],
  ['own/ledger.sqlite-journal', beside(own)],
  ['own/ledger.sqlite-other', null],
  ['hard-log', beside(own)],
  ['own/ledger.sqlite.key', `is ${missing}, which this ledger needs`],
  ['own/ledger.sqlite.key-wal', beside(missing)],
  ['own/else.csv', null],
  ['answers', `is where this ledger keeps files: the folder ${folder}`],
  ['answers/', `is where this ledger keeps files: the folder ${folder}`],
  ['no-such-folder', `is where this ledger keeps files: the folder ${path('no-such-folder')}`],
  ['seals', 'is a folder where a ledger keeps its checkpoints'],
  ['answers/notes.txt', besideAnswers],
  ['answers-too/notes.txt', besideAnswers],
  ['answers/folder', null],
  ['answers/new.txt', null],
  ['answers/new.answer', besideAnswers],
  ['answers/new.TABLE', besideAnswers],
  ['answers/new.part', besideAnswers],
  ['answers/new.checkpoint', besideAnswers],
  ['answers/new.answers', null],
  ['answers/newanswer', null],
  ['seals/latest.checkpoint', besideSeals],
  ['seals/notes.txt', besideSeals],
  ['seals/000000000007.checkpoint', besideSeals],
  ['seals/new.txt', null],
  ['seals/folder', null],
  ['new.checkpoint', null],
  ['plain.csv', null],
  ['empty', null],
  ['new.csv', null],
  ['pipe', null],
  ['folder.db', null],
  ['no-folder/new.csv', null],
  [`copies/${address}`, 'is an artifact, named by the hash of its content'],
  [`copies/${address}.csv`, 'is an artifact, named by the hash of its content'],
  [`copies/${'0'.repeat(64)}`, null],
  [`copies/${address}.new`, null],
  ['foreign.db', 'is a SQLite database'],
  ['foreign.db-wal', `would be read as the log of the database ${path('foreign.db')}`],
  ['foreign.db-JOURNAL', `would be read as the log of the database ${path('foreign.db')}`],
  ['text.db-wal', null],
  ['folder.db-wal', null],
  ['none.db-wal', null],
  ['copy-of-ledger.csv', 'is a ledger'],
  ['journal.csv', 'is the log of a SQLite database'],
  ['key.csv', 'is a signing key'],
  ['checkpoint.csv', 'is a signed checkpoint'],
  ['answer.csv', 'is an answer in the cache'],
];

describe('an output', () => {
  test.each(cases)('%s', async (name, why) => {
    const file = name.endsWith('/') ? `${path(name)}/` : name.includes('..') ? `${directory}/${name}` : path(name);
    if (why === null) {
      await refuseKept(file, places);
      return;
    }
    expect(await toldBy(refuseKept(file, places))).toEqual({
      code: 'OutputProtected',
      message: `${file} ${why}: nothing is written there`,
      evidence: { file },
      at: { file },
    });
  });

  test('of a process without a ledger is free where only its place was kept', async () => {
    const none = { files: [], folders: [] };
    for (const name of ['own/ledger.sqlite.key', 'answers', 'answers/notes.txt', 'answers/new.answer', 'own/ledger.sqlite-other'])
      await refuseKept(path(name), none);
    for (const name of ['own/ledger.sqlite', 'own/ledger.sqlite-wal', 'seals/notes.txt'])
      expect(await toldBy(refuseKept(path(name), none))).toMatchObject({ code: 'OutputProtected' });
  });

  test.each<[string, KeptKind, string | null]>([
    ['checkpoint.csv', 'checkpoint', null],
    ['seals/latest.checkpoint', 'checkpoint', null],
    ['seals/000000000007.checkpoint', 'checkpoint', null],
    ['key.csv', 'key', null],
    ['own/ledger.sqlite.key', 'key', null],
    ['plain.csv', 'key', null],
    ['key.csv', 'checkpoint', 'is a signing key'],
    ['checkpoint.csv', 'key', 'is a signed checkpoint'],
    ['foreign.db', 'key', 'is a SQLite database'],
    ['foreign.db-wal', 'key', `would be read as the log of the database ${path('foreign.db')}`],
    [`copies/${address}`, 'key', 'is an artifact, named by the hash of its content'],
  ])('%s of the ledger itself, as a %s', async (name, kind, why) => {
    if (why === null) await refuseKept(path(name), places, kind);
    else expect((await toldBy(refuseKept(path(name), places, kind))).message).toBe(`${path(name)} ${why}: nothing is written there`);
  });

  test('is not confused by a file that was moved to another name meanwhile', async () => {
    const file = put('moving/ledger.sqlite', 'a ledger that nobody can tell by its content');
    const kept = { files: [file], folders: [] };
    renameSync(file, path('moving/else'));
    await refuseKept(path('moving/else'), kept);
    linkSync(path('moving/else'), file);
    expect((await toldBy(refuseKept(path('moving/else'), kept))).message).toContain(`is ${file}, which this ledger needs`);
  });
});

describe('a folder that is to be made', () => {
  test.each([
    ['own/ledger.sqlite', needed],
    ['own/ledger.sqlite-wal', beside(own)],
    ['foreign.db-wal', `would be read as the log of the database ${path('foreign.db')}`],
    ['answers', null],
    ['seals', null],
    ['new', null],
    ['text.db-wal', null],
  ])('%s', async (name, why) => {
    if (why === null) {
      await refuseKeptFolder(path(name), places);
      return;
    }
    expect(await toldBy(refuseKeptFolder(path(name), places))).toEqual({
      code: 'OutputProtected',
      message: `${path(name)} ${why}: nothing is written there`,
      evidence: { file: path(name) },
      at: { file: path(name) },
    });
  });
});
