import { describe, expect, test } from '@jest/globals';
import { compareWithBenchmark } from '../../../domain/metrics/benchmark.ts';
import { calendarReturns, sessionBefore } from '../../../domain/metrics/months.ts';
import { rollingFigures, type RollingFigure } from '../../../domain/metrics/rolling.ts';
import { isExpected } from '../../../domain/returns/calendar.ts';
import { gap, seriesOf, worked } from './worked-examples.ts';

const isSession = (date: string): boolean => isExpected('XNYS', date);
const everyDay = (): boolean => true;

describe('returns by month', () => {
  const { months, years } = calendarReturns(worked.returns, { opened: worked.opened, isSession });

  test('are those of the worked example to 1e-12, each a whole month', () => {
    const expected = Object.entries(worked.expected.monthly);
    expect(months.map(({ period, rows }) => [period, rows])).toEqual(expected.map(([period, { rows }]) => [period, rows]));
    for (const [index, [, { ret }]] of expected.entries()) expect(gap(months[index]!.total, ret)).toBeLessThan(1e-12);
    expect(months.filter(({ isPartial }) => isPartial)).toEqual([]);
  });

  test('make up the years, of which one without its January is marked', () => {
    expect(years).toHaveLength(1);
    expect(years[0]).toMatchObject({ period: '2020', isPartial: true });
    expect(gap(years[0]!.total, worked.expected.metrics.total)).toBeLessThan(1e-12);
  });

  test('are marked where the stream opens within the month or ends before its last session', () => {
    const march = seriesOf({ '2023-03-02': 0.01, '2023-03-31': 0.01, '2023-04-03': 0.02, '2023-04-27': 0.01 });
    const partial = (opened: string, session = isSession): boolean[] =>
      calendarReturns(march, { opened, isSession: session }).months.map(({ isPartial }) => isPartial);
    // 28 April 2023 is a Friday.
    expect(partial('2023-02-28')).toEqual([false, true]);
    expect(partial('2023-03-01')).toEqual([true, true]);
    const toFriday = seriesOf({ '2023-04-28': 0.01 });
    expect(calendarReturns(toFriday, { opened: '2023-03-31', isSession }).months[0]!.isPartial).toBe(false);
    expect(calendarReturns(toFriday, { opened: '2023-03-31', isSession: everyDay }).months[0]!.isPartial).toBe(true);
  });

  test('begin at the session before the first row', () => {
    expect(sessionBefore('2020-02-03', isSession)).toBe('2020-01-31');
    expect(sessionBefore('2020-02-03', everyDay)).toBe('2020-02-02');
  });
});

describe('rolling figures', () => {
  const rolling = rollingFigures(worked.returns, worked.benchmark, { windowRows: 20, annualisationDays: worked.annualisationDays });

  test.each([
    ['volatility', rolling.volatility, worked.expected.rolling.vol],
    ['Sharpe', rolling.sharpe, worked.expected.rolling.sharpe],
    ['beta', rolling.beta!, worked.expected.rolling.beta],
  ] as [string, RollingFigure, Record<string, number>][])(
    '%s is that of the worked example on every date, to 1e-12',
    (_, { dates, values }, expected) => {
      expect(dates).toEqual(Object.keys(expected));
      for (const [row, date] of dates.entries()) expect(gap(values[row]!, expected[date]!)).toBeLessThan(1e-12);
    },
  );

  test('of a stream shorter than the window are none, and of a constant one have no Sharpe ratio', () => {
    const flat = seriesOf({ '2023-03-01': 0.01, '2023-03-02': 0.01, '2023-03-03': 0.01 });
    expect(rollingFigures(flat, null, { windowRows: 4, annualisationDays: 252 })).toMatchObject({ volatility: { values: [] }, beta: null });
    const short = rollingFigures(flat, flat, { windowRows: 2, annualisationDays: 252 });
    expect(short).toMatchObject({ volatility: { values: [0, 0] }, sharpe: { values: [null, null] }, beta: { values: [null, null] } });
  });
});

describe('a stream beside its benchmark', () => {
  const found = compareWithBenchmark(worked.returns, worked.benchmark, worked.annualisationDays)!;
  const { benchmark } = worked.expected;

  test.each([
    ['beta', found.beta, benchmark.beta],
    ['alpha', found.alphaAnnualised, benchmark.alpha_ann],
    ['correlation', found.correlation, benchmark.corr],
    ['R squared', found.rSquared, benchmark.r2],
    ['tracking error', found.trackingError, benchmark.tracking_error],
    ['information ratio', found.informationRatio, benchmark.information_ratio],
  ])('has the %s of the worked example to 1e-12', (_, actual, expected) => {
    expect(gap(actual, expected)).toBeLessThan(1e-12);
  });

  test('captures exactly one of itself, and twice a benchmark of half its size on the way up at least', () => {
    const self = compareWithBenchmark(worked.returns, worked.returns, worked.annualisationDays)!;
    expect(self).toMatchObject({ upCapture: 1, downCapture: 1, trackingError: 0, informationRatio: null });
    expect(gap(self.beta, 1)).toBeLessThan(1e-15);
    const half = { dates: worked.returns.dates, values: worked.returns.values.map((value) => value / 2) };
    expect(compareWithBenchmark(worked.returns, half, worked.annualisationDays)!.upCapture).toBeGreaterThan(2);
  });

  test('is compared on common dates only, from two on, and not annualised below thirty', () => {
    const few = seriesOf({ '2020-02-03': 0.01, '2020-02-04': 0.02, '2019-01-02': 0.5 });
    expect(compareWithBenchmark(worked.returns, few, 252)).toMatchObject({
      commonRows: 2,
      alphaAnnualised: null,
      trackingError: null,
      informationRatio: null,
      upCapture: null,
    });
    expect(compareWithBenchmark(worked.returns, seriesOf({ '2019-01-02': 0.5 }), 252)).toBeNull();
  });
});
