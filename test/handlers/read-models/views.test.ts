/** Reading rows page by page, now or as they were known. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import type { RowsQuery, StoredEvent } from '../../../handlers/ports/ports.ts';
import { eventsUntil, FoldedRows, viewOf } from '../../../handlers/read-models/views.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import type { Projection } from '../../../projections/projection.ts';
import { sleeveStatus, type SleeveStatusRow } from '../../../projections/sleeve-status.ts';
import { recordHistory } from '../../support/fact-ledger.ts';
import { addRun, storeLike } from '../../support/ledger-session.ts';
import { FactHistory, sleeveFacts } from '../../support/portfolio-events.ts';
import { rowsLike } from '../../support/rows.ts';

const noLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const newPorts = () => ({
  ...createMemoryStore(),
  crypto: createNodeCrypto(),
  log: noLog,
  clock: fixedClock('2026-11-21T08:00:00.000Z'),
});
const ports = newPorts();
let stored: readonly StoredEvent[] = [];

beforeAll(async () => {
  const history = new FactHistory();
  for (const sleeve of ['bonds', 'coins', 'funds', 'gold']) history.sleeve('SleeveDefined', sleeveFacts.defined(sleeve));
  history.sleeve('SleeveRunAccepted', sleeveFacts.accepted('gold', 'g1', '2025-07-16'), '2026-01-03T00:00:00.000Z');
  await recordHistory(ports, history);
  stored = await ports.store.readAll({ after: null, maxCount: 100, types: null });
});

async function collected<T>(rows: AsyncGenerator<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}
const names = (rows: readonly { readonly sleeve: string }[]): string[] => rows.map(({ sleeve }) => sleeve);

const places = (events: readonly StoredEvent[]): string[] => events.map(({ position }) => position);

describe('a view', () => {
  test('has rows by key, by prefix and by range, in both directions, and says how far it reflects the ledger', async () => {
    const view = await viewOf(ports, sleeveStatus, null);
    expect(view.position).toBe(stored.at(-1)!.position);
    expect(await view.row<SleeveStatusRow>('sleeve/gold')).toMatchObject({ sleeve: 'gold', current: { runId: 'g1' } });
    expect(await view.row('sleeve/silver')).toBeNull();
    expect(names(await view.rows<SleeveStatusRow>('sleeve/'))).toEqual(['bonds', 'coins', 'funds', 'gold']);
    expect(names(await view.rows<SleeveStatusRow>('sleeve/g'))).toEqual(['gold']);
    const each = (range: Parameters<typeof view.each>[0]) => collected(view.each<SleeveStatusRow>(range)).then(names);
    expect(await each({ prefix: 'sleeve/', from: 'sleeve/coins', to: 'sleeve/funds' })).toEqual(['coins', 'funds']);
    expect(await each({ prefix: 'sleeve/', direction: 'backwards' })).toEqual(['gold', 'funds', 'coins', 'bonds']);
    expect(await view.last({ prefix: 'sleeve/' })).toMatchObject({ sleeve: 'gold' });
    expect(await view.last({ prefix: 'sleeve/', to: 'sleeve/d' })).toMatchObject({ sleeve: 'coins' });
    expect(await view.last({ prefix: 'none/' })).toBeNull();
  });

  test('as of a position has the rows of then', async () => {
    const [, second, , fourth] = stored;
    const then = await viewOf(ports, sleeveStatus, second!.position);
    expect(then.position).toBe(second!.position);
    expect(names(await then.rows<SleeveStatusRow>('sleeve/'))).toEqual(['bonds', 'coins']);
    expect(await then.row('sleeve/gold')).toBeNull();
    expect(await then.last({ prefix: 'sleeve/' })).toMatchObject({ sleeve: 'coins' });
    expect(await (await viewOf(ports, sleeveStatus, fourth!.position)).row('sleeve/gold')).toMatchObject({ current: null });
    expect((await viewOf(ports, sleeveStatus, '2026-01-02T12:00:00Z')).position).toBe(fourth!.position);
    // Behind the newest fact of the projection stands one that it does not read: the rows reflect no more than they did.
    const later = newPorts();
    await recordHistory(later, new FactHistory().sleeve('SleeveDefined', sleeveFacts.defined('bonds')));
    await addRun(later.store, 'a', 1);
    const only = (await later.store.readAll({ after: null, maxCount: 1, types: null }))[0]!;
    expect((await viewOf(later, sleeveStatus, await later.store.head())).position).toBe(only.position);
  });

  test.each([['2020-01-01T00:00:00Z'], ['of an empty ledger']])('has nothing where nothing was known: %s', async (when) => {
    const view =
      when === 'of an empty ledger' ? await viewOf(newPorts(), sleeveStatus, '2026-01-01T00:00Z') : await viewOf(ports, sleeveStatus, when);
    expect(view.position).toBeNull();
    expect(await view.row('sleeve/gold')).toBeNull();
    expect(await view.rows('')).toEqual([]);
    expect(await collected(view.each({ prefix: '' }))).toEqual([]);
    expect(await view.last({ prefix: '' })).toBeNull();
  });

  test('reads rows five hundred at once, each page behind the last key of the one before', async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => ({ key: `k${String(index).padStart(5, '0')}`, value: { index } }));
    const asked: RowsQuery[] = [];
    const readModels = rowsLike(ports.readModels, {
      checkpoint: async () => stored.at(-1)!.position,
      rows: async (_, query) => {
        asked.push(query);
        return keys.filter(({ key }) => query.after === null || key > query.after).slice(0, query.limit);
      },
    });
    const rows = await (await viewOf({ ...ports, readModels }, sleeveStatus, null)).rows<{ readonly index: number }>('k');
    expect(rows.map(({ index }) => index)).toEqual(keys.map(({ value }) => value.index));
    const page = { prefix: 'k', from: null, to: null, limit: limits.readPageRowsMax, direction: 'forwards', at: null };
    expect(asked).toEqual([
      { ...page, after: null },
      { ...page, after: 'k00499' },
      { ...page, after: 'k00999' },
    ]);
  });
});

describe('events up to a position', () => {
  test('are those behind where reading begins, of the types that are asked for, however many are read at once', async () => {
    const { store } = ports;
    expect(places(await collected(eventsUntil(store, null, null)))).toEqual(places(stored));
    expect(places(await collected(eventsUntil(store, stored[2]!.position, null)))).toEqual(places(stored.slice(0, 3)));
    expect(places(await collected(eventsUntil(store, null, ['SleeveRunAccepted'])))).toEqual([stored[4]!.position]);
    for (const pageEvents of [1, 2, 3, 4, 5]) {
      const part = { behind: stored[0]!.position, pageEvents };
      expect(places(await collected(eventsUntil(store, stored[3]!.position, null, part)))).toEqual(places(stored.slice(1, 4)));
      expect(places(await collected(eventsUntil(store, null, null, part)))).toEqual(places(stored.slice(1)));
    }
  });

  test('are read in pages of a thousand where nobody says otherwise, and no further than asked', async () => {
    const asked: unknown[] = [];
    const watching = storeLike(ports.store, {
      readAll: async (options) => {
        asked.push(options);
        return ports.store.readAll(options);
      },
    });
    await collected(eventsUntil(watching, null, null));
    expect(asked).toEqual([{ after: null, maxCount: 1000, types: null }]);
    await collected(eventsUntil(watching, stored[0]!.position, null, { behind: null, pageEvents: 2 }));
    expect(asked).toHaveLength(2);
  });
});

test('facts that are folded in memory give the rows of a view, and a row that is taken away is gone', async () => {
  const folded = new FoldedRows();
  const history = new FactHistory().sleeve('SleeveDefined', sleeveFacts.defined('bonds'));
  for (const event of history.events) {
    const changes = folded.apply(sleeveStatus, event);
    expect(changes).toEqual([...folded.rows].map(([key, value]) => ({ key, value })));
  }
  expect(folded.rows.get('sleeve/bonds')).toEqual(await (await viewOf(ports, sleeveStatus, null)).row('sleeve/bonds'));
  const seen: (JsonObject | null)[] = [];
  const taking: Projection = {
    ...sleeveStatus,
    apply: (_, rows) => {
      seen.push(rows('sleeve/bonds'), rows('sleeve/gold'));
      return [{ key: 'sleeve/bonds', value: null }];
    },
  };
  folded.apply(taking, history.events[0]!);
  expect(seen).toEqual([expect.objectContaining({ sleeve: 'bonds' }), null]);
  expect(folded.rows.size).toBe(0);
});
