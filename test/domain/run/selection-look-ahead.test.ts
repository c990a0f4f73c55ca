import { expect, test } from '@jest/globals';
import { selectionLookAheadInWords, selectionLookAheadOf } from '../../../domain/run/selection-look-ahead.ts';

const scan = (scanner: string, asOf: string) => ({ scanner, asOf, snapshot: '0'.repeat(64), verdict: 'complete' as const, lacking: [] });
const universe = {
  scans: [scan('a', '2024-01-05'), scan('b', '2024-01-02'), scan('c', '2024-02-01')],
  found: [],
  unpriced: [],
  labels: [],
};

test('prices from before a scan that chose their symbols look ahead, and those scans are named', () => {
  const found = selectionLookAheadOf({ universe }, '2024-01-02');
  expect(found).toEqual({ first: '2024-01-02', scans: ['a@2024-01-05', 'c@2024-02-01'] });
  expect(selectionLookAheadInWords(found!)).toBe(
    'selection look-ahead: a@2024-01-05, c@2024-02-01 chose its symbols, and prices are used from 2024-01-02',
  );
});

test('no scan, or none made after the first price, is no look-ahead', () => {
  expect(selectionLookAheadOf({ universe: undefined }, '2024-01-02')).toBeNull();
  expect(selectionLookAheadOf({}, '2024-01-02')).toBeNull();
  expect(selectionLookAheadOf({ universe }, '2024-02-01')).toBeNull();
});
