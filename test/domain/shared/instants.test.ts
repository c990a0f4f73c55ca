import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { millisecondsBetween, plusSeconds } from '../../../domain/shared/instants.ts';
import { propertyRuns } from '../../support/property-runs.ts';

/** The platform's own arithmetic on milliseconds since 1970 is the oracle: the domain may not use it. */
const later = (instant: string, seconds: number): string => new Date(Date.parse(instant) + seconds * 1000).toISOString();

describe('instants', () => {
  test.each([
    ['keeps the milliseconds', '2026-11-21T08:00:00.123Z', 60, '2026-11-21T08:01:00.123Z'],
    ['leaves the instant as it is when nothing is added', '2026-11-21T08:00:00.000Z', 0, '2026-11-21T08:00:00.000Z'],
    ['crosses the end of a year', '2026-12-31T23:59:59.999Z', 1, '2027-01-01T00:00:00.999Z'],
    ['knows the leap day', '2028-02-28T23:59:30.000Z', 60, '2028-02-29T00:00:30.000Z'],
    ['knows the year without one', '2100-02-28T23:59:30.000Z', 60, '2100-03-01T00:00:30.000Z'],
    ['counts through the night in which New York puts its clocks back', '2026-11-01T05:30:00.000Z', 7_200, '2026-11-01T07:30:00.000Z'],
  ])('plusSeconds %s', (_, instant, seconds, expected) => {
    expect(plusSeconds(instant, seconds)).toBe(expected);
    expect(millisecondsBetween(instant, expected)).toBe(seconds * 1000);
  });

  test('millisecondsBetween is negative when the second is the earlier', () => {
    expect(millisecondsBetween('2026-11-21T08:00:00.500Z', '2026-11-21T08:00:00.000Z')).toBe(-500);
  });

  test('what is not an instant is a fault', () => {
    expect(() => plusSeconds('yesterday', 1)).toThrow('an instant that is none');
  });

  test('property: later instants are the later texts, and agree with the platform', () => {
    const instant = fc
      .date({ min: new Date('1990-01-01T00:00:00Z'), max: new Date('2200-01-01T00:00:00Z'), noInvalidDate: true })
      .map((date) => date.toISOString());
    fc.assert(
      fc.property(instant, fc.nat(31 * 86_400), (from, seconds) => {
        const to = plusSeconds(from, seconds);
        expect(to).toBe(later(from, seconds));
        expect(to > from).toBe(seconds > 0);
      }),
      { numRuns: propertyRuns(300) },
    );
  });
});
