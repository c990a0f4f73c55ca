import { describe, expect, test } from '@jest/globals';
import { matchHoldings, type Unmapped } from '../../../domain/allocation/held-symbols.ts';

const known = { published: ['AMEX:SPY', 'NYSE:BRK.B', 'NASDAQ:DUAL', 'NYSE:DUAL'], universe: ['NYSE:OLD', 'AMEX:SPY'] };

function match(symbols: readonly string[], unmapped: Unmapped = 'refuse') {
  const { holdings, warnings } = matchHoldings(
    symbols.map((symbol) => ({ symbol, notional: 1, unitValue: null })),
    known,
    unmapped,
  );
  return { symbols: holdings.map(({ symbol }) => symbol), warnings };
}

describe('a holding', () => {
  test('in another spelling is the published symbol, without a word', () => {
    expect(match([' amex:Spy '])).toEqual({ symbols: ['AMEX:SPY'], warnings: [] });
  });

  test('without an exchange is looked up: targets first, then what the sleeves may hold, classes of shares in any spelling', () => {
    expect(match(['spy', 'BRK B', 'OLD'])).toEqual({
      symbols: ['AMEX:SPY', 'NYSE:BRK.B', 'NYSE:OLD'],
      warnings: ['SPY is read as AMEX:SPY', 'BRK B is read as NYSE:BRK.B', 'OLD is read as NYSE:OLD'],
    });
  });

  test('that is published under another exchange is refused with the suggestion, or kept and sold', () => {
    expect(() => match(['NASDAQ:SPY'])).toThrow(
      expect.objectContaining({
        code: 'HoldingsInvalid',
        message: expect.stringContaining('write AMEX:SPY'),
        evidence: { symbol: 'NASDAQ:SPY', candidates: ['AMEX:SPY'] },
      }),
    );
    expect(match(['NASDAQ:SPY'], 'keep')).toEqual({
      symbols: ['NASDAQ:SPY'],
      warnings: ['NASDAQ:SPY is held and AMEX:SPY is published: they are two assets, and NASDAQ:SPY is sold'],
    });
  });

  test('that may be two symbols is refused, whatever is to become of it', () => {
    for (const unmapped of ['refuse', 'keep'] as const)
      expect(() => match(['DUAL'], unmapped)).toThrow('DUAL may be NASDAQ:DUAL or NYSE:DUAL');
  });

  test('of a name that nobody knows is refused with the nearest, or kept and sold', () => {
    expect(() => match(['SPYY'])).toThrow('did you mean AMEX:SPY?');
    expect(match(['ZZZZ'], 'keep')).toEqual({ symbols: ['ZZZZ'], warnings: ['ZZZZ is no symbol of the portfolio, and is sold'] });
  });

  test('of a ticker that is published nowhere stays what it is', () => {
    expect(match(['NYSE:GONE'])).toEqual({ symbols: ['NYSE:GONE'], warnings: [] });
  });

  test('that is another holding too is refused', () => {
    expect(() => match(['AMEX:SPY', 'spy'])).toThrow('AMEX:SPY and spy are both AMEX:SPY');
  });
});
