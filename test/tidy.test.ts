import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { streamKindNames } from '../domain/shared/stream-names.ts';
import { filesBelow } from './support/files-below.ts';
import { needs } from './support/needs.ts';

/** Style that no linter rule holds. */

const own = filesBelow(['bin', 'domain', 'projections', 'handlers', 'presentation', 'infra'], '.ts').map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}));

function offenders(inFolders: RegExp, pattern: RegExp): string[] {
  return own.filter(({ file, text }) => inFolders.test(file) && pattern.test(text)).map(({ file }) => file);
}

describe('the house', () => {
  test('has source files to look at', () => {
    expect(own.length).toBeGreaterThan(100);
  });

  test('exports nothing but types from the ports, so that adapters can take nothing else', async () => {
    const ports = own.map(({ file }) => file).filter((file) => /^(handlers|presentation)\/ports\//.test(file));
    expect(ports).toEqual(expect.arrayContaining(['handlers/ports/ports.ts', 'presentation/ports/ports.ts']));
    for (const file of ports) expect({ file, exports: Object.keys(await import(`../${file}`)) }).toEqual({ file, exports: [] });
  });

  test('passes no type of another folder on but with an import, which the arrow sees', () => {
    expect(offenders(/^(?!bin\/)/, /^export type [^;=]* from '\.\.\//m)).toEqual([]);
  });

  test('keeps every source file at 400 lines or below', () => {
    expect(own.filter(({ text }) => text.split('\n').length > 400).map(({ file }) => file)).toEqual([]);
  });

  test('keeps half of its source files below 100 lines', () => {
    const lengths = own.map(({ text }) => text.split('\n').length).toSorted((left, right) => left - right);
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(100);
  });

  test('raises no power with pow or ** in the domain, for they differ between builds of Node in the last bit', () => {
    expect(offenders(/^domain\//, /Math\.pow|[\w)\]] \*\* [\w(]/)).toEqual([]);
  });

  test('compares no text by locale where order matters', () => {
    expect(offenders(/./, /localeCompare|toLocale[A-Z]|Intl\./)).toEqual([]);
  });

  test('asks for the time in one place only', () => {
    expect(offenders(/^(?!infra\/system\/)/, /Date\.now\(|new Date\(\)/)).toEqual([]);
  });

  test('draws no chance outside the adapters (which wait at random lengths for a busy store)', () => {
    expect(offenders(/^(domain|projections|handlers)\//, /Math\.random/)).toEqual([]);
  });

  test('skips a test in one place only, which says why (and in contracts, what an adapter does not claim)', () => {
    const skipping = filesBelow(['test'], '.ts').filter((file) => /\b(test|describe)\.skip\b/.test(readFileSync(file, 'utf8')));
    expect(skipping.filter((file) => !file.endsWith('.contract.ts'))).toEqual(['test/support/needs.ts']);
  });

  test('hides no type behind never', () => {
    expect(offenders(/./, /\bas never\b/)).toEqual([]);
    const tests = filesBelow(['test', 'bench'], '.ts').filter((file) => file !== 'test/tidy.test.ts');
    expect(tests.filter((file) => /\bas never\b/.test(readFileSync(file, 'utf8')))).toEqual([]);
  });

  test('casts no fact: a draft and an event carry the type of their data', () => {
    expect(
      offenders(
        /^(domain|projections|handlers|presentation|bin)\//,
        /\b(event|fact|draft)s?(\[\d+\]!|\.at\(-1\)!)?\.data as [A-Z](?!sonObject)|event as unknown as/,
      ),
    ).toEqual([]);
  });

  test('spells the name of a stream in its stream alone', () => {
    const spelled = new RegExp(`\`(${streamKindNames.join('|')})-\\$\\{|\\$\\{kind\\}Run-`);
    expect(spelled.test('`sleeve-${id}`')).toBe(true);
    expect(offenders(/^(domain|projections|handlers|presentation|bin)\//, spelled)).toEqual([]);
  });

  test('lets verbs parse, call a command or a question, and present', () => {
    const pieces = [
      'runtime/(settings|interruption)',
      'roles/work',
      'roles/watching/watch-runs',
      'intake/run-directory/return-file-names',
      'replay/json-difference',
      'runs/run-of',
    ];
    const places = [
      `../../../handlers/((commands|queries|comparison)/|(${pieces.join('|')}).ts$)`,
      '../../report/',
      '../completion/',
      '../../../(domain|projections)/',
      '..?/[a-z-]+.ts$',
    ];
    const allowed = new RegExp(`^(${places.map((place) => place.replaceAll('.', '\\.')).join('|')})`);
    const called = own.flatMap(({ file, text }) =>
      /^presentation\/cli\/verbs\/(?!demo|doctor)/.test(file)
        ? [...text.matchAll(/^import (?!type )[^;]* from '([^']+)';/gm)].map(([, from]) => ({ file, from }))
        : [],
    );
    expect(called.length).toBeGreaterThan(100);
    expect(called.filter(({ from }) => !allowed.test(from!))).toEqual([]);
  });

  test('has no line over 140 characters', () => {
    const long = filesBelow(['bin', 'domain', 'projections', 'handlers', 'presentation', 'infra', 'test', 'bench'], '.ts').flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => (line.length > 140 ? [`${file}:${index + 1}`] : [])),
    );
    expect(long).toEqual([]);
  });

  test('leaves no work for later in its comments', () => {
    expect(offenders(/./, /\b(TODO|FIXME|XXX)\b/)).toEqual([]);
  });
});

needs('a git checkout').describe('the repository', () => {
  const tracked = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).stdout.split('\0').slice(0, -1);

  test('names its files by letters, digits and a few signs, which every file system takes', () => {
    expect(tracked.length).toBeGreaterThan(1_000);
    expect(tracked.filter((file) => !/^[\w@.+=/-]+$/.test(file))).toEqual([]);
  });

  test('has the folders that a reader expects at its top, and no other', () => {
    const folders = new Set(tracked.filter((file) => file.includes('/')).map((file) => file.slice(0, file.indexOf('/'))));
    expect([...folders].toSorted()).toEqual([
      '.ci',
      'bench',
      'bin',
      'deploy',
      'docs',
      'domain',
      'examples',
      'handlers',
      'infra',
      'presentation',
      'projections',
      'test',
      'web',
    ]);
  });
});
