import { describe, expect, test } from '@jest/globals';
import { leavesOf, layers, provenanceSchema, withSortedKeys } from '../../../domain/manifest/provenance.ts';

describe('where a setting comes from', () => {
  test('is a layer, weakest first, and a place', () => {
    expect(layers).toEqual(['code', 'defaults', 'root', 'profile', 'environment', 'cli']);
    expect(provenanceSchema.parse({ layer: 'code', at: null })).toEqual({ layer: 'code', at: null });
    for (const wrong of [{ layer: 'code' }, { layer: 'file', at: null }, { layer: 'cli', at: 'x', more: 1 }])
      expect(provenanceSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('members in order', () => {
  test('are those of code units, and the given record keeps its own', () => {
    const given = { b: 1, a: 2, Z: 3, é: 4, 'a.b': 5 };
    expect(Object.entries(withSortedKeys(given))).toEqual([
      ['Z', 3],
      ['a', 2],
      ['a.b', 5],
      ['b', 1],
      ['é', 4],
    ]);
    expect(Object.keys(given)).toEqual(['b', 'a', 'Z', 'é', 'a.b']);
    expect(withSortedKeys({})).toEqual({});
  });
});

describe('the leaves of a value', () => {
  test.each<[unknown, string | undefined, object]>([
    [{ b: { y: 1, x: [{ z: 1 }] }, a: null }, undefined, { a: null, 'b.x': [{ z: 1 }], 'b.y': 1 }],
    [{ a: {}, b: [] }, undefined, { a: {}, b: [] }],
    [{ a: undefined, b: { c: undefined } }, undefined, {}],
    [{ a: false, b: 0, c: '' }, undefined, { a: false, b: 0, c: '' }],
    [{ a: { b: 1 } }, 'p', { 'p.a.b': 1 }],
    [1, 'p.q', { 'p.q': 1 }],
    [[1], 'p', { p: [1] }],
    [{}, 'p', { p: {} }],
    [undefined, 'p', {}],
    [null, 'p', { p: null }],
    // Without a name at all there is no leaf.
    [1, undefined, {}],
    [{}, undefined, {}],
    [[1], '', {}],
  ])('%j below %j are %j', (value, prefix, leaves) => {
    const found = leavesOf(value, prefix);
    expect(found).toEqual(leaves);
    expect(Object.keys(found)).toEqual(Object.keys(leaves));
  });
});
