/**
 * Trading calendars of daily data. A calendar is two sets of dates: those on which a row is *allowed* (a row elsewhere was
 * padded or misdated) and those on which one is *expected* (an absence there is a missing session). Futures exchanges hold
 * partial sessions on days on which New York is closed, so the first set is wider than the second.
 */
import { LedgerError, invariant, unreachable } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { civilOfDay, dayNumberOf, isWeekend } from './days.ts';
import { adviceByExchange, type CalendarId, calendarByExchange, calendarBySymbol } from './exchanges.ts';
import type { IsoDate } from './series.ts';
import { countTabledSessions, isTabled, isTabledSession } from './tabled.ts';
import { countXnysSessions, isXnysSession } from './xnys.ts';

export type { CalendarId };

/** Calendar of an `EXCHANGE:TICKER` symbol, null when the exchange is not known. */
export function knownCalendarOf(symbol: string): CalendarId | null {
  const special = calendarBySymbol.get(symbol);
  if (special !== undefined) return special;
  const colon = symbol.indexOf(':');
  return colon <= 0 ? null : (calendarByExchange.get(symbol.slice(0, colon)) ?? null);
}

/**
 * Calendar of an `EXCHANGE:TICKER` symbol; `path` says where the symbol was written.
 * Errors: ExchangeUnknown.
 */
export function calendarOfSymbol(symbol: string, path: string = symbol): CalendarId {
  const calendar = knownCalendarOf(symbol);
  if (calendar !== null) return calendar;
  const colon = symbol.indexOf(':');
  const why =
    colon <= 0
      ? `${JSON.stringify(symbol)} names no exchange`
      : `exchange ${JSON.stringify(symbol.slice(0, colon))} of ${JSON.stringify(symbol)} has no calendar`;
  const advice = adviceByExchange.get(symbol.slice(0, Math.max(colon, 0)));
  throw new LedgerError('ExchangeUnknown', `${why}; ${advice ?? `known are ${[...calendarByExchange.keys()].join(', ')}`}`, {
    evidence: { symbol },
    at: { path },
  });
}

/** The calendars of some symbols, each once, in code-unit order. Errors: ExchangeUnknown. */
export function calendarsOf(symbols: readonly string[]): CalendarId[] {
  return [...new Set(symbols.map((symbol) => calendarOfSymbol(symbol)))].toSorted(byCodeUnits);
}

/** Errors: CalendarYearUnknown for a day outside the years of a table. */
export function isAllowedDay(calendar: CalendarId, day: number): boolean {
  if (isTabled(calendar)) return isTabledSession(calendar, day);
  switch (calendar) {
    case 'XNYS':
      return isXnysSession(day);
    case 'XCRY':
      return true;
    case '24/5':
      return !isWeekend(day);
    case 'CMES':
    case 'ICEUS':
    case 'ICEEU':
    case 'XFRA': {
      if (isWeekend(day)) return false;
      const { month, dayOfMonth } = civilOfDay(day);
      return !(month === 1 && dayOfMonth === 1) && !(month === 12 && dayOfMonth === 25);
    }
    default:
      return unreachable(calendar);
  }
}

/** Errors: CalendarYearUnknown for a day outside the years of a table. */
export function isExpectedDay(calendar: CalendarId, day: number): boolean {
  if (isTabled(calendar)) return isTabledSession(calendar, day);
  return calendar === 'XCRY' || isXnysSession(day);
}

/** Whether a row may stand on the date. Errors: SchemaViolation when the text is not a date. */
export function isAllowed(calendar: CalendarId, date: IsoDate): boolean {
  return isAllowedDay(calendar, dayNumberOf(date));
}

/** Whether the absence of a row on the date is a missing session. Errors: SchemaViolation when the text is not a date. */
export function isExpected(calendar: CalendarId, date: IsoDate): boolean {
  return isExpectedDay(calendar, dayNumberOf(date));
}

/** Number of expected sessions in [first, last]. */
export function countExpected(calendar: CalendarId, first: number, last: number): number {
  if (last < first) return 0;
  if (isTabled(calendar)) return countTabledSessions(calendar, first - 1, last);
  return calendar === 'XCRY' ? last - first + 1 : countXnysSessions(first - 1, last);
}

/** Number of XNYS sessions after one date, up to and including another; 0 when that is not later. */
export function xnysSessionsBetween(afterExclusive: IsoDate, toInclusive: IsoDate): number {
  return countXnysSessions(dayNumberOf(afterExclusive), dayNumberOf(toInclusive));
}

/** Sessions by which a sleeve is behind: its own where its exchange has a table, else those of XNYS. */
export function sessionsBehind(calendars: readonly CalendarId[], afterExclusive: IsoDate, toInclusive: IsoDate): number {
  const count = calendars.some(isTabled) ? sessionsBetween(calendars, afterExclusive, toInclusive) : null;
  return count ?? xnysSessionsBetween(afterExclusive, toInclusive);
}

/**
 * Sessions that all of the calendars expect after one date, up to and including another; 0 when that is not later. As ever, calendars
 * without a table of their own expect the sessions of XNYS unless all of them trade round the clock.
 */
export function sessionsBetween(calendars: readonly CalendarId[], afterExclusive: IsoDate, toInclusive: IsoDate): number {
  const [after, to] = [dayNumberOf(afterExclusive), dayNumberOf(toInclusive)];
  if (to <= after) return 0;
  const sessional = calendars.filter((calendar) => !isRoundTheClock(calendar));
  if (sessional.length === 0 && calendars.length > 0) return to - after;
  if (!sessional.some(isTabled)) return countXnysSessions(after, to);
  let count = 0;
  for (let day = after + 1; day <= to; day++) if (sessional.every((calendar) => isExpectedDay(calendar, day))) count += 1;
  return count;
}

export function isRoundTheClock(calendar: CalendarId): boolean {
  return calendar === 'XCRY';
}

/** Periods a year: 365 if every calendar concerned trades every day, else 252. */
export function annualisationDays(calendars: readonly CalendarId[]): 252 | 365 {
  invariant(calendars.length > 0, 'no calendar, no annualisation');
  return calendars.every(isRoundTheClock) ? 365 : 252;
}
