/** What the store in memory says and does, word for word: other stores are compared with it. */
import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { refusalOf } from '../../support/refusal.ts';
import { sampleEvents } from '../../support/sample-events.ts';

const stream = 'sleeveRun-a';

describe('an append in memory', () => {
  test.each(['StreamTruncated', 'StreamDeleted'] as const)('to a stream that is %s keeps its artifacts only', async (code) => {
    const { store, artifacts } = createMemoryStore({ artifacts: new Map(), cut: new Map([[stream, code]]) });
    await expect(
      store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 'none', artifacts: [Uint8Array.of(1)] }),
    ).rejects.toMatchObject({ code, message: `an operator truncated stream "${stream}"`, evidence: { stream } });
    expect(await artifacts.list({ after: null, limit: 9 })).toHaveLength(1);
    expect(await store.head()).toBeNull();
  });

  test('at another revision says both', async () => {
    const { store } = createMemoryStore();
    const refusal = async (expectedRevision: 'none' | bigint) =>
      store.append(stream, sampleEvents({ stream, count: 1, commandId: 'other' }), { expectedRevision });
    await expect(refusal(0n)).rejects.toMatchObject({
      code: 'WrongExpectedRevision',
      message: `stream "${stream}" is at revision none, expected 0`,
      evidence: { stream, expected: '0', actual: 'none' },
    });
    await store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
    await expect(refusal('none')).rejects.toMatchObject({
      message: `stream "${stream}" is at revision 1, expected none`,
      evidence: { stream, expected: 'none', actual: '1' },
    });
  });

  test('of other content under the same id says where, and both hashes', async () => {
    const { store } = createMemoryStore();
    const events = (note: string) =>
      sampleEvents({ stream, count: 2, commandId: 'c', data: (index) => ({ note: index === 1 ? note : '' }) });
    await store.append(stream, events('a'), { expectedRevision: 'none' });
    const [stored, offered] = [events('a')[1]!, events('b')[1]!];
    await expect(store.append(stream, events('b'), { expectedRevision: 'none' })).rejects.toMatchObject({
      code: 'EventContentConflict',
      message: `event ${stored.id} of stream "${stream}" is stored with other content`,
      evidence: { stream, revision: '1', id: stored.id, stored: stored.contentHash, offered: offered.contentHash },
    });
  });

  test('stands at positions that leave gaps, and knows no clock of a server', async () => {
    const { store } = createMemoryStore();
    const { events } = await store.append(stream, sampleEvents({ stream, count: 2 }), { expectedRevision: 'none' });
    expect(events.map(({ position }) => position)).toEqual(['7', '14']);
    expect(await store.newest()).toEqual({ recordedAt: events[1]!.recordedAt, storedAt: null });
  });
});

test.each(['', 'a', '1a', 'a1', '-1', '1'.repeat(20)])('%j is no position of the store in memory', (position) => {
  const { store } = createMemoryStore();
  for (const compare of [() => store.comparePositions(position, '1'), () => store.comparePositions('1', position)]) {
    const refusal = refusalOf(compare);
    expect([refusal.code, refusal.message, refusal.evidence]).toEqual([
      'Usage',
      `"${position}" is not a position of this store`,
      { position },
    ]);
  }
  expect(store.comparePositions('1'.repeat(19), '2')).toBe(1);
});

test('a store in memory that is closed says so of each question', async () => {
  const { store } = createMemoryStore();
  await store.close();
  const closed = { code: 'StoreUnavailable', message: 'the store is closed' };
  await expect(store.head()).rejects.toMatchObject(closed);
  await expect(store.newest()).rejects.toMatchObject(closed);
  await expect(store.readAll({ after: null, maxCount: 1, types: null })).rejects.toMatchObject(closed);
  await expect(store.readStream(stream, { from: 0n, maxCount: 1, direction: 'forwards' })).rejects.toMatchObject(closed);
});

describe('a subscription in memory', () => {
  test('goes on page by page, wakes for what is appended, and ends with its signal or its store', async () => {
    const { store } = createMemoryStore();
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const streamName = `sleeveRun-${name}`;
      const count = index === 2 ? 50 : 80;
      await store.append(streamName, sampleEvents({ stream: streamName, count }), { expectedRevision: 'none' });
    }
    const leaving = new AbortController();
    const seen: string[] = [];
    const follow = async (signal: AbortSignal, into: string[], types: readonly string[] | null = null) => {
      for await (const event of store.subscribeAll({ after: '7', types, signal })) into.push(event.position);
      return 'over';
    };
    const first = follow(leaving.signal, seen);
    const others: string[] = [];
    const second = follow(new AbortController().signal, others, ['Other']);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(seen).toEqual(Array.from({ length: 209 }, (_, index) => String((index + 2) * 7)));
    await store.append('sleeveRun-d', sampleEvents({ stream: 'sleeveRun-d', count: 1, type: 'Other' }), { expectedRevision: 'none' });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect([seen.length, others]).toEqual([210, ['1477']]);
    leaving.abort();
    expect(await first).toBe('over');
    await store.close();
    expect(await second).toBe('over');
    expect(await follow(AbortSignal.abort(), seen)).toBe('over');
    expect(seen).toHaveLength(210);
  });
});
