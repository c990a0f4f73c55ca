/** What a run directory is read as, and every path that it refuses, word for word. */
import { mkdirSync, symlinkSync, utimesSync, writeFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import type { ReturnsParsers } from '../../../handlers/ports/ports.ts';
import { createRunDirectories } from '../../../infra/files/run-directories.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { toldBy } from '../../support/told.ts';

const directory = temporaryDirectory();

function put(name: string, content = name): string {
  const file = join(directory, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const seriesOf = (value: number): Awaited<ReturnType<ReturnsParsers['csv']>> => ({ dates: ['2024-01-02'], values: Float64Array.of(value) });
const parsers: ReturnsParsers = {
  csv: () => seriesOf(1),
  parquet: async () => seriesOf(2),
  pickle: async () => seriesOf(3),
};
const directories = createRunDirectories(parsers);

put('run/b.txt', 'four');
put('run/a/z.json', '{}');
put('run/a/deep/x', '');
put('run/A', '1');
put('outside/secret', 'secret');
put('run-too/secret', 'secret');
for (const name of ['returns.csv', 'returns.PARQUET', 'returns.pkl', 'returns.pickle', 'returns.txt', 'returns']) put(`run/r/${name}`);
symlinkSync('../outside/secret', join(directory, 'run/out'));
symlinkSync('../run-too/secret', join(directory, 'run/beside'));
symlinkSync('../outside', join(directory, 'run/folder-out'));
symlinkSync('b.txt', join(directory, 'run/in'));
symlinkSync('.', join(directory, 'run/self'));
symlinkSync('run', join(directory, 'latest'));
const root = join(directory, 'run');

describe('a run directory', () => {
  test('lists every file below it in the order of code units, with its bytes, and links as such', async () => {
    const run = await directories.open(root);
    expect(run.root).toBe(root);
    expect(await run.list()).toEqual([
      { path: 'A', bytes: 1 },
      { path: 'a/deep/x', bytes: 0 },
      { path: 'a/z.json', bytes: 2 },
      { path: 'b.txt', bytes: 4 },
      { path: 'beside', bytes: '../run-too/secret'.length },
      { path: 'folder-out', bytes: '../outside'.length },
      { path: 'in', bytes: 'b.txt'.length },
      { path: 'out', bytes: '../outside/secret'.length },
      ...['', '.PARQUET', '.csv', '.pickle', '.pkl', '.txt'].map((end) => ({
        path: `r/returns${end}`,
        bytes: `run/r/returns${end}`.length,
      })),
      { path: 'self', bytes: 1 },
    ]);
  });

  test('is the one that a link leads to, shown as it was named', async () => {
    for (const [given, shown] of [
      [join(directory, 'latest'), join(directory, 'latest')],
      [`${join(directory, 'latest')}///`, join(directory, 'latest')],
    ] as const) {
      const run = await directories.open(given);
      expect([run.root, Buffer.from(await run.readBytes('b.txt')).toString()]).toEqual([shown, 'four']);
    }
    expect((await directories.open('/')).root).toBe('/');
  });

  test('gives files below it, also through links that stay inside', async () => {
    const run = await directories.open(root);
    const read = async (path: string): Promise<string> => Buffer.from(await run.readBytes(path)).toString();
    expect([await read('b.txt'), await read('in'), await read('self/self/a/z.json')]).toEqual(['four', 'four', '{}']);
  });

  test.each([
    ['returns.csv', 'csv', 1],
    ['returns.PARQUET', 'parquet', 2],
    ['returns.pkl', 'pickle', 3],
    ['returns.pickle', 'pickle', 3],
  ])('gives returns from %s', async (name, format, value) => {
    const run = await directories.open(root);
    const sha256 = createHash('sha256').update(`run/r/${name}`).digest('hex');
    expect(await run.readReturns(`r/${name}`)).toEqual({ file: `${root}/r/${name}`, sha256, series: seriesOf(value), format });
  });

  test.each(['r/returns.txt', 'r/returns', 'none.csvx'])('gives none from %s', async (path) => {
    expect(await toldBy((await directories.open(root)).readReturns(path))).toEqual({
      code: 'RunDirectoryInvalid',
      message: `${root}/${path}: returns are read from .pkl, .parquet and .csv`,
      evidence: {},
      at: { file: `${root}/${path}` },
    });
  });

  const dots = 'a path must stay below the run directory, relative and without dots';
  const escaped = 'a path with an escaped separator';
  test.each([
    ['', 'a path of 0 characters'],
    ['/b.txt', dots],
    ['a//z.json', dots],
    ['a/', dots],
    ['.', dots],
    ['a/./z.json', dots],
    ['..', dots],
    ['a/../b.txt', dots],
    ['a\\z.json', escaped],
    ['%2e%2e/x', escaped],
    ['a%2Fz', escaped],
    ['a%5cz', escaped],
    ['a%5Cz', escaped],
    ['a%00', escaped],
    ['a%252e', escaped],
    ['a\0', 'a path with a NUL character'],
    ['x'.repeat(256), 'a name of more than 255 bytes'],
    ['é'.repeat(128), 'a name of more than 255 bytes'],
    [`a/${'y'.repeat(256)}/b`, 'a name of more than 255 bytes'],
    ['out', 'a link that leads out of the run directory'],
    ['beside', 'a link that leads out of the run directory'],
    ['folder-out/secret', 'a link that leads out of the run directory'],
  ])('refuses the path %j', async (path, why) => {
    const run = await directories.open(root);
    const shown = path.length > 200 ? `${path.slice(0, 200)}...` : path;
    const told = { code: 'PathOutsideRoot', message: `${JSON.stringify(shown)}: ${why}`, evidence: {}, at: { path: path.slice(0, 200) } };
    expect(await toldBy(run.readBytes(path))).toEqual(told);
  });

  test('refuses no path for its length alone that a file may have', async () => {
    const run = await directories.open(root);
    const missing = (path: string): unknown => ({
      code: 'FileMissing',
      message: `${root}/${path}: no such file or directory`,
      evidence: { errno: 'ENOENT' },
      at: { file: `${root}/${path}` },
    });
    for (const path of ['none', 'x'.repeat(255), 'é'.repeat(127), 'a..b', '...', 'a%20b', '%2', 'a%41'])
      expect(await toldBy(run.readBytes(path))).toEqual(missing(path));
    const long = `${'ab/'.repeat(1_365)}a`;
    expect(long).toHaveLength(4_096);
    expect((await toldBy(run.readBytes(long))).code).not.toBe('PathOutsideRoot');
    expect(await toldBy(run.readBytes(`${long}b`))).toMatchObject({
      message: `${JSON.stringify(`${long.slice(0, 200)}...`)}: a path of 4097 characters`,
      at: { path: long.slice(0, 200) },
    });
  });

  test('is none where a file is, or nothing', async () => {
    const file = join(root, 'b.txt');
    expect(await toldBy(directories.open(file))).toEqual({
      code: 'RunDirectoryInvalid',
      message: `${file}: not a directory`,
      evidence: {},
      at: { file },
    });
    const none = join(directory, 'none');
    expect(await toldBy(directories.open(none))).toMatchObject({ code: 'FileMissing', at: { file: none } });
  });

  test('says which of its paths is no file', async () => {
    expect(await toldBy((await directories.open(root)).readBytes('a'))).toMatchObject({
      code: 'FileUnreadable',
      message: `${root}/a: not a regular file`,
      at: { file: `${root}/a` },
    });
  });
});

describe('run directories below a folder', () => {
  const folder = join(directory, 'below');
  put('below/run-b/x');
  put('below/run-a/x');
  put('below/.hidden/x');
  put('below/file');
  symlinkSync('run-a', join(folder, 'link'));

  test('are its folders, with a mark that changes when one is made anew or written to', async () => {
    const marks = async (): Promise<unknown> => directories.below(folder);
    const markOf = (name: string): string => `${statSync(join(folder, name)).ino} ${statSync(join(folder, name)).mtimeMs}`;
    const before = await marks();
    expect(before).toEqual(['run-a', 'run-b'].map((name) => ({ name, mark: markOf(name) })));
    utimesSync(join(folder, 'run-a'), 1_700_000_000, 1_700_000_000);
    expect(await marks()).not.toEqual(before);
    expect(await toldBy(directories.below(join(directory, 'none')))).toMatchObject({ code: 'FileMissing' });
  });

  test('are opened by a plain name, and not by a link', async () => {
    for (const given of [folder, `${folder}//`]) expect((await directories.openBelow(given, 'run-a')).root).toBe(`${folder}/run-a`);
    expect(await toldBy(directories.openBelow(folder, 'link'))).toEqual({
      code: 'PathOutsideRoot',
      message: '"link": a link in place of a run directory',
      evidence: {},
      at: { path: 'link' },
    });
    expect(await toldBy(directories.openBelow(folder, '../run'))).toMatchObject({ code: 'PathOutsideRoot' });
    expect(await toldBy(directories.openBelow(folder, 'none'))).toMatchObject({ code: 'FileMissing', at: { file: `${folder}/none` } });
    expect(await toldBy(directories.openBelow(folder, 'file'))).toMatchObject({ code: 'RunDirectoryInvalid' });
    symlinkSync('below', join(directory, 'below-too'));
    expect((await directories.openBelow(join(directory, 'below-too'), 'run-b')).root).toBe(`${directory}/below-too/run-b`);
  });
});

test('more files than are looked at are refused with the limit, whether it is a run or a folder of runs', async () => {
  for (const name of ['a', 'b', 'c']) put(`many/${name}/x`);
  const most = jest.replaceProperty<{ runDirectoryEntriesMax: number }, 'runDirectoryEntriesMax'>(limits, 'runDirectoryEntriesMax', 3);
  try {
    expect((await directories.below(join(directory, 'many'))).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    most.replaceValue(2);
    expect(await toldBy(directories.below(join(directory, 'many')))).toEqual({
      code: 'LimitExceeded',
      message: `${join(directory, 'many')}: 3 directories, at most 2 are looked at`,
      evidence: {},
      at: { file: join(directory, 'many') },
    });
    expect(await toldBy((await directories.open(join(directory, 'many'))).list())).toEqual({
      code: 'LimitExceeded',
      message: `${join(directory, 'many')}: more than 2 files`,
      evidence: {},
      at: { file: join(directory, 'many') },
    });
  } finally {
    most.restore();
  }
});
