/** A store that cannot be written, and the copy of it that is read: on a disk that refuses what the test says. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { refusalOf } from '../../support/refusal.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let closed: readonly string[] = [];
let copyFails: (from: string) => string | null = () => null;
const copied: string[] = [];

jest.unstable_mockModule('node:fs', () => ({
  ...fs,
  accessSync: (path: string, mode: number): void => {
    if (mode !== fs.constants.W_OK || closed.includes(path)) throw new Error('EACCES');
    fs.accessSync(path, mode);
  },
  copyFileSync: (from: string, to: string, mode: number): void => {
    const code = copyFails(from);
    if (code !== null) throw Object.assign(new Error('said'), { code });
    copied.push(from);
    fs.copyFileSync(from, to, mode);
  },
}));
const temporary = temporaryDirectory();
jest.unstable_mockModule('node:os', () => ({ ...os, tmpdir: () => temporary }));
const { isWritable, openCopy } = await import('../../../infra/sqlite/unwritable.ts');
const { openSqlite } = await import('../../../infra/sqlite/open.ts');

const directory = temporaryDirectory();
const file = join(directory, 'store.sqlite');
const log = `${file}-wal`;
let waits: (() => void)[] = [];
const copies = (): string[] => fs.readdirSync(temporary);
const read = (copy: string): string => fs.readFileSync(copy, 'utf8');

const readWithLog = (copy: string): string => `${read(copy)} ${read(`${copy}-wal`)} ${fs.statSync(copy).nlink}`;

beforeEach(() => {
  fs.writeFileSync(file, 'content');
  fs.rmSync(log, { force: true });
  closed = [];
  copyFails = () => null;
  copied.length = 0;
  waits = [];
  // What is done while the copier waits for quiet.
  jest.spyOn(Atomics, 'wait').mockImplementation(() => (waits.shift()?.(), 'timed-out'));
});
afterEach(() => void jest.restoreAllMocks());

function told(act: () => unknown): unknown {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
}

describe('a database', () => {
  test.each([
    [[], true],
    [[file], false],
    [[directory], true],
    [[log], true],
    [[directory, log], false],
    [[file, directory, log], false],
  ])('of which these cannot be written: %j', (paths, expected) => {
    fs.writeFileSync(log, 'log');
    closed = paths;
    expect(isWritable(file)).toBe(expected);
  });

  test('without a log needs its folder to make one', () => {
    expect(isWritable(file)).toBe(true);
    closed = [directory];
    expect(isWritable(file)).toBe(false);
    expect(isWritable(join(directory, 'none.sqlite'))).toBe(false);
  });

  test('that cannot be written is opened to read, and refused to write with its name', () => {
    const store = join(directory, 'ledger.sqlite');
    openSqlite(store, { access: 'write', create: true }).close();
    closed = [store];
    openSqlite(store, { access: 'read', create: false }).close();
    for (const create of [true, false])
      expect(told(() => openSqlite(store, { access: 'write', create }))).toEqual({
        code: 'StoreReadOnly',
        message: `${store} cannot be written here`,
        evidence: { file: store },
        at: { file: store },
      });
    closed = [join(directory, 'new.sqlite')];
    openSqlite(closed[0]!, { access: 'write', create: true }).close();
  });
});

describe('the copy that is read', () => {
  test('has the content and the log, and is gone when it is open, also when that fails', () => {
    expect(openCopy(file, (copy) => [copy.endsWith('/store.sqlite'), read(copy), fs.existsSync(`${copy}-wal`)])).toEqual([
      true,
      'content',
      false,
    ]);
    fs.writeFileSync(log, 'log');
    expect(openCopy(file, readWithLog)).toBe('content log 1');
    expect(copied).toEqual([file, file, log]);
    expect(() =>
      openCopy(file, () => {
        throw new Error('not opened');
      }),
    ).toThrow('not opened');
    expect(copies()).toEqual([]);
  });

  test('waits until nobody writes, to the file or to its log', () => {
    fs.writeFileSync(log, 'log');
    waits = [() => fs.appendFileSync(file, ', more'), () => fs.appendFileSync(log, ', more'), () => undefined];
    expect(openCopy(file, (copy) => [read(copy), read(`${copy}-wal`)])).toEqual(['content, more', 'log, more']);
    expect(copied).toEqual([file, log]);
  });

  test('that was overtaken is made anew, and a log that went meanwhile is no part of it', () => {
    fs.writeFileSync(log, 'log');
    copyFails = (from) => {
      if (from === log && copied.length === 1) fs.writeFileSync(file, 'checkpointed');
      return null;
    };
    waits = [() => undefined, () => fs.rmSync(log), () => undefined];
    expect(openCopy(file, (copy) => [read(copy), fs.existsSync(`${copy}-wal`)])).toEqual(['checkpointed', false]);
    expect(copied).toEqual([file, log, file]);
  });

  test('is given up after forty attempts', () => {
    waits = Array.from({ length: 60 }, (_, at) => () => fs.writeFileSync(file, 'x'.repeat(at)));
    expect(told(() => openCopy(file, read))).toEqual({
      code: 'StoreBusy',
      message: `${file} is being written and cannot be read from here beside its writer`,
      evidence: { file },
      at: {},
    });
    expect([waits.length, copied, jest.mocked(Atomics.wait).mock.calls[0]!.at(-1)]).toEqual([20, [], 50]);
  });

  const copyAt = expect.stringMatching(/sleeve-ledger-copy-[^/]+\/store\.sqlite/) as unknown;
  test.each([
    ['EACCES', 'FileUnreadable', `${file} cannot be read`, { file }],
    ['EPERM', 'FileUnreadable', `${file} cannot be read`, { file }],
    ['ENOSPC', 'StoreFull', copyAt, {}],
    ['EIO', 'StoreIo', copyAt, {}],
  ])('that cannot be made (%s) is %s', (errno, code, message, at) => {
    copyFails = () => errno;
    expect(told(() => openCopy(file, read))).toEqual({ code, message, evidence: { file, message: 'Error: said' }, at });
    expect(copies()).toEqual([]);
  });

  test('that cannot be made says where it was to be', () => {
    copyFails = () => 'ENOSPC';
    expect(refusalOf(() => openCopy(file, read)).message).toMatch(
      /^no space left to copy .*\/store\.sqlite to .*\/store\.sqlite, where it could be read \(TMPDIR names the folder\)$/,
    );
    copyFails = () => 'EIO';
    expect(refusalOf(() => openCopy(file, read)).message).toMatch(
      /^.*\/store\.sqlite cannot be copied to .*\/store\.sqlite, where it could be read: Error: said$/,
    );
  });
});
