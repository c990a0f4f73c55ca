/** Lots, metadata, tables with names, amounts and delimiters: whole results, and whole sentences where one is refused. */
import { describe, expect, test } from '@jest/globals';
import { nothingAsked } from '../../../domain/shared/csv-reading.ts';
import { bareAmount } from '../../../infra/csv/amounts.ts';
import { parseCsvLots } from '../../../infra/csv/csv-lots.ts';
import { parseCsvMetadata } from '../../../infra/csv/csv-metadata.ts';
import { parseNamedTable } from '../../../infra/csv/csv-named-table.ts';
import { formatCsvTable } from '../../../infra/csv/csv-table.ts';
import { delimitersIn, statedDelimiter } from '../../../infra/csv/delimiters.ts';
import { isCash } from '../../../infra/csv/holdings-cash.ts';
import { refusalOf } from '../../support/refusal.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function told(act: () => unknown): unknown {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
}

const lots = (text: string) => parseCsvLots(encode(text), 'lots.csv');
const metadata = (text: string) => parseCsvMetadata(encode(text), 'm.csv');
const named = (text: string) => parseNamedTable(encode(text), 't.csv', nothingAsked);

describe('lot sizes', () => {
  test('are by symbol, with one for all others', () => {
    expect(lots('symbol,lot\nAMEX:SPY, 10 \nbinance:btcusdt,0.001\n*,1\n')).toEqual({
      others: 1,
      bySymbol: new Map([
        ['AMEX:SPY', 10],
        ['BINANCE:BTCUSDT', 0.001],
      ]),
    });
    expect(lots('symbol;lot\nAMEX:SPY;0,5\n')).toEqual({ others: null, bySymbol: new Map([['AMEX:SPY', 0.5]]) });
  });

  test.each([
    ['lot,symbol\n1,A\n', ', line 1: the columns are symbol, lot', { text: 'lot,symbol' }, 1],
    ['symbol,lot\nA,1\nB,0\n', ', line 3, column lot: 0 is not above zero', { column: 'lot', text: '0' }, 3],
    ['symbol,lot\nA,-1\n', ', line 2, column lot: -1 is not above zero', { column: 'lot', text: '-1' }, 2],
    ['symbol,lot\nA,x\n', ', line 2, column lot: "x" is not a number', { column: 'lot', text: 'x' }, 2],
    ['symbol,lot\nA,1\na,2\n', ', line 3, column symbol: A appears twice', { column: 'symbol', text: 'A' }, 3],
  ])('of %j are refused', (text, why, evidence, line) => {
    expect(told(() => lots(text))).toEqual({
      code: 'HoldingsInvalid',
      message: `lots.csv${why}`,
      evidence,
      at: { file: 'lots.csv', line },
    });
  });
});

describe('metadata of symbols', () => {
  test('are what is known of each, in any order of columns', () => {
    expect(metadata('symbol;price_precision; identity ;tick_size\nx:a;0; Fund A ;0,01\nX:B;;;\n')).toEqual({
      'X:A': { price_precision: 0, identity: 'Fund A', tick_size: 0.01 },
      'X:B': {},
    });
  });

  test.each([
    ['name,identity\nA,x\n', ', line 1: the first column is symbol', { text: 'name,identity' }, 1],
    [
      'symbol,colour\nA,x\n',
      ', line 1, column colour: there is no such column: symbol, identity, tick_size, lot_size, price_precision',
      { column: 'colour' },
      1,
    ],
    ['symbol,tick_size\nX:A,0\n', ', line 2, column tick_size: 0 is not above zero', { column: 'tick_size', text: '0' }, 2],
    [
      'symbol,price_precision\nX:A,-1\n',
      ', line 2, column price_precision: -1 is below zero',
      { column: 'price_precision', text: '-1' },
      2,
    ],
    ['symbol,lot_size\nX:A,1\nx:a,2\n', ', line 3, column symbol: X:A appears twice', { column: 'symbol', text: 'x:a' }, 3],
    ['symbol,lot_size\nA,1\n', ', line 2, column symbol: A names no exchange', { column: 'symbol', text: 'A' }, 2],
  ])('of %j are refused', (text, why, evidence, line) => {
    expect(told(() => metadata(text))).toEqual({
      code: 'SupplyFileInvalid',
      message: `m.csv${why}`,
      evidence,
      at: { file: 'm.csv', line },
    });
  });
});

