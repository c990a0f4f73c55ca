import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../../../infra/csv/csv-returns.ts';
import { formatCsvTable } from '../../../infra/csv/csv-table.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { byDate } from '../../../domain/shared/table-formats.ts';

const describeWithShared = needs('reference data').describe;

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const prices = (text: string): ReturnType<typeof parseCsvPrices> => parseCsvPrices(encode(text), 'prices.csv');
const returns = (text: string): ReturnType<typeof parseCsvReturns> => parseCsvReturns(encode(text), 'hrp.csv');

function refusalOf(act: () => unknown): { code: string; message: string; line: number | undefined; evidence: unknown } {
  try {
    act();
  } catch (error) {
    if (error instanceof LedgerError) return { code: error.code, message: error.message, line: error.at.line, evidence: error.evidence };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('prices from CSV', () => {
  test('an empty cell is not a session, and each row knows its line', () => {
    const { table, lines, defects } = prices('date,NYSE:A,NYSE:B\n2024-01-02,1.5,\n2024-01-03,,2e-3\n');
    expect(table.dates).toEqual(['2024-01-02', '2024-01-03']);
    expect(table.symbols).toEqual(['NYSE:A', 'NYSE:B']);
    expect(table.closes.map((column) => [...column])).toEqual([
      [1.5, Number.NaN],
      [Number.NaN, 0.002],
    ]);
    expect(lines).toEqual({ first: 2 });
    expect(defects).toEqual([]);
  });

  test('zero and negative prices are read: the integrity audit judges them', () => {
    expect([...prices('date,X:A\n2024-01-02,0\n2024-01-03,-37.63\n').table.closes[0]!]).toEqual([0, -37.63]);
  });

  test.each([
    ['a byte order mark', '\u{feff}date,X:A\n2024-01-02,1\n'],
    ['Windows line ends', 'date,X:A\r\n2024-01-02,1\r\n'],
    ['old Macintosh line ends', 'date,X:A\r2024-01-02,1\r'],
    ['no line end at the end', 'date,X:A\n2024-01-02,1'],
    ['quoted names and numbers', '"date","X:A"\n"2024-01-02","1"\n'],
    ['blanks around a number', 'date, X:A \n 2024-01-02 , 1 \n'],
    ['empty lines', 'date,X:A\n\n2024-01-02,1\n\n'],
    ['a header without a name for the dates', ',X:A\n2024-01-02,1\n'],
    ['midnight', 'date,X:A\n2024-01-02 00:00:00,1\n'],
    ['midnight in UTC', 'date,X:A\n2024-01-02 00:00:00+00:00,1\n'],
    ['midnight, ISO 8601', 'date,X:A\n2024-01-02T00:00:00Z,1\n'],
    ['a number with a sign and an exponent', 'date,X:A\n2024-01-02,+10E-1\n'],
  ])('%s changes nothing', (_, text) => {
    const { table } = prices(text);
    expect([table.dates, table.symbols, [...table.closes[0]!]]).toEqual([['2024-01-02'], ['X:A'], [1]]);
  });

  test.each([
    ['text in a cell', 'date,X:A,X:B\n2024-01-02,1,2\n2024-01-03,3,n/a\n', 3, 'X:B', 'n/a'],
    ['NaN', 'date,X:A\n2024-01-02,NaN\n', 2, 'X:A', 'NaN'],
    ['an infinity', 'date,X:A\n2024-01-02,-inf\n', 2, 'X:A', '-inf'],
    ['a number beyond all doubles', 'date,X:A\n2024-01-02,1e999\n', 2, 'X:A', '1e999'],
    ['a comma before three digits', 'date,X:A\n2024-01-02,"1,500"\n', 2, 'X:A', '1,500'],
    ['a thousands separator', 'date,X:A\n2024-01-02,1_000\n', 2, 'X:A', '1_000'],
    ['hexadecimal', 'date,X:A\n2024-01-02,0x10\n', 2, 'X:A', '0x10'],
    ['a date in another order', 'date,X:A\n02/01/2024,1\n', 2, 'date', '02/01/2024'],
    ['a day that does not exist', 'date,X:A\n2023-02-29,1\n', 2, 'date', '2023-02-29'],
    ['a time of day', 'date,X:A\n2024-01-02 16:00:00,1\n', 2, 'date', '2024-01-02 16:00:00'],
    ['midnight elsewhere', 'date,X:A\n2024-01-02 00:00:00-05:00,1\n', 2, 'date', '2024-01-02 00:00:00-05:00'],
    ['an empty date', 'date,X:A\n,1\n', 2, 'date', ''],
  ])('%s is refused with line, column and text', (_, text, line, column, offending) => {
    const refusal = refusalOf(() => prices(text));
    expect(refusal).toMatchObject({ code: 'PriceFileUnreadable', line, evidence: { column, text: offending } });
    expect(refusal.message).toContain(`prices.csv, line ${line}, column ${column}`);
  });

  test.each([
    ['an empty file', '', undefined, 'empty'],
    ['empty lines only', '\n\n', undefined, 'empty'],
    ['a header only', 'date,X:A\n', 1, 'no rows'],
    ['a row too short', 'date,X:A,X:B\n2024-01-02,1\n', 2, '2 cells where the header has 3'],
    ['a row too long', 'date,X:A\n2024-01-02,1\n2024-01-03,1,2\n', 3, '3 cells where the header has 2'],
    ['a name twice', 'date,X:A,X:A\n2024-01-02,1,2\n', 1, 'two columns have this name'],
    ['a column without a name', 'date,X:A,\n2024-01-02,1,2\n', 1, 'no name'],
    ['dates only', 'date\n2024-01-02\n', 1, 'one column only'],
    ['colons between the columns', 'date:X\n2024-01-02:1\n', 1, 'separated by commas'],
    ['an open quote', 'date,X:A\n"2024-01-02,1\n', 2, 'malformed quoting'],
    ['a NUL', 'date,X:A\n2024-01-02,\0\n', 2, 'NUL'],
  ])('%s is refused', (_, text, line, words) => {
    const refusal = refusalOf(() => prices(text));
    expect(refusal).toMatchObject({ code: 'PriceFileUnreadable', message: expect.stringContaining(words) });
    expect(refusal.line).toBe(line);
  });

  test('UTF-16 is refused', () => {
    expect(refusalOf(() => parseCsvPrices(Buffer.from('\u{feff}date,X:A\n2024-01-02,1\n', 'utf16le'), 'f')).message).toContain('not UTF-8');
  });

  test('a line number counts the lines inside a quoted cell', () => {
    expect(refusalOf(() => prices('date,"X:\nA"\n2024-01-02,x\n'))).toMatchObject({ line: 3 });
  });

  test('unsorted and duplicate dates are put right, the first kept, and each is a defect with its line', () => {
    const { table, lines, defects } = prices(
      'date,X:A\n2024-01-04,4\n2024-01-02,2\n2024-01-04,44\n2024-01-05,5\n2024-01-02,22\n2024-01-03,3\n',
    );
    expect(table.dates).toEqual(['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05']);
    expect([...table.closes[0]!]).toEqual([2, 3, 4, 5]);
    expect(lines).toEqual([3, 7, 2, 5]);
    expect(defects).toEqual([
      { kind: 'unsorted_date', line: 3, date: '2024-01-02' },
      { kind: 'duplicate_date', line: 4, date: '2024-01-04' },
      { kind: 'duplicate_date', line: 6, date: '2024-01-02' },
      { kind: 'unsorted_date', line: 7, date: '2024-01-03' },
    ]);
  });

  test('too many rows or columns are refused before they are parsed', () => {
    expect(refusalOf(() => prices(`date,X:A\n${'2024-01-02,1\n'.repeat(50_001)}`)).code).toBe('LimitExceeded');
    expect(refusalOf(() => prices(`date${',X'.repeat(2_001)}\n`)).code).toBe('LimitExceeded');
  });

  test('what is written reads back bit for bit', () => {
    const number = fc.double({ noDefaultInfinity: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 40 }), (rows) => {
        const dates = rows.map((__, row) => `20${String(row + 10)}-06-15`);
        const columns = [0, 1].map((at) => ({ name: `X:"${at},`, values: Float64Array.from(rows, (row) => row[at]!) }));
        const { table } = parseCsvPrices(formatCsvTable(byDate(dates), columns), 'f');
        expect(table.dates).toEqual(dates);
        expect(table.symbols).toEqual(['X:"0,', 'X:"1,']);
        expect(table.closes).toEqual(columns.map((column) => column.values));
      }),
    );
  });

  test('an infinity is not written', () => {
    expect(refusalOf(() => formatCsvTable(byDate(['2024-01-02']), [{ name: 'a', values: Float64Array.of(Infinity) }])).code).toBe(
      'NotPlainJson',
    );
  });
});

