/**
 * One artifact uploaded by a build that keeps chunks as they are and by this one, which deflates them: cut off, gone on with, at the same
 * time. Neither is ever in the way of the other, and each reads whole what it reads.
 */
import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { artifactChunksMax, rawChunks } from '../../../domain/shared/artifact-chunks.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { proposedFor, streamOf } from '../../../infra/eventstoredb/artifact-streams.ts';
import { addressesIn } from '../../support/artifact-addresses.ts';
import { type FakeSubject, fakeSubject, quick } from '../../support/fake-eventstoredb/subject.ts';
import { incompressible } from '../../support/figures.ts';
import { olderContent, OlderUpload } from '../../support/older-artifacts.ts';

const text = Buffer.from(Array.from({ length: 80_000 }, (_, row) => `${row},${row * row}\n`).join(''));
const chunks = Math.ceil(text.length / limits.artifactChunkBytesMax);

let subject: FakeSubject;
let older: OlderUpload;
beforeEach(async () => {
  subject = await fakeSubject(quick);
  older = new OlderUpload(subject.fake.log, text);
});
afterEach(async () => {
  await subject.dispose();
});

const packedStream = (): string => `artifact-packed-${older.address}`;
const typesIn = (stream: string): string[] => (subject.fake.log.visible(stream) ?? []).map(({ type }) => type);

async function expectWhole(): Promise<void> {
  expect(Buffer.from(await subject.artifacts.get(older.address)).equals(text)).toBe(true);
  expect(await subject.artifacts.has(older.address)).toBe(true);
  expect(await addressesIn(subject.artifacts)).toEqual([older.address]);
}

/** Lets the upload of this build get as far as some appends, and no further. */
async function beginHere(appends: number): Promise<void> {
  subject.fake.faults.appends.push(...Array.from({ length: appends }, () => ({ kind: 'late', ms: 0 }) as const), {
    kind: 'status',
    code: status.PERMISSION_DENIED,
  });
  await expect(subject.artifacts.put(text)).rejects.toMatchObject({ code: 'StoreAccessDenied' });
}

describe('an artifact', () => {
  test('that an older build stored is read as it is, and found by whoever would put it again', async () => {
    older.finish();
    const before = subject.fake.log.records.length;
    await expectWhole();
    expect(await subject.artifacts.put(text)).toEqual({ sha256: older.address, bytes: text.length });
    expect(subject.fake.log.records.length - before).toBeLessThanOrEqual(chunks + 1);
    await expectWhole();
  });

  test('that this build stores is deflated, says by what in every event, and leaves the names of the older one alone', async () => {
    await subject.artifacts.put(text);
    await expectWhole();
    expect(typesIn(packedStream())).toEqual([...Array.from({ length: chunks }, () => 'ArtifactChunk-deflate'), 'ArtifactComplete-deflate']);
    expect(typesIn(`artifact-${older.address}`)).toEqual([]);
    const stored = subject.fake.log.records.reduce((sum, { data }) => sum + data.length, 0);
    expect(stored).toBeLessThan(text.length / 2);
  });

  test('that no codec makes shorter has the names, the ids and the bytes that it always had', async () => {
    const noise = incompressible(600_000);
    const inOlderWay = new OlderUpload(subject.fake.log, noise);
    await subject.artifacts.put(noise);
    const before = subject.fake.log.records.length;
    inOlderWay.finish();
    expect(subject.fake.log.records).toHaveLength(before);
    expect(olderContent(subject.fake.log, inOlderWay.address)!.equals(noise)).toBe(true);
  });

  test('begun raw by an older build and gone on with by this one is whole, and the older build completes its own', async () => {
    older.step();
    expect(await subject.artifacts.has(older.address)).toBe(false);
    await subject.artifacts.put(text);
    await expectWhole();
    older.finish();
    expect(olderContent(subject.fake.log, older.address)!.equals(text)).toBe(true);
    await expectWhole();
  });

  test('begun deflated by this build and gone on with by an older one is whole, and this build completes its own', async () => {
    await beginHere(1);
    expect(typesIn(packedStream())).toEqual(['ArtifactChunk-deflate']);
    older.finish();
    expect(olderContent(subject.fake.log, older.address)!.equals(text)).toBe(true);
    // What was begun here is not in the way of what is whole.
    await expectWhole();
    await subject.artifacts.put(text);
    await expectWhole();
  });

  test('begun deflated, cut off after every append there is, is absent until the next put completes it with the same events', async () => {
    for (let appends = 1; appends < chunks; appends++) {
      await beginHere(appends);
      expect(await subject.artifacts.has(older.address)).toBe(false);
      await expect(subject.artifacts.get(older.address)).rejects.toMatchObject({ code: 'ArtifactMissing' });
    }
    await subject.artifacts.put(text);
    expect(typesIn(packedStream())).toHaveLength(chunks + 1);
    await expectWhole();
  });

  test('uploaded by both, append by append in any order, is whole for both', async () => {
    subject.fake.faults.commitMs = 2;
    for (const first of [0, 1, 2]) {
      const content = Buffer.concat([text, Buffer.from(String(first))]);
      const other = new OlderUpload(subject.fake.log, content);
      for (let step = 0; step < first; step++) other.step();
      const putting = subject.artifacts.put(content);
      while (other.step()) await new Promise((resolve) => setTimeout(resolve, 3));
      const { sha256 } = await putting;
      expect(Buffer.from(await subject.artifacts.get(sha256)).equals(content)).toBe(true);
      expect(olderContent(subject.fake.log, sha256)!.equals(content)).toBe(true);
    }
  });

  test('uploaded twice at once by this build is stored once', async () => {
    const other = subject.second();
    await Promise.all([subject, other].map(({ artifacts }) => artifacts.put(text)));
    expect(typesIn(packedStream())).toHaveLength(chunks + 1);
    await expectWhole();
  });
});

