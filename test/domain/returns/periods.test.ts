import { expect, test } from '@jest/globals';
import { periodEnds, periodNames, periodOf } from '../../../domain/returns/periods.ts';

/** From Friday, 29 December 2023, to Monday, 15 January 2024, every day. */
const dates = Array.from({ length: 18 }, (_, day) => new Date(Date.UTC(2023, 11, 29 + day)).toISOString().slice(0, 10));

test.each([
  ['W-MON', ['2024-01-01', '2024-01-08', '2024-01-15']],
  ['W-TUE', ['2024-01-02', '2024-01-09', '2024-01-15']],
  ['W-WED', ['2024-01-03', '2024-01-10', '2024-01-15']],
  ['W-THU', ['2024-01-04', '2024-01-11', '2024-01-15']],
  ['W-FRI', ['2023-12-29', '2024-01-05', '2024-01-12', '2024-01-15']],
  ['month', ['2023-12-31', '2024-01-15']],
  ['quarter', ['2023-12-31', '2024-01-15']],
] as const)('%s ends at its weekday or with the calendar, and with the very last row', (period, ends) => {
  expect(periodEnds(dates, period).map((row) => dates[row])).toEqual(ends);
});

test('the last row that a period has ends it, whichever day that is', () => {
  const sessions = ['2024-03-27', '2024-03-28', '2024-04-02', '2024-06-28', '2024-07-01'];
  expect(periodEnds(sessions, 'quarter')).toEqual([1, 3, 4]);
  expect(periodEnds(sessions, 'month')).toEqual([1, 2, 3, 4]);
  expect(periodEnds(sessions, 'W-FRI')).toEqual([1, 2, 3, 4]);
  expect(periodEnds([], 'month')).toEqual([]);
});

test('a period has another number in another year, and its neighbours have the next ones', () => {
  for (const period of periodNames) expect(periodOf('2023-05-15', period)).not.toBe(periodOf('2024-05-15', period));
  expect(periodOf('2024-01-01', 'month') - periodOf('2023-12-31', 'month')).toBe(1);
  expect(periodOf('2024-01-01', 'quarter') - periodOf('2023-12-31', 'quarter')).toBe(1);
  expect(
    ['2024-03-31', '2024-04-01', '2024-06-30', '2024-09-30', '2024-10-01'].map((date) => periodOf(date, 'quarter') - 2024 * 4),
  ).toEqual([0, 1, 1, 2, 3]);
});
