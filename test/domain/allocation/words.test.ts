/** What allocation says: verdicts whole, refusals with their evidence, and what stands beside holdings and files. */
import { describe, expect, test } from '@jest/globals';
import { type AcceptanceInput, measureAcceptance } from '../../../domain/allocation/acceptance.ts';
import { cashAssetAmong, cashAssetIn, cashLine, grossOf, unnamedCash, uninvested } from '../../../domain/allocation/cash.ts';
import { directionalExposure, flatten, physicalSymbol } from '../../../domain/allocation/flatten.ts';
import { assertCurrency } from '../../../domain/allocation/held.ts';
import { matchHoldings } from '../../../domain/allocation/held-symbols.ts';
import { doublyInverted, twiceAs } from '../../../domain/allocation/imported/admission.ts';
import { streamIntegrity } from '../../../domain/allocation/imported/stream-integrity.ts';
import { acceptMovesOf } from '../../../domain/allocation/imported/stream-suspicions.ts';
import type { ImportedStream } from '../../../domain/allocation/imported/profile.ts';
import { errorsInWords, suspicionEvidence } from '../../../domain/allocation/integrity-evidence.ts';
import { ordersOf } from '../../../domain/allocation/orders.ts';
import { sleeveShares } from '../../../domain/allocation/shares.ts';
import { admitVolumes, cutSupply, datesPriced, symbolsWithoutPrices } from '../../../domain/allocation/sleeve/given-supply.ts';
import { assertFreshUnder, freshUntil, stalenessOf } from '../../../domain/allocation/staleness.ts';
import { tradesTowards } from '../../../domain/allocation/trades.ts';
import type { Suspicion } from '../../../domain/returns/accepted-moves.ts';
import type { IntegrityVerdict } from '../../../domain/returns/integrity.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { refusalOf } from '../../support/refusal.ts';

/** To six decimals. */
const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toFixed(6)));

const refused = (act: () => unknown) => {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
};

const calendars = ['XNYS'] as const;
const ended = (settings: Readonly<Record<string, unknown>>, dataEnd = '2025-07-16'): string =>
  freshUntil({ asOf: '2025-07-18', dataEnd, calendars, settings });
const suspicion = (code: Suspicion['code'], index: number): Suspicion => ({
  code,
  symbol: `S${index}`,
  date: '2025-01-02',
  value: 1,
  message: `m${index}`,
});
const found = (level: string, code: string, message: string) => ({ level, code, message });
const verdict = (errors: number, ...findings: readonly object[]) => ({ errors, findings }) as unknown as IntegrityVerdict;
const holding = (symbol: string) => ({ symbol, notional: 1, unitValue: null });
const trades = (unitValue: number | null) =>
  tradesTowards({
    assets: [],
    net: 0,
    capital: 1000,
    holdings: [{ symbol: 'A', notional: 105, unitValue }],
    costs: new Map([
      ['s', { slippageFraction: 0.001, commissionFraction: 0.002 }],
      ['t', { slippageFraction: 0.002, commissionFraction: 0.002 }],
    ]),
  });

const streamOn = (...dates: readonly string[]) =>
  ({ path: 'p', risk: 'hrp', series: { dates, values: new Float64Array(dates.length) } }) as unknown as ImportedStream;
const run = (freshUntilDate: string) => ({ runId: 'r', freshUntil: freshUntilDate, calendars });
const orders = (unitValue: number | null, others: number | null, minTrade = 0) =>
  ordersOf(trades(unitValue), [{ symbol: 'A', notional: 105, unitValue }], { lots: { others, bySymbol: new Map() }, minTrade });

