import { describe, expect, test } from '@jest/globals';
import { joinPath, jsonPositions } from '../../../domain/manifest/json-positions.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { answerOf } from '../../support/answers.ts';

const notJson = (line: number, column: number, why: string) => ({
  refused: {
    code: 'ManifestInvalid',
    message: `Line ${line}, column ${column} is not JSON: ${why}.`,
    evidence: { line, column },
    at: { line },
  },
});
const tooLarge = (line: number, found: number, what: string, max: number, at: object = {}) => ({
  refused: {
    code: 'LimitExceeded',
    message: `Line ${line}: ${found} ${what}, at most ${max} are read.`,
    evidence: { found, max, line },
    at: { ...at, line },
  },
});
const lines = (text: string) => Object.fromEntries(jsonPositions(text).lines);

const nest = (names: readonly string[]): string => names.reduceRight((inside, key) => `{"${key}":${inside}}`, '1');

describe('the place of a value', () => {
  test('is its line, from one, by its path', () => {
    expect(lines('{"a": 1,\n\n "b": [true,\n  {"c": null}, "x"], "d"\n:\n{}}')).toEqual({
      '': 1,
      a: 1,
      b: 3,
      'b[0]': 3,
      'b[1]': 4,
      'b[1].c': 4,
      'b[2]': 4,
      d: 6,
    });
    expect(lines(' \t\r\n\n-1.5e+3 \n')).toEqual({ '': 3 });
    expect([lines('{}'), lines('[ ]'), lines('{ }'), lines('""')]).toEqual([{ '': 1 }, { '': 1 }, { '': 1 }, { '': 1 }]);
  });

  test('is by the name that an escape means', () => {
    expect(lines('{"\\u0061\\n":1}')).toEqual({ '': 1, 'a\n': 1 });
  });

  test.each<[readonly PropertyKey[], string]>([
    [[], ''],
    [['a'], 'a'],
    [[0], '[0]'],
    [[0, 'a'], '[0].a'],
    [['a', 1, 2, 'b'], 'a[1][2].b'],
  ])('%j is written %j', (path, text) => {
    expect(joinPath(path)).toBe(text);
  });
});

test.each(['0', '-0', '1.5', '-1e5', '1E-2', '10.25e+10', 'true', 'false', 'null', '"a\\"b\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', '"é"'])(
  '%s is JSON, as it is for JavaScript',
  (text) => {
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(lines(text)).toEqual({ '': 1 });
  },
);

describe('what is not JSON', () => {
  test.each<[string, number, number, string]>([
    ['', 1, 1, 'a value was expected'],
    ['  ', 1, 3, 'a value was expected'],
    ['nul', 1, 1, 'a value was expected'],
    ['nulls', 1, 1, 'a value was expected'],
    ['01', 1, 1, 'a value was expected'],
    ['1.', 1, 1, 'a value was expected'],
    ['.5', 1, 1, 'a value was expected'],
    ['+1', 1, 1, 'a value was expected'],
    ['"a', 1, 1, 'a value was expected'],
    ['"\\x"', 1, 1, 'a value was expected'],
    ['"\\u12g4"', 1, 1, 'a value was expected'],
    ['[1,]', 1, 4, 'a value was expected'],
    ['[1 2]', 1, 4, 'a comma or ] was expected'],
    ['[1}', 1, 3, 'a comma or ] was expected'],
    ['[\n1', 2, 2, 'a comma or ] was expected'],
    ['{"a":1]', 1, 7, 'a comma or } was expected'],
    ['{"a":1 "b":2}', 1, 8, 'a comma or } was expected'],
    ['{"a":1,}', 1, 8, 'a member name in double quotes was expected'],
    ['{\n  a:1}', 2, 3, 'a member name in double quotes was expected'],
    ['{"a" 1}', 1, 6, 'a colon was expected'],
    ['{"a":}', 1, 6, 'a value was expected'],
    ['{} x', 1, 4, 'text after the end of the document'],
    ['1\n\n1', 3, 1, 'text after the end of the document'],
    ['\u00a01', 1, 1, 'a value was expected'],
    ['"a\tb"', 1, 3, 'a control character stands in a string: write it as an escape'],
    ['"\u0000"', 1, 2, 'a control character stands in a string: write it as an escape'],
    ['"\u001f"', 1, 2, 'a control character stands in a string: write it as an escape'],
    ['{"a\n":1}', 1, 4, 'a control character stands in a string: write it as an escape'],
  ])('%j is refused at %d:%d', (text, line, column, why) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(answerOf(() => jsonPositions(text))).toEqual(notJson(line, column, why));
  });

  test('is told of with its file where it has one', () => {
    expect(answerOf(() => jsonPositions('x', 'f.json'))).toMatchObject({ refused: { at: { file: 'f.json', line: 1 } } });
  });

  test('is a nest deeper than is read', () => {
    const deep = limits.jsonDepthMax;
    expect(jsonPositions(`${'['.repeat(deep + 1)}${']'.repeat(deep + 1)}`).lines.size).toBe(deep + 1);
    expect(answerOf(() => jsonPositions(`${'['.repeat(deep)}{"a":[]}`))).toEqual(notJson(1, deep + 6, `nested deeper than ${deep}`));
  });
});

describe('members that a parser would not keep', () => {
  test('are those written twice in one object, each time, and those of a reserved name', () => {
    const { duplicates, reserved } = jsonPositions('{"a":1,\n"b":{"a":1,"__proto__":[{"__proto__":1}]},\n"\\u0061":2,"a"\n:3}');
    expect(duplicates).toEqual([
      { path: 'a', line: 3 },
      { path: 'a', line: 4 },
    ]);
    expect(reserved).toEqual([
      { path: 'b.__proto__', line: 2 },
      { path: 'b.__proto__[0].__proto__', line: 2 },
    ]);
  });
});

describe('what is too large', () => {
  test('is a name beyond its limit', () => {
    const max = limits.manifestNameCharsMax;
    expect(jsonPositions(`{"${'k'.repeat(max)}":1}`).lines.size).toBe(2);
    expect(answerOf(() => jsonPositions(`\n{"${'k'.repeat(max + 1)}":1}`))).toEqual(tooLarge(2, max + 1, 'characters in a name', max));
    expect(answerOf(() => jsonPositions(`\n{"${'k'.repeat(max + 1)}":1}`, 'f'))).toEqual(
      tooLarge(2, max + 1, 'characters in a name', max, { file: 'f' }),
    );
  });

  test('is a path beyond its limit', () => {
    const max = limits.manifestPathCharsMax;
    const name = 'k'.repeat(limits.manifestNameCharsMax);
    const whole = Math.floor(max / (name.length + 1));
    const names = [...Array.from({ length: whole }, () => name), 'x'.repeat(max - whole * (name.length + 1))].filter((key) => key !== '');
    const longest = joinPath(names).length;
    expect(jsonPositions(nest(names)).lines.size).toBe(names.length + 1);
    const more = names.map((key, index) => (index === names.length - 1 ? `${key}${'y'.repeat(max + 1 - longest)}` : key));
    expect(answerOf(() => jsonPositions(nest(more)))).toEqual(tooLarge(1, max + 1, 'characters in the path of a value', max));
  });

  test('is a document of more values than are read', () => {
    const max = limits.manifestValuesMax;
    expect(jsonPositions(`[${'1,'.repeat(max - 2)}1]`).lines.size).toBe(max);
    expect(answerOf(() => jsonPositions(`[${'1,'.repeat(max - 1)}1]`))).toEqual(tooLarge(1, max + 1, 'values or more', max));
  });
});
