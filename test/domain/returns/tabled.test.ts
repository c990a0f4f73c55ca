import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { calendarOfSymbol, countExpected, isAllowed, isExpected, sessionsBetween } from '../../../domain/returns/calendar.ts';
import { dayNumberOf, isoOfDay, isWeekend } from '../../../domain/returns/days.ts';
import { countTabledSessions, isTabledSession, tabledCalendars, yearsOf } from '../../../domain/returns/tabled.ts';
import golden from '../../golden/returns/tabled-sessions.json' with { type: 'json' };

const unknown = (date: string) => expect.objectContaining({ code: 'CalendarYearUnknown', message: expect.stringContaining(date) });

describe('calendars of share exchanges outside the US', () => {
  test.each([
    ['XETR', ['2024-03-29', '2024-05-01', '2024-12-24', '2024-12-31'], ['2024-05-20', '2024-10-03', '2024-12-27']],
    ['XLON', ['2022-06-03', '2022-09-19', '2023-05-08', '2024-08-26'], ['2024-05-01', '2024-12-24', '2024-12-31']],
    ['XPAR', ['2024-03-29', '2024-05-01', '2024-12-26'], ['2024-07-15', '2024-05-08', '2024-12-24']],
    ['XAMS', ['2024-04-01', '2024-05-01', '2024-12-25'], ['2024-05-09', '2024-12-31']],
    ['XSWX', ['2024-01-02', '2024-05-09', '2024-08-01', '2024-12-24'], ['2024-12-27']],
    ['XTSE', ['2024-02-19', '2024-05-20', '2024-07-01', '2024-10-14'], ['2024-07-04', '2024-11-28']],
    ['XTKS', ['2019-04-30', '2019-05-06', '2024-01-03', '2024-12-31'], ['2019-04-26', '2019-05-07', '2024-12-30']],
    ['XHKG', ['2023-01-23', '2023-01-25', '2024-07-01'], ['2023-01-20', '2024-07-02']],
    ['XASX', ['2024-01-26', '2024-04-25', '2024-06-10', '2022-09-22'], ['2024-11-05', '2024-12-24']],
  ] as const)('%s is closed on its holidays, and open on those of others', (calendar, closed, open) => {
    for (const date of closed) expect([date, isAllowed(calendar, date), isExpected(calendar, date)]).toEqual([date, false, false]);
    for (const date of open) expect([date, isAllowed(calendar, date), isExpected(calendar, date)]).toEqual([date, true, true]);
  });

  test.each(tabledCalendars)('%s has exactly the sessions of exchange_calendars in every year of its table', (calendar) => {
    const { first, last } = yearsOf(calendar);
    const held: Record<string, [sessions: number, digest: string]> = {};
    for (let year = first; year <= last; year++) {
      const sessions: string[] = [];
      for (let day = dayNumberOf(`${year}-01-01`); day <= dayNumberOf(`${year}-12-31`); day++)
        if (isTabledSession(calendar, day)) sessions.push(isoOfDay(day));
      const digest = createHash('sha256').update(sessions.map((date) => `${date}\n`).join(''));
      held[year] = [sessions.length, digest.digest('hex').slice(0, 16)];
    }
    expect(held).toEqual(golden[calendar]);
  });

  test('count as many sessions as there are', () => {
    const day = fc.integer({ min: dayNumberOf('1998-01-01'), max: dayNumberOf('2028-01-01') });
    fc.assert(
      fc.property(fc.constantFrom(...tabledCalendars), day, fc.integer({ min: 0, max: 800 }), (calendar, after, length) => {
        let counted = 0;
        for (let at = after + 1; at <= after + length; at++) if (isTabledSession(calendar, at)) counted += 1;
        expect(countTabledSessions(calendar, after, after + length)).toBe(counted);
        expect(countExpected(calendar, after + 1, after + length)).toBe(counted);
      }),
      { numRuns: 60 },
    );
  });

  test('have 238 to 262 sessions in every year, and none at a weekend', () => {
    for (const calendar of tabledCalendars) {
      const { first, last } = yearsOf(calendar);
      for (let year = first; year <= last; year++) {
        const [from, to] = [dayNumberOf(`${year}-01-01`), dayNumberOf(`${year}-12-31`)];
        const sessions = countTabledSessions(calendar, from - 1, to);
        expect({ calendar, year, plausible: sessions >= 238 && sessions <= 262 }).toEqual({ calendar, year, plausible: true });
        for (let day = from; day < from + 7; day++) if (isWeekend(day)) expect(isTabledSession(calendar, day)).toBe(false);
      }
    }
  });

  test('know nothing before and after their years, and say so', () => {
    expect(() => isAllowed('XTKS', '1996-12-30')).toThrow(unknown('1996-12-30'));
    expect(() => isAllowed('XETR', '2031-01-02')).toThrow(unknown('from 1971 to 2030'));
    expect(() => countExpected('XETR', dayNumberOf('2030-12-30'), dayNumberOf('2031-01-02'))).toThrow(unknown('2031-01-02'));
  });

  test('follow from the prefixes that people use; those that may mean two are refused with advice', () => {
    const symbols = ['XETR:SAP', 'LSE:VOD', 'EURONEXT:MC', 'SIX:NESN', 'TSX:RY', 'TSE:7203', 'HKEX:700', 'ASX:BHP', 'XAMS:ASML'];
    expect(symbols.map((symbol) => calendarOfSymbol(symbol))).toEqual([
      'XETR',
      'XLON',
      'XPAR',
      'XSWX',
      'XTSE',
      'XTKS',
      'XHKG',
      'XASX',
      'XAMS',
    ]);
    expect(() => calendarOfSymbol('FRA:SAP')).toThrow('write XETR for prices of Xetra');
    expect(() => calendarOfSymbol('LON:VOD')).toThrow('write LSE');
  });

  test('count sessions that all of several expect; without a table it is XNYS, or every day', () => {
    // Christmas 2024: XETR opens on the 23rd, 27th and 30th, XNYS also on the 24th, 26th and 31st.
    const [after, to] = ['2024-12-22', '2024-12-31'] as const;
    expect(sessionsBetween(['XETR'], after, to)).toBe(3);
    expect(sessionsBetween(['XETR', 'XNYS', 'XCRY'], after, to)).toBe(3);
    expect(sessionsBetween(['XNYS', 'XCRY'], after, to)).toBe(6);
    expect(sessionsBetween([], after, to)).toBe(6);
    expect(sessionsBetween(['XCRY'], after, to)).toBe(9);
    expect(sessionsBetween(['XETR'], to, after)).toBe(0);
  });
});
