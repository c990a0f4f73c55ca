/** JSON as Python reads and prints it: `json.loads`, and `json.dumps(value, sort_keys=True)` of Python 3. */
import { describe, expect, test } from '@jest/globals';
import { parsePythonJson, printPythonJson } from '../../../domain/audit/python-json.ts';
import { limits } from '../../../domain/shared/limits.ts';

const again = (text: string): string => printPythonJson(parsePythonJson(text));

describe('JSON as Python prints it', () => {
  test.each([
    ['{"b":1,"a":[1,2]}', '{"a": [1, 2], "b": 1}'],
    ['{}', '{}'],
    ['[]', '[]'],
    ['[[],{}]', '[[], {}]'],
    ['[1]', '[1]'],
    ['{"a":{"c":null,"b":true},"A":false}', '{"A": false, "a": {"b": true, "c": null}}'],
    [' \t\r\n{ \t\r\n"a" \t\r\n: \t\r\n[ 1 , 2 ] \t\r\n} \t\r\n', '{"a": [1, 2]}'],
    // Numbers letter for letter.
    ['[1.0,-0.0,1e-07,1E+5,10,0.5,-12.25e3]', '[1.0, -0.0, 1e-07, 1E+5, 10, 0.5, -12.25e3]'],
    ['[NaN,Infinity,-Infinity]', '[NaN, Infinity, -Infinity]'],
    ['"text"', '"text"'],
    ['0', '0'],
    // The last of three keys begins as the first.
    ['{"aa":1,"a":2,"":3}', '{"": 3, "a": 2, "aa": 1}'],
  ])('%j is printed as %j', (text, printed) => {
    expect(again(text)).toBe(printed);
  });

  test('text beyond ASCII is escaped in UTF-16 units, with the short escapes of Python', () => {
    expect(again(JSON.stringify('"\\\n\r\t\f\b\u0000\u001f /~\u007f\u0080é\u2028\u{1f600}'))).toBe(
      String.raw`"\"\\\n\r\t\f\b\u0000\u001f /~\u007f\u0080\u00e9\u2028\ud83d\ude00"`,
    );
    expect(again('{"\\u00e9\\/":"\\u0041"}')).toBe(String.raw`{"\u00e9/": "A"}`);
  });

  test('keys stand in the order of code points, not of UTF-16 units', () => {
    const keys = ['\u{10000}', '\u{1f600}', '\ud7ff', '\ue000', '\uffff', 'z', '\u{1f600}a', '\u{10ffff}', '\u{10000}\u{10000}', 'z\ue000'];
    const inOrder = keys.toSorted((left, right) => {
      const [ours, theirs] = [left, right].map((text) => Array.from(text, (character) => character.codePointAt(0)!));
      for (const [at, code] of ours!.entries()) if (code !== theirs![at]) return theirs![at] === undefined ? 1 : code - theirs![at];
      return ours!.length - theirs!.length;
    });
    for (const turned of [keys, keys.toReversed(), inOrder, inOrder.toReversed()]) {
      const text = again(JSON.stringify(Object.fromEntries(turned.map((key) => [key, 0]))));
      expect(Object.keys(JSON.parse(text) as object)).toEqual(inOrder);
    }
    // The first and the last surrogate stand beyond the private characters too.
    expect(again('{"\\ud800":0,"\\ue000":0}')).toBe(String.raw`{"\ue000": 0, "\ud800": 0}`);
    expect(again('{"\\udfff":0,"\\uffff":0,"\\ud7ff":0}')).toBe(String.raw`{"\ud7ff": 0, "\uffff": 0, "\udfff": 0}`);
  });
});

describe('what is no JSON value is refused, with the place', () => {
  test.each([
    ['', 'no JSON value at character 1'],
    ['  ', 'no JSON value at character 3'],
    ['nul', 'no JSON value at character 1'],
    ['1 2', 'more than one value at character 3'],
    ['1x', 'more than one value at character 2'],
    ['01', 'more than one value at character 2'],
    ['1.', 'more than one value at character 2'],
    ['1e', 'more than one value at character 2'],
    ['.5', 'no JSON value at character 1'],
    ['+1', 'no JSON value at character 1'],
    ['-', 'no JSON value at character 1'],
    ['{} {}', 'more than one value at character 4'],
    ['{"a":1', 'an object that does not end at character 7'],
    ['{"a":1]', 'an object that does not end at character 7'],
    ['{"a":1,}', 'no string at character 8'],
    ['{"a" 1}', 'no colon at character 6'],
    ['{a:1}', 'no string at character 2'],
    ['{"a":1,"a":2}', 'the key "a" stands twice at character 11'],
    ['[1', 'an array that does not end at character 3'],
    ['[1}', 'an array that does not end at character 3'],
    ['[1,]', 'no JSON value at character 4'],
    ['"a', 'a string that does not end at character 1'],
    [String.raw`"a\"`, 'a string that does not end at character 1'],
    [String.raw`["b","a\"]`, 'a string that does not end at character 6'],
  ])('%j: %s', (text, message) => {
    expect(() => parsePythonJson(text)).toThrow(new SyntaxError(message));
  });

  test('strings with characters or escapes that JSON has not', () => {
    for (const text of ['"a\nb"', String.raw`"\x"`, String.raw`"\u12"`]) expect(() => parsePythonJson(text)).toThrow(SyntaxError);
  });

  test('an escaped backslash ends no string, and a quote behind it does', () => {
    expect(again(String.raw`["a\\","\\\"b"]`)).toBe(String.raw`["a\\", "\\\"b"]`);
  });

  test('nesting ends at the limit, in arrays as in objects', () => {
    const deep = limits.jsonDepthMax;
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const nested = (levels: number): string => `${open.repeat(levels)}0${close.repeat(levels)}`;
      expect(() => parsePythonJson(nested(deep))).not.toThrow();
      expect(() => parsePythonJson(nested(deep + 1))).toThrow(
        new SyntaxError(`nested deeper than ${deep} at character ${open.length * (deep + 1) + 1}`),
      );
    }
  });
});
