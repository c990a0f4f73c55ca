import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { positionOf, sortablePosition } from '../../../domain/shared/sortable-position.ts';

const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const sign = (value: bigint): number => (value < 0n ? -1 : value > 0n ? 1 : 0);
const textually = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

describe('a sortable position', () => {
  test('sorts as text as the numbers do, for stores with one number and with two', () => {
    fc.assert(
      fc.property(number, number, number, number, (a, b, c, d) => {
        expect(textually(sortablePosition(String(a)), sortablePosition(String(b)))).toBe(sign(a - b));
        expect(textually(sortablePosition(`${a}/${b}`), sortablePosition(`${c}/${d}`))).toBe(sign(a - c) || sign(b - d));
        expect(textually(sortablePosition(`${a}/${b}`), sortablePosition(`${a}/${d}`))).toBe(sign(b - d));
        expect(positionOf(sortablePosition(`${a}/${b}`))).toBe(`${a}/${b}`);
      }),
    );
  });

  test('is the same for leading zeros, and refuses what no store writes', () => {
    expect(sortablePosition('007')).toBe(sortablePosition('7'));
    expect(() => sortablePosition('1'.repeat(40))).toThrow(expect.objectContaining({ code: 'Usage' }));
  });
});
