import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { sessionDateOfDay, sessionDateOfText, sessionDateOfTicks } from '../../../domain/returns/session-date.ts';

/** Oracle: the runtime's own Date, which the domain itself does not use. */
const isoOfDay = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

test('every day from 1600 to 2400 is what Date says', () => {
  const first = Date.UTC(1600, 0, 1) / 86_400_000;
  const last = Date.UTC(2400, 11, 31) / 86_400_000;
  for (let day = first; day <= last; day++) {
    if (sessionDateOfDay(day) !== isoOfDay(day)) throw new Error(`${day}: ${sessionDateOfDay(day)} is not ${isoOfDay(day)}`);
  }
  expect(sessionDateOfDay(last)).toBe('2400-12-31');
});

test('the first and last day of the calendar stand, and nothing beyond them', () => {
  expect([-719_163, -719_162, 2_932_896, 2_932_897, 0.5, Number.NaN].map(sessionDateOfDay)).toEqual([
    null,
    '0001-01-01',
    '9999-12-31',
    null,
    null,
    null,
  ]);
});

test('a text is a date exactly when Date reads it back unchanged', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1000, max: 9999 }), fc.nat(13), fc.nat(32), (year, month, day) => {
      const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
      const read = new Date(`${text}T00:00:00Z`);
      const exists = !Number.isNaN(read.getTime()) && read.toISOString().slice(0, 10) === text;
      expect(sessionDateOfText(text)).toBe(exists ? text : null);
    }),
  );
});

test('ticks that are not at midnight in UTC are not a date, before 1970 as well', () => {
  expect(sessionDateOfTicks(-86_400_000n, 'ms')).toBe('1969-12-31');
  expect(sessionDateOfTicks(-1n, 'ns')).toBeNull();
  expect(sessionDateOfTicks(86_400_000_000_001n, 'ns')).toBeNull();
  expect(sessionDateOfTicks(1_709_164_800n, 's')).toBe('2024-02-29');
  expect(sessionDateOfTicks(-9_223_372_036_854_775_808n, 'ns')).toBeNull();
});