describe('the verdicts of acceptance, whole', () => {
  // Two sleeves, (1, -1, 1, -1) and (1, 1, -1, -1) percent: variances 4/3, no correlation.
  const dates = ['2024-01-02', '2024-01-03', '2024-01-04', '2024-01-05'];
  const columns = ['a', 'b'];
  const values = Float64Array.from([0.01, 0.01, -0.01, 0.01, 0.01, -0.01, -0.01, -0.01]);
  const weights = [0.5, 0.5];
  const stream = { dates, values: Float64Array.from([0.01, 0, 0, -0.01]) };
  const flattened = flatten(
    columns.map((id, index) => ({ path: [id], runId: id, weights: [weights[index]!], portfolio: [{ symbol: `NYSE:${id}`, weight: 1 }] })),
  );
  const input: AcceptanceInput = {
    matrix: { columns, dates, values },
    stream,
    weights,
    bounds: columns.map((id) => ({ id, lower: 0.5, upper: 0.5 })),
    determined: true,
    covariance: Float64Array.from([0.04, 0, 0, 0.04]),
    annualisationDays: 252,
    integrity: { errors: 0, checked: 3 },
    flattened,
    concentration: { warn: 0.25, fail: 0.5 },
    hardened: [],
  };
  const saidOf = (change: Partial<AcceptanceInput> = {}): string[] =>
    measureAcceptance({ ...input, ...change }).map(
      ({ check, status, message, value, limit, details, holds }) =>
        `${check} ${status}${holds ? ' holds' : ''}: ${message} [${rounded(value)} ${rounded(limit)}] ` +
        details.map((detail) => `${detail.name}=${Number(detail.value.toFixed(6))}`).join(' '),
    );
  const volatility = Math.sqrt((4e-4 / 3) * 252);
  const half = volatility / Math.SQRT2;

  test('of a portfolio that passes', () => {
    expect(saidOf()).toEqual([
      `volatility_below_best_sleeve passed: portfolio ${half.toFixed(4)}, best sleeve a ${volatility.toFixed(4)} (annualised, sample) ` +
        `[${half.toFixed(6)} ${volatility.toFixed(6)}] a=${volatility.toFixed(6)} b=${volatility.toFixed(6)}`,
      `diversification_ratio passed: mean sleeve volatility over that of the whole: 1.4142 [1.414214 1] `,
      `time_weighted_return unknown: too few rows to annualise [-0.0001 null] total_return=-0.0001 rows=4`,
      'bounds passed holds: every sleeve within its bounds; the bounds determine the allocation [1 1] a=0.5 b=0.5',
      'integrity passed holds: 3 checks of the joined matrix, 0 errors [0 0] ',
      'conservation passed holds: gross exposure 1.0000 of 1.0000 before netting; netted 0.0000 [0 0] netted_exposure=0',
      'sleeve_correlations passed: highest pairwise correlation 0.0000 (sample) [0 1] a~b=0',
      'effective_number_of_sleeves passed: 1 over the sum of squared weights: 2.0000 of 2 [2 1] ',
      "contribution_to_risk_ex_ante passed: shares of volatility by the optimiser's covariance; they sum to 1 [0.141421 null] a=0.5 b=0.5",
      'contribution_to_risk_realised passed: shares of volatility by the sample covariance; they sum to 1 ' +
        `[${half.toFixed(6)} null] a=0.5 b=0.5`,
      'concentration warned: NYSE:A 0.5000; warned above 0.25, failed above 0.5 [0.5 0.5] NYSE:A=0.5 NYSE:B=0.5',
      'native_solves passed: every solve took the correlation shrinkage asked for [0 0] ',
    ]);
  });

  test('of sleeves without any variance, and of nothing that was checked', () => {
    const still = saidOf({
      matrix: { columns, dates, values: new Float64Array(8) },
      stream: { dates, values: new Float64Array(4) },
      covariance: new Float64Array(4),
      determined: false,
      integrity: { errors: 0, checked: 0 },
      flattened: { ...flattened, assets: [] },
    });
    expect(still).toEqual([
      'volatility_below_best_sleeve unknown: sleeve a has no variance to be below [0 null] a=0 b=0',
      'diversification_ratio unknown: the portfolio has no variance [null null] ',
      'time_weighted_return unknown: too few rows to annualise [0 null] total_return=0 rows=4',
      'bounds passed holds: every sleeve within its bounds [1 1] a=0.5 b=0.5',
      'integrity unknown holds: nothing was checked [null null] ',
      'conservation passed holds: gross exposure 1.0000 of 1.0000 before netting; netted 0.0000 [0 0] netted_exposure=0',
      'sleeve_correlations unknown: no pair of sleeves with variance [null null] ',
      'effective_number_of_sleeves passed: 1 over the sum of squared weights: 2.0000 of 2 [2 1] ',
      'contribution_to_risk_ex_ante unknown: the portfolio has no variance [null null] ',
      'contribution_to_risk_realised unknown: the portfolio has no variance [null null] ',
      'concentration unknown: no asset is held [null null] ',
      'native_solves passed: every solve took the correlation shrinkage asked for [0 0] ',
    ]);
  });

  test('of a portfolio that fails', () => {
    const failing = saidOf({
      weights: [1.5, -0.5],
      integrity: { errors: 2, checked: 3 },
      concentration: { warn: 0.1, fail: 0.4 },
      stream: { dates, values: Float64Array.from([0.02, 0, 0, -0.02]) },
      hardened: [
        { name: 'x', value: 0.2 },
        { name: 'y', value: 0.3 },
      ],
    });
    expect(failing[3]).toBe('bounds failed holds: outside: a, b; weights sum to 1 [1 1] a=1.5 b=-0.5');
    expect(failing[4]).toBe('integrity failed holds: 3 checks of the joined matrix, 2 errors [2 0] ');
    expect(failing[9]).toContain('contribution_to_risk_realised failed: the shares are of a volatility of 0.2898, the stream has 0.2592 [');
    expect(failing[10]).toBe('concentration failed: NYSE:A 0.5000; warned above 0.1, failed above 0.4 [0.5 0.4] NYSE:A=0.5 NYSE:B=0.5');
    expect(failing[11]).toBe(
      'native_solves warned: hardened: x at a correlation shrinkage of 0.2, y at a correlation shrinkage of 0.3 [2 0] x=0.2 y=0.3',
    );
    expect(saidOf({ weights: [0.5, 0.6], bounds: columns.map((id) => ({ id, lower: 0, upper: 1 })) })[3]).toBe(
      'bounds failed holds: outside: none; weights sum to 1.1 [1.1 1] a=0.5 b=0.6',
    );
  });
});

