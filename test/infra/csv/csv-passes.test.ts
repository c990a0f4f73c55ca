import { describe, expect, test } from '@jest/globals';
import { type CsvAsked, nothingAsked } from '../../../domain/shared/csv-reading.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function columnOf(text: string, asked: Partial<CsvAsked> = {}): number[] {
  return [...parseCsvPrices(encode(text), 'p.csv', { ...nothingAsked, ...asked }).table.closes[0]!];
}

function refusalOf(text: string): LedgerError {
  try {
    columnOf(text);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const dated = (cells: readonly string[], delimiter = ';'): string =>
  [`date${delimiter}X:A`, ...cells.map((cell, row) => `2024-01-${String(row + 2).padStart(2, '0')}${delimiter}${cell}`)].join('\n');

describe('numbers are read while a file is parsed, and what a later row shows holds for the rows before it', () => {
  test.each([
    ['thousands parted by commas behind plain numbers', dated(['999.5', '1000', '"1,000.5"'], ','), [999.5, 1000, 1000.5]],
    ['a decimal comma behind what reads in two ways', dated(['1.234', '7', '12,5']), [1234, 7, 12.5]],
    ['a decimal point behind what reads in two ways', dated(['1.234', '7', '12.5']), [1.234, 7, 12.5]],
    ['a decimal comma behind whole numbers', dated(['1', '2', '1.234,5']), [1, 2, 1234.5]],
  ])('%s', (_, text, numbers) => {
    expect(columnOf(text)).toEqual(numbers);
  });

  test('more rows than a file has line feeds', () => {
    const cells = Array.from({ length: 300 }, (_, row) => row);
    const rows = cells.map((row) => `${new Date(Date.UTC(2024, 0, row)).toISOString().slice(0, 10)},${row}`);
    expect(columnOf(`date,X:A\n${rows.join('\r')}`)).toEqual(cells);
  });
});

describe('rows that are out of order or twice there', () => {
  test('give their numbers in the order of their dates', () => {
    expect(columnOf('date,X:A\n2024-01-04,4\n2024-01-02,2\n2024-01-03,3\n')).toEqual([2, 3, 4]);
  });

  test('decide nothing where they are dropped, whatever they hold', () => {
    expect(columnOf('date,X:A\n2024-01-02,1.234\n2024-01-02,n/a\n2024-01-03,2\n')).toEqual([1.234, 2]);
    expect(columnOf('date;X:A\n2024-01-02;12,5\n2024-01-02;12.5\n2024-01-03;1.234\n')).toEqual([12.5, 1234]);
  });

  test('are refused for the earliest date at fault', () => {
    expect(refusalOf('date,X:A\n2024-01-04,x\n2024-01-02,1\n2024-01-03,y\n')).toMatchObject({ at: { line: 4 }, evidence: { text: 'y' } });
  });
});

describe('one fault of several is named', () => {
  test.each([
    ['quotes before all', 'date,X:A,X:A\nx,y\n2024-01-02,"1"2\n', 'malformed quoting'],
    ['the header before rows', 'date,X:A,X:A\nx,y\n', 'two columns have this name'],
    ['a short row before dates and numbers', 'date,X:A\nx,y\n2024-01-02\n', '1 cells where the header has 2'],
    ['dates before numbers', 'date,X:A\n2024-01-02,y\nx,1\n', 'is not a date'],
  ])('%s', (_, text, words) => {
    expect(refusalOf(text).message).toContain(words);
  });
});
