import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalSymbol, exchangeWarnings, mergeSpellings } from '../../../domain/shared/symbol.ts';

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