describe('cash and currencies', () => {
  test('cash is what is not invested, in the asset that was named', () => {
    expect([uninvested(0.4), uninvested(1), uninvested(1.5)]).toEqual([0.6, 0, 0]);
    expect(grossOf([{ weight: 0.5 }, { weight: -0.25 }])).toBe(0.75);
    const usd = { asset: 'X', isNamed: false };
    expect([cashLine(0.5, usd), cashLine(1, usd), cashLine(1, { ...usd, isNamed: true })]).toEqual([
      { asset: 'X', weight: 0.5 },
      null,
      { asset: 'X', weight: 0 },
    ]);
    const setting = 'backtest.backtest_cash_asset';
    expect(cashAssetIn({ blocks: { backtest: {} }, provenance: {} })).toEqual(unnamedCash);
    const blocks = { backtest: { backtest_cash_asset: 'Y' } };
    expect(cashAssetIn({ blocks, provenance: {} })).toEqual({ asset: 'Y', isNamed: false });
    for (const layer of ['code', 'profile'] as const)
      expect(
        cashAssetIn({ blocks, provenance: { [setting]: { layer } } as unknown as Parameters<typeof cashAssetIn>[0]['provenance'] }),
      ).toEqual({ asset: 'Y', isNamed: layer !== 'code' });
    expect([cashAssetAmong({ [setting]: 'Z' }), cashAssetAmong({ [setting]: 1 }), cashAssetAmong({})]).toEqual([
      { asset: 'Z', isNamed: true },
      unnamedCash,
      unnamedCash,
    ]);
  });

  test('an amount of another currency is refused, and a sign stands for each of its currencies', () => {
    const signs = { $: 'USD CAD AUD NZD HKD SGD TWD MXN', '€': 'EUR', '£': 'GBP', '¥': 'JPY CNY CNH', '₹': 'INR', '₩': 'KRW' };
    for (const [currency, names] of Object.entries(signs))
      for (const name of names.split(' ')) expect(() => assertCurrency([{ name: 'x', currency }], name)).not.toThrow();
    expect(() => assertCurrency([{ name: 'x' }, { name: 'x', currency: null }, { name: 'x', currency: 'EUR' }], 'EUR')).not.toThrow();
    expect(
      refused(() =>
        assertCurrency(
          [
            { name: 'a', currency: 'EUR' },
            { name: 'b', currency: '$' },
          ],
          'EUR',
        ),
      ),
    ).toEqual({
      code: 'HoldingsInvalid',
      message: 'b is in $; the portfolio counts in EUR, and nothing is converted',
      evidence: { currency: '$', portfolioCurrency: 'EUR' },
      at: { path: 'b' },
    });
  });
});

