import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createFiles } from '../../../infra/files/node-files.ts';
import { createScannerFiles } from '../../../infra/scanners/scanner-files.ts';
import { yamlTree } from '../../../infra/scanners/yaml-tree.ts';
import { Workbench } from '../../support/cli.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());

test('one mapping is read as plain JSON, an empty file as nothing', () => {
  expect(yamlTree('a: [1, "1", yes, null, ~, 1.5e3]\nb: {c: true}\n', 'a.yaml')).toEqual({
    a: [1, '1', 'yes', null, null, 1500],
    b: { c: true },
  });
  expect(yamlTree('# nothing\n', 'a.yaml')).toEqual({});
  expect(Object.keys(yamlTree('__proto__: 1\n', 'a.yaml'))).toEqual(['__proto__']);
});

test.each([
  ['an alias', 'a: &x 1\nb: *x\n', 2],
  ['a merge key', 'a: 1\n<<: {b: 1}\n', 2],
  ['a duplicate key below', 'a:\n  b: 1\n  b: 2\n', 3],
  ['infinity', 'a: 1\nb: .inf\n', 2],
  ['a key that is no text', '1: a\n', 1],
  ['no YAML', 'a: [1\n', 2],
  ['a tag of its own', 'a: !secret x\n', 1],
  ['a list', '- a\n', 1],
] as const)('%s is refused with its line', (_, text, line) => {
  expect(refusalOf(() => yamlTree(text, 'a.yaml'))).toMatchObject({ code: 'ScannerConfigInvalid', at: { file: 'a.yaml', line } });
});

test.each([
  ['a: &x 1\nb: *x\n', 'yaml', { line: 2 }, 'an alias: write the values out (line 2)'],
  ['a: 1\n<<: {b: 1}\n', 'yaml', { line: 2 }, 'a merge key: bases are named by base_preset (line 2)'],
  ['a: 1\nb: .inf\n', 'yaml', { line: 2 }, '.inf is no finite number (line 2)'],
  ['a: [-.inf]\n', 'yaml', { line: 1 }, '-.inf is no finite number (line 1)'],
  ['a: .nan\n', 'yaml', { line: 1 }, '.nan is no finite number (line 1)'],
  ['a: 1\n2: b\n', 'yaml', { line: 2 }, 'keys are texts (line 2)'],
  ['a: 1\n[b]: b\n', 'yaml', { line: 2 }, 'keys are texts (line 2)'],
  ['a:\n  b: 1\n  b: 2\nc: 1\nc: 2\n', 'yaml_duplicate_key', { line: 5, path: 'c' }, 'c at line 5 stands there twice'],
  ['a:\n  1: 1\n  "1": 2\n', 'yaml_duplicate_key', { line: 3, path: '1' }, '1 at line 3 stands there twice'],
  ['- a\n', 'yaml', { line: 1 }, 'a.yaml is no mapping of keys'],
  ['text\n', 'yaml', { line: 1 }, 'a.yaml is no mapping of keys'],
  ['a: 1\n---\nb: 2\n', 'yaml', {}, 'a.yaml holds several documents'],
] as const)('%j is refused in words', (text, rule, at, message) => {
  const refusal = refusalOf(() => yamlTree(text, 'a.yaml'));
  expect([refusal.code, refusal.at]).toEqual(['ScannerConfigInvalid', { file: 'a.yaml', ...at }]);
  expect(refusal.message).toContain(message);
  expect(JSON.stringify(refusal.evidence)).toContain(`"${rule}"`);
});

test('digits behind a zero, dates and words that others take for truth are texts; numbers are numbers', () => {
  const text = 'a: [010, -07, +01, 0, 00, 0.5, 0x1F, 1e3, -3, "1", 2024-01-02, yes, on, true, False, null, "", ~]\nb:\n';
  expect(yamlTree(text, 'a.yaml')).toEqual({
    a: ['010', '-07', '+01', 0, '00', 0.5, 31, 1000, -3, '1', '2024-01-02', 'yes', 'on', true, false, null, '', null],
    b: null,
  });
  for (const empty of ['', '---\n', '~\n', 'null\n']) expect(yamlTree(empty, 'a.yaml')).toEqual({});
});

test('several documents are refused', () => {
  expect(refusalOf(() => yamlTree('a: 1\n---\nb: 2\n', 'a.yaml')).message).toContain('several documents');
});

test('a folder is read without what links lead to, and keeps what does not parse as broken', async () => {
  const root = bench.path('scanners');
  mkdirSync(join(root, 'below'), { recursive: true });
  bench.write('outside.yaml', 'id: outside\n');
  bench.write('scanners/below/a.yaml', 'id: a\n');
  bench.write('scanners/b.yml', 'a: [\n');
  bench.write('scanners/c.txt', 'id: c\n');
  symlinkSync(bench.path('outside.yaml'), join(root, 'd.yaml'));
  const files = await createScannerFiles(createFiles()).readScanners(root);
  expect([...files.keys()]).toEqual(['b.yml', 'below/a.yaml']);
  expect(files.get('b.yml')).toMatchObject({ broken: { code: 'ScannerConfigInvalid' } });
  await expect(createScannerFiles(createFiles()).readScanners(bench.path('nowhere'))).rejects.toMatchObject({ code: 'FileMissing' });
});
