import { describe, expect, test } from '@jest/globals';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { parseCsvHoldings } from '../../../infra/csv/csv-holdings.ts';

const parse = (text: string) =>
  parseCsvHoldings(new TextEncoder().encode(text), 'holdings.csv').positions.map(({ symbol, notional, unitValue }) => ({
    symbol,
    notional,
    unitValue,
  }));

function refusal(text: string): LedgerError {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('what is held', () => {
  test('as notional', () => {
    expect(parse('symbol,notional\nAMEX:SPY,1200.5\nBINANCE:BTCUSDT,-30\n')).toEqual([
      { symbol: 'AMEX:SPY', notional: 1200.5, unitValue: null },
      { symbol: 'BINANCE:BTCUSDT', notional: -30, unitValue: null },
    ]);
  });

  test('as quantity and price, columns in any order, with a byte order mark and the line ends of Windows', () => {
    expect(parse('﻿price,symbol,quantity\r\n10.5, AMEX:SPY ,-4\r\n')).toEqual([{ symbol: 'AMEX:SPY', notional: -42, unitValue: 10.5 }]);
  });

  test('as contracts with a multiplier', () => {
    expect(parse('symbol,quantity,price,multiplier\nCME_MINI:ES1!,2,6000,50\n')).toEqual([
      { symbol: 'CME_MINI:ES1!', notional: 600_000, unitValue: 300_000 },
    ]);
  });

  test('a quantity of zero gives a price, and a header alone is an empty portfolio', () => {
    expect(parse('symbol,quantity,price\nAMEX:SPY,0,600\n')).toEqual([{ symbol: 'AMEX:SPY', notional: 0, unitValue: 600 }]);
    expect(parse('symbol,notional\n')).toEqual([]);
  });
});

describe('what is refused, with line and column', () => {
  test.each([
    ['a symbol twice', 'symbol,notional\nAMEX:SPY,1\nAMEX:QQQ,1\nAMEX:SPY,2\n', 4, 'column symbol: AMEX:SPY is also on line 2'],
    ['an unknown column', 'symbol,notional,lots\nAMEX:SPY,1,2\n', 1, 'column "lots"'],
    ['columns of both layouts', 'symbol,notional,price\nAMEX:SPY,1,2\n', 1, 'the columns are'],
    ['a missing price', 'symbol,quantity\nAMEX:SPY,1\n', 1, 'the columns are'],
    ['the same column twice', 'symbol,symbol\nAMEX:SPY,AMEX:SPY\n', 1, 'the columns are'],
    ['one column', 'symbol\nAMEX:SPY\n', 1, 'one column only'],
    ['an infinity', 'symbol,notional\nAMEX:SPY,inf\n', 2, 'column notional: "inf" is not a number'],
    ['a number too large to be one', 'symbol,notional\nAMEX:SPY,1e999\n', 2, 'column notional: "1e999" is not a number'],
    ['NaN', 'symbol,quantity,price\nAMEX:SPY,nan,1\n', 2, 'column quantity: "nan" is not a number'],
    ['a thousands separator', 'symbol,notional\nAMEX:SPY,"1,200"\n', 2, 'column notional: "1,200" is not a number'],
    ['an empty cell', 'symbol,notional\nAMEX:SPY,1\nAMEX:QQQ,\n', 3, 'column notional: the cell is empty'],
    ['a price of zero', 'symbol,quantity,price\nAMEX:SPY,1,0\n', 2, 'column price: 0 is not above zero'],
    ['a negative multiplier', 'symbol,quantity,price,multiplier\nAMEX:SPY,1,1,-50\n', 2, 'column multiplier: -50 is not above zero'],
    ['a product that overflows', 'symbol,quantity,price\nAMEX:SPY,1e200,1e200\n', 2, 'quantity times price'],
    ['an exchange without a ticker', 'symbol,notional\nAMEX:,1\n', 2, '"AMEX:" is not an EXCHANGE:SYMBOL'],
    ['a strategy', 'symbol,notional\nBINANCE:BTCUSDT_rating_all_SHORT_1d,1\n', 2, 'names a strategy'],
    ['a row of another width', 'symbol,notional\nAMEX:SPY\n', 2, '1 cells where the header has 2'],
  ])('%s', (_, text, line, message) => {
    const error = refusal(text);
    expect(error.code).toBe('HoldingsInvalid');
    expect(error.at).toMatchObject({ file: 'holdings.csv', line });
    expect(error.message).toContain(message);
  });

  test('an empty file and bytes that are not text', () => {
    expect(refusal('').code).toBe('HoldingsInvalid');
    expect(() => parseCsvHoldings(new Uint8Array([0xff, 0xfe, 0x41, 0x00]), 'holdings.csv')).toThrow('not UTF-8');
  });
});