describe('returns from CSV', () => {
  test('a date and a value a row make a series', () => {
    expect(returns(',returns\n2024-01-02,0.01\n2024-01-03,-1e-3\n')).toEqual({
      dates: ['2024-01-02', '2024-01-03'],
      values: Float64Array.of(0.01, -0.001),
    });
  });

  test.each([
    ['two value columns', 'date,a,b\n2024-01-02,1,2\n', 1, '2 value columns'],
    ['an empty cell', 'date,a\n2024-01-02,1\n2024-01-03,\n', 3, 'no return on 2024-01-03'],
    ['a date twice', 'date,a\n2024-01-02,1\n2024-01-02,1\n', 3, 'appears twice'],
    ['dates that do not ascend', 'date,a\n2024-01-03,1\n2024-01-02,1\n', 3, 'follows the later'],
    ['text', 'date,a\n2024-01-02,x\n', 2, '"x" is not a number'],
  ])('%s is refused', (_, text, line, words) => {
    expect(refusalOf(() => returns(text))).toMatchObject({ code: 'ReturnsFileUnreadable', line, message: expect.stringContaining(words) });
  });
});

describeWithShared('real price files', () => {
  test('the ETF file (5,366 x 48) agrees with a plain split of its lines', () => {
    const bytes = readFileSync(join(sharedDirectory!, 'data/etfs.csv'));
    const { table, defects } = parseCsvPrices(bytes, 'etfs.csv');
    const lines = bytes
      .toString('utf8')
      .trimEnd()
      .split(/\r?\n/)
      .map((line) => line.split(','));
    expect(table.symbols).toEqual(lines[0]!.slice(1));
    expect(table.dates).toEqual(lines.slice(1).map((cells) => cells[0]));
    expect(table.closes.map((column) => [...column])).toEqual(
      table.symbols.map((_, at) => lines.slice(1).map((cells) => (cells[at + 1] === '' ? Number.NaN : Number(cells[at + 1])))),
    );
    expect(defects).toEqual([]);
  });
});
