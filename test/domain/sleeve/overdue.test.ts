import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ExpectedBy } from '../../../domain/manifest/publication-block.ts';
import { isoOfDay, dayNumberOf } from '../../../domain/returns/days.ts';
import { type ExpectedSleeve, newlyOverdue, overdueSessions } from '../../../domain/sleeve/overdue.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const evening: ExpectedBy = { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' };
const since = '2025-06-01T00:00:00.000Z';

/** A quarter past an hour, counted from a midnight in October 2025. */
const instant = (hour: number): string =>
  `${isoOfDay(dayNumberOf('2025-10-15') + Math.floor(hour / 24))}T${String(hour % 24).padStart(2, '0')}:15:00.000Z`;
const sessions = (expectedBy: ExpectedBy, after: string | null, now: string, from = since): string[] =>
  overdueSessions({ expectedBy, since: from, after }, now).map(({ session }) => session);

describe('sessions whose results are missing', () => {
  test('a session is overdue once its time is past, not at it', () => {
    // 2025-07-17 18:30 in New York is 22:30 UTC.
    expect(sessions(evening, '2025-07-16', '2025-07-17T22:30:00.000Z')).toEqual([]);
    expect(overdueSessions({ expectedBy: evening, since, after: '2025-07-16' }, '2025-07-17T22:30:00.001Z')).toEqual([
      { session: '2025-07-17', expectedBy: '2025-07-17T22:30:00.000Z' },
    ]);
  });

  test('days without a session are not asked for', () => {
    // Independence Day 2025 was a Friday; the two days after it are a weekend.
    expect(sessions(evening, '2025-07-02', '2025-07-08T12:00:00.000Z')).toEqual(['2025-07-03', '2025-07-07']);
    expect(sessions({ ...evening, calendar: 'XCRY' }, '2025-07-02', '2025-07-08T12:00:00.000Z')).toEqual([
      '2025-07-03',
      '2025-07-04',
      '2025-07-05',
      '2025-07-06',
      '2025-07-07',
    ]);
  });

  test('a result may be due days after its session', () => {
    const later = { ...evening, time: '06:00', days_after: 1 };
    expect(sessions(later, '2025-07-16', '2025-07-18T09:59:59.999Z')).toEqual([]);
    expect(sessions(later, '2025-07-16', '2025-07-18T10:00:00.001Z')).toEqual(['2025-07-17']);
    // The day after a Friday is a Saturday, session or not.
    expect(sessions(later, '2025-07-17', '2025-07-19T10:00:00.001Z')).toEqual(['2025-07-18']);
  });

  test('what was due before it was expected is not asked for', () => {
    const defined = '2025-07-16T22:30:00.000Z';
    expect(sessions(evening, null, '2025-07-18T12:00:00.000Z', defined)).toEqual(['2025-07-17']);
    expect(sessions(evening, null, '2025-07-18T12:00:00.000Z', '2025-07-16T22:29:59.999Z')).toEqual(['2025-07-16', '2025-07-17']);
  });

  test('a result after the session answers it', () => {
    expect(sessions(evening, '2025-07-18', '2025-07-18T12:00:00.000Z')).toEqual([]);
  });

  test('the clocks of the zone decide across a change: 02:30, skipped on 2026-03-08, and 01:30, shown twice on 2026-11-01', () => {
    const crypto = { zone: 'America/New_York', calendar: 'XCRY' } as const;
    const due = (time: string, after: string, now: string) =>
      overdueSessions({ expectedBy: { ...crypto, time }, since, after }, now).map(({ session, expectedBy }) => `${session} ${expectedBy}`);
    expect(due('02:30', '2026-03-06', '2026-03-10T00:00:00.000Z')).toEqual([
      '2026-03-07 2026-03-07T07:30:00.000Z',
      '2026-03-08 2026-03-08T07:30:00.000Z',
      '2026-03-09 2026-03-09T06:30:00.000Z',
    ]);
    expect(due('01:30', '2026-10-30', '2026-11-03T00:00:00.000Z')).toEqual([
      '2026-10-31 2026-10-31T05:30:00.000Z',
      '2026-11-01 2026-11-01T06:30:00.000Z',
      '2026-11-02 2026-11-02T06:30:00.000Z',
    ]);
  });

  test('looking often finds the same as looking once, whenever the looks fall', () => {
    const zones = ['America/New_York', 'Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/London'];
    const arbitrary = fc.record({
      expectedBy: fc.record({
        time: fc.constantFrom('00:00', '02:30', '18:30', '23:59'),
        zone: fc.constantFrom(...zones),
        calendar: fc.constantFrom('XNYS' as const, 'XCRY' as const),
        days_after: fc.integer({ min: 0, max: 7 }),
      }),
      looks: fc.uniqueArray(fc.integer({ min: 0, max: 40 * 24 }), { minLength: 1, maxLength: 8 }),
    });
    fc.assert(
      fc.property(arbitrary, ({ expectedBy, looks }) => {
        const from = instant(0);
        const inOrder = looks.toSorted((left, right) => left - right);
        const noted: string[] = [];
        for (const hour of inOrder)
          noted.push(
            ...overdueSessions({ expectedBy, since: from, after: noted.at(-1) ?? null }, instant(hour)).map(({ session }) => session),
          );
        const once = overdueSessions({ expectedBy, since: from, after: null }, instant(inOrder.at(-1)!));
        expect(noted).toEqual(once.map(({ session }) => session));
        expect(once.every((each) => each.expectedBy > from && each.expectedBy < instant(inOrder.at(-1)!))).toBe(true);
      }),
      { numRuns: propertyRuns(200) },
    );
  });
});

