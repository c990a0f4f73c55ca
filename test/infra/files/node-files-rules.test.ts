/** What files are written for somebody, under which rules, and what each refusal says. */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Files } from '../../../handlers/ports/ports.ts';
import { fileFailure, withFileErrors } from '../../../infra/files/failures.ts';
import { createFiles } from '../../../infra/files/node-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { toldBy } from '../../support/told.ts';

const root = temporaryDirectory();
let directory = '';
let folders = 0;
const path = (name: string): string => join(directory, name);
const nothingKept = { files: [], folders: [] };
const careful = createFiles();
const replacing = createFiles(null, { replaces: true, kept: nothingKept });

beforeEach(() => {
  directory = join(root, String(folders++));
  mkdirSync(directory);
});

const exists = (file: string): unknown => ({ code: 'OutputExists', message: `${file} is there already`, evidence: {}, at: { file } });
const noFile = (file: string): unknown => ({
  code: 'OutputNotAFile',
  message: `${file} exists and is not a regular file`,
  evidence: {},
  at: { file },
});

async function* pieces(...all: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Buffer.from(piece);
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half');
  throw new LedgerError('Usage', 'broken off');
}

describe('a file that is written', () => {
  test('holds text, bytes or pieces, and nothing is beside it', async () => {
    await careful.writeWhole(path('text'), 'žluť');
    await careful.writeWhole(path('bytes'), Uint8Array.of(1, 2));
    await careful.writeWhole(path('pieces'), pieces('one, ', '', 'two'));
    expect(['text', 'bytes', 'pieces'].map((name) => readFileSync(path(name), 'utf8'))).toEqual(['žluť', '\u0001\u0002', 'one, two']);
    expect(readdirSync(directory)).toEqual(['bytes', 'pieces', 'text']);
  });

  test('is not written over, unless the rules or the ledger say so', async () => {
    writeFileSync(path('there'), 'old');
    expect(await toldBy(careful.writeWhole(path('there'), 'new'))).toEqual(exists(path('there')));
    expect(readFileSync(path('there'), 'utf8')).toBe('old');
    await replacing.writeWhole(path('there'), 'new');
    expect(readFileSync(path('there'), 'utf8')).toBe('new');
    await careful.writeWhole(path('there'), 'newest', { own: 'key' });
    expect(readFileSync(path('there'), 'utf8')).toBe('newest');
    expect(readdirSync(directory)).toEqual(['there']);
  });

  test('that another has written meanwhile is refused, or is left as it is where that was asked for', async () => {
    const racing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('late');
      writeFileSync(path('raced'), 'first');
    };
    expect(await toldBy(careful.writeWhole(path('raced'), racing()))).toEqual(exists(path('raced')));
    await careful.writeWhole(path('kept'), 'first', { keepExisting: true });
    expect(await toldBy(careful.writeWhole(path('kept'), 'second', { keepExisting: true }))).toEqual(exists(path('kept')));
    await replacing.writeWhole(path('kept'), 'second', { keepExisting: true });
    await careful.writeWhole(path('kept'), 'second', { keepExisting: true, own: 'checkpoint' });
    expect([readFileSync(path('raced'), 'utf8'), readFileSync(path('kept'), 'utf8')]).toEqual(['first', 'first']);
    expect(readdirSync(directory)).toEqual(['kept', 'raced']);
  });

  test('that breaks off leaves what was there, and nothing beside it', async () => {
    writeFileSync(path('there'), 'old');
    expect(await toldBy(replacing.writeWhole(path('there'), broken()))).toMatchObject({ code: 'Usage', message: 'broken off' });
    expect(await toldBy(careful.writeWhole(path('new'), broken()))).toMatchObject({ code: 'Usage' });
    expect(readdirSync(directory)).toEqual(['there']);
    expect(readFileSync(path('there'), 'utf8')).toBe('old');
  });

  test('behind a link is written where the link leads, also where the name is long', async () => {
    mkdirSync(path('far'));
    const long = 'x'.repeat(250);
    writeFileSync(path(`far/${long}`), 'old');
    symlinkSync(`far/${long}`, path('link'));
    expect(await toldBy(careful.writeWhole(path('link'), 'new'))).toEqual(exists(path('link')));
    await replacing.writeWhole(path('link'), 'new');
    expect([readlinkSync(path('link')), readFileSync(path(`far/${long}`), 'utf8')]).toEqual([`far/${long}`, 'new']);
    expect(readdirSync(path('far'))).toEqual([long]);
  });

  test('at a link that leads nowhere takes its place only where it replaces', async () => {
    symlinkSync('nowhere', path('link'));
    expect(await toldBy(careful.writeWhole(path('link'), 'new'))).toEqual(exists(path('link')));
    await replacing.writeWhole(path('link'), 'new');
    expect([lstatSync(path('link')).isFile(), readFileSync(path('link'), 'utf8')]).toEqual([true, 'new']);
  });

  test('where a folder or a device is is refused, whatever the rules', async () => {
    mkdirSync(path('folder'));
    for (const file of [path('folder'), '/dev/null'])
      for (const files of [careful, replacing]) expect(await toldBy(files.writeWhole(file, 'x'))).toEqual(noFile(file));
    expect(readdirSync(directory)).toEqual(['folder']);
  });

  test('has the rights of its kind, and those that were asked for', async () => {
    const before = process.umask(0o027);
    await careful.writeWhole(path('usual'), '');
    await careful.writeWhole(path('exact'), '', { mode: 0o606 });
    process.umask(before);
    expect(['usual', 'exact'].map((name) => statSync(path(name)).mode & 0o777)).toEqual([0o640, 0o606]);
  });
});

