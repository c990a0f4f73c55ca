import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { licenceFile, packagesIn, requireDeclared } from '../../bin/bundled-packages.ts';
import { repository } from '../support/compose-file.ts';
import { scratchDirectory } from '../support/scratch.ts';

// A build takes seconds, and minutes on a busy machine.
jest.setTimeout(300_000);

const scratch = scratchDirectory();

/** A package in a folder of its own, and the description of a bundle that holds it. */
function bundled(
  name: string,
  about: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, string>> = {},
): readonly Metafile[] {
  const folder = join(scratch, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...about }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const output = { bytes: 1, inputs: { [`node_modules/${name}/index.js`]: { bytesInOutput: 1 } }, imports: [], exports: [] };
  return [{ inputs: {}, outputs: { 'bin/one.js': output } }];
}

const importing = (path: string): readonly Metafile[] => [
  {
    inputs: {},
    outputs: { 'bin/one.js': { bytes: 1, inputs: {}, imports: [{ path, kind: 'import-statement', external: true }], exports: [] } },
  },
];

describe('a package that is bundled', () => {
  test('is listed with its licence and the text of it', () => {
    expect(packagesIn(scratch, bundled('kind', { license: 'MIT' }, { LICENSE: 'Do as you like.' }))).toEqual([
      { name: 'kind', version: '1.0.0', licence: 'MIT', text: 'Do as you like.' },
    ]);
  });

  test.each(['GPL-3.0', 'AGPL-3.0-only', 'UNLICENSED', '(MIT OR GPL-2.0)'])('under %s fails the build', (license) => {
    expect(() => packagesIn(scratch, bundled('strict', { license }))).toThrow(`strict: its licence is ${license}`);
  });

  test('without a licence fails the build', () => {
    expect(() => packagesIn(scratch, bundled('silent', {}))).toThrow('silent: its licence is not named');
  });

  test('is no import any more: one that is left must be a dependency', () => {
    expect(() => requireDeclared(repository, importing('left-out/part'))).toThrow('imports left-out, which is no dependency');
    requireDeclared(repository, importing('better-sqlite3'));
    requireDeclared(repository, importing('node:fs'));
  });
});

describe('the bundle', () => {
  const app = join(scratch, 'app');
  beforeAll(() => {
    mkdirSync(app);
    copyFileSync(join(repository, 'package.json'), join(app, 'package.json'));
    execFileSync('ln', ['-s', join(repository, 'node_modules'), join(app, 'node_modules')]);
    execFileSync(process.execPath, ['--import', 'tsx', 'bin/build.ts', join(app, 'dist')], { cwd: repository });
  });
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [join(app, 'dist/bin/sleeve-ledger.js'), ...words], { cwd: app, encoding: 'utf8' });

  test('lists what is inside', () => {
    const page = readFileSync(join(app, 'dist', licenceFile), 'utf8');
    const listed = page
      .split('\n')
      .filter((line) => line.startsWith('## '))
      .map((line) => line.split(' ')[1]);
    expect(listed).toEqual(expect.arrayContaining(['commander', 'zod', 'luxon', 'echarts']));
    expect(listed).not.toContain('better-sqlite3');
  });

  test('has each entry, with its map, and the worker beside who asks for it', () => {
    const files = readdirSync(join(app, 'dist/bin'));
    for (const name of ['sleeve-ledger', 'library', 'read-files', 'compute-jobs']) {
      expect(files).toEqual(expect.arrayContaining([`${name}.js`, `${name}.js.map`]));
    }
  });

  test('computes in threads, reads files in a process, records, and names its sources in a stack', () => {
    const worked = run('demo', '--json', '--output', join(app, 'demo'));
    expect([worked.status, worked.stderr]).toEqual([0, expect.any(String)]);
    expect((JSON.parse(worked.stdout) as { ok: boolean }).ok).toBe(true);
    expect(run('status', '--store', 'none.sqlite', '--debug').stderr).toMatch(/[a-z-]+\.ts:\d+/);
  });

  test.each(['bash', 'zsh', 'fish'])('has the script that completes a line in %s', (shell) => {
    const source = spawnSync(process.execPath, ['--import', 'tsx', 'bin/sleeve-ledger.ts', 'completion', shell], {
      cwd: repository,
      encoding: 'utf8',
    });
    expect(existsSync(join(app, 'dist/completion', shell))).toBe(true);
    expect(run('completion', shell).stdout === source.stdout).toBe(true);
  });
});
