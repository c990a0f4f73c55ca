import { describe, expect, test } from '@jest/globals';
import { type Difference, differencesOf, isDiagnostic, isWithinTolerance, member } from '../../../handlers/replay/json-difference.ts';

const judged = (recorded: Parameters<typeof differencesOf>[0], recomputed: Parameters<typeof differencesOf>[1]) =>
  differencesOf(recorded, recomputed).map((difference) => isWithinTolerance(difference));

describe('a difference between recorded and recomputed', () => {
  test('of less than 1e-12 is within tolerance, one above is not', () => {
    expect(judged({ weight: 0.5 }, { weight: 0.5 + 5e-13 })).toEqual([true]);
    expect(judged({ weight: 0.5 }, { weight: 0.5 + 2e-12 })).toEqual([false]);
  });

  test('of words is never within tolerance', () => {
    expect(judged({ status: 'passed' }, { status: 'failed' })).toEqual([false]);
  });

  test('in the steps that a solver took is within tolerance: they say how a number was reached, not what it is', () => {
    expect(judged({ solve: { certificate: { iterations: 18 } } }, { solve: { certificate: { iterations: 7 } } })).toEqual([true]);
    expect(judged({ windows: 18, iterations: 18 }, { windows: 7, iterations: 7 })).toEqual([false, false]);
  });

  test('does not exist between a zero and a minus zero', () => {
    expect(differencesOf({ weight: 0 }, { weight: -0 })).toEqual([]);
  });
});

const between = (path: string, recorded: Difference['recorded'], recomputed: Difference['recomputed']): Difference => ({
  path,
  recorded,
  recomputed,
  difference: typeof recorded === 'number' && typeof recomputed === 'number' ? Math.abs(recorded - recomputed) : null,
});

describe('the differences of two JSON values', () => {
  test.each<[string, Difference['recorded'], Difference['recomputed'], Difference[]]>([
    ['equal values', { a: [1, 'b', null, true, { c: [] }] }, { a: [1, 'b', null, true, { c: [] }] }, []],
    ['numbers', 1, 3, [{ path: '', recorded: 1, recomputed: 3, difference: 2 }]],
    ['a number and a word', { a: 1 }, { a: '1' }, [between('a', 1, '1')]],
    ['a value and null', { a: null, b: 1 }, { a: 1, b: null }, [between('a', null, 1), between('b', 1, null)]],
    ['null and an object', { a: null }, { a: { b: 1 } }, [between('a', null, { b: 1 })]],
    ['an object and null', { a: { b: 1 } }, { a: null }, [between('a', { b: 1 }, null)]],
    ['a list and an object', { a: [1] }, { a: { 0: 1 } }, [between('a', [1], { 0: 1 })]],
    ['an object and a list', { a: { 0: 1 } }, { a: [1] }, [between('a', { 0: 1 }, [1])]],
    ['a longer list', { a: [1] }, { a: [1, 2, 3] }, [between('a[1]', null, 2), between('a[2]', null, 3)]],
    ['a shorter list', { a: [1, 2] }, { a: [1] }, [between('a[1]', 2, null)]],
    ['lists in lists', [[1, 2], [3]], [[1, 5], [4]], [between('[0][1]', 2, 5), between('[1][0]', 3, 4)]],
    ['members of one side', { b: 1, c: 2 }, { a: 3, c: 2 }, [between('a', null, 3), between('b', 1, null)]],
    [
      'a member that is null on one side and missing on the other: it is told',
      { a: null },
      {},
      [{ path: 'a', recorded: null, recomputed: null, difference: null }],
    ],
    [
      'names that every object inherits',
      { constructor: 1 },
      { toString: 2 },
      [between('constructor', 1, null), between('toString', null, 2)],
    ],
    [
      'members in the order of code units',
      { é: 1, z: 1, A: 1 },
      { é: 2, z: 2, A: 2 },
      [between('A', 1, 2), between('z', 1, 2), between('["é"]', 1, 2)],
    ],
  ])('of %s', (_, recorded, recomputed, expected) => {
    expect(differencesOf(recorded, recomputed)).toEqual(expected);
  });

  test('are left to whoever takes a pair over, which sees every pair that parts with its path, and no other', () => {
    const seen: unknown[][] = [];
    const found = differencesOf({ a: { b: 1 }, c: 2, d: 3 }, { a: { b: 5 }, c: 2, d: 4 }, (path, ...pair) => {
      seen.push([path, ...pair]);
      return path === 'a';
    });
    expect(found).toEqual([between('d', 3, 4)]);
    expect(seen).toEqual([
      ['', { a: { b: 1 }, c: 2, d: 3 }, { a: { b: 5 }, c: 2, d: 4 }],
      ['a', { b: 1 }, { b: 5 }],
      ['d', 3, 4],
    ]);
  });

  test('begin with the path that they are given', () => {
    expect(differencesOf({ a: [1] }, { a: [2] }, () => false, 'table')).toEqual([between('table.a[0]', 1, 2)]);
  });
});

describe('a path', () => {
  test.each([
    ['', 'a', 'a'],
    ['a', 'b_1', 'a.b_1'],
    ['a', '_b', 'a._b'],
    ['a', '1b', 'a["1b"]'],
    ['', '2024-01-02', '["2024-01-02"]'],
    ['a', 'b.c', 'a["b.c"]'],
    ['a', '', 'a[""]'],
    ['a', 'say "x"', String.raw`a["say \"x\""]`],
  ])('%j and its member %j is %j', (path, key, expected) => {
    expect(member(path, key)).toBe(expected);
  });

  test.each([
    ['certificate.iterations', true],
    ['a.certificate.iterations', true],
    ['[0].certificate.iterations', true],
    ['precertificate.iterations', false],
    ['certificate.iterations.more', false],
    ['certificatexiterations', false],
    ['iterations', false],
  ])('%s is one of a diagnosis: %s', (path, expected) => {
    expect(isDiagnostic(path)).toBe(expected);
  });
});

describe('the tolerance of a replay', () => {
  test.each([
    ['absolute below one, and reached', 0, 1e-12, true],
    ['absolute below one, and passed', 0, 1.1e-12, false],
    ['relative to the recorded number', -1e6, -1e6 + 9e-7, true],
    ['relative to the recomputed number', 0.5, 2e12, false],
    ['relative, and passed', 1e6, 1e6 + 2e-6, false],
  ])('is %s', (_, recorded, recomputed, expected) => {
    expect(isWithinTolerance(between('weight', recorded, recomputed))).toBe(expected);
  });

  test('grows with the larger of two numbers, whichever side it stands on', () => {
    const apart = { path: 'weight', difference: 9e-7 };
    expect(isWithinTolerance({ ...apart, recorded: 1e6, recomputed: 0 })).toBe(true);
    expect(isWithinTolerance({ ...apart, recorded: 0, recomputed: 1e6 })).toBe(true);
    expect(isWithinTolerance({ ...apart, recorded: 0, recomputed: 0 })).toBe(false);
  });
});