describe('staleness', () => {
  test('counts the sessions behind the newest run, or behind the date asked for', () => {
    const runs = new Map([
      ['a', run('2025-07-16')],
      ['b', run('2025-07-18')],
    ]);
    expect([...stalenessOf(runs, null, 2)]).toEqual([
      ['a', 2],
      ['b', 0],
    ]);
    expect([...stalenessOf(runs, '2025-07-17', 1)]).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    expect(refused(() => stalenessOf(runs, null, 1))).toEqual({
      code: 'SleeveStale',
      message: 'sleeve a is 2 sessions behind 2025-07-18 (run r, data up to 2025-07-16); at most 1 are allowed',
      evidence: { path: 'a', runId: 'r', dataEnd: '2025-07-16', newest: '2025-07-18', sessions: 2, sessionsMax: 1 },
      at: {},
    });
    const counted = new Map([
      ['a', 1],
      ['b', 2],
    ]);
    expect(() => assertFreshUnder(2, counted, '2025-07-18')).not.toThrow();
    expect(refused(() => assertFreshUnder(1, counted, '2025-07-18'))).toEqual({
      code: 'SleeveStale',
      message: 'sleeve b is 2 sessions behind 2025-07-18; at most 1 would be allowed',
      evidence: { path: 'b', sessions: 2, sessionsMax: 1 },
      at: {},
    });
  });

  test('forgives the rows of a last window that is skipped, and no more', () => {
    expect(ended({ 'backtest.step_size': 3 })).toBe('2025-07-18');
    expect(ended({ 'backtest.step_size': 2 })).toBe('2025-07-16');
    expect(ended({ 'backtest.step_size': '3' })).toBe('2025-07-16');
    expect(ended({ 'backtest.step_size': 3, 'backtest.partial_last_window': 'trade' })).toBe('2025-07-16');
    expect(ended({ 'backtest.step_size': 3, 'backtest.partial_last_window': 'skip' })).toBe('2025-07-18');
    expect(ended({})).toBe('2025-07-16');
  });
});

