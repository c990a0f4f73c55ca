/** Artifacts by a scripted client that keeps streams: what is asked of the server, and what is made of answers that no upload leaves. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import dbClient, { type ResolvedEvent } from '@eventstore/db-client';
import { status } from '@grpc/grpc-js';
import { limits } from '../../../domain/shared/limits.ts';
import { EventStoreDbArtifacts } from '../../../infra/eventstoredb/artifacts.ts';
import type { Proposed } from '../../../infra/eventstoredb/requests.ts';
import { recordedAt, scriptedSession } from '../../support/fake-eventstoredb/scripted-session.ts';
import { refuseUnheardRejections } from '../../support/fake-eventstoredb/watch.ts';
import { incompressible } from '../../support/figures.ts';

refuseUnheardRejections();
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const denied = Object.assign(new Error('no'), { code: status.PERMISSION_DENIED });
const conflict = new dbClient.WrongExpectedVersionError(undefined, { streamName: 'x', current: 0n, expected: 'no_stream' });
/** Two chunks that nothing makes shorter. */
const large = incompressible(limits.artifactChunkBytesMax + 1);

interface Given {
  /** What an append meets instead of being stored. */
  readonly fault?: (stream: string) => Error | null;
  /** Pages of all marks, instead of those that were stored. */
  readonly all?: (readonly ResolvedEvent[])[];
}

function setUp({ fault = () => null, all }: Given = {}) {
  const streams = new Map<string, Proposed[]>();
  const asked: unknown[][] = [];
  const client = {
    append: async (stream: string, proposed: readonly Proposed[], expected: unknown) => {
      asked.push(['append', stream, proposed.length, expected]);
      await new Promise((resolve) => setImmediate(resolve));
      const error = fault(stream);
      if (error !== null) throw error;
      streams.set(stream, [...(streams.get(stream) ?? []), ...proposed]);
      return { revision: 0n, position: null };
    },
    readStreamPage: async (stream: string, from: bigint | 'end', maxCount: number, direction: string) => {
      asked.push(['read', stream, from, maxCount, direction]);
      const stored = streams.get(stream);
      if (stored === undefined) return null;
      const page = from === 'end' ? stored.slice(-maxCount) : stored.slice(Number(from), Number(from) + maxCount);
      return page.map(({ type, bytes }) => ({ event: recordedAt(1, { type, data: bytes }) }));
    },
    readAllPage: async (...given: unknown[]) => {
      asked.push(['all', ...given.slice(0, -1)]);
      return all?.shift() ?? [];
    },
  };
  const { session, closing } = scriptedSession(client, { hedgeMs: 60_000 });
  return { artifacts: new EventStoreDbArtifacts(session), asked, streams, closing };
}
const kinds = (asked: readonly unknown[][]): string[] => asked.map(([what, stream]) => `${String(what)} ${String(stream)}`);

