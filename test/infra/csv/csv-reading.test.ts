import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CsvAsked, nothingAsked, wordsOfReading } from '../../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { readCsvReturns } from '../../../infra/csv/csv-returns.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function pricesOf(text: string, asked: Partial<CsvAsked> = {}): { cells: (string | number)[][]; said: string | null } {
  const { table, reading } = parseCsvPrices(encode(text), 'p.csv', { ...nothingAsked, ...asked });
  const cells = table.dates.map((date, row) => [date, ...table.closes.map((column) => column[row]!)]);
  return { cells, said: reading === undefined ? null : wordsOfReading(reading) };
}

function refusal(act: () => unknown): LedgerError {
  try {
    act();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a price file of another country is read as it shows, and it is said', () => {
  test.each([
    [
      'German Excel',
      'Datum;X:A;X:B\r\n31.01.2024;1.234,56;7\r\n01.02.2024;12,5;8\r\n',
      'read as semicolon-separated, with decimal comma, dates dd.mm.yyyy',
    ],
    [
      "Excel's own first line",
      'sep=;\r\ndate;X:A;X:B\r\n2024-01-31;1234,56;7\r\n2024-02-01;12,5;8\r\n',
      'read as semicolon-separated, with decimal comma',
    ],
    ['tabs', 'date\tX:A\tX:B\n01/31/2024\t1,234.56\t7\n02/01/2024\t12.5\t8\n', 'read as tab-separated, dates mm/dd/yyyy'],
    ['strokes', 'date|X:A|X:B\n2024/01/31|1234.56|7\n2024/02/01|12.50|8\n', 'read as separated by |, dates yyyy/mm/dd'],
    ['quoted thousands', 'date,X:A,X:B\n31-Jan-2024,"1,234.56",7\n01-Feb-2024,12.5,8\n', 'read as dates dd-mmm-yyyy'],
    ['quoted decimal commas', 'date,X:A,X:B\n20240131,"1234,56",7\n20240201,"12,5",8\n', 'read as with decimal comma, dates yyyymmdd'],
    ['midnights', 'date,X:A,X:B\n31.01.2024 00:00,1234.56,7\n01.02.2024 00:00,12.5,8\n', 'read as dates dd.mm.yyyy'],
  ])('%s', (_, text, said) => {
    const cells = [
      ['2024-01-31', 1234.56, 7],
      ['2024-02-01', 12.5, 8],
    ];
    expect(pricesOf(text)).toEqual({ cells, said });
  });

  test('a plain file is read as ever, three decimals and all, and nothing is said', () => {
    expect(pricesOf('date,X:A\n2024-01-02,1.234\n')).toEqual({ cells: [['2024-01-02', 1.234]], said: null });
  });

  test('behind semicolons whole numbers need no mark', () => {
    expect(pricesOf('date;X:A\n2024-01-02;1234\n').cells).toEqual([['2024-01-02', 1234]]);
  });
});

describe('what can be read in two ways is refused with the flags that decide', () => {
  test.each([
    [
      'days and months',
      'date,X:A\n01/02/2024,1\n03/04/2024,1\n',
      2,
      '--date-format dd/mm/yyyy (2024-02-01) or --date-format mm/dd/yyyy (2024-01-02)',
    ],
    ['years of two digits', 'date,X:A\n31.01.24,1\n', 2, 'year of two digits'],
    ['a comma before three digits', 'date,X:A\n2024-01-02,"1,234"\n', 2, '--decimal . (1234) or --decimal , (1.234)'],
    ['a point before three digits, behind semicolons', 'date;X:A\n2024-01-02;1.234\n', 2, '--decimal . (1.234) or --decimal , (1234)'],
    ['both marks as decimals', 'date;X:A\n2024-01-02;12.5\n2024-01-03;12,5\n', 3, '"12.5" on line 2'],
    ['two delimiters', 'a,b;c\n1,2;3\n', 1, "--delimiter ',' or --delimiter ';'"],
    ['a word for nothing', 'date,X:A\n2024-01-02,1\n2024-01-03,#N/A\n', 3, "--na '#N/A'"],
    ['percent', 'date,X:A\n2024-01-02,1%\n', 2, '--percent'],
  ])('%s', (_, text, line, words) => {
    const error = refusal(() => pricesOf(text));
    expect(error).toMatchObject({ code: 'PriceFileUnreadable', at: { file: 'p.csv', line } });
    expect(error.message).toContain(words);
  });

  test('and read once the flags are given', () => {
    const file = 'date;X:A\n01/02/2024;1.234\n02/02/2024;NA\n';
    const asked: Partial<CsvAsked> = { decimal: ',', dateFormat: 'dd/mm/yyyy', na: ['NA'] };
    expect(pricesOf(file, asked)).toEqual({
      cells: [
        ['2024-02-01', 1234],
        ['2024-02-02', Number.NaN],
      ],
      said: 'read as semicolon-separated, with decimal comma, dates dd/mm/yyyy, "NA" as empty',
    });
    expect(pricesOf('date,X:A\n31.01.24,1\n', { dateFormat: 'dd.mm.yy' }).cells).toEqual([['2024-01-31', 1]]);
    expect(pricesOf('date,X:A\n2024-01-02,1%\n', { percent: true }).cells).toEqual([['2024-01-02', 0.01]]);
  });
});

const read = (text: string) => readCsvReturns(encode(text), 'r.csv', nothingAsked);

describe('returns', () => {
  test('of which all bear a percent sign are percent', () => {
    const { series, reading } = read('date;r\n2024-01-02;1,1%\n2024-01-03;-0,7 %\n');
    expect(series.values).toEqual(Float64Array.of(0.011, -0.007));
    expect(reading).toMatchObject({ percent: true, decimal: ',', delimiter: ';' });
  });

  test('of which some do are refused', () => {
    expect(refusal(() => read('date,r\n2024-01-02,1.1%\n2024-01-03,0.7\n'))).toMatchObject({
      code: 'ReturnsFileUnreadable',
      at: { line: 2 },
    });
  });
});

test('a file in the layout of any country gives its numbers again, or is refused, and never gives others', () => {
  const layouts = [
    { delimiter: ',', mark: '.', group: ',' },
    { delimiter: ';', mark: ',', group: '.' },
    { delimiter: ';', mark: '.', group: ',' },
    { delimiter: '\t', mark: ',', group: '\u00a0' },
    { delimiter: ';', mark: '.', group: '\u2019' },
    { delimiter: '|', mark: ',', group: '' },
  ];
  const price = fc.record({ whole: fc.integer({ min: 0, max: 3_000_000 }), decimals: fc.stringMatching(/^\d{0,4}$/) });
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 6 }), fc.constantFrom(...layouts), (prices, { delimiter, mark, group }) => {
      const written = prices.map(({ whole, decimals }) => {
        const text = `${String(whole).replaceAll(/\B(?=(\d{3})+$)/g, group)}${decimals === '' ? '' : mark + decimals}`;
        return text.includes(delimiter) ? `"${text}"` : text;
      });
      const text = [`date${delimiter}X:A`, ...written.map((cell, row) => `2024-01-0${row + 1}${delimiter}${cell}`)].join('\n');
      const numbers = prices.map(({ whole, decimals }) => Number(`${whole}.${decimals}`));
      try {
        expect(pricesOf(text).cells.map(([, value]) => value)).toEqual(numbers);
      } catch (error) {
        if (!(error instanceof LedgerError)) throw error;
        expect(error.message).toMatch(/--decimal/);
      }
    }),
  );
});
