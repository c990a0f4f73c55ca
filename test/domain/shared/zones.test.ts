import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dayNumberOf, isoOfDay } from '../../../domain/returns/days.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { instantOfWallTime, isZone } from '../../../domain/shared/zones.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const at = (date: string, time: string, zone: string): string => instantOfWallTime(dayNumberOf(date), time, zone);

describe('a time of day in a zone', () => {
  // By hand, from the rules in force: New York changes on the second Sunday of March and the first of November at 02:00, Lord Howe by half
  // an hour on the first Sundays of April and October; Apia left out 2011-12-30 whole.
  test.each([
    ['2026-01-15', '18:30', 'America/New_York', '2026-01-15T23:30:00.000Z'],
    ['2026-07-15', '18:30', 'America/New_York', '2026-07-15T22:30:00.000Z'],
    ['2026-03-08', '01:59', 'America/New_York', '2026-03-08T06:59:00.000Z'],
    ['2026-03-08', '03:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01', '00:59', 'America/New_York', '2026-11-01T04:59:00.000Z'],
    ['2026-11-01', '02:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
    ['2026-07-15', '00:00', 'Asia/Kolkata', '2026-07-14T18:30:00.000Z'],
    ['2026-07-15', '23:00', 'Pacific/Kiritimati', '2026-07-15T09:00:00.000Z'],
    ['2026-07-15', '12:00', 'UTC', '2026-07-15T12:00:00.000Z'],
  ])('%s %s in %s is %s', (date, time, zone, expected) => {
    expect(at(date, time, zone)).toBe(expected);
  });

  test.each([
    ['2026-03-08', '02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-03-29', '02:15', 'Europe/Berlin', '2026-03-29T01:15:00.000Z'],
    ['2026-10-04', '02:15', 'Australia/Lord_Howe', '2026-10-03T15:45:00.000Z'],
  ])('%s %s in %s, which the clocks skip, is as long after the skip: %s', (date, time, zone, expected) => {
    expect(at(date, time, zone)).toBe(expected);
  });

  test.each([
    ['2026-11-01', '01:30', 'America/New_York', '2026-11-01T06:30:00.000Z'],
    ['2026-10-25', '02:15', 'Europe/Berlin', '2026-10-25T01:15:00.000Z'],
    ['2026-04-05', '01:45', 'Australia/Lord_Howe', '2026-04-04T15:15:00.000Z'],
  ])('%s %s in %s, which the clocks show twice, is the second: %s', (date, time, zone, expected) => {
    expect(at(date, time, zone)).toBe(expected);
  });

  test('at the instant the clocks show the time, unless they skip it (Intl as the oracle)', () => {
    const zones = [
      'America/New_York',
      'Europe/London',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Africa/Casablanca',
      'UTC',
    ];
    const shown = new Map(
      zones.map((zone) => [zone, new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' })]),
    );
    let same = 0;
    let tried = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: dayNumberOf('1990-01-01'), max: dayNumberOf('2037-12-31') }),
        fc.integer({ min: 0, max: 1439 }),
        (zone, day, minute) => {
          const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
          const instant = new Date(instantOfWallTime(day, time, zone));
          const asked = `${isoOfDay(day)} ${time}`;
          const clocks = shown.get(zone)!.format(instant);
          tried++;
          if (clocks === asked) same++;
          // Skipped: the clocks are past it, by no more than they skip, and a minute before the skip they were before it.
          else
            expect(
              clocks > asked &&
                new Date(`${clocks.replace(' ', 'T')}Z`).getTime() - new Date(`${asked.replace(' ', 'T')}Z`).getTime() <= 3_600_000,
            ).toBe(true);
        },
      ),
      { numRuns: propertyRuns(500) },
    );
    expect(same).toBeGreaterThan(tried * 0.99);
  });

  test('a zone that the database does not know is refused', () => {
    expect(isZone('Mars/Phobos')).toBe(false);
    expect(() => at('2026-01-15', '18:30', 'Mars/Phobos')).toThrow(LedgerError);
  });
});
