import { describe, expect, test } from '@jest/globals';
import { mergePriceTables, repairOffCalendar } from '../../../domain/returns/prices.ts';
import { tableOf } from './price-tables.ts';

describe('merging price files', () => {
  test('unites the dates, sorts the symbols and leaves absent cells empty', () => {
    const merged = mergePriceTables([
      {
        file: 'b.csv',
        table: tableOf(
          ['NYSE:Z', 'NYSE:A'],
          [
            ['2024-07-02', 1, 2],
            ['2024-07-05', 3, null],
          ],
        ),
      },
      {
        file: 'a.csv',
        table: tableOf(
          ['CRYPTO:BTCUSD'],
          [
            ['2024-07-04', 7],
            ['2024-07-05', 8],
          ],
        ),
      },
    ]);
    expect(merged.dates).toEqual(['2024-07-02', '2024-07-04', '2024-07-05']);
    expect(merged.symbols).toEqual(['CRYPTO:BTCUSD', 'NYSE:A', 'NYSE:Z']);
    expect(merged.closes.map((closes) => [...closes])).toEqual([
      [Number.NaN, 7, 8],
      [2, Number.NaN, Number.NaN],
      [1, Number.NaN, 3],
    ]);
  });

  test('refuses a symbol that two files hold, naming both', () => {
    const table = tableOf(['NYSE:A'], [['2024-07-02', 1]]);
    expect(() =>
      mergePriceTables([
        { file: 'a.csv', table },
        { file: 'b.csv', table },
      ]),
    ).toThrow(
      expect.objectContaining({
        code: 'SymbolTwice',
        message: expect.stringMatching(/NYSE:A .*a\.csv.*b\.csv/),
        at: { file: 'b.csv', path: 'NYSE:A' },
      }),
    );
  });
});

describe('dropping off-calendar rows', () => {
  test('empties and lists the cells that their own calendar does not allow, and leaves the input alone', () => {
    const table = tableOf(
      ['NYSE:Z', 'CRYPTO:BTCUSD', 'NYSE:A'],
      [
        ['2024-07-05', 1, 2, 3],
        ['2024-07-06', 4, 5, 6],
        ['2024-07-07', null, 7, null],
        ['2024-07-08', 8, 9, 10],
      ],
    );
    const repaired = repairOffCalendar(table);
    expect(repaired.dropped).toEqual([
      { symbol: 'NYSE:A', date: '2024-07-06', value: 6 },
      { symbol: 'NYSE:Z', date: '2024-07-06', value: 4 },
    ]);
    expect(repaired.table.closes.map((closes) => [...closes])).toEqual([
      [1, Number.NaN, Number.NaN, 8],
      [2, 5, 7, 9],
      [3, Number.NaN, Number.NaN, 10],
    ]);
    expect(table.closes[0]![1]).toBe(4);
  });

  test('does not guess the calendar of an unknown exchange', () => {
    expect(() => repairOffCalendar(tableOf(['NISE:VOD'], [['2024-07-06', 1]]))).toThrow(
      expect.objectContaining({ code: 'ExchangeUnknown' }),
    );
  });
});
