import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import { array, assert, constantFrom, dictionary, double, jsonValue, letrec, oneof, property, string } from 'fast-check';
import { canonicalBytes, canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { refusalOf } from '../../support/refusal.ts';
import vectors from '../../golden/audit/rfc8785-vectors.json' with { type: 'json' };

describe('RFC 8785', () => {
  test.each(vectors.numbers)('Appendix B: the double $ieee754 is written $text', ({ ieee754, text }) => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, BigInt(`0x${ieee754}`));
    expect(canonicalJson(view.getFloat64(0))).toBe(text);
  });

  test.each(vectors.files)('published test file "$name"', ({ input, output }) => {
    expect(canonicalJson(JSON.parse(input))).toBe(output);
    expect(new TextDecoder().decode(canonicalBytes(JSON.parse(input)))).toBe(output);
  });

  test('keys sort by UTF-16 code units: a surrogate pair stands before U+FB33, though its code point is greater', () => {
    expect(canonicalJson({ '\ufb33': 1, '\u{1f600}': 2, é: 3, z: 4 })).toBe('{"z":4,"é":3,"\u{1f600}":2,"\ufb33":1}');
  });

  test('any JSON value: the text parses back to the same value and is a fixed point', () => {
    assert(
      property(jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('any JSON value in any order of keys: the text is that of the library canonicalize', () => {
    const key = oneof(
      string({ unit: 'binary' }),
      constantFrom('10', '9', '-1', '1.5', '007', '4294967295', '__proto__', 'constructor', ''),
    );
    const { node } = letrec((tie) => ({
      node: oneof(
        { maxDepth: 4 },
        double({ noNaN: true, noDefaultInfinity: true }),
        string({ unit: 'binary' }),
        constantFrom(null, true, -0, 1e21, 1e-7),
        array(tie('node'), { maxLength: 4 }),
        dictionary(key, tie('node'), { maxKeys: 5 }),
      ),
    }));
    assert(
      property(node, (value) => {
        let expected: string | undefined;
        try {
          expected = canonicalize(value);
        } catch {
          expect(() => canonicalJson(value)).toThrow(LedgerError);
          return;
        }
        expect(canonicalJson(value)).toBe(expected);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the order in which keys were set changes no byte, integer-like keys included', () => {
    expect(canonicalJson({ b: 1, 10: 2, 9: 3, a: 4 })).toBe(canonicalJson({ a: 4, 9: 3, 10: 2, b: 1 }));
  });
});

describe('what is not plain JSON is refused with its path', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
  test.each<[string, unknown, string]>([
    ['NaN', { a: [1, Number.NaN] }, 'a[1]'],
    ['infinity', { a: Number.NEGATIVE_INFINITY }, 'a'],
    ['undefined', { a: { b: undefined } }, 'a.b'],
    ['a bigint', { a: 1n }, 'a'],
    ['a function', { a: () => 1 }, 'a'],
    ['a symbol', { a: Symbol('s') }, 'a'],
    ['a Date', { a: new Date(0) }, 'a'],
    ['a Map', { a: new Map([[1, 2]]) }, 'a'],
    ['a Set', [new Set([1])], '[0]'],
    ['a typed array', { a: Float64Array.of(1) }, 'a'],
    ['an instance of a class', { a: new URL('https://example.com') }, 'a'],
    ['an object with toJSON', { a: { toJSON: () => 1 } }, 'a'],
    ['a lone high surrogate', { a: '\ud800' }, 'a'],
    ['a lone low surrogate', { a: 'x\udc00' }, 'a'],
    ['a key with a lone surrogate', { a: { '\ud800': 1 } }, 'a'],
    ['a hole in an array', { a: Array(1) }, 'a[0]'],
    ['a value nested too deep', nested(limits.jsonDepthMax + 1), '[0]'.repeat(limits.jsonDepthMax + 1)],
  ])('%s', (_, value, path) => {
    const refusal = (() => {
      try {
        canonicalJson(value);
      } catch (error) {
        return error;
      }
      return null;
    })();
    expect(refusal).toBeInstanceOf(LedgerError);
    expect(refusal).toMatchObject({ code: 'NotPlainJson', at: { path } });
  });

  test.each<[unknown, string, string]>([
    [undefined, '', 'value: a undefined is not a JSON value'],
    [Number.NaN, '', 'value: NaN is not a JSON number'],
    [[Infinity], '[0]', '[0]: Infinity is not a JSON number'],
    [{ a: [{ b: 1n }] }, 'a[0].b', 'a[0].b: a bigint is not a JSON value'],
    [[{ a: '\ud800' }], '[0].a', '[0].a: a lone surrogate'],
    [{ a: new Date(0) }, 'a', 'a: not a plain object'],
    [{ a: [1, { toJSON: 1 }] }, 'a[1]', 'a[1]: an object with toJSON'],
    [{ a: { '\udc00': 1 } }, 'a', 'a: a key with a lone surrogate'],
    [{ a: [[1], [2]], b: { c: 1, d: undefined } }, 'b.d', 'b.d: a undefined is not a JSON value'],
    [{ '': undefined }, '', 'value: a undefined is not a JSON value'],
    [nested(limits.jsonDepthMax + 1), '[0]'.repeat(limits.jsonDepthMax + 1), `: nested deeper than ${limits.jsonDepthMax}`],
  ])('%j is told of with its place, at %j', (value, path, message) => {
    const { code, message: said, at } = refusalOf(() => canonicalJson(value));
    expect([code, said, at]).toEqual(['NotPlainJson', message.startsWith(':') ? `${path}${message}` : message, { path }]);
  });

  test('the limit of nesting itself is admitted', () => {
    expect(canonicalJson(nested(limits.jsonDepthMax))).toBe(`${'['.repeat(limits.jsonDepthMax)}1${']'.repeat(limits.jsonDepthMax)}`);
  });

  test('a value that holds itself is refused, not followed forever', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => canonicalJson(loop)).toThrow('nested deeper');
  });

  test('-0 is written 0, and objects without a prototype are plain', () => {
    expect(canonicalJson([-0, Object.assign(Object.create(null), { a: 1 })])).toBe('[0,{"a":1}]');
  });
});

describe('what is written', () => {
  test('is in order at every depth, and what was given stays as it was', () => {
    const given = { z: 1, a: [{ d: 1, c: 2 }, 3, { b: [{ y: 1, x: 2 }], a: null }], m: { k: 1 }, B: 'x' };
    const text = JSON.stringify(given);
    expect(canonicalJson(given)).toBe('{"B":"x","a":[{"c":2,"d":1},3,{"a":null,"b":[{"x":2,"y":1}]}],"m":{"k":1},"z":1}');
    expect(JSON.stringify(given)).toBe(text);
  });

  test('has keys in their order above and beside objects that are put into theirs', () => {
    expect(canonicalJson({ a: 1, b: { d: 1, c: 2 }, e: 3 })).toBe('{"a":1,"b":{"c":2,"d":1},"e":3}');
    expect(canonicalJson([1, { d: 1, c: 2 }, [3]])).toBe('[1,{"c":2,"d":1},[3]]');
    expect(canonicalJson({ a: { 9: 1, 10: 2 }, b: { d: 1, c: 2 } })).toBe('{"a":{"10":2,"9":1},"b":{"c":2,"d":1}}');
    expect(canonicalJson({ 9: { b: 1, a: 2 } })).toBe('{"9":{"a":2,"b":1}}');
  });

  test.each([
    ['0', '{"!":3,"0":2,"z":1}'],
    ['9', '{"!":3,"9":2,"z":1}'],
    ['0x', '{"!":3,"0x":2,"z":1}'],
    ['__proto__', '{"!":3,"__proto__":2,"z":1}'],
  ])('keeps a member %j that an object would put elsewhere', (key, text) => {
    expect(canonicalJson(JSON.parse(`{"z":1,${JSON.stringify(key)}:2,"!":3}`))).toBe(text);
  });
});
