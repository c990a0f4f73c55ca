/** Which portfolios contain a sleeve, and when each is due, as the log tells it. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { DomainEvent } from '../../../domain/catalogue.ts';
import { limits } from '../../../domain/shared/limits.ts';
import type { EventStore, EventToAppend, StoredEvent } from '../../../handlers/ports/ports.ts';
import { PortfolioIndex } from '../../../handlers/reaction/portfolio-index.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { applyApproved, openDesk, until } from './desk.ts';
import { withPolicy } from './looking.ts';

const defined = (meta: string, ...sleeves: readonly string[]): DomainEvent =>
  ({ type: 'MetaPortfolioDefined', data: { meta, sleeves: sleeves.map((sleeve) => ({ sleeve })) } }) as unknown as DomainEvent;
const scheduled = (meta: string, dueAt: string): DomainEvent =>
  ({ type: 'ReallocationScheduled', data: { meta, dueAt } }) as unknown as DomainEvent;

const [{ bytes: scheduledBytes }] = sampleEvents({
  stream: 'metaPortfolio-whole',
  count: 1,
  type: 'ReallocationScheduled',
  data: () => ({
    meta: 'whole',
    because: 'cool_down',
    countedFrom: '2026-01-01T00:00:00.000Z',
    waitSeconds: 1,
    dueAt: '2026-01-01T00:00:01.000Z',
  }),
}) as [EventToAppend];

let marked: string[];
let index: PortfolioIndex;

beforeEach(() => {
  marked = [];
  index = new PortfolioIndex((meta) => marked.push(meta));
});

describe('a portfolio', () => {
  test('is found by each of its sleeves, and marked when it is defined', () => {
    index.apply(defined('whole', 'stocks', 'funds', 'stocks'));
    index.apply(defined('other', 'stocks'));
    expect(['stocks', 'funds', 'coins'].map((sleeve) => index.containing(sleeve))).toEqual([['whole', 'other'], ['whole'], []]);
    expect([marked, index.size]).toEqual([['whole', 'other'], 2]);
  });

  test('that is defined anew is found by its new sleeves alone', () => {
    index.apply(defined('whole', 'stocks', 'funds'));
    index.apply(defined('whole', 'funds', 'coins'));
    expect(['stocks', 'funds', 'coins'].map((sleeve) => index.containing(sleeve))).toEqual([[], ['whole'], ['whole']]);
    expect([marked, index.size]).toEqual([['whole', 'whole'], 1]);
  });

  test('is due at its time, once, by the last time that it was scheduled for', () => {
    index.apply(scheduled('whole', '2026-01-02T00:00:00.000Z'));
    index.due('other', '2026-01-01T00:00:00.000Z');
    index.apply(scheduled('other', '2026-01-03T00:00:00.000Z'));
    expect(marked).toEqual([]);
    expect(index.takeDue('2026-01-01T23:59:59.999Z')).toEqual([]);
    expect(index.takeDue('2026-01-02T00:00:00.000Z')).toEqual(['whole']);
    expect(index.takeDue('2026-01-05T00:00:00.000Z')).toEqual(['other']);
    expect(index.takeDue('2026-01-05T00:00:00.000Z')).toEqual([]);
  });

  test('is not made of any other event', () => {
    index.apply({ type: 'SleeveRunAccepted', data: { sleeve: 'stocks', meta: 'x' } } as unknown as DomainEvent);
    expect([index.size, marked, index.takeDue('2999-01-01')]).toEqual([0, [], []]);
  });
});

describe('the log', () => {
  const indexed = ['MetaPortfolioDefined', 'ReallocationScheduled'];

  test('of a desk is read to its end and followed from there', async () => {
    const desk = await openDesk();
    const { store } = desk.session.ports;
    const readAll = jest.spyOn(store, 'readAll');
    const after = await index.readAll(store);
    expect(readAll.mock.calls).toEqual([[{ after: null, maxCount: limits.readPageEventsMax, types: indexed }]]);
    const all = await store.readAll({ after: null, maxCount: 100, types: indexed });
    expect(after).toBe(all.at(-1)!.position);
    expect([index.size, index.containing('coins').toSorted(), marked.toSorted()]).toEqual([
      3,
      ['nested', 'whole'],
      ['listed', 'nested', 'whole'],
    ]);
    marked.length = 0;
    const stop = new AbortController();
    const following = index.follow(store, after, stop.signal);
    await applyApproved(desk.session, withPolicy({ coalescing_window_seconds: 60 }));
    await until('the new definition is seen', () => marked.includes('whole'));
    stop.abort();
    await following;
  });

  test('that is empty is followed from its beginning', async () => {
    expect(await index.readAll(createMemoryStore().store)).toBeNull();
  });

  test('is read page by page', async () => {
    const page = limits.readPageEventsMax;
    const asked: (string | null)[] = [];
    const pages = [Array.from({ length: page }, (_, at) => `a${at}`), ['b']];
    const store = {
      readAll: async ({ after }: { readonly after: string | null }) => {
        asked.push(after);
        return pages.shift()!.map((position) => ({ position, bytes: scheduledBytes }) as unknown as StoredEvent);
      },
    } as unknown as EventStore;
    expect(await index.readAll(store)).toBe('b');
    expect(asked).toEqual([null, `a${page - 1}`]);
    expect(index.takeDue('2999-01-01T00:00:00.000Z')).toEqual(['whole']);
  });
});
