import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  atomParts,
  canonicalSymbol,
  exchangeWarnings,
  mergeSpellings,
  tickerOf,
  tickersOnSeveralExchanges,
} from '../../../domain/shared/symbol.ts';

describe('a symbol', () => {
  test.each([
    ['AMEX:SPY', 'AMEX:SPY'],
    [' amex:spy ', 'AMEX:SPY'],
    ['AMEX : Spy', 'AMEX:SPY'],
    ['\u00a0AMEX:\u200bSPY', 'AMEX:SPY'],
    ['CME_MINI:es1!', 'CME_MINI:ES1!'],
    ['spy', 'SPY'],
    ['nyse:brk b', 'NYSE:BRK B'],
    ['binance:btcusdt_rating_all_SHORT_1d', 'BINANCE:BTCUSDT_rating_all_SHORT_1d'],
    ['BINANCE:BTCUSDT_rating_all_LONG', 'BINANCE:BTCUSDT_rating_all_LONG'],
  ])('written as %j is %s', (written, symbol) => {
    expect(canonicalSymbol(written)).toBe(symbol);
  });

  test('has one spelling, whatever case and blanks it is written with', () => {
    const blank = fc.constantFrom('', ' ', '\t', '\u00a0');
    const part = fc.stringMatching(/^[A-Z0-9_.!]{1,8}$/);
    fc.assert(
      fc.property(part, part, fc.array(blank, { minLength: 4, maxLength: 4 }), fc.boolean(), (exchange, ticker, blanks, small) => {
        const symbol = `${exchange}:${ticker}`;
        const spelled = `${blanks[0]}${exchange}${blanks[1]}:${blanks[2]}${ticker}${blanks[3]}`;
        expect(canonicalSymbol(small ? spelled.toLowerCase() : spelled)).toBe(symbol);
        expect(canonicalSymbol(symbol)).toBe(symbol);
      }),
    );
  });

  test('keeps letters that are no ASCII: another alphabet is another name', () => {
    expect(canonicalSymbol('XETR:straße')).toBe('XETR:STRAßE');
  });
});

test('a list has each asset once and tells what was written in several ways', () => {
  expect(mergeSpellings(['AMEX:SPY', 'amex:spy', 'NASDAQ:SPY'])).toEqual({
    symbols: ['AMEX:SPY', 'NASDAQ:SPY'],
    merged: [{ symbol: 'AMEX:SPY', written: ['AMEX:SPY', 'amex:spy'] }],
  });
});

test('a ticker under two exchanges is two assets, with a warning', () => {
  expect(exchangeWarnings(['NASDAQ:SPY', 'NYSE:KO', 'AMEX:SPY'])).toEqual([
    'SPY stands under 2 exchanges, as assets of their own: AMEX:SPY, NASDAQ:SPY',
  ]);
  expect(exchangeWarnings(['AMEX:SPY', 'AMEX:SPY'])).toEqual([]);
});

describe('a strategy atom', () => {
  test.each([
    ['BINANCE:BTCUSDT_rating_all_SHORT_1d', { symbol: 'BINANCE:BTCUSDT', suffix: '_rating_all_SHORT_1d', sign: -1 }],
    ['BINANCE:BTCUSDT_trend_LONG', { symbol: 'BINANCE:BTCUSDT', suffix: '_trend_LONG', sign: 1 }],
    ['BTCUSDT_trend2_SHORT_15m', { symbol: 'BTCUSDT', suffix: '_trend2_SHORT_15m', sign: -1 }],
    ['NYSE:BRK_B_t_LONG_1M', { symbol: 'NYSE:BRK_B', suffix: '_t_LONG_1M', sign: 1 }],
    ['A:B_a_LONG_b_SHORT', { symbol: 'A:B_a_LONG', suffix: '_b_SHORT', sign: -1 }],
    ['A:B_2a_LONG', null],
    ['A:_a_LONG', null],
    ['A:B_a_LONG_', null],
    ['A:B_a_LONG_d', null],
    ['A:B_A_LONG', null],
    ['A_a_LONG:B', null],
    ['NYSE:IBM', null],
    ['', null],
  ])('%j has the parts %j', (name, parts) => {
    expect(atomParts(name)).toEqual(parts);
  });

  test('keeps its suffix while its symbol is spelled', () => {
    expect(canonicalSymbol(' binance : btcusdt_rating_all_SHORT_1d ')).toBe('BINANCE:BTCUSDT_rating_all_SHORT_1d');
    expect(canonicalSymbol('nyse:brk  b')).toBe('NYSE:BRK B');
    expect(canonicalSymbol('a:b:c')).toBe('A:B:C');
  });
});

test('a ticker stands behind the first colon', () => {
  expect(['NYSE:IBM', 'IBM', 'A:B:C', 'A:', ''].map(tickerOf)).toEqual(['IBM', 'IBM', 'B:C', '', '']);
});

test('tickers on several exchanges are listed in order, as are their symbols', () => {
  expect(tickersOnSeveralExchanges(['B:Z', 'A:Z', 'B:C', 'X:ONE', 'A:C', 'A:C'])).toEqual([
    { ticker: 'C', symbols: ['A:C', 'B:C'] },
    { ticker: 'Z', symbols: ['A:Z', 'B:Z'] },
  ]);
});
