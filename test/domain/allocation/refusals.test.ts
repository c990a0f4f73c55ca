import { describe, expect, test } from '@jest/globals';
import { cashAssetAmong, cashAssetIn, cashLine, unnamedCash, uninvested } from '../../../domain/allocation/cash.ts';
import { assertCurrency } from '../../../domain/allocation/held.ts';
import { matchHoldings } from '../../../domain/allocation/held-symbols.ts';
import { assertFreshUnder, freshUntil, stalenessOf } from '../../../domain/allocation/staleness.ts';
import { answerOf } from '../../support/answers.ts';

const refused = (code: string, message: string, evidence: object, at: object = {}) => ({ refused: { code, message, evidence, at } });

const run = (day: string) => ({ runId: 'r', freshUntil: day, calendars: ['XCRY'] as const });

describe('a currency', () => {
  test.each([
    ['$', 'USD'],
    ['$', 'CAD'],
    ['$', 'MXN'],
    ['€', 'EUR'],
    ['£', 'GBP'],
    ['¥', 'JPY'],
    ['¥', 'CNH'],
    ['₹', 'INR'],
    ['₩', 'KRW'],
    ['EUR', 'EUR'],
    [null, 'EUR'],
    [undefined, 'EUR'],
  ])('%s may stand beside amounts of a portfolio in %s', (currency, portfolio) => {
    expect(answerOf(() => assertCurrency([{ name: 'NYSE:A', currency }], portfolio))).toEqual({ value: null });
  });

  test.each([
    ['$', 'EUR'],
    ['USD', 'EUR'],
    ['€', 'USD'],
    ['?', 'USD'],
  ])('%s is refused in a portfolio in %s', (currency, portfolioCurrency) => {
    expect(answerOf(() => assertCurrency([{ name: 'NYSE:A', currency }], portfolioCurrency))).toEqual(
      refused(
        'HoldingsInvalid',
        `NYSE:A is in ${currency}; the portfolio counts in ${portfolioCurrency}, and nothing is converted`,
        { currency, portfolioCurrency },
        { path: 'NYSE:A' },
      ),
    );
  });
});

describe('a holding', () => {
  const known = { published: ['AMEX:SPY', 'NASDAQ:DUAL', 'NYSE:DUAL'], universe: [] };
  const keep = '--unmapped keep takes it for an asset of its own, which is sold';
  test.each<[readonly string[], string, readonly string[], string]>([
    [['DUAL'], 'DUAL may be NASDAQ:DUAL or NYSE:DUAL: write the holding with its exchange', ['NASDAQ:DUAL', 'NYSE:DUAL'], 'DUAL'],
    [['SPYY'], `SPYY is no symbol of the portfolio; did you mean AMEX:SPY? Write it as EXCHANGE:TICKER; ${keep}`, [], 'SPYY'],
    [['LSE:SPY'], `LSE:SPY is held, and AMEX:SPY is published: write AMEX:SPY if it is the same; ${keep}`, ['AMEX:SPY'], 'LSE:SPY'],
    [
      ['LSE:DUAL'],
      `LSE:DUAL is held, and NASDAQ:DUAL or NYSE:DUAL is published: write NASDAQ:DUAL or NYSE:DUAL if it is the same; ${keep}`,
      ['NASDAQ:DUAL', 'NYSE:DUAL'],
      'LSE:DUAL',
    ],
    [['AMEX:SPY', 'spy'], 'AMEX:SPY and spy are both AMEX:SPY', ['AMEX:SPY'], 'AMEX:SPY'],
  ])('%j is refused with everything it may be', (symbols, message, candidates, symbol) => {
    const held = symbols.map((each) => ({ symbol: each, notional: 1, unitValue: null }));
    expect(answerOf(() => matchHoldings(held, known, 'refuse'))).toEqual(
      refused('HoldingsInvalid', message, { symbol, candidates }, { path: symbol }),
    );
  });
});

describe('cash', () => {
  test.each([
    [0, 1],
    [0.75, 0.25],
    [1, 0],
    [1.5, 0],
  ])('beside a gross exposure of %d is %d', (gross, left) => {
    expect(uninvested(gross)).toBe(left);
  });

  test('is a line where some is held beyond rounding, or where its asset is named', () => {
    const named = { asset: 'EUR', isNamed: true };
    expect(cashLine(0.75, unnamedCash)).toEqual({ asset: 'USDT', weight: 0.25 });
    expect(cashLine(1 - 1e-13, unnamedCash)).toBeNull();
    expect(cashLine(1 - 1e-13, named)).toEqual({ asset: 'EUR', weight: 0 });
  });

  test('has the asset that somebody named', () => {
    const asset = 'backtest.backtest_cash_asset';
    const blocks = { backtest: { backtest_cash_asset: 'EUR' } };
    expect(cashAssetIn({ blocks: { backtest: {} }, provenance: {} })).toEqual({ asset: 'USDT', isNamed: false });
    expect(cashAssetIn({ blocks, provenance: {} })).toEqual({ asset: 'EUR', isNamed: false });
    expect(cashAssetIn({ blocks, provenance: { [asset]: { layer: 'code', at: null } } })).toEqual({ asset: 'EUR', isNamed: false });
    expect(cashAssetIn({ blocks, provenance: { [asset]: { layer: 'profile', at: 'p' } } })).toEqual({ asset: 'EUR', isNamed: true });
    expect([cashAssetAmong({ [asset]: 'EUR' }), cashAssetAmong({ [asset]: 5 }), cashAssetAmong({})]).toEqual([
      { asset: 'EUR', isNamed: true },
      { asset: 'USDT', isNamed: false },
      { asset: 'USDT', isNamed: false },
    ]);
  });
});

describe('staleness', () => {
  const runs = new Map([
    ['a', run('2025-01-13')],
    ['b', run('2025-01-16')],
  ]);

  test('counts sessions to the newest end of data, or to the date asked for', () => {
    expect([...stalenessOf(runs, null, 3)]).toEqual([
      ['a', 3],
      ['b', 0],
    ]);
    expect([...stalenessOf(runs, '2025-01-14', 3)]).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
  });

  test('beyond what is allowed is refused', () => {
    expect(answerOf(() => stalenessOf(runs, null, 2))).toEqual(
      refused('SleeveStale', 'sleeve a is 3 sessions behind 2025-01-16 (run r, data up to 2025-01-13); at most 2 are allowed', {
        path: 'a',
        runId: 'r',
        dataEnd: '2025-01-13',
        newest: '2025-01-16',
        sessions: 3,
        sessionsMax: 2,
      }),
    );
    expect(answerOf(() => assertFreshUnder(3, new Map([['a', 3]]), '2025-01-16'))).toEqual({ value: null });
    expect(answerOf(() => assertFreshUnder(2, new Map([['a', 3]]), '2025-01-16'))).toEqual(
      refused('SleeveStale', 'sleeve a is 3 sessions behind 2025-01-16; at most 2 would be allowed', {
        path: 'a',
        sessions: 3,
        sessionsMax: 2,
      }),
    );
  });

  test.each([
    [{ 'backtest.step_size': 4 }, '2025-01-13'],
    [{ 'backtest.step_size': 3 }, '2025-01-10'],
    [{ 'backtest.step_size': 4, 'backtest.partial_last_window': 'trade' }, '2025-01-10'],
    [{}, '2025-01-10'],
  ])('of a message with settings %j counts from %s', (settings, day) => {
    expect(freshUntil({ asOf: '2025-01-13', dataEnd: '2025-01-10', calendars: ['XCRY'], settings })).toBe(day);
  });
});
