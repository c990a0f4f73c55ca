/** Parts of an execution by hand: settings and their ends, columns, decisions, markets, cuts, and how each refuses. */
import { describe, expect, test } from '@jest/globals';
import { bookColumnsOf, seriesOfAssets, signsOf } from '../../../domain/execution/columns.ts';
import { agreementOf } from '../../../domain/execution/comparison.ts';
import { decisionsOf } from '../../../domain/execution/decisions.ts';
import { depthsOfEquity } from '../../../domain/execution/drawdowns.ts';
import { liquidityOf, liquidityRows } from '../../../domain/execution/liquidity.ts';
import { marketOfPrices, marketOfReturns, rowsBetween } from '../../../domain/execution/market.ts';
import { calendarOfColumn, foldOffCalendar, offCalendarDates } from '../../../domain/execution/off-calendar.ts';
import { lastAtOrBefore } from '../../../domain/execution/schedule.ts';
import { basisPointsPerUnit, checkedSettings, plainExecution, rebalanceRules } from '../../../domain/execution/settings.ts';
import { refusalOf } from '../../support/refusal.ts';

const none = Number.NaN;
// Thursday, Friday, Saturday, Monday, Tuesday.
const dates = ['2024-03-07', '2024-03-08', '2024-03-09', '2024-03-11', '2024-03-12'];
const table = (columns: Readonly<Record<string, readonly number[]>>, on: readonly string[] = dates) => ({
  dates: on,
  columns: Object.keys(columns),
  values: Object.values(columns).map((values) => Float64Array.from(values)),
});
const refused = (act: () => unknown): object => {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
};
const plain = [
  { name: 'X', asset: 'X', sign: 1 },
  { name: 'Y', asset: 'Y', sign: -1 },
] as const;

const series = (...values: number[]) => ({ dates: dates.slice(0, values.length), values: Float64Array.from(values) });

describe('settings', () => {
  test('that are not given charge nothing', () => {
    const standard = {
      timing: 'close',
      lagRows: 0,
      rebalance: 'as_given',
      holding: 'drift',
      returnKind: 'simple',
      turnoverFrom: 'held',
      slippageFraction: 0,
      commissionFraction: 0,
      borrowRateAnnual: 0,
      cashRateAnnual: 0,
      impact: null,
    };
    expect([checkedSettings({}), plainExecution]).toEqual([standard, standard]);
    expect(rebalanceRules.slice(0, 2)).toEqual(['as_given', 'daily']);
    expect(basisPointsPerUnit).toBe(10_000);
  });

  test.each([
    { timing: 'same_row', lagRows: 0 },
    { lagRows: 250 },
    { slippageFraction: 1, commissionFraction: 1, borrowRateAnnual: 1, cashRateAnnual: -2 },
    { impact: { coefficient: 0, assetsUnderManagement: 1 } },
    { holding: 'constant', returnKind: 'log_sum', turnoverFrom: 'target', rebalance: 'daily' },
  ] as const)('may be %j', (given) => {
    expect(checkedSettings(given)).toEqual({ ...plainExecution, ...given });
  });

  test.each([
    [{ lagRows: -1 }, 'lagRows'],
    [{ lagRows: 251 }, 'lagRows'],
    [{ lagRows: 0.5 }, 'lagRows'],
    [{ slippageFraction: 1.1 }, 'slippageFraction'],
    [{ commissionFraction: -0.1 }, 'commissionFraction'],
    [{ borrowRateAnnual: 2 }, 'borrowRateAnnual'],
    [{ cashRateAnnual: Infinity }, 'cashRateAnnual'],
    [{ impact: { coefficient: -1, assetsUnderManagement: 1 } }, 'impact.coefficient'],
    [{ impact: { coefficient: 1, assetsUnderManagement: 0 } }, 'impact.assetsUnderManagement'],
  ])('may not be %j', (given, path) => {
    const { code, message, at } = refusalOf(() => checkedSettings(given));
    expect([code, at, message.startsWith(`execution, ${path}: `)]).toEqual(['SchemaViolation', { path }, true]);
  });

  test('of the row itself take no lag', () => {
    expect(refused(() => checkedSettings({ timing: 'same_row', lagRows: 2 }))).toEqual({
      code: 'Usage',
      message: 'same_row earns the row of the decision itself: it takes no lag, and 2 was given',
      evidence: {},
      at: { path: 'lagRows' },
    });
  });
});

