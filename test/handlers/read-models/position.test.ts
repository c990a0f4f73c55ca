/** Points of ledger time as people write them, and whether the ledger has come so far. */
import { describe, expect, test } from '@jest/globals';
import { isPosition, parseKnownAt, reachedTime } from '../../../handlers/read-models/position.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';
import { refusalOf } from '../../support/refusal.ts';

const path = { path: '--known-at' };

describe('a point of ledger time', () => {
  test.each([
    ['0', true],
    ['17', true],
    ['17/23', true],
    ['17/', false],
    ['/17', false],
    ['a17', false],
    ['17a', false],
    ['17/23/1', false],
    ['', false],
    ['2026-11-21T08:00Z', false],
  ])('written %s is a position: %s', (text, expected) => {
    expect(isPosition(text)).toBe(expected);
    if (expected) expect(parseKnownAt(text)).toBe(text);
  });

  test.each([
    ['2026-11-21T08:00Z', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00:30Z', '2026-11-21T08:00:30.000Z'],
    ['2026-11-21T08:00:30.5Z', '2026-11-21T08:00:30.500Z'],
    ['2026-11-21T08:00:30.123456789Z', '2026-11-21T08:00:30.123Z'],
    ['2026-11-21T09:30+01:30', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T00:30-07:30', '2026-11-21T08:00:00.000Z'],
  ])('written %s is that instant in UTC', (text, expected) => {
    expect(parseKnownAt(text)).toBe(expected);
  });

  test('that is a date is refused, and shows an instant of that day', () => {
    expect(refusalOf(() => parseKnownAt('2026-11-21'))).toMatchObject({
      code: 'Usage',
      message: '--known-at 2026-11-21: a date is no instant; say which, such as 2026-11-21T23:59:59.999Z',
      at: path,
    });
  });

  test.each([
    'yesterday',
    '2026-11-21T08:00',
    '2026-11-21T08Z',
    '2026-11-21T08:00:30.1234567890Z',
    '2026-13-21T08:00Z',
    '2026-11-21T08:00+1:00',
    'x2026-11-21T08:00Z',
    '2026-11-21T08:00Z ',
    'x2026-11-21',
    '2026-11-211',
    '2026-W47-6T08:00Z',
  ])('that is %s is refused', (text) => {
    expect(refusalOf(() => parseKnownAt(text))).toMatchObject({
      code: 'Usage',
      message: `--known-at ${text}: give an instant with its zone such as 2026-11-21T08:00:00Z, or a position`,
      at: path,
    });
  });
});

const ahead = (text: string, than: string, knownAt = text) => ({
  code: 'NotYetKnown',
  message: `--known-at ${text} lies ahead: ${than}`,
  at: path,
  evidence: { knownAt },
});

describe('whether the ledger has come so far', () => {
  const clock = fixedClock('2026-11-21T08:00:00.000Z');
  const { store } = createMemoryStore();

  test('an instant counts up to the present one', async () => {
    expect(await reachedTime({ store, clock }, '2026-11-21T09:00:00+01:00')).toBe('2026-11-21T08:00:00.000Z');
    await expect(reachedTime({ store, clock }, '2026-11-21T08:00:00.001Z')).rejects.toMatchObject(
      ahead('2026-11-21T08:00:00.001Z', 'it is 2026-11-21T08:00:00.000Z'),
    );
    await expect(reachedTime({ store, clock }, '2026-11-21T10:00+01:00')).rejects.toMatchObject(
      ahead('2026-11-21T10:00+01:00', 'it is 2026-11-21T08:00:00.000Z', '2026-11-21T09:00:00.000Z'),
    );
  });

  test('a position counts up to that of the newest event, and none of an empty ledger does', async () => {
    await expect(reachedTime({ store, clock }, '0')).rejects.toMatchObject(ahead('0', 'nothing is recorded'));
    await addRun(store, 'a', 3);
    const head = (await store.head())!;
    expect(await reachedTime({ store, clock }, head)).toBe(head);
    expect(await reachedTime({ store, clock }, '0')).toBe('0');
    await expect(reachedTime({ store, clock }, '99')).rejects.toMatchObject(ahead('99', `the newest event stands at position ${head}`));
  });

  test.each([
    ['17', '17/23'],
    ['17/23', '17'],
  ])('a position %s is refused where the positions of the store read as %s', async (text, head) => {
    const other = storeLike(store, { head: async () => head });
    await expect(reachedTime({ store: other, clock }, text)).rejects.toMatchObject({
      code: 'Usage',
      message: `--known-at ${text}: the positions of this store read as ${head}`,
      at: path,
    });
  });
});