describe('integrity in words', () => {
  const splits = [1, 2, 3, 4, 5, 6].map((index) => suspicion('split_suspected', index));
  const units = suspicion('units_suspected', 9);
  const moves = 'correct the prices, or, where the move is real, accept it: data.accept_moves with {"symbol", "date", "why"}';
  const passed = { status: 'passed', detail: 'nothing suspected' };

  test('names five findings and counts the others, with what to do', () => {
    expect(suspicionEvidence({ all: [], accepted: [], open: [] })).toEqual([
      { check: 'unusual_moves', ...passed },
      { check: 'units', ...passed },
    ]);
    const listed = (count: number): string =>
      splits
        .slice(0, count)
        .map(({ code, message }) => `${code}: ${message}`)
        .join('; ');
    expect(suspicionEvidence({ all: splits, accepted: [], open: splits })[0]).toEqual({
      check: 'unusual_moves',
      status: 'failed',
      detail: `${listed(5)}; and 1 more; ${moves}`,
    });
    expect(suspicionEvidence({ all: splits, accepted: [], open: splits.slice(0, 5) })[0]!.detail).toBe(`${listed(5)}; ${moves}`);
    expect(suspicionEvidence({ all: [units], accepted: [], open: [units] })).toEqual([
      { check: 'unusual_moves', ...passed },
      {
        check: 'units',
        status: 'failed',
        detail:
          'units_suspected: m9; write returns as fractions (0.01 for 1 %), or, where they are right, accept them: ' +
          'data.accept_moves with {"symbol", "why"}',
      },
    ]);
  });

  test('says what was accepted, and how much was only shown', () => {
    const accepted = [{ ...splits[0]!, why: 'real' }];
    const detailOf = (all: readonly Suspicion[], known = accepted) =>
      suspicionEvidence({ all, accepted: known, open: [] }).map(({ detail }) => detail);
    expect(detailOf([splits[0]!])).toEqual(['split_suspected S1 2025-01-02 accepted: real', 'nothing suspected']);
    expect(detailOf(splits.slice(0, 2))[0]).toBe('split_suspected S1 2025-01-02 accepted: real; 1 extreme move shown');
    expect(detailOf(splits.slice(0, 3))[0]).toBe('split_suspected S1 2025-01-02 accepted: real; 2 extreme moves shown');
    expect(detailOf([splits[0]!, units], [])).toEqual([
      'nothing suspected; 1 extreme move shown',
      'nothing suspected; 1 extreme move shown',
    ]);
  });

  test('names each code of the errors once, by its first finding', () => {
    expect(errorsInWords(verdict(1, found('warning', 'w', 'x'), found('error', 'a', 'first')))).toBe(
      'the integrity audit found one error: a: first',
    );
    expect(errorsInWords(verdict(3, found('error', 'a', 'first'), found('error', 'a', 'second'), found('error', 'b', 'third')))).toBe(
      'the integrity audit found 3 errors: a: first; b: third',
    );
  });

  test('of the streams of somebody else', () => {
    const week = ['2025-07-17', '2025-07-18'];
    const seen = '1 streams with 2 finite returns on ascending dates';
    expect(streamIntegrity([streamOn(...week)], [])).toEqual({
      integrity: 'unknown',
      integrityDetail: `${seen}; without a portfolio their calendar is not known`,
    });
    expect(streamIntegrity([streamOn(...week)], ['XNYS'])).toEqual({
      integrity: 'passed',
      integrityDetail: `${seen}, all on days allowed by XNYS`,
    });
    expect(streamIntegrity([streamOn('2025-07-19', '2025-07-20')], ['XNYS'])).toEqual({
      integrity: 'unknown',
      integrityDetail: `${seen}; 2 on days on which nothing held trades (XNYS), the first p 2025-07-19`,
    });
    expect(streamIntegrity([streamOn('2025-07-18', '2025-07-19')], ['XCRY', 'XNYS']).integrityDetail).toBe(
      `${seen}, all on days allowed by XCRY, XNYS`,
    );
  });

  test('of a setting that cannot be read', () => {
    expect(acceptMovesOf('s', {})).toEqual({ sleeve: 's', lines: [], unreadable: null });
    const line = { symbol: 'A', date: '2025-01-02', why: 'real' };
    expect(acceptMovesOf('s', { 'data.accept_moves': [line] })).toEqual({ sleeve: 's', lines: [line], unreadable: null });
    expect(acceptMovesOf('s', { 'data.accept_moves': 1 }).unreadable).toBe(
      'data.accept_moves: Invalid input: expected array, received number',
    );
    expect(acceptMovesOf('s', { 'data.accept_moves': [{ ...line, why: 1 }] })).toEqual({
      sleeve: 's',
      lines: [],
      unreadable: 'data.accept_moves at 0.why: Invalid input: expected string, received number',
    });
  });
});

