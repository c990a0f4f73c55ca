/** Each check of one symbol's prices at its limits, with all that it reports. */
import { describe, expect, test } from '@jest/globals';
import type { CalendarId } from '../../../domain/returns/calendar.ts';
import { addDays, dayNumberOf } from '../../../domain/returns/days.ts';
import { auditSessions } from '../../../domain/returns/missing-sessions.ts';
import { auditCalendar, auditFlatness, auditFreshness, auditValues } from '../../../domain/returns/symbol-checks.ts';
import type { SymbolPrices } from '../../../domain/returns/symbol-prices.ts';
import type { FindingSink } from '../../../domain/returns/verdict.ts';
import { RecordedFindings } from './recorded-findings.ts';

type Row = readonly [date: string, price: number];

function pricesOf(rows: readonly Row[], calendar: CalendarId = 'XNYS'): SymbolPrices {
  return {
    file: 'p.csv',
    symbol: 'NYSE:A',
    calendar,
    dates: rows.map(([date]) => date),
    days: Int32Array.from(rows, ([date]) => dayNumberOf(date)),
    prices: Float64Array.from(rows, ([, price]) => price),
    lineAt: (index) => 2 + index,
  };
}

function foundBy(check: (series: SymbolPrices, findings: FindingSink) => void, rows: readonly Row[], calendar?: CalendarId) {
  const findings = new RecordedFindings();
  check(pricesOf(rows, calendar), findings);
  return { added: findings.added, looked: findings.counts };
}

const of = (code: string, line: number | undefined, date: string | undefined, value: number | undefined, message: string) => ({
  code,
  file: 'p.csv',
  symbol: 'NYSE:A',
  ...(line === undefined ? {} : { line }),
  ...(date === undefined ? {} : { date }),
  ...(value === undefined ? {} : { value }),
  message,
});

/** Weekdays from Monday, 8 July 2024, on. */
const weekdays = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => addDays('2024-07-08', 7 * Math.floor(at / 5) + (at % 5)));

test('a price off the calendar is told, and that it pads where it repeats the one before it', () => {
  const rows: Row[] = [
    ['2024-07-06', 1],
    ['2024-07-07', 1],
    ['2024-07-08', 1],
    ['2024-07-13', 2],
  ];
  const off = (line: number, date: string, price: number) =>
    of('off_calendar_row', line, date, price, `NYSE:A has a price on ${date}, which is no session of XNYS`);
  expect(foundBy(auditCalendar, rows)).toEqual({
    added: [
      off(2, '2024-07-06', 1),
      off(3, '2024-07-07', 1),
      of('padding_suspected', 3, '2024-07-07', 1, 'the price of NYSE:A on 2024-07-07, no session of XNYS, repeats the one before it'),
      off(5, '2024-07-13', 2),
    ],
    looked: { calendar: 4 },
  });
  expect(foundBy(auditCalendar, rows, 'XCRY').added).toEqual([]);
});

test('prices must be finite and above zero, and returns above -1 and at most 5, of prices that are', () => {
  const [a, b, c, d, e, f, g] = weekdays(7);
  const rows: Row[] = [
    [a!, 1],
    [b!, 6],
    [c!, 36.5],
    [d!, Infinity],
    [e!, 2],
    [f!, 0],
    [g!, -3],
  ];
  const ratio = 36.5 / 6 - 1;
  expect(foundBy(auditValues, rows)).toEqual({
    added: [
      of('extreme_return', 4, c, ratio, `the return of NYSE:A on ${c} is ${ratio}, beyond 5`),
      of('non_finite_price', 5, d, undefined, `the price of NYSE:A on ${d} is Infinity`),
      of('non_positive_price', 7, f, 0, `the price of NYSE:A on ${f} is 0`),
      of('ruinous_return', 7, f, -1, `the return of NYSE:A on ${f} is -1, a loss of everything or more`),
      of('non_positive_price', 8, g, -3, `the price of NYSE:A on ${g} is -3`),
    ],
    // Of the six steps three lead from and to a price of which there is a return.
    looked: { prices: 7, returns: 3 },
  });
});

/** Prices that rise by 1, but repeat at these places. */
const rising = (dates: readonly string[], repeats: readonly number[]): Row[] => {
  let price = 100;
  return dates.map((date, at) => [date, repeats.includes(at) ? price : (price += 1)] as const);
};
const run = (line: number, date: string, count: number) =>
  of('flat_fill_suspected', line, date, count, `the price of NYSE:A repeats itself ${count} times in a row from ${date}`);

