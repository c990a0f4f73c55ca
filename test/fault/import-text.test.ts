import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { projectRoot, Workbench } from '../support/cli.ts';
import { wholeRun } from '../support/imported-run.ts';
import { writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';

const scratch = scratchDirectory();

/**
 * CSV files and JSON documents up to their limits are read in the process that needs them: what that takes is bounded by their length. Each
 * of these is the worst of its kind that we know, read in a heap that is bounded by V8.
 */
function inHeapOf(megabytes: number, kind: 'csv' | 'json', name: string): string {
  const script = join(projectRoot, 'test/fault/support/read-texts.ts');
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [`--max-old-space-size=${megabytes}`, '--import', 'tsx', script, kind, name],
    { cwd: projectRoot, encoding: 'utf8' },
  );
  return status === 0 ? stdout.trim() : `${signal ?? status}: ${stderr.slice(0, 300)}`;
}

describe('text that is read where it is needed', () => {
  test.each([
    ['data/portfolio_optimized_v2.json', ' '.repeat(limits.manifestBytesMax + 1)],
    ['data/directional_sign_test.json', ' '.repeat(limits.manifestBytesMax + 1)],
    ['audit.jsonl', `{}\n${' '.repeat(limits.manifestBytesMax + 1)}`],
  ])('%s of a run directory beyond its bound is refused before it is parsed', async (path, text) => {
    const bench = new Workbench(scratch);
    const run = writeRunDirectory(bench.directory, { ...wholeRun(), files: { [path]: text } });
    const { error } = await bench.json(['sleeve', 'import', '--run', run]);
    expect(error).toMatchObject({ code: 'LimitExceeded', at: { file: `${run}/${path}` } });
  });

  test.each([
    'cells without anything',
    'columns without anything',
    'rows of a character',
    'rows of two cells',
    'as many columns as are read',
    'quotes around nothing',
    'a quote that never closes',
  ])('a CSV file of 1 MiB with %s is refused within a heap of 128 MB', (name) => {
    expect(inHeapOf(128, 'csv', name)).toBe('refused refused');
  });

  test.each(['objects without members', 'lists in lists', 'short nests', 'objects of one member each', 'numbers as names'])(
    'a JSON document of 4 MiB with %s is parsed within a heap of 192 MB',
    (name) => {
      expect(inHeapOf(192, 'json', name)).toBe('read');
    },
  );
});
