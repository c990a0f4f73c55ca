import { describe, expect, test } from '@jest/globals';
import { createKnownHosts } from '../../../infra/http/known-hosts.ts';
import { withColumns, withoutColumns } from '../../../infra/parsing/messages.ts';
import { yamlTree } from '../../../infra/scanners/yaml-tree.ts';
import { refusalOf } from '../../support/refusal.ts';

const place = (at: number): object => ({ 'column of numbers': at });
const isPlace = (part: unknown): boolean => typeof part === 'object' && part !== null && 'column of numbers' in part;

describe('a value between two processes', () => {
  const numbers = Float64Array.of(1, 2);
  const later = async (): Promise<Float64Array> => numbers;

  test.each<[unknown, unknown, unknown[]]>([
    [numbers, place(0), [numbers]],
    [later, place(0), [later]],
    [
      { a: numbers, b: [numbers, later, 1], c: { d: later } },
      { a: place(0), b: [place(1), place(2), 1], c: { d: place(3) } },
      [numbers, numbers, later, later],
    ],
    [[later], [place(0)], [later]],
    [[{ a: numbers }], [{ a: place(0) }], [numbers]],
    [{ a: null, b: 1, c: 'x', d: true }, { a: null, b: 1, c: 'x', d: true }, []],
    [null, null, []],
    ['x', 'x', []],
  ])('goes without its columns %#', (value, expected, columns) => {
    expect(withoutColumns(value)).toEqual({ value: expected, columns });
    expect(
      withColumns(
        expected,
        columns.map(() => numbers),
      ),
    ).toEqual(JSON.parse(JSON.stringify(expected), (_, part: unknown) => (isPlace(part) ? numbers : part)));
  });

  test('keeps plain lists as they are, and what only looks like a place', () => {
    const list = [1, 2];
    expect([withoutColumns(list).value === list, withColumns(list, []) === list]).toEqual([true, true]);
    const alike = [{}, { a: 0 }, { 'column of numbers': 0, b: 1 }, null];
    expect(withColumns(alike, [numbers])).toEqual(alike);
    expect(withColumns([null, place(0)], [numbers])).toEqual([null, numbers]);
  });
});

describe('a file of YAML', () => {
  test.each<[string, object, string]>([
    ['a: 1\n---\nb: 2\n', { file: 'a.yaml' }, 'a.yaml holds several documents'],
    ['a: &x 1\nb: *x\n', { file: 'a.yaml', line: 2 }, 'an alias: write the values out (line 2)'],
    ['a: 1\n<<: {b: 1}\n', { file: 'a.yaml', line: 2 }, 'a merge key: bases are named by base_preset (line 2)'],
    ['a:\n  b: 1\n  b: 2\n', { file: 'a.yaml', line: 3, path: 'b' }, 'b at line 3 stands there twice'],
    ['a: 1\nb: .inf\n', { file: 'a.yaml', line: 2 }, '.inf is no finite number (line 2)'],
    ['a: .nan\n', { file: 'a.yaml', line: 1 }, '.nan is no finite number (line 1)'],
    ['1: a\n', { file: 'a.yaml', line: 1 }, 'keys are texts (line 1)'],
    ['a: 1\n[x]: a\n', { file: 'a.yaml', line: 2 }, 'keys are texts (line 2)'],
    ['- a\n', { file: 'a.yaml', line: 1 }, 'a.yaml is no mapping of keys'],
    ['a\n', { file: 'a.yaml', line: 1 }, 'a.yaml is no mapping of keys'],
    ['a: !secret x\n', { file: 'a.yaml', line: 1 }, 'Unresolved tag: !secret at line 1, column 4: (line 1)'],
  ])('%j is refused', (text, at, words) => {
    const refusal = refusalOf(() => yamlTree(text, 'a.yaml'));
    expect([refusal.code, refusal.at]).toEqual(['ScannerConfigInvalid', at]);
    expect(refusal.message).toContain(words);
  });

  test.each<[string, object]>([
    ['', {}],
    ['~\n', {}],
    [
      'a: 010\nb: -007\nc: 0\nd: "5"\ne: 0x10\nf: 1e3\ng: 0.5\nh: 0o7\ni: +01\nj: 10\n',
      { a: '010', b: '-007', c: 0, d: '5', e: 16, f: 1_000, g: 0.5, h: 7, i: '+01', j: 10 },
    ],
    ['a: yes\nb: on\nc: 2024-01-02\nd: true\ne:\nf: []\ng: {}\n', { a: 'yes', b: 'on', c: '2024-01-02', d: true, e: null, f: [], g: {} }],
    ['a: [{b: c}, [d]]\n', { a: [{ b: 'c' }, ['d']] }],
    ['a: {b: 1}\nc: {b: 1}\n', { a: { b: 1 }, c: { b: 1 } }],
  ])('%j is plain JSON', (text, expected) => {
    expect(yamlTree(text, 'a.yaml')).toEqual(expected);
  });
});

const known = (host: string | undefined, reachedAt?: string): boolean =>
  createKnownHosts('Ledger.Example', ['other:8080', 'fe80::1', '[fe80::2]:1'])(host, reachedAt);

describe('the names of a server', () => {
  test.each<[string | undefined, boolean]>([
    ...['ledger.example', 'LEDGER.EXAMPLE:80', 'ledger.example.', 'other', 'other:1', '[fe80::1]', '[FE80::2]:99999'].map(
      (name): [string, boolean] => [name, true],
    ),
    ...['localhost', 'localhost:1', '127.0.0.1', '127.255.0.9:80', '[::1]', '[::1]:8080'].map((name): [string, boolean] => [name, true]),
    ...['evil.example', 'localhost.evil', 'my.localhost', '127.0.0.1.evil', '1127.0.0.1', '127.0.1', '128.0.0.1', ''].map(
      (name): [string, boolean] => [name, false],
    ),
    ...['other:', 'other:123456', 'other:x', 'other:1x', 'x other', 'other/', 'u@other', '[other]', '[::1', '::1', '.', 'other..'].map(
      (name): [string, boolean] => [name, false],
    ),
    [undefined, false],
  ])('%s is one of them: %s', (host, expected) => {
    expect(known(host)).toBe(expected);
  });

  test('are those by which a connection came, of a server at every address', () => {
    for (const bound of ['0.0.0.0', '::']) {
      const isKnown = createKnownHosts(bound, []);
      expect([isKnown('10.0.0.1:80', '10.0.0.1'), isKnown('10.0.0.1', '::FFFF:10.0.0.1'), isKnown('[fe80::1]', 'FE80::1')]).toEqual([
        true,
        true,
        true,
      ]);
      expect([
        isKnown(bound === '::' ? '[::]' : bound, undefined),
        isKnown('10.0.0.2', '10.0.0.1'),
        isKnown('10.0.0.1', 'x::ffff:10.0.0.1'),
      ]).toEqual([false, false, false]);
    }
  });
});