describe('an output that is checked before the work', () => {
  test('is refused as it would be later', async () => {
    writeFileSync(path('there'), 'old');
    mkdirSync(path('folder'));
    await careful.checkOutput(path('new'));
    await careful.checkOutput(path('folder'));
    expect(await toldBy(careful.checkOutput(path('there')))).toEqual(exists(path('there')));
    await replacing.checkOutput(path('there'));
    for (const files of [careful, replacing]) expect(await toldBy(files.checkOutput('/dev/null'))).toEqual(noFile('/dev/null'));
    const keeping = createFiles(null, { replaces: true, kept: { files: [path('there')], folders: [] } });
    expect(await toldBy(keeping.checkOutput(path('there')))).toMatchObject({ code: 'OutputProtected' });
    expect(await toldBy(keeping.writeWhole(path('there'), 'x'))).toMatchObject({ code: 'OutputProtected' });
    expect(await toldBy(keeping.makeFolder(path('there-wal')).then(() => keeping.makeFolder(path('there'))))).toMatchObject({
      code: 'OutputProtected',
      at: { file: path('there-wal') },
    });
  });

  test('is standard output under the name -, where there is one', async () => {
    const poured: string[] = [];
    const output = async (bytes: Uint8Array): Promise<void> => void poured.push(Buffer.from(bytes).toString());
    const files = createFiles(output, { replaces: false, kept: nothingKept });
    await files.checkOutput('-');
    await files.writeWhole('-', 'text é');
    await files.writeWhole('-', Buffer.from('bytes'));
    await files.writeWhole('-', pieces('one', 'two'));
    expect(poured).toEqual(['text é', 'bytes', 'one', 'two']);
    await files.writeWhole(path('-'), 'a file');
    expect([readFileSync(path('-'), 'utf8'), poured.length]).toEqual(['a file', 4]);
  });
});

const fill =
  (files: Files, text = 'content') =>
  (folder: string): Promise<void> =>
    files.writeWhole(join(folder, 'file'), text);

describe('a folder that is written', () => {
  test('is there whole, with what it was filled with', async () => {
    await careful.writeFolder(path('out'), fill(careful));
    expect([readdirSync(directory), readFileSync(path('out/file'), 'utf8')]).toEqual([['out'], 'content']);
    await careful.writeFolder(path(`in/${'x'.repeat(250)}/`), fill(careful));
    expect(readdirSync(path('in'))).toEqual(['x'.repeat(250)]);
  });

  test('is refused where anything is, and never replaced', async () => {
    writeFileSync(path('file'), 'x');
    mkdirSync(path('folder'));
    for (const name of ['file', 'folder', 'folder/'])
      for (const files of [careful, replacing])
        expect(await toldBy(files.writeFolder(path(name), fill(files)))).toEqual(exists(path(name)));
    const keeping = createFiles(null, { replaces: true, kept: { files: [], folders: [path('kept')] } });
    expect(await toldBy(keeping.writeFolder(path('kept'), fill(keeping)))).toMatchObject({ code: 'OutputProtected' });
    expect(readdirSync(directory)).toEqual(['file', 'folder']);
  });

  test('that breaks off leaves nothing', async () => {
    const breaking = async (folder: string): Promise<void> => {
      await fill(careful)(folder);
      throw new LedgerError('Usage', 'broken off');
    };
    expect(await toldBy(careful.writeFolder(path('out'), breaking))).toMatchObject({ message: 'broken off' });
    const taking = async (folder: string): Promise<void> => {
      await fill(careful)(folder);
      mkdirSync(path('out'));
      writeFileSync(path('out/other'), 'of another');
    };
    expect(await toldBy(careful.writeFolder(path('out'), taking))).toMatchObject({ code: 'FileUnreadable', at: { file: path('out') } });
    expect([readdirSync(directory), readdirSync(path('out'))]).toEqual([['out'], ['other']]);
  });
});