const write = (types: readonly string[], data: Uint8Array = new Uint8Array(0)): void =>
  types.forEach((type, index) => {
    const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    subject.fake.log.append(
      packedStream(),
      [{ id, type, contentType: 'application/octet-stream', metadata: new Uint8Array(0), data }],
      'any',
    );
  });

describe('what somebody else wrote into the stream of an artifact', () => {
  test('by a codec that this build does not know is StoreTooNew, with the chunk and the codec', async () => {
    write(['ArtifactChunk-zstd', 'ArtifactComplete-zstd'], Buffer.from('something'));
    await expect(subject.artifacts.get(older.address)).rejects.toMatchObject({
      code: 'StoreTooNew',
      evidence: { sha256: older.address, chunk: 0, codec: 'zstd' },
    });
  });

  test('as no chunk is ArtifactDamaged, with its place', async () => {
    write(['ArtifactChunk-deflate', 'Something', 'ArtifactComplete-deflate']);
    await expect(subject.artifacts.get(older.address)).rejects.toMatchObject({ code: 'ArtifactDamaged', evidence: { revision: '1' } });
  });

  test('without an end is ArtifactDamaged, and not read on', async () => {
    write(Array.from({ length: artifactChunksMax + 20 }, () => 'ArtifactChunk-deflate'));
    await expect(subject.artifacts.get(older.address)).rejects.toMatchObject({ code: 'ArtifactDamaged' });
  });
});

const address = 'ab'.repeat(32);

test('streams, types and ids are what they were when the first artifact was stored', () => {
  const named = (codec: 'raw' | 'deflate'): unknown =>
    proposedFor(address, codec, rawChunks(Buffer.from('anything')).chunks).map((batch) => batch.map(({ id, type }) => `${type} ${id}`));
  expect([streamOf('raw', address), named('raw')]).toEqual([
    'artifact-abababababababababababababababababababababababababababababababab',
    [['ArtifactChunk d802071d-5098-51df-a359-ee6fbf9b81ce', 'ArtifactComplete 42b70a12-3e37-515f-b5d8-fb7beb054967']],
  ]);
  expect([streamOf('packed', address), named('deflate')]).toEqual([
    'artifact-packed-abababababababababababababababababababababababababababababababab',
    [['ArtifactChunk-deflate 5a139785-63b9-5714-b921-35564aa467da', 'ArtifactComplete-deflate cd2afc41-adc2-50f7-b427-fc48a0ff6b6d']],
  ]);
});