describe('a table with names', () => {
  test('has a name for every row and column, and no number where a cell is empty', () => {
    expect(named('asset,a, b\n x ,1,\ny,-2.5,3e2\n')).toEqual({
      rows: ['x', 'y'],
      columns: ['a', 'b'],
      values: [Float64Array.of(1, -2.5), Float64Array.of(Number.NaN, 300)],
    });
  });

  test.each([
    ['asset,a\n ,1\n', ', line 2, column asset: a row has no name', { column: 'asset', text: '' }, 2],
    ['asset,a\nx,1\nx,2\n', ', line 3, column asset: x appears twice', { column: 'asset', text: 'x' }, 3],
    ['asset,a\n', ', line 1: the file has a header and no rows', {}, 1],
    ['asset,a,\nx,1,2\n', ', line 1: a column has no name', {}, 1],
    ['asset,a,a\nx,1,2\n', ', line 1, column a: two columns have this name', { column: 'a' }, 1],
    ['asset\nx\n', ', line 1: the header names one column only; columns are separated by commas, semicolons, tabs or |', {}, 1],
    ['asset,a\nx,1,2\n', ', line 2: 3 cells where the header has 2', { text: 'x,1,2' }, 2],
  ])('of %j is refused', (text, why, evidence, line) => {
    expect(told(() => named(text))).toEqual({
      code: 'PositionsFileUnreadable',
      message: `t.csv${why}`,
      evidence,
      at: { file: 't.csv', line },
    });
  });

  test('that is empty is refused without a line', () => {
    expect(told(() => named('\n\n'))).toEqual({
      code: 'PositionsFileUnreadable',
      message: 't.csv: the file is empty',
      evidence: {},
      at: { file: 't.csv' },
    });
  });
});

test('a table is written with quotes where RFC 4180 needs them, the shortest numbers, and nothing for no number', () => {
  const columns = [
    { name: 'a,"b"', values: Float64Array.of(0.1, -0, Number.NaN) },
    { name: 'line\nfeed', values: Float64Array.of(1e21, 5e-324, -1) },
    { name: 'return\r', values: Float64Array.of(0, 1, 2) },
  ];
  const names = { kind: 'names', heading: 'a "sleeve"', values: ['x,y', 'plain', ''] } as const;
  const text = new TextDecoder().decode(formatCsvTable(names, columns));
  expect(text).toBe('"a ""sleeve""","a,""b""","line\nfeed","return\r"\n"x,y",0.1,1e+21,0\nplain,-0.0,5e-324,1\n,,-1,2\n');
  const infinite = [{ name: 'a', values: Float64Array.of(-Infinity) }];
  expect(told(() => formatCsvTable({ kind: 'dates', values: ['2024-01-02'] }, infinite))).toEqual({
    code: 'NotPlainJson',
    message: 'column a is -Infinity on 2024-01-02',
    evidence: {},
    at: {},
  });
});

describe('an amount of money', () => {
  test.each([
    ['12', '12', null],
    [' $1,234.50 ', '1,234.50', '$'],
    ['-$5', '-5', '$'],
    ['\u2212 € 5', '\u22125', '€'],
    ['+ USD 5', '+5', 'USD'],
    ['5 EUR', '5', 'EUR'],
    ['5.€', '5.', '€'],
    ['(5)', '-5', null],
    ['($5.00)', '-5.00', '$'],
    ['$(5)', '-5', '$'],
    ['( 5 USD )', '-5', 'USD'],
    ['usd 5', 'usd 5', null],
    ['USD', 'USD', null],
    // No number either way.
    ['$ € 5', '$ € 5', null],
    ['EURO 5', 'EURO 5', null],
    ['', '', null],
  ])('%j', (written, text, currency) => {
    expect(bareAmount(written)).toEqual({ text, currency });
  });

  test.each(['((5))', '(-5)', '(+5)', '(\u22125)', '$5 USD', '(-$5)'])('that contradicts itself: %j', (written) => {
    expect(bareAmount(written)).toBeNull();
  });
});

describe('delimiters', () => {
  test.each([
    ['a,b;c\n|', [',', ';']],
    ['\n\r\na\tb|c', ['\t', '|']],
    ['"a,b";c', [';']],
    ['"a""b,";"c"', [';']],
    ['abc', []],
    ['', []],
  ])('in the first line of %j', (text, expected) => {
    expect(delimitersIn(Buffer.from(text))).toEqual(expected);
  });

  test.each([
    ['sep=;\na;b', ';', '\na;b'],
    ['"SEP=|"\r\na', '|', '\r\na'],
    ['sep=\t\ra', '\t', '\ra'],
    ['sep=,\n', ',', '\n'],
  ])('that %j states', (text, delimiter, rest) => {
    const stated = statedDelimiter(Buffer.from(text));
    expect([stated?.delimiter, stated?.rest.toString()]).toEqual([delimiter, rest]);
  });

  test.each(['sep=:\na', 'sep=;', 'sep=;;\n', ' sep=;\n', 'asep=;\n', 'a\nsep=;\n'])('that %j does not', (text) => {
    expect(statedDelimiter(Buffer.from(text))).toBeNull();
  });
});

test.each([
  ['Cash', '', '5', true],
  ['cash & Cash Investments', '', '', true],
  ['TOTAL CASH', '', '', true],
  ['CASH:X', '', '', false],
  ['Cashier', '', '', false],
  ['AAPL', 'Cash and Money Market', '2', true],
  ['AAPL', 'Equity, cash', '2', false],
  ['USD', '', '', true],
  ['USD', '', '1.00', true],
  ['USD', '', '1.01', false],
  ['usd', '', '', false],
  ['XYZ', '', '1', false],
])('a row of %j, of the type %j at the price %j, is cash: %p', (symbol, type, price, expected) => {
  expect(isCash(symbol, type, price)).toBe(expected);
});
