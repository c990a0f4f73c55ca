import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { limits } from '../../domain/shared/limits.ts';
import { parseCsvReturns } from '../../infra/csv/csv-returns.ts';
import { createRunDirectories } from '../../infra/files/run-directories.ts';
import { parseParquetReturns } from '../../infra/parquet/parquet-returns.ts';
import { parsePickledReturns } from '../../infra/pickle/pickled-returns.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const root = join(directory, 'runs/20240101');
const secret = 'the secret';
const directories = createRunDirectories({ csv: parseCsvReturns, parquet: parseParquetReturns, pickle: parsePickledReturns });

mkdirSync(join(root, 'data/returns'), { recursive: true });
writeFileSync(join(directory, 'secret.csv'), secret);
writeFileSync(join(directory, 'runs/20240101-other'), secret);
writeFileSync(join(root, 'audit.jsonl'), 'inside');
writeFileSync(join(root, 'data/returns/hrp.csv'), 'date,returns\n2024-01-02,0.5\n');
symlinkSync('hrp.csv', join(root, 'data/returns/alias.csv'));
symlinkSync('../../../secret.csv', join(root, 'data/out.csv'));
symlinkSync(directory, join(root, 'data/outside'));
symlinkSync('/etc/passwd', join(root, 'data/passwd.csv'));
symlinkSync('loop', join(root, 'data/loop'));
symlinkSync('/dev/zero', join(root, 'data/zero.csv'));
symlinkSync(root, join(directory, 'runs/latest'));
spawnSync('mkfifo', [join(root, 'data/pipe.csv')]);
spawnSync('mknod', [join(root, 'data/device.csv'), 'c', '1', '5']);
writeFileSync(join(root, 'data/large.csv'), '');
truncateSync(join(root, 'data/large.csv'), limits.runFileBytesMax + 1);
linkSync(join(root, 'audit.jsonl'), join(root, 'hard-link'));

describe('A2: a run directory is read inside its own root only', () => {
  test.each([
    '../secret.csv',
    '../../secret.csv',
    'data/../../../secret.csv',
    'data/../audit.jsonl',
    '/etc/passwd',
    '//etc/passwd',
    './audit.jsonl',
    'data//returns/hrp.csv',
    '',
    '.',
    '..',
    'data/',
    '%2e%2e/secret.csv',
    'data/%2E%2e/%2e%2e/secret.csv',
    '..%2fsecret.csv',
    '%252e%252e/secret.csv',
    '..\\secret.csv',
    'audit.jsonl\0',
    'audit.jsonl%00.csv',
    '../20240101-other',
    `${'a/'.repeat(3000)}b`,
    'a'.repeat(300),
    'data/out.csv',
    'data/passwd.csv',
    'data/zero.csv',
    'data/outside/secret.csv',
    'data/outside/runs/20240101/audit.jsonl/../../../secret.csv',
  ])('%j is PathOutsideRoot', async (path) => {
    const run = await directories.open(root);
    await expect(run.readBytes(path)).rejects.toMatchObject({ code: 'PathOutsideRoot' });
  });

  test.each([
    ['data/pipe.csv', 'FileUnreadable'],
    ['data/device.csv', 'FileUnreadable'],
    ['data', 'FileUnreadable'],
    ['data/loop', 'FileUnreadable'],
    ['data/large.csv', 'LimitExceeded'],
    ['data/none.csv', 'FileMissing'],
    ['audit.jsonl/none', 'FileMissing'],
  ])('%s is %s, at once', async (path, code) => {
    const run = await directories.open(root);
    const started = performance.now();
    await expect(run.readBytes(path)).rejects.toMatchObject({ code });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('no path made of the usual pieces reads the secret', async () => {
    const run = await directories.open(root);
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      'data',
      'outside',
      'secret.csv',
      'out.csv',
      'runs',
      '20240101',
      '%2e%2e',
      '..\\',
      '\0',
      'audit.jsonl',
      '20240101-other',
    );
    let reads = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 7 }), async (pieces) => {
        const text = await run.readBytes(pieces.join('/')).then(
          (bytes) => new TextDecoder().decode(bytes),
          () => null,
        );
        if (text !== null) reads++;
        return text === null || text === 'inside';
      }),
      { numRuns: 2000 },
    );
    expect(reads).toBeGreaterThan(0);
  });

  test('what lies inside is read, through links that stay inside and through a link to the root', async () => {
    const run = await directories.open(join(directory, 'runs/latest'));
    expect(new TextDecoder().decode(await run.readBytes('audit.jsonl'))).toBe('inside');
    expect(await run.readReturns('data/returns/alias.csv')).toMatchObject({
      format: 'csv',
      series: { dates: ['2024-01-02'], values: Float64Array.of(0.5) },
    });
    expect(run.root).toBe(join(directory, 'runs/latest'));
  });

  test('the list is sorted, holds every entry and follows no link', async () => {
    const paths = (await (await directories.open(`${root}/`)).list()).map((entry) => entry.path);
    const named = [
      'audit.jsonl',
      'data/large.csv',
      'data/loop',
      'data/out.csv',
      'data/outside',
      'data/passwd.csv',
      'data/pipe.csv',
      'data/returns/alias.csv',
      'data/returns/hrp.csv',
      'data/zero.csv',
      'hard-link',
    ];
    expect(paths.filter((path) => path !== 'data/device.csv')).toEqual(named);
  });

  test('a root that is missing or no directory is refused', async () => {
    await expect(directories.open(join(directory, 'none'))).rejects.toMatchObject({ code: 'FileMissing' });
    await expect(directories.open(join(directory, 'secret.csv'))).rejects.toMatchObject({ code: 'RunDirectoryInvalid' });
    await expect((await directories.open(root)).readReturns('data/returns/hrp.txt')).rejects.toMatchObject({ code: 'RunDirectoryInvalid' });
  });
});
