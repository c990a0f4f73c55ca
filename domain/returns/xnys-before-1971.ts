/**
 * Sessions of the New York Stock Exchange from 1953 to 1970, where they differ from the rules since 1971. Since September 1952 there is no
 * session on Saturdays; before, the rules are others again. Source: the exchange's lists of holidays and special closings, as
 * pandas_market_calendars keeps them.
 */
import { dayOfCivil, weekdayOf } from './days.ts';

/** Holidays that were kept for the last time, days of mourning, snow, the landing on the moon, and days to catch up with paper. */
export const specialClosingsBefore1971: readonly string[] = [
  '1953-02-12',
  '1953-10-12',
  '1953-11-11',
  '1954-12-24',
  '1956-12-24',
  '1958-12-26',
  '1961-05-29',
  '1963-11-25',
  '1968-02-12',
  '1968-04-09',
  '1968-06-12',
  '1968-06-19',
  '1968-06-26',
  '1968-07-05',
  '1968-07-10',
  '1968-07-17',
  '1968-07-24',
  '1968-07-31',
  '1968-08-07',
  '1968-08-14',
  '1968-08-21',
  '1968-08-28',
  '1968-09-11',
  '1968-09-18',
  '1968-09-25',
  '1968-10-02',
  '1968-10-09',
  '1968-10-16',
  '1968-10-23',
  '1968-10-30',
  '1968-11-11',
  '1968-11-20',
  '1968-12-04',
  '1968-12-11',
  '1968-12-18',
  '1969-02-10',
  '1969-03-31',
  '1969-07-21',
];

const saturday = 5;
const sunday = 6;

/** Holidays on Saturdays were kept on the Friday before from July 1959 on; those on Sundays always on the Monday after. */
function observedThen(day: number): number {
  const weekday = weekdayOf(day);
  if (weekday === sunday) return day + 1;
  return weekday === saturday && day >= dayOfCivil(1959, 7, 1) ? day - 1 : day;
}

/** The Tuesday after the first Monday of November. */
function electionDay(year: number): number {
  const first = dayOfCivil(year, 11, 1);
  return first + ((7 - weekdayOf(first)) % 7) + 1;
}

/** Holidays on dates of their own; those that follow today's rules are not among them. */
export function holidaysBefore1971(year: number): number[] {
  const memorialDay = dayOfCivil(year, 5, 30);
  return [
    observedThen(dayOfCivil(year, 2, 22)),
    // In 1970 it fell on a Saturday, and the Friday before was a session.
    year === 1970 ? memorialDay : observedThen(memorialDay),
    observedThen(dayOfCivil(year, 7, 4)),
    ...(year <= 1968 ? [electionDay(year)] : []),
    observedThen(dayOfCivil(year, 12, 25)),
  ];
}