describe('a file that is read', () => {
  test('has at most so many bytes, of which the limit is told', async () => {
    writeFileSync(path('file'), 'twelve bytes');
    expect([await careful.readText(path('file'), 12), Buffer.from(await careful.readBytes(path('file'))).toString()]).toEqual([
      'twelve bytes',
      'twelve bytes',
    ]);
    expect(await toldBy(careful.readText(path('file'), 11))).toEqual({
      code: 'LimitExceeded',
      message: `${path('file')}: 12 bytes, at most 11 are read`,
      evidence: { bytes: 12, bytesMax: 11 },
      at: { file: path('file') },
    });
    writeFileSync(path('latin'), Uint8Array.of(0xe9));
    expect(await toldBy(careful.readText(path('latin')))).toEqual({
      code: 'FileUnreadable',
      message: `${path('latin')}: not UTF-8 text`,
      evidence: {},
      at: { file: path('latin') },
    });
    expect(await toldBy(careful.readBytes(directory))).toEqual({
      code: 'FileUnreadable',
      message: `${directory}: not a regular file`,
      evidence: {},
      at: { file: directory },
    });
  });

  test('comes in pieces of 256 KiB, each to keep', async () => {
    const content = Buffer.from(Uint8Array.from({ length: 600_000 }, (_, index) => index % 251));
    writeFileSync(path('long'), content);
    const read: Uint8Array[] = [];
    for await (const piece of careful.readPieces(path('long'), 600_000)) read.push(piece);
    expect(read.map(({ length }) => length)).toEqual([262_144, 262_144, 75_712]);
    expect(Buffer.concat(read).equals(content)).toBe(true);
    expect(await toldBy(careful.readPieces(path('long'), 599_999)[Symbol.asyncIterator]().next())).toMatchObject({ code: 'LimitExceeded' });
    expect(await toldBy(careful.readPieces(path('none'), 1)[Symbol.asyncIterator]().next())).toMatchObject({ code: 'FileMissing' });
  });

  test('is there or not, since when, and on which disk', async () => {
    writeFileSync(path('file'), '');
    utimesSync(path('file'), 1_700_000_000, 1_700_000_000.25);
    expect([await careful.exists(path('file')), await careful.exists(directory), await careful.exists(path('none'))]).toEqual([
      true,
      true,
      false,
    ]);
    expect([await careful.writtenAt(path('file')), await careful.writtenAt(path('file/none'))]).toEqual(['2023-11-14T22:13:20.250Z', null]);
    expect(await careful.volumeOf(path('file'))).toBe(String(statSync(directory).dev));
    symlinkSync('loop', path('loop'));
    // One after the other: a promise that nobody waits for yet must not reject.
    for (const ask of [careful.exists, careful.writtenAt, careful.volumeOf])
      expect(await toldBy(ask(path('loop')))).toEqual({
        code: 'FileUnreadable',
        message: `${path('loop')}: ELOOP`,
        evidence: { errno: 'ELOOP' },
        at: { file: path('loop') },
      });
  });

  test('is named from the working folder, or beside another file', () => {
    expect([careful.absolute('a/b'), careful.absolute('a', '/x/y'), careful.absolute('/z', '/x/y'), careful.absolute('a', 'b/c')]).toEqual([
      join(process.cwd(), 'a/b'),
      '/x/a',
      '/z',
      join(process.cwd(), 'b/a'),
    ]);
  });

  test('of several links is one file, and its folder is made with those above it', async () => {
    writeFileSync(path('one'), 'x');
    linkSync(path('one'), path('two'));
    await replacing.writeWhole(path('two'), 'y');
    expect([readFileSync(path('one'), 'utf8'), readFileSync(path('two'), 'utf8')]).toEqual(['x', 'y']);
    await careful.makeFolder(path('a/b/c'));
    await careful.makeFolder(path('a/b/c'));
    expect(existsSync(path('a/b/c'))).toBe(true);
  });
});

const failureOf = (code: unknown, more: object = { syscall: 'open' }): Error => Object.assign(new Error('said'), { code, ...more });

describe('a failure of the operating system', () => {
  test.each([
    ['ENOENT', 'FileMissing', 'no such file or directory'],
    ['ENOTDIR', 'FileMissing', 'no such file or directory'],
    ['ENOSPC', 'StoreFull', 'no space left'],
    ['EDQUOT', 'StoreFull', 'no space left'],
    ['EFBIG', 'StoreFull', 'no space left'],
    ['EIO', 'StoreIo', 'EIO'],
    ['ENAMETOOLONG', 'Usage', 'ENAMETOOLONG'],
    ['EACCES', 'FileUnreadable', 'EACCES'],
  ])('%s is %s', async (errno, code, what) => {
    const cause = failureOf(errno);
    const failing = withFileErrors('a.txt', async () => Promise.reject(cause));
    await expect(failing).rejects.toMatchObject({ cause });
    expect(await toldBy(failing)).toEqual({ code, message: `a.txt: ${what}`, evidence: { errno }, at: { file: 'a.txt' } });
  });

  test.each([failureOf('ENOENT', {}), failureOf(5), new Error('said'), new LedgerError('Usage', 'said'), 'ENOENT', null, undefined])(
    'is not told by %p',
    (error) => {
      expect(fileFailure(error, 'a.txt')).toBe(error);
    },
  );
});
