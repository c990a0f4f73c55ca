import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { byCodeUnits, sortedBy } from '../../../domain/shared/order.ts';

describe('order by code units', () => {
  test('is that of UTF-16, where a surrogate pair stands before the last of the basic plane', () => {
    expect(['z', 'ä', 'Z', 'i', 'I', '\uff5a', '\ud83d\ude00', '10', '9'].toSorted(byCodeUnits)).toEqual([
      '10',
      '9',
      'I',
      'Z',
      'i',
      'z',
      'ä',
      '\ud83d\ude00',
      '\uff5a',
    ]);
  });

  test('is total, and the one in which JavaScript sorts without a comparison', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const expected = texts.toSorted();
        expect(texts.toSorted(byCodeUnits).every((text, index) => text === expected[index])).toBe(true);
      }),
    );
  });

  test('a copy is sorted, equal keys keep their order, and what was given stays as it was', () => {
    const given = [
      { key: 'b', at: 0 },
      { key: 'a', at: 1 },
      { key: 'b', at: 2 },
      { key: 'a', at: 3 },
    ];
    expect(sortedBy(given, ({ key }) => key).map(({ at }) => at)).toEqual([1, 3, 0, 2]);
    expect(given.map(({ at }) => at)).toEqual([0, 1, 2, 3]);
  });
});
