/** Streams page by page, forwards and backwards: every event once, by as few questions as the pages take. */
import { describe, expect, test } from '@jest/globals';
import { limits } from '../../../domain/shared/limits.ts';
import type { EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';
import { eventAt, newestEvent, streamPages, streamPagesBackwards } from '../../../handlers/runtime/stream-pages.ts';

type Asked = Parameters<EventStore['readStream']>[1];

/** A store with one stream of so many events; notes what it was asked. */
function storeOf(count: number) {
  const asked: (readonly [stream: string, from: bigint, maxCount: number, direction: Asked['direction']])[] = [];
  const readStream = async (stream: string, { from, maxCount, direction }: Asked): Promise<StoredEvent[]> => {
    asked.push([stream, from, maxCount, direction]);
    const all = Array.from({ length: count }, (_, revision) => ({ revision: BigInt(revision) }) as StoredEvent);
    const on =
      direction === 'forwards'
        ? all.filter(({ revision }) => revision >= from)
        : all.filter(({ revision }) => revision <= from).toReversed();
    return on.slice(0, maxCount);
  };
  return { store: { readStream }, asked };
}

const end = 9_223_372_036_854_775_807n;

async function read(pages: AsyncIterable<readonly StoredEvent[]>): Promise<number[][]> {
  const told: number[][] = [];
  for await (const page of pages) told.push(page.map(({ revision }) => Number(revision)));
  return told;
}

describe('forwards', () => {
  test.each([
    ['nothing', 0, 0n, [], [0n]],
    ['less than a page', 2, 0n, [[0, 1]], [0n]],
    ['a page, behind which might be more', 3, 0n, [[0, 1, 2]], [0n, 3n]],
    ['several pages from the middle on', 9, 2n, [[2, 3, 4], [5, 6, 7], [8]], [2n, 5n, 8n]],
    ['behind the end', 3, 3n, [], [3n]],
  ])('%s', async (_, count, from, pages, froms) => {
    const { store, asked } = storeOf(count);
    expect(await read(streamPages(store, 's', from, 3))).toEqual(pages);
    expect(asked).toEqual(froms.map((revision) => ['s', revision, 3, 'forwards']));
  });

  test('by whole pages where no other length is asked for', async () => {
    const { store, asked } = storeOf(1);
    await read(streamPages(store, 's', 0n));
    expect(asked).toEqual([['s', 0n, limits.readPageEventsMax, 'forwards']]);
  });
});

describe('backwards', () => {
  const [first, most] = [limits.readBackwardsEventsFirst, limits.readPageEventsMax];
  const second = first * limits.readBackwardsGrowth;

  test.each([
    ['nothing', 0, null, [], [[end, first]]],
    ['one event', 1, null, [1], [[end, first]]],
    ['a first page', first, null, [first], [[end, first]]],
    [
      'one event more: the second page is long',
      first + 1,
      null,
      [first, 1],
      [
        [end, first],
        [0n, second],
      ],
    ],
    [
      'three pages: each is longer than the one before',
      first + second + 5,
      null,
      [first, second, 5],
      [
        [end, first],
        [BigInt(second + 4), second],
        [4n, Math.min(second * limits.readBackwardsGrowth, most)],
      ],
    ],
    [
      'no page is longer than may be asked for',
      first + second + second * limits.readBackwardsGrowth + most + 1,
      null,
      [first, second, second * limits.readBackwardsGrowth, most, 1],
      [
        [end, first],
        [BigInt(second + second * limits.readBackwardsGrowth + most), second],
        [BigInt(second * limits.readBackwardsGrowth + most), second * limits.readBackwardsGrowth],
        [BigInt(most), most],
        [0n, most],
      ],
    ],
    ['from the first event on', 5, 0n, [1], [[0n, first]]],
    ['from before it', 5, -1n, [], []],
    ['from the middle on', 5, 2n, [3], [[2n, first]]],
    [
      'from what is recorded no more',
      first + 3,
      BigInt(first + 1),
      [first, 2],
      [
        [BigInt(first + 1), first],
        [1n, second],
      ],
    ],
  ] as const)('%s', async (_, count, from, lengths, questions) => {
    const { store, asked } = storeOf(count);
    const pages = await read(streamPagesBackwards(store, 's', from));
    expect(pages.map(({ length }) => length)).toEqual(lengths);
    const last = from === null ? count - 1 : Number(from);
    expect(pages.flat()).toEqual(Array.from({ length: last + 1 }, (_none, index) => last - index));
    expect(asked).toEqual(questions.map(([revision, maxCount]) => ['s', revision, maxCount, 'backwards']));
  });
});

describe('one event', () => {
  test('at a revision is there, or not yet, or was never one', async () => {
    const { store, asked } = storeOf(3);
    expect([await eventAt(store, 's', 0n), await eventAt(store, 's', 2n), await eventAt(store, 's', 3n)]).toEqual([
      { revision: 0n },
      { revision: 2n },
      null,
    ]);
    expect(asked[1]).toEqual(['s', 2n, 1, 'forwards']);
  });

  test('that a store lacks is not another one', async () => {
    const store = { readStream: async () => [{ revision: 7n } as StoredEvent] };
    expect(await eventAt(store, 's', 6n)).toBeNull();
  });

  test('is the newest, or there is none', async () => {
    const { store, asked } = storeOf(3);
    expect(await newestEvent(store, 's')).toEqual({ revision: 2n });
    expect(asked).toEqual([['s', end, 1, 'backwards']]);
    expect(await newestEvent(storeOf(0).store, 's')).toBeNull();
  });
});
