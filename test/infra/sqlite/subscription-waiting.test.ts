/** How a subscription pages and waits, with pages of the test's own: what it asks for, what wakes it, and that it leaves nothing behind. */
import { getEventListeners } from 'node:events';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { ReadAllOptions, StoredEvent } from '../../../handlers/ports/ports.ts';
import { Connection } from '../../../infra/sqlite/connection.ts';
import { subscription } from '../../../infra/sqlite/subscription.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));
const stream = 'sleeveRun-a';
const stored = sampleEvents({ stream, count: 5 }).map((event, index): StoredEvent => ({
  ...event,
  stream,
  revision: BigInt(index),
  position: String(index + 1),
}));
const tooLong = 60_000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function bench(pollMs = tooLong, after: string | null = null) {
  const database = new Database(':memory:');
  opened.push(database);
  database.exec('CREATE TABLE rows (row TEXT)');
  const connection = new Connection(database, ':memory:', 1_000);
  const aborting = new AbortController();
  const asked: ReadAllOptions[] = [];
  const held = { count: 0 };
  const readPage = async (options: ReadAllOptions): Promise<StoredEvent[]> => {
    asked.push(options);
    return stored.slice(Number(options.after ?? 0), held.count);
  };
  const events = subscription(connection, readPage, { after, types: ['SampleRecorded'], signal: aborting.signal }, pollMs);
  const commit = (): Promise<unknown> => connection.write(() => database.exec("INSERT INTO rows VALUES ('a')"));
  const listeners = (): number => getEventListeners(aborting.signal, 'abort').length;
  return { connection, aborting, asked, held, events, commit, listeners };
}

describe('a subscription', () => {
  test('reads pages of two hundred behind the last event that it gave, and waits when one is empty', async () => {
    const { asked, held, events, commit, listeners, aborting } = bench(tooLong, '1');
    held.count = 3;
    expect([(await events.next()).value, (await events.next()).value]).toEqual(stored.slice(1, 3));
    const next = events.next();
    for (let turns = 0; turns < 5; turns++) await turn();
    const page = { maxCount: 200, types: ['SampleRecorded'] };
    expect(asked).toEqual([
      { after: '1', ...page },
      { after: '3', ...page },
    ]);
    expect(listeners()).toBe(1);
    held.count = 4;
    await commit();
    expect((await next).value).toEqual(stored[3]);
    expect([asked.length, asked[2], listeners()]).toEqual([3, { after: '3', ...page }, 0]);
    aborting.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('that is aborted before it began reads nothing', async () => {
    const { aborting, asked, events } = bench();
    aborting.abort();
    expect([await events.next(), asked]).toEqual([{ done: true, value: undefined }, []]);
  });

  test('that is aborted gives nothing more of its page', async () => {
    const { aborting, held, events } = bench();
    held.count = 5;
    expect((await events.next()).value).toEqual(stored[0]);
    aborting.abort();
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test.each(['aborted', 'closed'])('that waits and is %s ends at once, and leaves no listener and no timer', async (how) => {
    const cleared = jest.spyOn(globalThis, 'clearTimeout');
    const { aborting, connection, events, listeners } = bench();
    const next = events.next();
    for (let turns = 0; turns < 3; turns++) await turn();
    if (how === 'aborted') aborting.abort();
    else connection.close();
    expect(await next).toEqual({ done: true, value: undefined });
    expect([listeners(), cleared.mock.calls.length]).toEqual([0, 1]);
    cleared.mockRestore();
  });

  test('looks by itself for what others have committed, as often as it is told', async () => {
    const { asked, held, events, connection, aborting } = bench(3);
    const changes = jest.spyOn(connection, 'changes').mockReturnValue('before');
    const next = events.next();
    while (changes.mock.calls.length < 5) await turn();
    expect(asked).toHaveLength(1);
    held.count = 1;
    changes.mockReturnValue('after');
    expect((await next).value).toEqual(stored[0]);
    aborting.abort();
  });

  test('looks five times as often for two seconds after an event', async () => {
    const { held, events, connection, aborting } = bench(500);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(10_000);
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const delays = (): unknown[] => timers.mock.calls.map(([, delay]) => delay);
    const waiting = events.next();
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(delays()).toEqual([500]);
    held.count = 1;
    await connection.write(() => undefined);
    expect((await waiting).value).toEqual(stored[0]);
    const next = events.next();
    clock.mockReturnValue(11_999);
    for (let turns = 0; turns < 3; turns++) await turn();
    expect(delays()).toEqual([500, 100]);
    clock.mockReturnValue(12_000);
    while (timers.mock.calls.length < 3) await turn();
    expect(delays()).toEqual([500, 100, 500]);
    aborting.abort();
    await next;
    clock.mockRestore();
    timers.mockRestore();
  });

  test('misses nothing that is committed while a page is read', async () => {
    const { events, held, connection, asked, aborting } = bench();
    // The first look is before the page is read, the second while it waits.
    jest.spyOn(connection, 'changes').mockReturnValueOnce('before').mockReturnValue('after');
    const next = events.next();
    while (asked.length < 2) await turn();
    held.count = 1;
    jest.spyOn(connection, 'changes').mockReturnValue('again');
    await connection.write(() => undefined);
    expect((await next).value).toEqual(stored[0]);
    aborting.abort();
  });

  test('ends with what is wrong with its file', async () => {
    const { events, connection, listeners } = bench(3);
    const changes = jest.spyOn(connection, 'changes').mockReturnValueOnce('before').mockReturnValueOnce('before');
    changes.mockImplementation(() => {
      throw new Error('replaced');
    });
    await expect(events.next()).rejects.toThrow('replaced');
    expect(listeners()).toBe(0);
  });
});