const expected = (change: Partial<ExpectedSleeve> = {}): ExpectedSleeve => ({
  definition: { expectedBy: evening, recordedAt: since },
  current: { asOf: '2025-07-16' },
  overdue: [],
  ...change,
});

describe('what is newly overdue of a sleeve', () => {
  const now = '2025-07-18T23:00:00.000Z';
  const named = (sleeve: ExpectedSleeve): string[] => newlyOverdue(sleeve, now).map(({ session }) => session);

  test('is counted from its newest result, and on from what was noted', () => {
    expect(named(expected())).toEqual(['2025-07-17', '2025-07-18']);
    expect(named(expected({ overdue: [{ session: '2025-07-17' }] }))).toEqual(['2025-07-18']);
    expect(named(expected({ overdue: [{ session: '2025-07-17' }, { session: '2025-07-18' }] }))).toEqual([]);
  });

  test('begins, without a result, with what was due after the sleeve was made known', () => {
    expect(named(expected({ current: null, definition: { expectedBy: evening, recordedAt: '2025-07-17T12:00:00.000Z' } }))).toEqual([
      '2025-07-17',
      '2025-07-18',
    ]);
  });

  const ahead = (recordedAt: string) => named(expected({ current: null, definition: { expectedBy: evening, recordedAt } }));

  test('counts from the definition, though that was recorded up to a day ahead', () => {
    expect(ahead('2025-07-19T23:00:00.000Z')).toEqual([]);
    // Further ahead it does not say: what fell due in the last day counts, which is the session of the 18th, due at 22:30.
    expect(ahead('2025-07-19T23:00:00.001Z')).toEqual(['2025-07-18']);
  });

  test('counts from a result on where the definition was recorded far ahead', () => {
    const definition = { expectedBy: evening, recordedAt: '2099-01-01T00:00:00.000Z' };
    expect(named(expected({ definition }))).toEqual(['2025-07-17', '2025-07-18']);
    expect(named(expected({ definition, current: { asOf: '2025-07-14' } }))).toEqual([
      '2025-07-15',
      '2025-07-16',
      '2025-07-17',
      '2025-07-18',
    ]);
    expect(named(expected({ definition, current: null, overdue: [{ session: '2025-07-16' }] }))).toEqual(['2025-07-17', '2025-07-18']);
  });

  test('is nothing of a sleeve that is not known, or of which nothing is expected', () => {
    expect(named(expected({ definition: null }))).toEqual([]);
    expect(named(expected({ definition: { expectedBy: null, recordedAt: since } }))).toEqual([]);
  });
});