describe('columns of a book', () => {
  const columns = bookColumnsOf(table({ 'A:B_x_SHORT': [], 'A:A': [], 'A:C_x_LONG': [] }, []));

  test('stand in the order of their names, each with its asset and its side', () => {
    expect(columns).toEqual([
      { name: 'A:A', asset: 'A:A', sign: 1 },
      { name: 'A:B_x_SHORT', asset: 'A:B', sign: -1 },
      { name: 'A:C_x_LONG', asset: 'A:C', sign: 1 },
    ]);
    expect([signsOf(columns), signsOf(columns.slice(0, 1))]).toEqual([Int8Array.of(1, -1, 1), null]);
  });

  test('have the series of their assets, or are refused by name', () => {
    const found = table({ 'A:B': [1, 2, 3, 4, 5], 'A:A': [6, 7, 8, 9, 0] });
    expect(seriesOfAssets(columns.slice(0, 2), found, 'prices')).toEqual([found.values[1], found.values[0]]);
    expect(refused(() => seriesOfAssets(columns, found, 'prices'))).toEqual({
      code: 'PricesMissing',
      message: 'the weights name A:C_x_LONG, and there are no prices of A:C',
      evidence: { column: 'A:C_x_LONG', asset: 'A:C' },
      at: { path: 'A:C_x_LONG' },
    });
  });
});

describe('decisions', () => {
  const columns = [plain[1], plain[0]];
  test('are the rows of the weights, aligned to the columns', () => {
    expect(decisionsOf(table({ X: [1, 2], Y: [3, none] }, dates.slice(0, 2)), columns, 'zero')).toEqual([
      { date: dates[0], weights: Float64Array.of(3, 1) },
      { date: dates[1], weights: Float64Array.of(0, 2) },
    ]);
  });

  test.each([
    [none, 'refuse', 'the weight of Y on 2024-03-08 is empty; say whether that is a weight of 0'],
    [Infinity, 'refuse', 'the weight of Y on 2024-03-08 is Infinity'],
    [-Infinity, 'zero', 'the weight of Y on 2024-03-08 is -Infinity'],
  ] as const)('of a weight of %d (%s) are refused', (weight, empty, message) => {
    expect(refused(() => decisionsOf(table({ X: [1, 2], Y: [3, weight] }, dates.slice(0, 2)), columns, empty))).toEqual({
      code: 'SchemaViolation',
      message,
      evidence: { column: 'Y', date: dates[1] },
      at: { path: `Y ${dates[1]}` },
    });
  });

  test('ascend', () => {
    for (const on of [
      [dates[1]!, dates[0]!],
      [dates[0]!, dates[0]!],
    ])
      expect(refused(() => decisionsOf(table({ X: [1, 2], Y: [1, 2] }, on), columns, 'zero'))).toEqual({
        code: 'SchemaViolation',
        message: `the weights of ${on[1]} follow those of ${on[0]}: dates must ascend`,
        evidence: { date: on[1] },
        at: { path: on[1] },
      });
  });

  test('are found by date', () => {
    expect(['2024-03-06', '2024-03-07', '2024-03-10', '2024-03-12', '2024-03-13'].map((date) => lastAtOrBefore(dates, date))).toEqual([
      -1, 0, 2, 4, 4,
    ]);
    expect(lastAtOrBefore([], dates[0]!)).toBe(-1);
  });
});

