import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { verifyOriginChain } from '../../../domain/audit/origin-chain.ts';
import { parsePythonJson, printPythonJson } from '../../../domain/audit/python-json.ts';
import { needs } from '../../support/needs.ts';
import { anyPython, runPython } from '../../support/python.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const testWithPython = needs('python').test;

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const fixtures = join(import.meta.dirname, '../../fixtures');
const directory = temporaryDirectory();

/** Written by real Python: `test/fixtures/make-origin-audit.py`. */
const text = readFileSync(join(fixtures, 'origin-audit.jsonl'), 'utf8');
const lines = text.split('\n');

function recordOf(line: string): string | null {
  try {
    return printPythonJson(parsePythonJson(line));
  } catch {
    return null;
  }
}

describe("the origin's chain", () => {
  test('a chain written by Python is verified, whatever numbers and characters it holds', () => {
    const last = (JSON.parse(lines.at(-2)!) as { hash: string }).hash;
    expect(verifyOriginChain(lines, sha256, 'python_and_ledger')).toEqual({ status: 'verified', lines: 6, lastHash: last });
    expect(verifyOriginChain(text.trimEnd().split('\n'), sha256, 'python_and_ledger').status).toBe('verified');
  });

  testWithPython("this machine's Python writes the same file", () => {
    const output = join(directory, 'again.jsonl');
    runPython(anyPython, readFileSync(join(fixtures, 'make-origin-audit.py'), 'utf8'), [output]);
    expect(readFileSync(output, 'utf8')).toBe(text);
  });

  test('no line is absent, never verified', () => {
    expect(verifyOriginChain([], sha256, 'python_and_ledger')).toEqual({ status: 'absent', lines: 0, lastHash: null });
    expect(verifyOriginChain([''], sha256, 'python_and_ledger').status).toBe('absent');
  });

  test('any character of a line changed is found on that line or the next', () => {
    fc.assert(
      fc.property(fc.nat(5), fc.nat(), fc.constantFrom('0', '1', 'a', ' ', '"', 'E', '\u{e9}'), (line, at, character) => {
        const original = lines[line]!;
        const position = at % original.length;
        const changed = original.slice(0, position) + character + original.slice(position + 1);
        const result = verifyOriginChain(lines.with(line, changed), sha256, 'python_and_ledger');
        // What prints the same is the same record: blanks between tokens are not part of it.
        if (recordOf(changed) === recordOf(original)) return result.status === 'verified';
        return result.status === 'broken' && result.brokenAt === line + 1 && result.lines === line;
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['a line cut out', lines.toSpliced(2, 1), 3],
    ['a line doubled', lines.toSpliced(2, 0, lines[2]!), 4],
    ['two lines swapped', lines.with(2, lines[3]!).with(3, lines[2]!), 3],
    ['the head cut off', lines.slice(1), 1],
    ['an empty line between', lines.toSpliced(2, 0, ''), 3],
    ['a torn last line', [...lines.slice(0, 5), lines[5]!.slice(0, 40)], 6],
    ['a number written in another form', lines.with(1, lines[1]!.replace('1e-07', '1E-07')), 2],
    ['a key twice', lines.with(1, lines[1]!.replace('{', '{"step": "other", ')), 2],
    ['no hash', lines.with(0, '{"type": "genesis"}'), 1],
    ['an array', lines.with(0, '[1]'), 1],
    ['a text', lines.with(0, '"hash"'), 1],
    ['brackets without end', lines.with(0, '['.repeat(100_000)), 1],
    ['a text without end', lines.with(0, `{"a": "${'\\"'.repeat(100_000)}`), 1],
  ])('%s is found', (_, changed, brokenAt) => {
    const result = verifyOriginChain(changed, sha256, 'python_and_ledger');
    expect(result).toMatchObject({ status: 'broken', brokenAt, lines: brokenAt - 1 });
    expect(result.reason).toBeTruthy();
  });

  test('a line of the wrong length of hash says which hash was expected', () => {
    const changed = lines.with(2, lines[2]!.replace('"v4"', '"v3"'));
    expect(verifyOriginChain(changed, sha256, 'python_and_ledger').reason).toMatch(/^hash is [0-9a-f]{64}, the record gives [0-9a-f]{64}$/);
  });
});

describe('JSON as Python prints it', () => {
  testWithPython('agrees with json.dumps(json.loads(text), sort_keys=True) on whatever JavaScript can write', () => {
    // Doubles that both languages print alike; other forms are kept letter for letter and are covered by the chain above.
    const number = fc.oneof(
      fc.integer(),
      fc.integer({ min: -1000, max: 1000 }).map((value) => value / 8 + 0.0625),
    );
    const key = fc.string({ unit: 'binary', maxLength: 4 });
    const { value: tree } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }),
        number,
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value')),
      ),
    }));
    const texts = fc.sample(tree, 400).map((value) => JSON.stringify(value));
    const script =
      'import json, sys\nprint(json.dumps([json.dumps(json.loads(t), sort_keys=True) for t in json.load(open(sys.argv[1], ' +
      'encoding="utf-8"))]))';
    const file = join(directory, 'texts.json');
    writeFileSync(file, JSON.stringify(texts));
    expect(texts.map((json) => printPythonJson(parsePythonJson(json)))).toEqual(JSON.parse(runPython(anyPython, script, [file])));
  });
});
