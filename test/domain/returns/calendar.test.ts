import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  annualisationDays,
  type CalendarId,
  calendarOfSymbol,
  calendarsOf,
  countExpected,
  isAllowed,
  isExpected,
  isExpectedDay,
  xnysSessionsBetween,
} from '../../../domain/returns/calendar.ts';
import { dayNumberOf, isoOfDay, isWeekend } from '../../../domain/returns/days.ts';
import goldenBefore1971 from '../../golden/returns/xnys-1953-to-1970.json' with { type: 'json' };
import golden from '../../golden/returns/xnys-non-sessions.json' with { type: 'json' };
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';

const describeWithShared = needs('reference data').describe;

/** Weekdays of [first, last] without a session, and the number of days with one. */
function sessionsBetween(first: string, last: string): { nonSessions: string[]; sessions: number; weekendSessions: number } {
  const nonSessions: string[] = [];
  let sessions = 0;
  let weekendSessions = 0;
  for (let day = dayNumberOf(first); day <= dayNumberOf(last); day++) {
    const open = isAllowed('XNYS', isoOfDay(day));
    if (open) sessions += 1;
    if (open && isWeekend(day)) weekendSessions += 1;
    if (!open && !isWeekend(day)) nonSessions.push(isoOfDay(day));
  }
  return { nonSessions, sessions, weekendSessions };
}

describe('XNYS', () => {
  test('has exactly the sessions of exchange_calendars, 1995 to 2027', () => {
    expect(sessionsBetween(golden.first, golden.last)).toEqual({
      nonSessions: golden.nonSessions,
      sessions: golden.sessions,
      weekendSessions: 0,
    });
  });

  test('has exactly the sessions of exchange_calendars, 1971 to 1994', () => {
    const { nonSessions, sessions } = sessionsBetween('1971-01-01', '1995-01-02');
    expect(nonSessions).toEqual(golden.before1995.nonSessions);
    expect(sessions).toBe(golden.before1995.sessions);
  });

  test('has exactly the sessions of pandas_market_calendars, 1953 to 1970: elections, Saturdays, the paper crisis of 1968', () => {
    const { first, last, nonSessions, sessions } = goldenBefore1971;
    expect(sessionsBetween(first, last)).toEqual({ nonSessions, sessions, weekendSessions: 0 });
  });

  test('counts sessions after one date up to and including another', () => {
    expect(xnysSessionsBetween('2023-08-31', '2023-09-05')).toBe(2); // Friday, Labor Day between, Tuesday
    expect(xnysSessionsBetween('2023-08-31', '2023-08-31')).toBe(0);
    expect(xnysSessionsBetween('2023-09-05', '2023-08-31')).toBe(0);
    expect(xnysSessionsBetween('1995-01-02', '2027-11-19')).toBe(golden.sessions);
    const day = fc.integer({ min: dayNumberOf('1953-01-01'), max: dayNumberOf('2030-12-31') });
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 900 }), (after, length) => {
        let counted = 0;
        for (let each = after + 1; each <= after + length; each++) if (isExpectedDay('XNYS', each)) counted += 1;
        expect(xnysSessionsBetween(isoOfDay(after), isoOfDay(after + length))).toBe(counted);
      }),
    );
  });
});

describeWithShared('the reference calendars', () => {
  test('are what the golden file carries', () => {
    const reference = JSON.parse(readFileSync(join(sharedDirectory!, 'reference/calendars.json'), 'utf8')) as {
      XNYS: { non_sessions: string[]; sessions: number };
    };
    expect(golden.nonSessions).toEqual(reference.XNYS.non_sessions);
    expect(golden.sessions).toBe(reference.XNYS.sessions);
  });
});

describe('the two sets of a calendar', () => {
  const cases: [CalendarId, string, boolean, boolean][] = [
    ['XNYS', '2023-07-04', false, false],
    ['XNYS', '2023-07-03', true, true],
    ['XCRY', '2023-12-25', true, true],
    ['XCRY', '2023-07-01', true, true],
    ['24/5', '2023-07-01', false, false],
    ['24/5', '2023-12-25', true, false],
    ['24/5', '2023-07-03', true, true],
    ['CMES', '2023-07-04', true, false],
    ['CMES', '2023-01-01', false, false],
    ['CMES', '2023-12-25', false, false],
    ['CMES', '2023-07-02', false, false],
    ['ICEUS', '2024-01-01', false, false],
    ['ICEEU', '2023-05-29', true, false],
    ['XFRA', '2024-12-25', false, false],
    ['XFRA', '2024-12-26', true, true],
  ];
  test.each(cases)('%s on %s: allowed %s, expected %s', (calendar, date, allowed, expected) => {
    expect([isAllowed(calendar, date), isExpected(calendar, date)]).toEqual([allowed, expected]);
  });

  test('count every day for XCRY and XNYS sessions for the others', () => {
    const first = dayNumberOf('2023-07-01');
    expect(countExpected('XCRY', first, first + 9)).toBe(10);
    expect(countExpected('CMES', first, first + 9)).toBe(5); // 3, 5, 6, 7 and 10 July
    expect(countExpected('XNYS', first, first - 1)).toBe(0);
  });
});

describe('calendar of a symbol', () => {
  test.each([
    ['NASDAQ:AAPL', 'XNYS'],
    ['CBOE:ITA', 'XNYS'],
    ['CBOE:VX1!', 'CMES'],
    ['CRYPTO:BTCUSD', 'XCRY'],
    ['BINANCE:ETHUSDT', 'XCRY'],
    ['CME_MINI:ES1!', 'CMES'],
    ['CBOT_MINI:YM1!', 'CMES'],
    ['ICEEUR:BRN1!', 'ICEEU'],
    ['ICEUS:CT1!', 'ICEUS'],
    ['FX_IDC:EURUSD', '24/5'],
    ['EUREX:FDAX1!', 'XFRA'],
  ])('%s trades on %s', (symbol, calendar) => {
    expect(calendarOfSymbol(symbol)).toBe(calendar);
  });

  test.each(['NISE:VOD', 'AAPL', ':AAPL', 'nyse:KO', 'constructor:X', '__proto__:X'])('%s is refused where it stands', (symbol) => {
    expect(() => calendarOfSymbol(symbol, 'profiles.p.symbols[3]')).toThrow(
      expect.objectContaining({ code: 'ExchangeUnknown', at: { path: 'profiles.p.symbols[3]' } }),
    );
    expect(() => calendarOfSymbol(symbol)).toThrow(expect.objectContaining({ at: { path: symbol } }));
  });

  test('annualises by 365 only if every market never closes', () => {
    expect(annualisationDays(calendarsOf(['OKX:BTCUSDT', 'CRYPTO:ETHUSD']))).toBe(365);
    expect(annualisationDays(calendarsOf(['OKX:BTCUSDT', 'NYSE:KO']))).toBe(252);
    expect(annualisationDays(['CMES'])).toBe(252);
    expect(() => annualisationDays([])).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});
