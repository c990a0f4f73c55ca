import { describe, expect, test } from '@jest/globals';
import { hasAll, nextRange, requireOrdered, requireWholePage, retriesMax, unknownColumn, waitSeconds } from '../../../domain/scan/pages.ts';
import type { ScanRequest } from '../../../domain/scan/scanner.ts';
import { refusalOf } from '../../support/refusal.ts';

const asking = (to: number, sort?: ScanRequest['sort']): ScanRequest =>
  ({ range: [0, to], ...(sort === undefined ? {} : { sort }) }) as unknown as ScanRequest;

const page = (range: readonly [number, number], rows: number, total: number, before: number | null) => () =>
  requireWholePage(range, { rows, total }, before, 'http://scan');

const sorted =
  (sortOrder: 'asc' | 'desc', ...values: unknown[]) =>
  () =>
    requireOrdered(values, asking(9, { sortBy: 'aum', sortOrder }), 'http://scan');

describe('pages of a scan', () => {
  test.each([
    [0, null, [0, 1000]],
    [1000, null, [1000, 2000]],
    [2000, null, [2000, 2500]],
    [2500, null, null],
    [1000, 1200, [1000, 2000]],
    [1200, 1200, null],
    [1199, 1200, [1199, 2199]],
    [0, 0, null],
  ] as const)('after %d rows of %s go on with %j', (fetched, total, next) => {
    expect(nextRange(asking(2500), fetched, total, 1000)).toEqual(next);
  });

  test('are whole, and of one count', () => {
    expect(page([0, 1000], 1000, 1200, null)).not.toThrow();
    expect(page([1000, 2000], 200, 1200, 1200)).not.toThrow();
    expect(page([2000, 3000], 0, 1200, 1200)).not.toThrow();
    expect(refusalOf(page([1000, 2000], 199, 1200, 1200))).toMatchObject({
      code: 'ScanResponseInvalid',
      message: 'truncated_page: range 1000,2000 of 1200: 199 rows came, 200 were expected'.replace('1000,2000', '1000 to 2000'),
      at: { file: 'http://scan' },
    });
    expect(refusalOf(page([2000, 3000], 1, 1200, 1200)).message).toContain('1 rows came, 0 were expected');
    expect(refusalOf(page([1000, 2000], 200, 1200, 1201)).message).toBe(
      'total_changed: totalCount was 1201, and is 1200 on the page of 1000 to 2000',
    );
  });

  test('are sorted as they were asked for, without a value last', () => {
    expect(sorted('asc', 1, 1, 2, null, null)).not.toThrow();
    expect(sorted('desc', 3, 2, 2, null)).not.toThrow();
    expect(() => requireOrdered([2, 1, 3], asking(9), 'http://scan')).not.toThrow();
    expect(refusalOf(sorted('asc', 1, 3, 2)).message).toBe('misordered: row 2 is not sorted by aum: the cut would take other rows');
    expect(refusalOf(sorted('desc', 1, 2)).message).toContain('row 1');
    expect(refusalOf(sorted('asc', null, 2)).message).toContain('row 1');
  });

  test('are asked for again after twice as long each time, between 2 and 60 seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 9].map((attempt) => waitSeconds(attempt, null))).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect([0, 2, 30, 60, 90].map((said) => waitSeconds(5, said))).toEqual([2, 2, 30, 60, 60]);
    expect(retriesMax).toBe(10);
  });

  test('hold every listed symbol, or not', () => {
    const rows = ['A:A', 'A:B'].map((symbol) => ({ symbol, values: {} }));
    expect([hasAll(['A:A'], { rows }), hasAll(['A:B', 'A:A'], { rows }), hasAll(['A:A', 'A:C'], { rows }), hasAll([], { rows })]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });

  test.each([
    ['{"error":"Unknown field \\"aum.x-1+y\\""}', 'aum.x-1+y'],
    ['unknown column: nav', 'nav'],
    ['the unknown fields', null],
    ['nothing', null],
  ])('tell the column that a server does not know: %s', (text, column) => {
    expect(unknownColumn(text)).toBe(column);
  });
});
