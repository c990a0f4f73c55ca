import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { isBusy, isDiskFailure, sqliteCode, storeClosed, translated } from '../../../infra/sqlite/failures.ts';
import { identifyFile, refuseSideName } from '../../../infra/sqlite/file-identity.ts';
import { isWritable, needsWriting, openCopy } from '../../../infra/sqlite/unwritable.ts';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const coded = (code: unknown): Error => Object.assign(new Error('said'), { code });

describe('a failure of SQLite', () => {
  test.each<[string, string, string]>([
    ['SQLITE_FULL', 'StoreFull', 'no space left for a.sqlite: nothing was written'],
    ['SQLITE_BUSY', 'StoreBusy', 'another process holds a.sqlite'],
    ['SQLITE_BUSY_RECOVERY', 'StoreBusy', 'another process holds a.sqlite'],
    ['SQLITE_LOCKED', 'StoreBusy', 'another process holds a.sqlite'],
    ['SQLITE_LOCKED_SHAREDCACHE', 'StoreBusy', 'another process holds a.sqlite'],
    ['SQLITE_PROTOCOL', 'StoreBusy', 'another process holds a.sqlite'],
    ['SQLITE_CORRUPT', 'StoreIo', 'a.sqlite is damaged: said'],
    ['SQLITE_CORRUPT_INDEX', 'StoreIo', 'a.sqlite is damaged: said'],
    ['SQLITE_NOTADB', 'StoreIo', 'a.sqlite is damaged: said'],
    ['SQLITE_READONLY', 'StoreReadOnly', 'a.sqlite cannot be written here'],
    ['SQLITE_READONLY_DIRECTORY', 'StoreReadOnly', 'a.sqlite cannot be written here'],
    ['SQLITE_CONSTRAINT_UNIQUE', 'Internal', "the store's own bookkeeping of a.sqlite contradicts itself: said"],
    ['SQLITE_IOERR_WRITE', 'StoreIo', 'a.sqlite cannot be read or written: said'],
    ['SQLITE_CANTOPEN', 'StoreIo', 'a.sqlite cannot be read or written: said'],
  ])('by the code %s is %s', (sqlite, code, message) => {
    const error = coded(sqlite);
    const found = translated(error, 'a.sqlite') as LedgerError;
    expect([found.code, found.message, found.evidence, found.cause]).toEqual([
      code,
      message,
      { file: 'a.sqlite', sqlite, message: 'said' },
      error,
    ]);
    expect(isBusy(error)).toBe(code === 'StoreBusy');
    expect(isDiskFailure(error)).toBe(sqlite.startsWith('SQLITE_IOERR'));
    expect(needsWriting(error)).toBe(sqlite.startsWith('SQLITE_READONLY') || sqlite === 'SQLITE_CANTOPEN');
  });

  test.each([coded('ENOENT'), coded(5), coded('X_SQLITE_BUSY'), new Error('said'), 'SQLITE_BUSY', null, undefined])(
    'is not told by %p',
    (error) => {
      expect([sqliteCode(error), isBusy(error), isDiskFailure(error), needsWriting(error)]).toEqual([null, false, false, false]);
      expect(translated(error, 'a.sqlite')).toBe(error);
    },
  );

  test('a store that is closed says so', () => {
    const { code, message, evidence } = storeClosed('a.sqlite');
    expect([code, message, evidence]).toEqual(['StoreUnavailable', 'the store a.sqlite is closed', { file: 'a.sqlite' }]);
  });
});

describe('whose file it is', () => {
  const folder = temporaryDirectory();
  const path = (name: string): string => join(folder, name);
  const database = (name: string, ...statements: string[]): string => {
    const opened = new Database(path(name));
    for (const statement of statements) opened.exec(statement);
    opened.close();
    return path(name);
  };
  const empty = path('empty.sqlite');
  writeFileSync(empty, '');
  writeFileSync(path('text.sqlite'), 'x'.repeat(200));
  writeFileSync(path('short.sqlite'), 'SQLite format 3\0');
  mkdirSync(path('folder.sqlite'));
  const foreign = database('foreign.sqlite', 'PRAGMA application_id = 77', 'CREATE TABLE t (a)', 'CREATE INDEX i ON t (a)');

  test('is absent, blank, or a database of nothing', () => {
    expect([identifyFile(path('none.sqlite')), identifyFile(empty), identifyFile(database('blank.sqlite', 'VACUUM'))]).toEqual([
      'absent',
      'blank',
      'blank',
    ]);
  });

  test.each([
    [path('text.sqlite'), 'it is no SQLite database'],
    [path('short.sqlite'), 'it is no SQLite database'],
    [path('folder.sqlite'), 'it is not a regular file'],
    [foreign, 'it is a SQLite database of another program (application id 77, 2 tables and indexes)'],
    [
      database('versioned.sqlite', 'PRAGMA user_version = 3'),
      'it is a SQLite database of another program (application id 0, 0 tables and indexes)',
    ],
    [
      database('tables.sqlite', 'CREATE TABLE t (a)'),
      'it is a SQLite database of another program (application id 0, 1 tables and indexes)',
    ],
  ])('of row %# is not a ledger', (file, why) => {
    const refusal = refusalOf(() => identifyFile(file));
    expect([refusal.code, refusal.message, refusal.evidence, refusal.at]).toEqual([
      'NotALedger',
      `${file} is not a ledger: ${why}`,
      { file },
      { file },
    ]);
  });

  test('a name beside a database, which SQLite would read as its log, is refused; beside anything else it is free', () => {
    const side = `${foreign}-wal`;
    const refusal = refusalOf(() => refuseSideName(side));
    expect([refusal.code, refusal.message, refusal.evidence, refusal.at]).toEqual([
      'OutputProtected',
      `${side} would be read as the log of the database ${foreign}: nothing is written there`,
      { file: side, database: foreign },
      { file: side },
    ]);
    for (const name of ['text.sqlite-wal', 'none.sqlite-wal', 'folder.sqlite-wal', 'foreign.sqlite']) refuseSideName(path(name));
  });

  test('one that may be written is told, and a copy of another is gone once it is open', () => {
    expect([isWritable(foreign), isWritable(path('none.sqlite'))]).toEqual([true, false]);
    writeFileSync(path('plain'), 'content');
    writeFileSync(path('plain-wal'), 'log');
    const copied: string[] = [];
    expect(openCopy(path('plain'), (copy) => (copied.push(copy), copy.endsWith('/plain')))).toBe(true);
    expect(copied.map((copy) => [identifyFile(copy), identifyFile(`${copy}-wal`)])).toEqual([['absent', 'absent']]);
  });
});
