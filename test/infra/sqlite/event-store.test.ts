/** What is SQLite's own in its event store: positions, whole refusals, and rows of a damaged file. The rest holds its contract. */
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import Database from 'better-sqlite3';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { SqliteArtifacts } from '../../../infra/sqlite/artifacts.ts';
import { Connection } from '../../../infra/sqlite/connection.ts';
import type { EventRow } from '../../../infra/sqlite/event-rows.ts';
import { SqliteEventStore } from '../../../infra/sqlite/event-store.ts';
import { migrate } from '../../../infra/sqlite/schema.ts';
import { refusalOf } from '../../support/refusal.ts';
import { sampleEvents, sampleId } from '../../support/sample-events.ts';
import { toldBy } from '../../support/told.ts';

const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));
const stream = 'sleeveRun-a';
const greatest = '9223372036854775807';

function bench(): { readonly file: string; readonly connection: Connection; readonly store: SqliteEventStore } {
  const file = ':memory:';
  const database = new Database(file);
  opened.push(database);
  database.defaultSafeIntegers(true);
  migrate(database, file);
  const connection = new Connection(database, file, 1_000);
  return { file, connection, store: new SqliteEventStore(connection, new SqliteArtifacts(connection), 10) };
}

const positions = (events: readonly StoredEvent[]): string[] => events.map(({ position }) => position);

describe('positions of this store', () => {
  const { store } = bench();
  test.each([
    ['1', '2', -1],
    ['9', '10', -1],
    ['19', '2', 1],
    ['10', '10', 0],
    ['123', '124', -1],
    ['99', '100', -1],
    ['0', '1', -1],
    ['0', '0', 0],
    ['007', '7', 0],
    ['00', '1', -1],
    ['010', '9', 1],
    ['9', '010', -1],
    ['9223372036854775806', greatest, -1],
  ])('%s and %s are in the order of numbers', (left, right, expected) => {
    expect([Math.sign(store.comparePositions(left, right)), Math.sign(store.comparePositions(right, left))]).toEqual([
      expected,
      expected === 0 ? 0 : -expected,
    ]);
  });

  test.each(['', 'a', '-1', '1.5', ' 1', '1 ', '1/', '1:', '/1', ':1', '12a4', '1\n'])(
    '%p is none of them, on either side and to read behind',
    async (position) => {
      const told = { code: 'Usage', message: `"${position}" is not a position of this store`, evidence: { position }, at: {} };
      expect(await toldBy(store.readAll({ after: position, maxCount: 1, types: null }))).toEqual(told);
      for (const compare of [() => store.comparePositions(position, '2'), () => store.comparePositions('2', position)]) {
        const { code, message, evidence } = refusalOf(compare);
        expect({ code, message, evidence, at: {} }).toEqual(told);
      }
    },
  );

  test('beyond the greatest row number there is none', async () => {
    expect((await toldBy(store.readAll({ after: '12345678901234567890', maxCount: 1, types: null }))).code).toBe('Usage');
    expect(await store.readAll({ after: greatest, maxCount: 1, types: null })).toEqual([]);
    expect(await toldBy(store.readAll({ after: '9223372036854775808', maxCount: 1, types: null }))).toEqual({
      code: 'Usage',
      message: 'position 9223372036854775808 is beyond this store',
      evidence: { position: '9223372036854775808' },
      at: {},
    });
  });
});