describe('an artifact', () => {
  test('that one append holds is appended without a look, a longer one with a look and piece by piece', async () => {
    const { artifacts, asked } = setUp();
    const small = incompressible(limits.artifactChunkBytesMax);
    expect(await artifacts.put(small)).toEqual({ sha256: sha256(small), bytes: small.length });
    expect(asked).toEqual([['append', `artifact-${sha256(small)}`, 2, 'none']]);
    asked.length = 0;
    expect(await artifacts.put(large)).toEqual({ sha256: sha256(large), bytes: large.length });
    const raw = `artifact-${sha256(large)}`;
    const looks = [`artifact-packed-${sha256(large)}`, raw].map((stream) => ['read', stream, 'end', 1, 'backwards']);
    expect(asked).toEqual([...looks, ['append', raw, 1, 'none'], ['append', raw, 2, 0n]]);
    asked.length = 0;
    expect(await artifacts.put(large)).toEqual({ sha256: sha256(large), bytes: large.length });
    expect(asked).toEqual(looks);
  });

  test('is read eight chunks at a time, the deflated one first', async () => {
    const { artifacts, asked } = setUp();
    const packed = Buffer.alloc(8 * limits.artifactChunkBytesMax, 'sleeve ');
    const { sha256: address } = await artifacts.put(packed);
    asked.length = 0;
    expect(Buffer.from(await artifacts.get(address)).equals(packed)).toBe(true);
    const stream = `artifact-packed-${address}`;
    expect(asked).toEqual([0n, 8n].map((from) => ['read', stream, from, 8, 'forwards']));
    const { sha256: other } = await artifacts.put(large);
    asked.length = 0;
    expect(Buffer.from(await artifacts.get(other)).equals(large)).toBe(true);
    expect(kinds(asked)).toEqual([`read artifact-packed-${other}`, `read artifact-${other}`]);
  });

  test('without its mark is not there', async () => {
    const { artifacts, streams } = setUp();
    const { sha256: address } = await artifacts.put(Uint8Array.of(1));
    const stream = `artifact-${address}`;
    expect(await artifacts.has(address)).toBe(true);
    streams.set(stream, streams.get(stream)!.slice(0, 1));
    expect(await artifacts.has(address)).toBe(false);
    await expect(artifacts.get(address)).rejects.toMatchObject({
      code: 'ArtifactMissing',
      message: `artifact ${address} is not stored`,
      evidence: { sha256: address },
    });
  });

  test('of which something else stands among the chunks is damaged', async () => {
    const { artifacts, streams } = setUp();
    const { sha256: address } = await artifacts.put(Uint8Array.of(1));
    const stream = `artifact-${address}`;
    const [chunk, mark] = streams.get(stream)!;
    streams.set(stream, [chunk!, { ...chunk!, type: 'Note' }, mark!]);
    await expect(artifacts.get(address)).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: `artifact ${address}: event 1 of stream "${stream}" is none of its chunks`,
      evidence: { sha256: address, stream, revision: '1', type: 'Note' },
    });
    streams.set(stream, [chunk!, chunk!, mark!]);
    await expect(artifacts.get(address)).rejects.toMatchObject({
      code: 'ArtifactDamaged',
      message: `artifact ${address} no longer matches its address`,
      evidence: { sha256: address, actual: sha256(Uint8Array.of(1, 1)), bytes: 2 },
    });
  });

  test.each(['', 'x'.repeat(64), 'a'.repeat(63), 'a'.repeat(65), 'A'.repeat(64)])(
    'at %j, which is no address, is asked for nowhere',
    async (bad) => {
      const { artifacts, asked } = setUp();
      expect(await artifacts.has(bad)).toBe(false);
      await expect(artifacts.get(bad)).rejects.toMatchObject({ code: 'ArtifactMissing', evidence: { sha256: bad } });
      expect(asked).toEqual([]);
    },
  );

  test('of a store that is closed is neither put, read, looked for nor listed', async () => {
    const { artifacts, asked, closing } = setUp();
    closing.abort();
    const closed = { code: 'StoreUnavailable', message: 'the store is closed' };
    await expect(artifacts.put(Uint8Array.of(1))).rejects.toMatchObject(closed);
    await expect(artifacts.get('x')).rejects.toMatchObject(closed);
    await expect(artifacts.has('x')).rejects.toMatchObject(closed);
    await expect(artifacts.list({ after: null, limit: 1 })).rejects.toMatchObject(closed);
    expect(asked).toEqual([]);
  });

  test('beyond the limit is refused before anything is asked', async () => {
    const { artifacts, asked } = setUp();
    const tooLong = new Uint8Array(0);
    Object.defineProperty(tooLong, 'length', { value: limits.artifactBytesMax + 1 });
    await expect(artifacts.put(tooLong)).rejects.toMatchObject({ code: 'LimitExceeded' });
    await expect(artifacts.putAll([Uint8Array.of(1), tooLong])).rejects.toMatchObject({ code: 'LimitExceeded' });
    expect(asked).toEqual([]);
  });
});

describe('an upload', () => {
  test('that meets another one in other pieces is done where that is whole, and else a conflict', async () => {
    const bytes = Uint8Array.of(7);
    const stream = `artifact-${sha256(bytes)}`;
    const { artifacts, streams, asked } = setUp({ fault: () => conflict });
    const refused = { code: 'WrongExpectedRevision', evidence: { stream, expected: 'none', actual: '0' } };
    await expect(artifacts.put(bytes)).rejects.toMatchObject(refused);
    const whole = setUp();
    await whole.artifacts.put(bytes);
    streams.set(stream, whole.streams.get(stream)!);
    asked.length = 0;
    expect(await artifacts.put(bytes)).toEqual({ sha256: sha256(bytes), bytes: 1 });
    expect(kinds(asked)).toEqual([`append ${stream}`, `read artifact-packed-${sha256(bytes)}`, `read ${stream}`]);
  });

  test('that is refused fails, though somebody else’s is whole', async () => {
    const bytes = Uint8Array.of(7);
    const { artifacts, streams, asked } = setUp({ fault: () => denied });
    const whole = setUp();
    await whole.artifacts.put(bytes);
    for (const [stream, stored] of whole.streams) streams.set(stream, stored);
    await expect(artifacts.put(bytes)).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    expect(kinds(asked)).toEqual([`append artifact-${sha256(bytes)}`]);
  });

  test('of one content under way is shared, and once it is over made again', async () => {
    const bytes = Uint8Array.of(7);
    const { artifacts, asked } = setUp();
    const both = await Promise.all([artifacts.put(bytes), artifacts.put(bytes)]);
    expect(both).toEqual([0, 1].map(() => ({ sha256: sha256(bytes), bytes: 1 })));
    expect(asked).toHaveLength(1);
    await artifacts.put(bytes);
    expect(asked).toHaveLength(2);
    const failing = setUp({ fault: () => denied });
    for (let time = 1; time < 3; time++) {
      await expect(failing.artifacts.put(bytes)).rejects.toMatchObject({ code: 'StoreAccessDenied' });
      expect(failing.asked).toHaveLength(time);
    }
  });

  test('of many is made sixteen at a time, each content once, and stops behind a failure', async () => {
    const contents = Array.from({ length: 18 }, (_, index) => Uint8Array.of(index));
    const { artifacts, asked } = setUp();
    const work = artifacts.putAll([...contents, contents[0]!]);
    expect(asked).toHaveLength(16);
    expect(await work).toEqual([...contents, contents[0]!].map((bytes) => ({ sha256: sha256(bytes), bytes: 1 })));
    expect(asked).toHaveLength(18);
    const third = `artifact-${sha256(contents[3]!)}`;
    const failing = setUp({ fault: (stream) => (stream === third ? denied : null) });
    await expect(failing.artifacts.putAll(contents)).rejects.toMatchObject({ code: 'StoreAccessDenied' });
    // Those beside it are waited for, those behind it not begun.
    expect([failing.asked.length, failing.streams.size]).toEqual([16, 15]);
    expect(await artifacts.putAll([])).toEqual([]);
  });
});

