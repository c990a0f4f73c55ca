/** Pages of events: what belongs to them, what is asked for next, and how much is read for it. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { limits } from '../../../domain/shared/limits.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { eventOf, type EventsQuestion, readEvents } from '../../../handlers/queries/events.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { storeLike } from '../../support/ledger-session.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';
import { sampleEvents, tailOf } from '../../support/sample-events.ts';
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

  test('from a position on begins with the event that stands there, or else with the next, also of a stream or of types', async () => {
    const last = Number(all.at(-1)!.position);
    for (let from = 0; from <= last + 2; from++) {
      const behind = (events: readonly StoredEvent[]) => positionsOf(events.filter(({ position }) => Number(position) >= from));
      expect((await places({ from: String(from) })).positions).toEqual(behind(all));
      expect((await places({ from: String(from), stream: 'sleeve-gold' })).positions).toEqual(behind(ofGold()));
      const defined = all.filter(({ type }) => type === 'SleeveDefined');
      expect((await places({ from: String(from), types: ['SleeveDefined'] })).positions).toEqual(behind(defined));
    }
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
    [{ from: '1-2' }, 'Usage', '--from 1-2: a position, as an answer gives it', { path: '--from' }],
    [{ from: '1', after: '1' }, 'Usage', '--from and --after each say where the page begins: give one', { path: '--from' }],
    [{ after: 'yesterday' }, 'Usage', '--after yesterday: a position, as an answer gives it', { path: '--after' }],
  ])('is refused for %j', async (change, code, message, at) => {
    await expect(readEvents(ports, { ...everything, ...change })).rejects.toMatchObject({ code, message, at });
  });

  test.each([0, 1.5, limits.readPageEventsMax + 1])('is refused for %d events', async (maxCount) => {
    await expect(readEvents(ports, { ...everything, maxCount })).rejects.toMatchObject({ code: expect.any(String) });
  });
});

test('an event by its position is that one, and unknown where none stands', async () => {
  for (const { position, id } of all) expect((await eventOf(ports, position)).id).toBe(id);
  for (const nowhere of ['0', String(Number(all.at(-1)!.position) + 1), '1/1'])
    await expect(eventOf(ports, nowhere)).rejects.toMatchObject({ code: 'EventUnknown', message: `no event ${nowhere} is recorded` });
  const empty = memoryLedger().session.ports;
  await expect(eventOf(empty, '1')).rejects.toMatchObject({ code: 'EventUnknown' });
  expect(await readEvents(empty, { ...everything, from: '5' })).toEqual({ events: [], next: null });
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

/** Pages of so many, each asked behind the last event that was shown, while somebody appends before some of them. */
interface Visit {
  readonly pages: readonly number[];
  /** Before each page: streams that get an event. */
  readonly appended: readonly (readonly string[])[];
}

const streamNames = ['gold', 'bonds', 'cash'] as const;
const visits: fc.Arbitrary<Visit> = fc.record({
  pages: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
  appended: fc.array(fc.array(fc.constantFrom(...streamNames), { maxLength: 3 }), { minLength: 1, maxLength: 12 }),
});

test('pages that are read while the ledger grows hold every event once, in its order, and miss none', async () => {
  await fc.assert(
    fc.asyncProperty(visits, fc.boolean(), async ({ pages, appended }, ofOneStream) => {
      const ledger = memoryLedger();
      const { store } = ledger.session.ports;
      const append = async (sleeve: string): Promise<void> => {
        const stream = `sleeve-${sleeve}`;
        const [last] = await store.readStream(stream, { from: 2n ** 62n, maxCount: 1, direction: 'backwards' });
        const events = sampleEvents({ stream, count: 1, tail: tailOf(last), type: 'SleeveDefined', data: () => ({ sleeve }) });
        await store.append(stream, events, { expectedRevision: last === undefined ? 'none' : last.revision });
      };
      const question: EventsQuestion = { ...everything, stream: ofOneStream ? 'sleeve-gold' : null };
      const shown: string[] = [];
      let after: string | null = null;
      for (const [index, maxCount] of pages.entries()) {
        for (const sleeve of appended[index] ?? []) await append(sleeve);
        const page = await readEvents(ledger.session.ports, { ...question, after, maxCount });
        const positions = page.events.map(({ position }) => position);
        shown.push(...positions);
        after = positions.at(-1) ?? after;
        // The same page from the event that stands first on it.
        if (positions.length > 0)
          expect((await readEvents(ledger.session.ports, { ...question, from: positions[0]!, maxCount })).events).toEqual(page.events);
      }
      const whole = await store.readAll({ after: null, maxCount: 1_000, types: null });
      const wanted = positionsOf(whole.filter(({ stream }) => !ofOneStream || stream === 'sleeve-gold'));
      expect(shown).toEqual(wanted.slice(0, shown.length));
      // What is left is what the last pages had no room for.
      const rest = await readEvents(ledger.session.ports, { ...question, after });
      expect([...shown, ...rest.events.map(({ position }) => position)]).toEqual(wanted);
    }),
    { numRuns: 60 },
  );
});