describe('an append', () => {
  test('answers its events as they are read again, the first time and when it comes again', async () => {
    const { store } = bench();
    const events = sampleEvents({ stream, count: 2 });
    const expected = events.map((event, index) => ({ ...event, stream, revision: BigInt(index), position: String(index + 1) }));
    expect(await store.append(stream, events, { expectedRevision: 'none' })).toEqual({ events: expected, already: false });
    const read = await store.readStream(stream, { from: 0n, maxCount: 9, direction: 'forwards' });
    expect(read).toEqual(expected.map((event) => ({ ...event, bytes: Buffer.from(event.bytes) })));
    expect(await store.append(stream, events, { expectedRevision: 'none' })).toEqual({ events: read, already: true });
    expect(await store.append(stream, events.slice(1), { expectedRevision: 0n })).toEqual({ events: read.slice(1), already: true });
    expect([await store.head(), await store.newest()]).toEqual(['2', { recordedAt: events[1]!.recordedAt, storedAt: null }]);
  });

  test.each([
    ['none', 2, 'is at revision 2, expected none', { expected: 'none', actual: '2' }],
    [0n, 1, 'is at revision 2, expected 0', { expected: '0', actual: '2' }],
    [5n, 1, 'is at revision 2, expected 5', { expected: '5', actual: '2' }],
    // The batch goes on behind what is stored.
    [1n, 2, 'is at revision 2, expected 1', { expected: '1', actual: '2' }],
  ] as const)('that expects %s where three are is refused with both', async (expectedRevision, count, said, numbers) => {
    const { store } = bench();
    await store.append(stream, sampleEvents({ stream, count: 3 }), { expectedRevision: 'none' });
    const told = await toldBy(store.append(stream, sampleEvents({ stream, count, commandId: 'other' }), { expectedRevision }));
    expect(told).toEqual({
      code: 'WrongExpectedRevision',
      message: `stream "${stream}" ${said}`,
      evidence: { stream, ...numbers },
      at: {},
    });
    expect(await store.head()).toBe('3');
  });

  test('to a stream that is not there is refused when it expects one', async () => {
    const { store } = bench();
    expect(await toldBy(store.append(stream, sampleEvents({ stream, count: 1 }), { expectedRevision: 0n }))).toEqual({
      code: 'WrongExpectedRevision',
      message: `stream "${stream}" is at revision -1, expected 0`,
      evidence: { stream, expected: '0', actual: 'none' },
      at: {},
    });
  });

  test('of events that are stored with other content names the first of them, with both hashes', async () => {
    const { store } = bench();
    const events = sampleEvents({ stream, count: 2 });
    await store.append(stream, events, { expectedRevision: 'none' });
    const changed = events.map((event, index) => (index === 1 ? { ...event, contentHash: 'f'.repeat(64) } : event));
    const id = sampleId(JSON.stringify([stream, 'after -1', 1]));
    expect(await toldBy(store.append(stream, changed, { expectedRevision: 'none' }))).toEqual({
      code: 'EventContentConflict',
      message: `event ${id} of stream "${stream}" is stored with other content`,
      evidence: { stream, revision: '1', id, stored: events[1]!.contentHash, offered: 'f'.repeat(64) },
      at: {},
    });
  });

  test('to a stream that has lost its beginning is refused, whatever it expects', async () => {
    const { store, connection } = bench();
    await store.append(stream, sampleEvents({ stream, count: 3 }), { expectedRevision: 'none' });
    connection.database.exec('DELETE FROM events WHERE revision < 2');
    for (const expectedRevision of ['none', 2n] as const)
      expect(await toldBy(store.append(stream, sampleEvents({ stream, count: 1, commandId: 'x' }), { expectedRevision }))).toEqual({
        code: 'StreamTruncated',
        message: `stream "${stream}" has lost its beginning`,
        evidence: { stream, firstRevision: '2' },
        at: {},
      });
  });

  test('keeps the artifacts that come with it, and none where it is refused', async () => {
    const { store, connection } = bench();
    const artifacts = new SqliteArtifacts(connection);
    const [events, more] = [sampleEvents({ stream, count: 1 }), sampleEvents({ stream, count: 1, commandId: 'x' })];
    await store.append(stream, events, { expectedRevision: 'none', artifacts: [Buffer.from('kept')] });
    await toldBy(store.append(stream, more, { expectedRevision: 'none', artifacts: [Buffer.from('lost')] }));
    // printf kept | sha256sum
    expect(await artifacts.list({ after: null, limit: 9 })).toEqual(['79f076abdd19a752db7267bfff2f9022161d120dea919fdaca2ffdfc24ca8c96']);
  });
});

test('a store that is closed refuses', async () => {
  const { store, file } = bench();
  await store.close();
  expect(await toldBy(store.head())).toEqual({
    code: 'StoreUnavailable',
    message: `the store ${file} is closed`,
    evidence: { file },
    at: {},
  });
});

describe('a read of a stream', () => {
  test('takes a revision beyond the last that SQLite has for the end', async () => {
    const { store } = bench();
    await store.append(stream, sampleEvents({ stream, count: 3 }), { expectedRevision: 'none' });
    for (const from of [9_223_372_036_854_775_807n, 9_223_372_036_854_775_808n, 2n ** 80n]) {
      const read = await store.readStream(stream, { from, maxCount: 2, direction: 'backwards' });
      expect(read.map(({ revision }) => revision)).toEqual([2n, 1n]);
      expect(await store.readStream(stream, { from, maxCount: 2, direction: 'forwards' })).toEqual([]);
    }
  });
});