describe('agreement', () => {
  test('has slope and correlation about the means', () => {
    // Own 0, 1, 2 and theirs 1, 0, 5: covariances 4, 2 and 14.
    expect(agreementOf(series(0, 1, 2), series(1, 0, 5))).toEqual({
      rows: 3,
      first: dates[0],
      last: dates[2],
      correlation: expect.closeTo(4 / Math.sqrt(2 * 14), 14),
      scale: expect.closeTo(2, 14),
    });
    expect(agreementOf(series(0, 1), series(1, 0))).toMatchObject({ rows: 2, correlation: -1, scale: -1 });
  });

  test('is nothing on one date, or where either does not move', () => {
    expect([agreementOf(series(1), series(1)), agreementOf(series(1, 1), series(1, 2)), agreementOf(series(1, 2), series(3, 3))]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

test('equity opens at one', () => {
  expect([...depthsOfEquity(Float64Array.of(0.5, 2, 1))]).toEqual([-0.5, 0, -0.5]);
});

describe('a market', () => {
  test('of returns has those of its columns, shorts turned and held to losing everything', () => {
    const market = marketOfReturns(table({ Y: [0.1, none, 2, -0.5, 1], X: [none, 0.2, 0.3, 0.4, 0.5] }), plain, ['XNYS'], null);
    expect(market).toEqual({
      returns: { dates, columns: ['X', 'Y'], values: Float64Array.of(0, -0.1, 0.2, 0, 0.3, -1, 0.4, 0.5, 0.5, -1) },
      present: Uint8Array.of(0, 1, 1, 0, 1, 1, 1, 1, 1, 1),
      openingDate: '2024-03-06',
      openingFrom: 'previous_session',
      tradableFrom: null,
    });
  });

  const single = [plain[0]];
  const opened = (first: string, opening: string | null) => {
    const { openingDate, openingFrom } = marketOfReturns(table({ X: [0.1] }, [first]), single, ['XNYS'], opening);
    return [openingDate, openingFrom];
  };

  test('of returns opens where it is told, or at the session before', () => {
    expect(opened('2024-03-11', null)).toEqual(['2024-03-08', 'previous_session']);
    expect(opened('2024-03-11', '2024-03-10')).toEqual(['2024-03-10', 'given']);
    for (const opening of ['2024-03-11', '2024-03-12'])
      expect(refused(() => opened('2024-03-11', opening))).toEqual({
        code: 'Usage',
        message: `the opening date ${opening} is not before the first return, on 2024-03-11`,
        evidence: { openingDate: opening, first: '2024-03-11' },
        at: { path: 'openingDate' },
      });
  });

  test('of no rows, or of what is not finite, is refused', () => {
    expect(refused(() => marketOfReturns(table({ X: [] }, []), single, ['XNYS'], null))).toEqual({
      code: 'HistoryTooShort',
      message: 'there is no row of returns to earn',
      evidence: {},
      at: {},
    });
    expect(refused(() => marketOfReturns(table({ X: [0, Infinity, 0, 0, 0] }), single, ['XNYS'], null))).toEqual({
      code: 'IntegrityFailed',
      message: 'X on 2024-03-08: its return is Infinity',
      evidence: { symbol: 'X', date: '2024-03-08' },
      at: { path: 'X' },
    });
    expect(refused(() => marketOfPrices(table({ X: [1] }, dates.slice(0, 1)), single))).toEqual({
      code: 'HistoryTooShort',
      message: '1 rows of prices have no return',
      evidence: {},
      at: {},
    });
    for (const price of [0, -1, Infinity])
      expect(refused(() => marketOfPrices(table({ X: [1, 1, price, 1, 1] }), single))).toEqual({
        code: 'IntegrityFailed',
        message: `X on 2024-03-09: its price is ${price}`,
        evidence: { symbol: 'X', date: '2024-03-09' },
        at: { path: 'X' },
      });
  });

  test('of prices earns from one price to the next, and can be traded from the first', () => {
    const market = marketOfPrices(table({ X: [1, 2, none, 3, 3], Y: [none, none, 4, 2, 8] }), plain);
    expect(market).toEqual({
      returns: { dates: dates.slice(1), columns: ['X', 'Y'], values: Float64Array.of(1, 0, 0, 0, 0.5, 0.5, 0, -1) },
      present: Uint8Array.of(1, 0, 0, 0, 1, 1, 1, 1),
      openingDate: dates[0],
      openingFrom: 'prices',
      tradableFrom: [-1, 1],
    });
    expect(marketOfPrices(table({ X: [none, none, none, none, none] }), single).tradableFrom).toEqual([4]);
    expect(marketOfPrices(table({ X: [1, 2] }, dates.slice(0, 2)), single).returns.dates).toEqual([dates[1]]);
  });

  test('is cut between two dates to rows on which some column has a value', () => {
    const whole = table({ X: [1, none, none, 4, 5], Y: [none, none, 3, 4, none], Z: [1, 2, 3, 4, 5] });
    expect(rowsBetween(whole, ['X', 'Y'], null, null)).toEqual(
      table({ X: [1, none, 4, 5], Y: [none, 3, 4, none] }, [dates[0]!, ...dates.slice(2)]),
    );
    expect(rowsBetween(whole, ['X', 'Y'], dates[2]!, dates[3]!)).toEqual(table({ X: [none, 4], Y: [3, 4] }, dates.slice(2, 4)));
    expect(rowsBetween(whole, ['Z'], dates[1]!, null).dates).toEqual(dates.slice(1));
    expect(rowsBetween(whole, ['Z'], null, dates[1]!).dates).toEqual(dates.slice(0, 2));
    expect(rowsBetween(whole, ['Z'], null, null)).toEqual(table({ Z: [1, 2, 3, 4, 5] }));
  });
});

describe('rows off the calendar', () => {
  test('are those on which a column has a value and its calendar no session', () => {
    const both = table({ X: [1, 1, 1, 1, 1], Y: [1, 1, 1, 1, 1] });
    expect(offCalendarDates(both, ['XNYS', 'XNYS'])).toEqual(['2024-03-09']);
    expect(offCalendarDates(table({ X: [1, 1, none, 1, 1] }), ['XNYS'])).toEqual([]);
  });

  test('are compounded into the next session of the same column', () => {
    const folded = foldOffCalendar(table({ X: [0.1, 0.2, 0.5, 0.1, 0.3], Y: [0.1, 0.2, 0.5, none, 0.1] }), ['XNYS', 'XNYS']);
    expect(folded.dates).toEqual([dates[0], dates[1], dates[3], dates[4]]);
    expect([...folded.values[0]!]).toEqual([0.1, 0.2, 1.5 * 1.1 - 1, 0.3]);
    expect([...folded.values[1]!]).toEqual([0.1, 0.2, none, 1.5 * 1.1 - 1]);
    const last = table({ X: [0.1, 0.2, 0.5] }, dates.slice(0, 3));
    expect(foldOffCalendar(last, ['XNYS'])).toEqual(last);
    // Two weekends: what was compounded into the first Monday is not compounded again.
    const weekends = ['2024-03-09', '2024-03-10', '2024-03-11', '2024-03-16', '2024-03-18'];
    expect([...foldOffCalendar(table({ X: [0.5, 0.5, 0, 0.25, 0] }, weekends), ['XNYS']).values[0]!]).toEqual([1.25, 0.25]);
  });

  test('are judged by the calendar of the exchange, or by the one that is named', () => {
    expect(calendarOfColumn('NYSE:X', null)).toBe('XNYS');
    expect(calendarOfColumn('X', 'CMES')).toBe('CMES');
    for (const [name, fallback] of [
      ['X', null],
      ['NONE:X', 'CMES'],
    ] as const)
      expect(refused(() => calendarOfColumn(name, fallback))).toEqual({
        code: 'ExchangeUnknown',
        message: `${name} names no known exchange; name its calendar for it, such as CMES`,
        evidence: { symbol: name },
        at: { path: name },
      });
  });
});

test('impact is refused of a short history and of a day without a value traded', () => {
  const days = Array.from({ length: 22 }, (_, day) => `2024-03-${String(day + 1).padStart(2, '0')}`);
  const prices = table({ X: days.map((_, day) => 100 + (day % 3)) }, days);
  const market = marketOfPrices(prices, [plain[0]]);
  const ask = (row: number, volume = 5) =>
    liquidityOf(
      market,
      [plain[0]],
      prices,
      table({ X: days.map((_, day) => (day === 10 ? volume : 5)) }, days),
    )(row, Float64Array.of(1), Float64Array.of(0));
  expect(liquidityRows).toBe(20);
  expect(ask(19).dailyValue[0]).toBeGreaterThan(0);
  expect(refused(() => ask(18))).toEqual({
    code: 'HistoryTooShort',
    message: 'X is traded on 2024-03-20 after 19 returns: impact needs 20',
    evidence: { symbol: 'X', date: '2024-03-20', rows: 19 },
    at: { path: 'X' },
  });
  for (const volume of [0, none])
    expect(refused(() => ask(19, volume))).toEqual({
      code: 'PricesMissing',
      message: 'X has no close and volume on 2024-03-11: its impact cannot be measured',
      evidence: { symbol: 'X', date: '2024-03-11' },
      at: { path: 'X' },
    });
});
