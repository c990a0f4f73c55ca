import { describe, expect, test } from '@jest/globals';
import { anything, assert, property } from 'fast-check';
import { firstDifference } from '../../../domain/shared/same-bits.ts';

describe('two values of plain data', () => {
  test('are the same as their clones', () => {
    assert(
      property(anything({ withMap: true, withTypedArray: true, withNullPrototype: true }), (value) => {
        expect(firstDifference(value, structuredClone(value))).toBeNull();
      }),
    );
  });

  test.each<readonly [string, unknown, unknown, readonly string[]]>([
    ['zeros of two signs', { a: 0 }, { a: -0 }, ['a']],
    ['numbers an ulp apart', [1, 0.1 + 0.2], [1, 0.3], ['1']],
    ['a number and its text', { a: 1 }, { a: '1' }, ['a']],
    ['columns of numbers', { a: Float64Array.of(0) }, { a: Float64Array.of(-0) }, ['a']],
    ['columns of two types', { a: Float64Array.of(1) }, { a: Float32Array.of(1) }, ['a']],
    ['columns of two lengths', Float64Array.of(1), Float64Array.of(1, 1), []],
    ['lists of two lengths', { a: [1] }, { a: [1, 2] }, ['a', '1']],
    ['a list and an object', { a: [1] }, { a: { 0: 1 } }, ['a']],
    ['a missing member', { a: 1, b: 2 }, { a: 1 }, ['b']],
    ['a further member', { a: 1 }, { a: 1, b: 2 }, ['b']],
    ['members of other names', { a: { b: 1 } }, { a: { c: 1 } }, ['a', 'b']],
    ['nothing and an object', { a: null }, { a: {} }, ['a']],
    ['maps', new Map([['hrp', { rows: 1 }]]), new Map([['hrp', { rows: 2 }]]), ['hrp', 'rows']],
  ])('differ: %s', (_, left, right, path) => {
    expect(firstDifference(left, right)).toEqual(path);
    expect(firstDifference(right, left)).not.toBeNull();
  });

  test('are the same with their members in another order, but not with the entries of a map in another', () => {
    expect(firstDifference({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBeNull();
    const entries = [['a', 1] as const, ['b', 1] as const];
    expect(firstDifference(new Map(entries), new Map(entries.toReversed()))).toEqual(['a']);
  });

  test('are the same with NaN in the same place, alone or in a column', () => {
    expect(
      firstDifference({ a: Number.NaN, b: Float64Array.of(Number.NaN) }, { a: Number.NaN, b: Float64Array.of(Number.NaN) }),
    ).toBeNull();
  });
});