describe('symbols, weights and files', () => {
  test('an atom is its symbol with a sign, and stands twice in the words of its file', () => {
    expect([physicalSymbol('AMEX:SPY'), physicalSymbol('BINANCE:BTCUSDT_rating_all_SHORT_1d')]).toEqual([
      { symbol: 'AMEX:SPY', sign: 1 },
      { symbol: 'BINANCE:BTCUSDT', sign: -1 },
    ]);
    expect(doublyInverted({ symbol: 'BINANCE:BTCUSDT_rating_all_SHORT_1d', weight: -0.5 })).toBe(
      'BINANCE:BTCUSDT_rating_all_SHORT_1d is a strategy atom with the negative weight -0.5; its stream already carries the sign',
    );
    expect([
      doublyInverted({ symbol: 'BINANCE:BTCUSDT_rating_all_SHORT_1d', weight: 0 }),
      doublyInverted({ symbol: 'A:B', weight: -1 }),
    ]).toEqual([null, null]);
    expect([twiceAs('A', ['A', 'A']), twiceAs('A', ['a', 'A'])]).toEqual(['', ', as "a" and "A"']);
    expect(directionalExposure([{ weight: 0.5 }, { weight: -0.25 }, { weight: 0 }])).toEqual({
      grossLong: 0.5,
      grossShort: 0.25,
      net: 0.25,
    });
  });

  test('shares multiply down the nest, in code-unit order', () => {
    const levels = [
      { path: ['n'], weights: { b: 0.5, a: 0.5 } },
      { path: [], weights: { n: 0.5, a: 0.25, Z: 0.25 } },
    ];
    expect([...sleeveShares(levels)]).toEqual([
      ['Z', 0.25],
      ['a', 0.25],
      ['n', 0.5],
      ['n/a', 0.25],
      ['n/b', 0.25],
    ]);
  });

  test('a holding that cannot be matched is refused with its candidates', () => {
    const known = { published: ['AMEX:SPY', 'XNAS:QQQ'], universe: ['XNYS:BRK.B'] };
    const refusedOf = (symbol: string, more = known) => refused(() => matchHoldings([holding(symbol)], more, 'refuse'));
    const keep = '--unmapped keep takes it for an asset of its own, which is sold';
    expect(refusedOf('ZZZZ')).toEqual({
      code: 'HoldingsInvalid',
      message: `ZZZZ is no symbol of the portfolio. Write it as EXCHANGE:TICKER; ${keep}`,
      evidence: { symbol: 'ZZZZ', candidates: [] },
      at: { path: 'ZZZZ' },
    });
    expect(refusedOf('QQX').message).toBe(`QQX is no symbol of the portfolio; did you mean XNAS:QQQ? Write it as EXCHANGE:TICKER; ${keep}`);
    expect(refusedOf('XNYS:SPY')).toEqual({
      code: 'HoldingsInvalid',
      message: `XNYS:SPY is held, and AMEX:SPY is published: write AMEX:SPY if it is the same; ${keep}`,
      evidence: { symbol: 'XNYS:SPY', candidates: ['AMEX:SPY'] },
      at: { path: 'XNYS:SPY' },
    });
    expect(refusedOf('SPY', { ...known, published: ['AMEX:SPY', 'XNYS:SPY'] })).toEqual({
      code: 'HoldingsInvalid',
      message: 'SPY may be AMEX:SPY or XNYS:SPY: write the holding with its exchange',
      evidence: { symbol: 'SPY', candidates: ['AMEX:SPY', 'XNYS:SPY'] },
      at: { path: 'SPY' },
    });
    expect(refused(() => matchHoldings([holding('SPY'), holding('amex:spy')], known, 'refuse'))).toEqual({
      code: 'HoldingsInvalid',
      message: 'SPY and amex:spy are both AMEX:SPY',
      evidence: { symbol: 'AMEX:SPY', candidates: ['AMEX:SPY'] },
      at: { path: 'AMEX:SPY' },
    });
  });

  test('orders need a lot and a price, and keep what they leave', () => {
    expect(refused(() => orders(10, null))).toEqual({
      code: 'HoldingsInvalid',
      message: 'no lot size for A',
      evidence: { symbol: 'A' },
      at: { path: 'A' },
    });
    expect(refused(() => orders(null, 1))).toEqual({
      code: 'HoldingsInvalid',
      message: 'whole lots of A need its price: add a row with quantity 0 and the price',
      evidence: { symbol: 'A' },
      at: { path: 'A' },
    });
    const cost = 0.4;
    expect(orders(10, 1)).toEqual({
      orders: [{ symbol: 'A', side: 'sell', quantity: 10, unitValue: 10, notional: -100, costNotional: cost }],
      rounding: [{ symbol: 'A', notional: -5 }],
      roundingNotional: 5,
      small: [],
      smallNotional: 0,
      driftTwoSided: 0.005,
      grossTraded: 100,
      costNotional: cost,
      cash: 995,
    });
    expect(orders(10, 1, 100).orders).toHaveLength(1);
    expect(orders(10, 1, 100.5)).toMatchObject({
      orders: [],
      rounding: [],
      small: [{ symbol: 'A', notional: -105 }],
      smallNotional: 105,
      driftTwoSided: 0.105,
      cash: 895,
    });
  });

  test('files beside prices are refused with the row, cut, and counted by the days that have prices', () => {
    const dates = ['2023-06-01', '2023-06-02', '2023-06-05'];
    const file = (name: string, columns: Readonly<Record<string, readonly number[]>>, more: Partial<PriceFile> = {}): PriceFile => ({
      file: name,
      sha256: '0'.repeat(64),
      table: { dates, symbols: Object.keys(columns), closes: Object.values(columns).map((column) => Float64Array.from(column)) },
      lines: { first: 2 },
      defects: [],
      ...more,
    });
    const defect = (kind: 'duplicate_date' | 'unsorted_date', line: number | null) =>
      refused(() => admitVolumes([file('v', {}, { defects: [{ kind, line, date: '2023-06-02' }] })]));
    expect(defect('duplicate_date', 5)).toEqual({
      code: 'SupplyFileInvalid',
      message: 'v: two rows have the date 2023-06-02',
      evidence: { date: '2023-06-02', kind: 'duplicate_date' },
      at: { file: 'v', line: 5 },
    });
    expect(defect('unsorted_date', null)).toMatchObject({ message: 'v: out of order is 2023-06-02', at: { file: 'v' } });
    expect(Object.keys(defect('unsorted_date', null).at)).toEqual(['file']);
    expect(refused(() => admitVolumes([file('v', { A: [1, Infinity, 1] }, { lines: null })]))).toEqual({
      code: 'SupplyFileInvalid',
      message: 'v, column A: the volume of 2023-06-02 is Infinity, and is never below zero',
      evidence: { column: 'A', date: '2023-06-02', volume: Infinity },
      at: { file: 'v', path: 'A' },
    });
    const prices = [file('p', { A: [Number.NaN, 1, 1], B: [1, Number.NaN, Number.NaN] })];
    const measured = (columns: readonly string[], volumeDates: readonly string[], asOf: string | null = null) =>
      datesPriced(prices, { dates: volumeDates, symbols: columns, closes: [] }, asOf);
    expect(measured(['A'], ['2023-06-01'])).toEqual(dates.slice(1));
    expect(measured(['A', 'B'], ['2023-06-01'])).toEqual(dates);
    expect(measured(['A'], ['2023-06-05'])).toEqual(['2023-06-05']);
    expect(measured(['A'], ['2023-06-06'])).toEqual(dates.slice(1));
    expect(measured(['A'], [])).toEqual(dates.slice(1));
    expect(measured(['A'], ['2023-06-01'], '2023-06-02')).toEqual(['2023-06-02']);
    const metadata = [{ file: 'm', sha256: '1', symbols: { A: {}, C: {} } }];
    expect(symbolsWithoutPrices({ volumes: [file('v', { A: [1, 1, 1], D: [1, 1, 1] })], metadata }, prices)).toEqual([
      { file: 'v', symbols: ['D'] },
      { file: 'm', symbols: ['C'] },
    ]);
    expect(symbolsWithoutPrices({ volumes: [file('v', { A: [1, 1, 1] })], metadata: [] }, prices)).toEqual([]);
    const none = cutSupply({ volumes: [file('v', { A: [1, 1, 1] })], metadata, scans: [] }, new Set(['Z']), { from: null, to: null });
    expect(none).toEqual({ volumes: [], metadata: [], scans: [] });
  });
});