describe('prices that repeat themselves', () => {
  test('are suspected from three in a row on, each run with its first line, the last one too', () => {
    const dates = weekdays(200);
    const found = foundBy(auditFlatness, rising(dates, [10, 11, 12, 50, 51, 196, 197, 198, 199]));
    expect(found).toEqual({ added: [run(12, dates[10]!, 3), run(198, dates[196]!, 4)], looked: { flat_fill: 199 } });
  });

  test('are suspected above a share of a twentieth of the weekdays, weekends apart', () => {
    const dates = weekdays(41);
    expect(foundBy(auditFlatness, rising(dates, [10, 20])).added).toEqual([]);
    expect(foundBy(auditFlatness, rising(dates, [10, 20, 30])).added).toEqual([
      of('flat_fill_suspected', undefined, undefined, 0.075, '3 of 40 weekday returns of NYSE:A are exactly zero'),
    ]);
    // A Saturday and a Sunday that repeat count for neither.
    const days = ['2024-07-12', '2024-07-13', '2024-07-14', '2024-07-15'];
    expect(foundBy(auditFlatness, rising(days, [1, 2]), 'XCRY')).toEqual({ added: [], looked: { flat_fill: 1 } });
    expect(foundBy(auditFlatness, rising(days.slice(0, 3), []), 'XCRY')).toEqual({ added: [], looked: { flat_fill: 0 } });
  });
});

const gap = (line: number, date: string, count: number) =>
  of('missing_sessions', line, date, count, `NYSE:A misses ${count} sessions in a row from ${date}`);
const without = (count: number, ...places: readonly number[]): Row[] =>
  weekdays(count).flatMap((date, at) => (places.includes(at) ? [] : [[date, 100 + at] as const]));

describe('sessions without a price', () => {
  test('are told from two in a row on, by the line behind them and their first day', () => {
    expect(foundBy(auditSessions, without(70, 4, 10, 11, 20, 21, 22))).toEqual({
      added: [gap(11, weekdays(70)[10]!, 2), gap(19, weekdays(70)[20]!, 3)],
      // One of the weekdays, 2 September, is a holiday.
      looked: { missing_sessions: 69 },
    });
  });

  test('are too many above a tenth of all between the first and the last price', () => {
    expect(foundBy(auditSessions, without(20, 3, 7)).added).toEqual([]);
    expect(foundBy(auditSessions, without(20, 3, 7, 11)).added).toEqual([
      of('missing_sessions_share', undefined, undefined, 0.15, 'NYSE:A misses 3 of its 20 sessions between 2024-07-08 and 2024-08-02'),
    ]);
  });

  test('are none of a single price, of none, or of prices off the calendar alone', () => {
    expect(foundBy(auditSessions, [])).toEqual({ added: [], looked: {} });
    expect(foundBy(auditSessions, without(1))).toEqual({ added: [], looked: { missing_sessions: 1 } });
    const weekend: Row[] = [
      ['2024-07-13', 1],
      ['2024-07-14', 1],
    ];
    expect(foundBy(auditSessions, weekend)).toEqual({ added: [], looked: { missing_sessions: 0 } });
  });
});

const stale = (
  asOf: string | null,
  calendar?: CalendarId,
  rows: readonly Row[] = [
    ['2024-07-08', 1],
    ['2024-07-09', 1],
  ],
) => foundBy((series, findings) => auditFreshness(series, asOf, findings), rows, calendar);
const told = (asOf: string, lag: number, limit: number) =>
  of('stale', 3, '2024-07-09', lag, `the last price of NYSE:A is of 2024-07-09, ${lag} days before ${asOf}; at most ${limit} are allowed`);

describe('a last price', () => {
  test('may be five days old, or one where markets never close', () => {
    expect(stale('2024-07-14')).toEqual({ added: [], looked: { freshness: 1 } });
    expect(stale('2024-07-15').added).toEqual([told('2024-07-15', 6, 5)]);
    expect(stale('2024-07-10', 'XCRY').added).toEqual([]);
    expect(stale('2024-07-11', 'XCRY').added).toEqual([told('2024-07-11', 2, 1)]);
  });

  test('is not judged without an as-of date that exists, or without a price', () => {
    const nothing = { added: [], looked: {} };
    expect([stale(null), stale('2024-02-30'), stale('2024-07-15', 'XNYS', [])]).toEqual([nothing, nothing, nothing]);
  });
});
