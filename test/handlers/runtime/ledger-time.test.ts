/** How far a writer's clock may go on at once, and against what it is held. */
import { describe, expect, test } from '@jest/globals';
import { createLedgerTime, type LedgerTimeOptions } from '../../../handlers/runtime/ledger-time.ts';

interface Known {
  recordedAt?: string;
  storedAt?: string;
  keyTime?: string;
}

/** Of a ledger of which so much is known; counts how often it is read. */
function timeOf(known: Known, change: Partial<LedgerTimeOptions> = {}) {
  const counted = { reads: 0 };
  const time = createLedgerTime({
    store: {
      newest: async () => {
        counted.reads++;
        return known.recordedAt === undefined ? null : { recordedAt: known.recordedAt, storedAt: known.storedAt ?? null };
      },
    },
    keyTime: async () => known.keyTime ?? null,
    limitDays: 10,
    acceptedWhy: null,
    ...change,
  });
  return { time, counted };
}

const at = (day: string): string => `2026-01-${day}T12:00:00.000Z`;

describe('a clock', () => {
  test.each<[string, Known, string]>([
    ['of a ledger of which nothing is known says what it likes', {}, '2999-01-01T00:00:00.000Z'],
    ['may go on by so many days', { recordedAt: at('01') }, at('11')],
    ['may stand before what is known', { recordedAt: at('20') }, at('01')],
    ['goes by what a server says of the newest event, where that is later', { recordedAt: at('01'), storedAt: at('05') }, at('15')],
    ['goes by the newest event, where that is later', { recordedAt: at('05'), storedAt: at('01') }, at('15')],
    ['goes by the key, where that is later', { recordedAt: at('01'), keyTime: at('06') }, at('16')],
    ['goes by the key, where nothing else is known', { keyTime: at('06') }, at('16')],
  ])('%s', async (_, known, now) => {
    const { time } = timeOf(known);
    await expect(time.admit(now)).resolves.toBeUndefined();
    expect(time.takeAccepted()).toBeNull();
  });

  test.each<[Known, string, string]>([
    [{ recordedAt: at('01') }, at('12'), at('01')],
    [{ recordedAt: at('01'), storedAt: at('02'), keyTime: at('01') }, at('13'), at('02')],
    [{ keyTime: at('01') }, at('12'), at('01')],
  ])('that is a day further is refused: %j', async (known, now, newest) => {
    const { time } = timeOf(known);
    await expect(time.admit(now)).rejects.toMatchObject({
      code: 'ClockAhead',
      message: `the clock says ${now}, more than 10 days after anything that is known of the time (${newest}): nothing is recorded`,
      evidence: { now, newest, limitDays: 10 },
    });
  });

  test('is held against what was admitted before, without reading again', async () => {
    const { time, counted } = timeOf({ recordedAt: at('01') });
    for (const day of ['02', '10', '20', '05', '30']) await time.admit(at(day));
    expect(counted.reads).toBe(1);
  });

  test('is not refused before everything was read again: another process may have gone on', async () => {
    const known: Known = { recordedAt: at('01') };
    const { time, counted } = timeOf(known);
    await time.admit(at('02'));
    known.recordedAt = at('15');
    await time.admit(at('25'));
    expect(counted.reads).toBe(2);
  });
});

describe('a jump that was accepted', () => {
  test('is told once with its reason, and the next one is refused', async () => {
    const { time } = timeOf({ recordedAt: at('01') }, { acceptedWhy: 'the machine was off' });
    await time.admit(at('05'));
    expect(time.takeAccepted()).toBeNull();
    await time.admit('2026-02-20T12:00:00.000Z');
    expect(time.takeAccepted()).toEqual({ before: at('05'), after: '2026-02-20T12:00:00.000Z', why: 'the machine was off' });
    expect(time.takeAccepted()).toBeNull();
    await time.admit('2026-03-01T12:00:00.000Z');
    await expect(time.admit('2026-04-01T12:00:00.000Z')).rejects.toMatchObject({ code: 'ClockAhead' });
  });
});