/** Marks of artifacts at positions, each with an address that begins with its number. */
const mark = (commit: number, address: string, more: object = {}) =>
  ({ event: recordedAt(commit, { type: 'ArtifactComplete', streamId: `artifact-${address}`, ...more }) }) as unknown as ResolvedEvent;
const addressOf = (number: number): string => number.toString(16).padStart(64, '0');
const many = limits.readPageEventsMax;
/** A page of marks from a position on, whose addresses begin at a number. */
const marksFrom = (position: number, number: number) =>
  Array.from({ length: many }, (_, index) => mark(position + index, addressOf(number + index)));
const at = (commit: number) => ({ commit: BigInt(commit), prepare: BigInt(commit) });

describe('a list of artifacts', () => {
  test('has the lowest addresses behind one, each once, and nothing that is no mark', async () => {
    const marks = [9, 3, 5, 3, 7, 1].map((number, place) => mark(place, addressOf(number)));
    const packed = { type: 'ArtifactComplete-deflate', streamId: `artifact-packed-${addressOf(4)}` };
    const page = [
      ...marks,
      mark(20, 'no-address'),
      mark(21, addressOf(2), { type: 'Other' }),
      mark(22, '', packed),
      { link: marks[0]!.event },
    ];
    const pages = () => setUp({ all: [page as readonly ResolvedEvent[]] });
    const { artifacts, asked } = pages();
    expect(await artifacts.list({ after: null, limit: 4 })).toEqual([1, 3, 4, 5].map(addressOf));
    expect(asked).toEqual([['all', null, { types: ['ArtifactComplete'] }, many, 'forwards']]);
    expect(await pages().artifacts.list({ after: addressOf(3), limit: 10 })).toEqual([4, 5, 7, 9].map(addressOf));
    expect(await setUp().artifacts.list({ after: null, limit: 10 })).toEqual([]);
  });

  test('reads page after page, each from the end of the one before, and keeps the lowest of all', async () => {
    const all = [marksFrom(0, 2 * many), marksFrom(many, 3 * many), marksFrom(2 * many, many), [mark(3 * many, addressOf(1))]];
    const { artifacts, asked } = setUp({ all });
    expect(await artifacts.list({ after: null, limit: 3 })).toEqual([1, many, many + 1].map(addressOf));
    expect(asked.map(([, from]) => from)).toEqual([null, at(many - 1), at(2 * many - 1), at(3 * many - 1)]);
  });

  test('ends where a page does not go on, or does not say where it ends, and does not go round for ever', async () => {
    const again = setUp({ all: [marksFrom(many, many), marksFrom(many, many), marksFrom(0, 0)] });
    expect(await again.artifacts.list({ after: null, limit: 1 })).toEqual([addressOf(many)]);
    expect(again.asked).toHaveLength(2);
    const silent = setUp({ all: [[...marksFrom(0, 9).slice(1), { link: recordedAt(1) } as unknown as ResolvedEvent], marksFrom(many, 0)] });
    expect(await silent.artifacts.list({ after: null, limit: 1 })).toEqual([addressOf(10)]);
    expect(silent.asked).toHaveLength(1);
    const full = setUp({ all: [marksFrom(0, 9)] });
    expect(await full.artifacts.list({ after: null, limit: many + 1 })).toHaveLength(many);
    expect(full.asked).toHaveLength(2);
  });
});
