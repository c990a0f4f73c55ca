/** Each refusal in its words and with its place, and what only looks like one. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import { parseStrictJson, refuseMessage } from '../../../handlers/messages/strict-json.ts';
import { refusalOf } from '../../support/refusal.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const told = (work: () => unknown): unknown => {
  const { code, message, at } = refusalOf(work);
  return { code, message, at };
};

const notANumber = (name: string): string => `not JSON: ${name} is not a number there (Python writes it unless allow_nan=False)`;

const nested = (depth: number): string => `${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`;

test('a refusal has its place in its words, where it has one', () => {
  expect(told(() => refuseMessage('why'))).toEqual({ code: 'MessageInvalid', message: 'why', at: {} });
  expect(told(() => refuseMessage('why', 'a.b'))).toEqual({ code: 'MessageInvalid', message: 'a.b: why', at: { path: 'a.b' } });
});

describe('refused is', () => {
  test.each<[string, string, string]>([
    ['NaN', '[NaN]', notANumber('NaN')],
    ['Infinity', '[Infinity]', notANumber('Infinity')],
    ['-Infinity', '{"a":-Infinity}', notANumber('Infinity')],
    ['a string without an end', '["a', 'not JSON: a string has no end'],
    ['a string whose last quote is escaped', '["a\\"', 'not JSON: a string has no end'],
    ['an escape that does not exist, in a name', '{"\\q":1}', 'not JSON: an escape that does not exist'],
    ['one in a value', '["\\q"]', 'not JSON'],
    ['a member named __proto__', '{"__proto__":1}', 'a member named __proto__'],
    ['one in escapes', '{"__\\u0070roto__":1}', 'a member named __proto__'],
    ['a member twice', '{"a":1,"a":2}', 'the member "a" appears twice in one object'],
    ['a member twice, with blanks before the colon', '{"a" \n\t:1,"a"\r :2}', 'the member "a" appears twice in one object'],
    ['a member twice behind an object', '{"a":{},"a":2}', 'the member "a" appears twice in one object'],
    ['a member twice behind a list', '{"a":[1],"a":2}', 'the member "a" appears twice in one object'],
    [
      'a long member twice, shortened',
      `{"${'x'.repeat(101)}":1,"${'x'.repeat(101)}":2}`,
      `the member "${'x'.repeat(100)}" appears twice in one object`,
    ],
    ['a comma too many', '[1,]', 'not JSON'],
    ['two values', '1 2', 'not JSON'],
    ['a bracket too many', '[]]', 'not JSON'],
  ])('%s', (_, text, why) => {
    const { code, message } = refusalOf(() => parseStrictJson(bytes(text)));
    expect([code, message]).toEqual(['MessageInvalid', why]);
  });

  test.each([
    ['{"a":{"b":[1,1e999]}}', 'a.b[1]'],
    ['{"a":"\\udc00"}', 'a'],
  ])('by its place: %s', (text, path) => {
    const { code, message, at } = refusalOf(() => parseStrictJson(bytes(text)));
    expect([code, at.path]).toEqual(['MessageInvalid', path]);
    expect(message.startsWith(`${path}: `)).toBe(true);
  });
});

describe('read is', () => {
  test.each<[string, string]>([
    ['a name that is a value elsewhere', '{"a":"a","b":["a","a"]}'],
    ['a text with what is no JSON within', '["NaN","Infinity","{","]","\\\\","\\"","__proto__"]'],
    ['a name with brackets and a quote', '{"[{\\"":1,"]}":2}'],
    ['one name in objects of a list', '[{"a":1},{"a":1}]'],
    ['one name within another of its name', '{"a":{"a":{"a":1}},"b":{"a":1}}'],
    ['a text', '"NaN"'],
    ['nothing but a number', ' 1 '],
    ['nothing', 'null'],
  ])('%s', (_, text) => {
    expect(parseStrictJson(bytes(text))).toEqual(JSON.parse(text));
  });

  test('as deep as may be, in lists and objects, and no deeper', () => {
    expect(() => parseStrictJson(bytes(nested(limits.jsonDepthMax)))).not.toThrow();
    expect(refusalOf(() => parseStrictJson(bytes(`[${nested(limits.jsonDepthMax)}]`))).message).toBe(
      `nested deeper than ${limits.jsonDepthMax}`,
    );
    // What was closed is not deep any more.
    expect(() => parseStrictJson(bytes(`[${'[],{},'.repeat(limits.jsonDepthMax)}1]`))).not.toThrow();
  });
});
