/** Pages of events: what belongs to them, what is asked for next, and how much is read for it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { eventOf, type EventsQuestion, readEvents } from '../../../handlers/queries/events.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';
import { memoryLedger } from '../replay/world.ts';

const { session, memory } = memoryLedger();
const { ports } = session;
let all: readonly StoredEvent[] = [];

beforeAll(async () => {
  const history = new FactHistory();
  for (const sleeve of ['gold', 'bonds']) history.sleeve('SleeveDefined', sleeveFacts.defined(sleeve));
  for (const day of ['14', '15', '16', '17'])
    for (const sleeve of ['gold', 'bonds'])
      history.sleeve('SleeveRunAccepted', sleeveFacts.accepted(sleeve, `${sleeve}${day}`, `2025-07-${day}`));
  await recordHistory(memory, history);
  all = await memory.store.readAll({ after: null, maxCount: 100, types: null });
});

const everything: EventsQuestion = { stream: null, types: null, after: null, maxCount: 100, knownAt: null };
const places = async (change: Partial<EventsQuestion>) => {
  const { events, next } = await readEvents(ports, { ...everything, ...change });
  return { positions: events.map(({ position }) => position), next };
};
const positionsOf = (events: readonly StoredEvent[]): string[] => events.map(({ position }) => position);
const ofGold = () => all.filter(({ stream }) => stream === 'sleeve-gold');

describe('a page of events', () => {
  test('holds each event as it is stored, with its hash and its place', async () => {
    const { events, next } = await readEvents(ports, everything);
    expect(next).toBeNull();
    expect(events).toHaveLength(10);
    const [first] = all;
    expect(events[0]).toEqual({
      ...(JSON.parse(new TextDecoder().decode(first!.bytes)) as object),
      hash: first!.hash,
      position: first!.position,
    });
  });

  test.each([
    [9, 8],
    [10, null],
    [11, null],
    [1, 0],
  ])('of %i is followed by another where there are more', async (maxCount, last) => {
    const page = await places({ maxCount });
    expect(page.positions).toEqual(positionsOf(all.slice(0, maxCount)));
    expect(page.next).toBe(last === null ? null : all[last]!.position);
    if (page.next !== null) expect((await places({ after: page.next })).positions).toEqual(positionsOf(all.slice(maxCount)));
  });

  test('of types or of a stream holds these alone, also behind a position', async () => {
    const accepted = all.filter(({ type }) => type === 'SleeveRunAccepted');
    expect(await places({ types: ['SleeveRunAccepted'], maxCount: 8 })).toEqual({ positions: positionsOf(accepted), next: null });
    expect(await places({ types: ['SleeveRunAccepted'], maxCount: 7 })).toEqual({
      positions: positionsOf(accepted.slice(0, 7)),
      next: accepted[6]!.position,
    });
    for (const after of [null, ...positionsOf(all)]) {
      const behind = ofGold().filter(({ position }) => after === null || Number(position) > Number(after));
      expect((await places({ stream: 'sleeve-gold', after })).positions).toEqual(positionsOf(behind));
      const typed = behind.filter(({ type }) => type === 'SleeveDefined');
      expect((await places({ stream: 'sleeve-gold', types: ['SleeveDefined'], after })).positions).toEqual(positionsOf(typed));
    }
    expect(await places({ stream: 'sleeve-silver', after: all[3]!.position })).toEqual({ positions: [], next: null });
  });

  test('as it was known ends there, and is empty where nothing was known', async () => {
    for (const { position: knownAt } of all) {
      const known = (events: readonly StoredEvent[]) => positionsOf(events.filter(({ position }) => Number(position) <= Number(knownAt)));
      expect(await places({ knownAt })).toEqual({ positions: known(all), next: null });
      expect(await places({ knownAt, stream: 'sleeve-gold' })).toEqual({ positions: known(ofGold()), next: null });
    }
    expect(await places({ knownAt: '2020-01-01T00:00Z' })).toEqual({ positions: [], next: null });
  });

  test('is read with one event more than it holds, which shows whether another follows', async () => {
    const asked: number[] = [];
    const { store } = ports;
    const watching = storeLike(store, {
      readAll: async (options) => {
        asked.push(options.maxCount);
        return store.readAll(options);
      },
      readStream: async (stream, options) => {
        asked.push(options.maxCount);
        return store.readStream(stream, options);
      },
    });
    await readEvents({ ...ports, store: watching }, { ...everything, maxCount: 3 });
    await readEvents({ ...ports, store: watching }, { ...everything, maxCount: 3, stream: 'sleeve-gold' });
    await readEvents({ ...ports, store: watching }, { ...everything, maxCount: limits.readPageEventsMax });
    expect(asked).toEqual([4, 4, limits.readPageEventsMax]);
  });

  test.each([
    [{ types: ['SleeveDefined', 'Nothing'] }, 'Usage', 'no event is called Nothing; docs/events.md lists them', { path: '--types' }],
    [{ after: 'yesterday' }, 'Usage', '--after yesterday: a position, as an answer gives it', { path: '--after' }],
  ])('is refused for %j', async (change, code, message, at) => {
    await expect(readEvents(ports, { ...everything, ...change })).rejects.toMatchObject({ code, message, at });
  });

  test.each([0, 1.5, limits.readPageEventsMax + 1])('is refused for %d events', async (maxCount) => {
    await expect(readEvents(ports, { ...everything, maxCount })).rejects.toMatchObject({ code: expect.any(String) });
  });
});

test('an event by what it is called is that one, and unknown where there is none', async () => {
  const [event] = (await readEvents(ports, everything)).events;
  expect(await eventOf(ports, event!.id)).toEqual(event);
  expect(await eventOf(ports, 'sleeve-gold@0')).toEqual(event);
  await expect(eventOf(ports, 'sleeve-gold@9')).rejects.toMatchObject({
    code: 'EventUnknown',
    message: 'no event sleeve-gold@9 is recorded',
    at: { path: 'sleeve-gold@9' },
  });
});
