import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cutPriceFile, lineOfRow, type PriceFile, rowLines } from '../../../domain/returns/price-file.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { fileOf, tableOf } from './price-tables.ts';

const file: PriceFile = {
  ...fileOf(
    tableOf(
      ['NYSE:A', 'NYSE:B'],
      [
        ['2024-01-02', 1, 2],
        ['2024-01-03', 3, null],
        ['2024-01-04', 5, 6],
        ['2024-01-05', 7, 8],
      ],
    ),
  ),
  lines: [2, 5, 3, 4],
};
const both = new Set(['NYSE:A', 'NYSE:B']);
const whole = { from: null, to: null };

describe('a price file', () => {
  test('reports lines that follow one another by the first, others one by one, and none of no row', () => {
    expect(rowLines([7, 8, 9])).toEqual({ first: 7 });
    expect(rowLines([7, 9])).toEqual([7, 9]);
    expect(rowLines([])).toBeNull();
  });

  test('knows the line of each row, however its lines are given', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1 }), fc.nat(), fc.boolean(), (any, first, consecutive) => {
        const lines = consecutive ? any.map((_, row) => first + row) : any;
        const written = rowLines(lines);
        expect(lines.map((_, row) => lineOfRow(written, row))).toEqual(lines);
      }),
      { numRuns: propertyRuns(100) },
    );
    expect(lineOfRow(null, 0)).toBeNull();
  });

  test('is cut to symbols and dates, both ends included, and its rows keep their lines', () => {
    const cut = cutPriceFile(file, new Set(['NYSE:B']), { from: '2024-01-03', to: '2024-01-04' });
    expect(cut).toEqual({
      ...file,
      table: { dates: ['2024-01-03', '2024-01-04'], symbols: ['NYSE:B'], closes: [Float64Array.of(Number.NaN, 6)] },
      lines: [5, 3],
    });
  });

  test('keeps a symbol without any price in the range, and no line where no row is left', () => {
    const cut = cutPriceFile(file, both, { from: '2025-01-01', to: null });
    expect([cut.table.symbols, cut.table.dates, cut.lines]).toEqual([['NYSE:A', 'NYSE:B'], [], null]);
  });

  test('is cut to the same again, however often', () => {
    const date = fc.constantFrom(null, '2024-01-01', '2024-01-03', '2024-01-04', '2024-01-06');
    fc.assert(
      fc.property(date, date, fc.subarray([...both]), (from, to, symbols) => {
        const cut = cutPriceFile(file, new Set(symbols), { from, to });
        expect(cutPriceFile(cut, new Set(symbols), { from, to })).toEqual(cut);
        expect(cutPriceFile(cut, both, whole)).toEqual(cut);
      }),
      { numRuns: propertyRuns(100) },
    );
  });
});
