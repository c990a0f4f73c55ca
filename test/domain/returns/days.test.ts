import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { addDays, dayNumberOf, isoOfDay, isWeekend, parseDay, weekdayOf } from '../../../domain/returns/days.ts';

const dayMs = 86_400_000;
const anyDay = fc.integer({ min: Date.UTC(1953, 0, 1) / dayMs, max: Date.UTC(2199, 11, 31) / dayMs });

describe('days', () => {
  test('agree with the ECMAScript calendar on number, text and weekday', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const date = new Date(day * dayMs);
        const iso = date.toISOString().slice(0, 10);
        expect(isoOfDay(day)).toBe(iso);
        expect(dayNumberOf(iso)).toBe(day);
        expect(weekdayOf(day)).toBe((date.getUTCDay() + 6) % 7);
        expect(isWeekend(day)).toBe([0, 6].includes(date.getUTCDay()));
      }),
      { numRuns: 2_000 },
    );
  });

  test('refuse what is not a date of the years covered', () => {
    for (const text of [
      '',
      '2023-2-03',
      '2023-02-29',
      '1900-02-29',
      '2023-13-01',
      '2023-00-10',
      '2023-04-31',
      '1952-12-31',
      '2200-01-01',
      '2023-01-01T00:00:00Z',
      '20230101',
    ]) {
      expect([text, parseDay(text)]).toEqual([text, null]);
    }
    expect(parseDay('2024-02-29')).not.toBeNull();
    expect(() => dayNumberOf('2023-02-29')).toThrow(expect.objectContaining({ code: 'SchemaViolation' }));
  });

  test('step over month, year and leap day', () => {
    expect(addDays('2023-12-31', 1)).toBe('2024-01-01');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2100-02-28', 1)).toBe('2100-03-01');
    expect(addDays('2024-03-01', -1)).toBe('2024-02-29');
  });
});