test('events of some types are the same by a look at each of the newest and by a walk for each type', async () => {
  const { store } = bench();
  const types = ['Rare', 'Often', 'Other'] as const;
  // A page of the newest is looked through up to 64 of them.
  for (let number = 0; number < 200; number++) {
    const type = number % 71 === 0 ? 'Rare' : types[1 + (number % 2)]!;
    const events = sampleEvents({ stream: `sleeveRun-${number}`, count: 1, type });
    await store.append(`sleeveRun-${number}`, events, { expectedRevision: 'none' });
  }
  const every = await store.readAll({ after: null, maxCount: 1_000, types: null });
  expect(every).toHaveLength(200);
  const afters = [0, 1, 70, 71, 72, 134, 135, 136, 137, 142, 143, 198, 199, 200];
  for (const wanted of [['Rare'], ['Often', 'Rare'], ['Nothing'], [...types]])
    for (const after of afters) {
      const behind = every.slice(after).filter(({ type }) => wanted.includes(type));
      for (const maxCount of [3, 500]) {
        const asked = { after: after === 0 ? null : every[after - 1]!.position, maxCount, types: wanted };
        expect([asked, positions(await store.readAll(asked))]).toEqual([asked, positions(behind.slice(0, maxCount))]);
      }
    }
  const [last] = await store.readAll({ after: every[198]!.position, maxCount: 1, types: ['Other', 'Often'] });
  expect(last).toEqual(every[199]);
});

const row = (position: number, revision: number): EventRow => [
  String(position),
  stream,
  BigInt(revision),
  sampleId(String(position)),
  'SampleRecorded',
  '2026-01-02T03:04:05.678Z',
  'a'.repeat(64),
  'b'.repeat(64),
  Buffer.from('{}'),
];

/** A store whose file gives these rows, whatever it is asked for. */
function damaged(rows: readonly EventRow[]): { readonly file: string; readonly store: SqliteEventStore } {
  const { file, connection, store } = bench();
  jest.spyOn(connection, 'read').mockResolvedValue(rows);
  return { file, store };
}

type Read = (store: SqliteEventStore) => Promise<readonly StoredEvent[]>;
const forwards: Read = (store) => store.readStream(stream, { from: 2n, maxCount: 9, direction: 'forwards' });
const backwards: Read = (store) => store.readStream(stream, { from: 2n, maxCount: 9, direction: 'backwards' });
const all: Read = (store) => store.readAll({ after: '5', maxCount: 9, types: null });
const ofTypes: Read = (store) => store.readAll({ after: '5', maxCount: 9, types: ['SampleRecorded', 'Other'] });

describe('rows of a damaged file', () => {
  test.each<[string, Read, readonly EventRow[], string | null]>([
    ['forwards, in order', forwards, [row(7, 2), row(8, 3), row(9, 5)], null],
    ['forwards, before where it began', forwards, [row(6, 1), row(7, 2)], '6'],
    ['forwards, one twice', forwards, [row(7, 2), row(8, 3), row(9, 3)], '9'],
    ['forwards, one back', forwards, [row(7, 4), row(8, 3)], '8'],
    ['backwards, in order', backwards, [row(7, 2), row(6, 0)], null],
    ['backwards, behind where it began', backwards, [row(8, 3), row(7, 2)], '8'],
    ['backwards, one twice', backwards, [row(7, 2), row(6, 1), row(5, 1)], '5'],
    ['backwards, one on', backwards, [row(7, 1), row(8, 2)], '8'],
    ['of all, in order', all, [row(6, 0), row(10, 0)], null],
    ['of all, where it began', all, [row(5, 0), row(6, 0)], '5'],
    ['of all, one twice', all, [row(6, 0), row(7, 1), row(7, 1)], '7'],
    ['of all, one back', all, [row(10, 0), row(9, 1)], '9'],
    ['of some types, one back', ofTypes, [row(6, 0), row(10, 0), row(9, 1)], '9'],
    ['of none', all, [], null],
  ])('%s', async (_, read, rows, wrong) => {
    const { file, store } = damaged(rows);
    if (wrong === null) {
      expect((await read(store)).map(({ position, revision }) => [Number(position), Number(revision)])).toEqual(
        rows.map(([position, , revision]) => [Number(position), Number(revision)]),
      );
      return;
    }
    expect(await toldBy(read(store))).toEqual({
      code: 'StoreIo',
      message: `${file} is damaged: the event at ${wrong} is out of order`,
      evidence: { file, position: wrong },
      at: {},
    });
  });
});
