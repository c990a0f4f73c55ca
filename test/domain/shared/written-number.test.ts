import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  hundredthOf,
  isPlainNumber,
  numberUnder,
  plainNumber,
  typedAmount,
  unambiguousNumber,
} from '../../../domain/shared/written-number.ts';

describe('a written number', () => {
  test.each([
    ['1234.5', 1234.5, NaN],
    ['1,234.5', 1234.5, NaN],
    ['1.234,5', NaN, 1234.5],
    ['1,234', 1234, 1.234],
    ['1.234', 1.234, 1234],
    ['12,5', NaN, 12.5],
    ['1.234.567', NaN, 1234567],
    ['1 234 567', 1234567, 1234567],
    ['1\u202f234,5', NaN, 1234.5],
    ["1'234.50", 1234.5, NaN],
    ['\u22121,5', NaN, -1.5],
    ['0.123', 0.123, NaN],
    ['1e3', 1000, 1000],
    ['1,23,456.7', NaN, NaN],
    ['1,234,56', NaN, NaN],
    ['1.234 567', NaN, NaN],
    ['', NaN, NaN],
    ['abc', NaN, NaN],
    ['1e999', NaN, NaN],
  ])('%j is %d under a point and %d under a comma', (text, point, comma) => {
    expect([numberUnder(text, '.'), numberUnder(text, ',')]).toEqual([point, comma]);
  });

  const separator = fc.constantFrom('', ',', '.', ' ', '\u00a0', '\u202f', '\u2009', "'", '\u2019');
  const layout = fc
    .record({ mark: fc.constantFrom('.' as const, ',' as const), group: separator })
    .filter(({ mark, group }) => mark !== group);

  test('written in the layout of any country is that number again, or none, and never another', () => {
    const digits = fc.tuple(fc.integer({ min: 0, max: 1_000_000_000 }), fc.stringMatching(/^\d{0,6}$/), fc.boolean());
    fc.assert(
      fc.property(digits, layout, ([whole, fraction, negative], { mark, group }) => {
        const plain = `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
        const grouped = String(whole).replaceAll(/\B(?=(\d{3})+$)/g, group);
        const written = `${negative ? '-' : ''}${grouped}${fraction === '' ? '' : `${mark}${fraction}`}`;
        expect(plainNumber(written, mark)).toBe(plain);
        const unasked = unambiguousNumber(written);
        if (unasked !== null) expect(unasked).toBe(Number(plain));
      }),
    );
  });

  test('as JSON and Python write it is plain', () => {
    for (const text of ['0', '12', '+1', '-1', '1.', '1.5', '12.25', '.5', '.25', '1e5', '1E+5', '1.5e-12', '.5e1', '007'])
      expect([text, isPlainNumber(text)]).toEqual([text, true]);
    for (const text of ['', '.', '+', 'e5', '1e', '1e+', '1,5', '1 ', ' 1', '--1', '1.5.2', '.x', '1ex', 'x1', '1x', 'NaN'])
      expect([text, isPlainNumber(text)]).toEqual([text, false]);
  });

  test('in percent is a hundredth without another rounding', () => {
    expect(hundredthOf('1.1')).toBe(0.011);
    expect(hundredthOf('-2.5e1')).toBe(-0.25);
    fc.assert(
      fc.property(fc.integer({ min: -999_999, max: 999_999 }), (n) => {
        expect(hundredthOf(String(n))).toBe(n / 100);
      }),
    );
  });

  test('typed as an amount may part its thousands, and must read in one way only', () => {
    for (const text of ['1000000', '1,000,000', '1_000_000', '1.000.000', '1 000 000', '1,000,000.00', '1.000.000,00'])
      expect({ text, amount: typedAmount(text) }).toEqual({ text, amount: 1_000_000 });
    for (const text of ['1,000', '250.000', '1_00', '1__000', '_1', '12 34', '$5', ''])
      expect({ text, amount: typedAmount(text) }).toEqual({ text, amount: null });
    expect(typedAmount('1000.5')).toBe(1000.5);
  });
});
