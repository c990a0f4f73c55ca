/**
 * Somebody who may write the store, on a disk or on a server, leaves chunks of artifacts that would make far more than they state, that are
 * kept in a way that nobody knows, or that no longer make what they made. Another content of an address nobody makes without breaking
 * SHA-256.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { limits } from '../../domain/shared/limits.ts';
import { openSqlite } from '../../infra/sqlite/open.ts';
import { type FakeSubject, fakeSubject } from '../support/fake-eventstoredb/subject.ts';
import { Forger } from '../support/forger.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { SealedLedger, type Verified } from '../support/sealed-ledger.ts';
import { expectCheap, expectRefused, measured } from './support/bombs.ts';

const scratch = scratchDirectory();
const minute = 60_000;
const chunkBytes = limits.artifactChunkBytesMax;
const zeros = (bytes: number): Buffer => deflateSync(Buffer.alloc(bytes), { level: 9 });
const packedChunk = zeros(chunkBytes);
const large = zeros(150_000_000);

interface Row {
  readonly codec: string;
  readonly contentBytes: number | null;
  readonly stored: Uint8Array;
}

let files = 0;

/** A store with one artifact of these rows, under an address of nothing. */
function storeOf(rows: readonly Row[]): Buffer {
  const file = join(scratch, `${files++}.sqlite`);
  openSqlite(file, { access: 'write', create: true }).close();
  const database = new Database(file);
  const address = Buffer.alloc(32, 1);
  const bytes = rows.reduce((sum, { contentBytes, stored }) => sum + (contentBytes ?? stored.length), 0);
  database.prepare('INSERT INTO artifacts VALUES (?, ?)').run(address, bytes);
  const insert = database.prepare('INSERT INTO artifact_chunks (sha256, seq, stored, codec, byte_count) VALUES (?, ?, ?, ?, ?)');
  database.transaction(() => {
    for (const [seq, { codec, stored, contentBytes }] of rows.entries()) insert.run(address, seq, stored, codec, contentBytes);
  })();
  database.pragma('journal_mode = DELETE');
  database.close();
  return readFileSync(file);
}

const bombs: Readonly<Record<string, () => readonly Row[]>> = {
  'a chunk that makes 150 MB and states 1,000 bytes': () => [{ codec: 'deflate', contentBytes: 1_000, stored: large }],
  'a chunk that makes 150 MB and says so': () => [{ codec: 'deflate', contentBytes: 150_000_000, stored: large }],
  'ten thousand chunks of half a megabyte each': () =>
    Array.from({ length: 10_000 }, () => ({ codec: 'deflate', contentBytes: chunkBytes, stored: packedChunk })),
  'ten thousand chunks that state nothing': () =>
    Array.from({ length: 10_000 }, () => ({ codec: 'deflate', contentBytes: null, stored: packedChunk })),
  'a raw chunk of 100 MB': () => [{ codec: 'raw', contentBytes: null, stored: Buffer.alloc(100_000_000) }],
};

describe('an artifact in a file', () => {
  test.each(Object.keys(bombs))('%s: refused as damaged, before it is made', (name) => {
    expectRefused(measured(scratch, 'artifacts of a store', name, storeOf(bombs[name]!()), 'sqlite'), 'ArtifactDamaged');
  });

  test('kept in a way that nobody knows is StoreTooNew', () => {
    const rows = [{ codec: 'zstd', contentBytes: 9, stored: Buffer.from('something') }];
    expectRefused(measured(scratch, 'artifacts of a store', 'an unknown codec', storeOf(rows), 'sqlite'), 'StoreTooNew');
  });

  test('control: ten of four chunks each are read, at the same cost', async () => {
    const file = join(scratch, 'honest.sqlite');
    const { artifacts, store } = openSqlite(file, { access: 'write', create: true });
    for (let index = 0; index < 10; index++) await artifacts.put(Buffer.alloc(4 * chunkBytes, `${index},`));
    await store.close();
    const found = measured(scratch, 'artifacts of a store', 'honest artifacts', readFileSync(file), 'sqlite');
    expect([found.code, found.message]).toEqual([null, 'read']);
    expectCheap(found);
  });
});

describe('an artifact on a server', () => {
  let subject: FakeSubject;
  beforeAll(async () => {
    subject = await fakeSubject();
  });
  afterAll(async () => {
    await subject.dispose();
  });

  test.each([
    ['a chunk that makes 40 MB', 1, 40_000_000],
    ['more chunks than an artifact may have', 600, 1_000],
  ])('%s: refused as damaged, before it is made', async (what, count, bytes) => {
    const address = Buffer.alloc(32, what).toString('hex');
    const types = [...Array.from({ length: count }, () => 'ArtifactChunk-deflate'), 'ArtifactComplete-deflate'];
    const data = zeros(bytes);
    for (const [index, type] of types.entries()) {
      const id = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
      const event = { id, type, contentType: 'application/octet-stream', metadata: new Uint8Array(0), data };
      subject.fake.log.append(`artifact-packed-${address}`, [event], 'any');
    }
    await expect(subject.artifacts.get(address)).rejects.toMatchObject({ code: 'ArtifactDamaged' });
  });

  test('control: what was put there comes back', async () => {
    const { sha256 } = await subject.artifacts.put(Buffer.alloc(3 * chunkBytes, 'honest,'));
    expect(await subject.artifacts.get(sha256)).toHaveLength(3 * chunkBytes);
  });
});

describe('a deflated chunk of a ledger', () => {
  const ledger = new SealedLedger(scratch);
  beforeAll(async () => {
    await ledger.fill();
  }, 5 * minute);

  async function attacked(sql: string): Promise<Verified> {
    const file = ledger.copy('attacked.sqlite');
    new Forger(file).execute(sql);
    return ledger.verify(file);
  }
  const inTheMiddle = `substr(stored, 1, length(stored) / 2) || x'5a' || substr(stored, 2 + length(stored) / 2)`;

  test('control: as it was written it has no fault', async () => {
    expect(await attacked('SELECT 1')).toMatchObject({ exit: 0, faults: [] });
  });

  test.each([
    ['with a byte changed', `UPDATE artifact_chunks SET stored = CAST(${inTheMiddle} AS BLOB) WHERE seq = 1`, 'chunk 1'],
    [
      'with another in its place',
      'UPDATE artifact_chunks SET stored = (SELECT stored FROM artifact_chunks WHERE seq = 2) WHERE seq = 1',
      'chunk 1',
    ],
    ['made again of another content', "UPDATE artifact_chunks SET stored = x'{zeros}' WHERE seq = 1", null],
    ['said to be raw', "UPDATE artifact_chunks SET codec = 'raw', byte_count = NULL WHERE seq = 1", null],
  ])('%s: verification names the artifact, and the chunk where zlib knows it', async (_, sql, chunk) => {
    const { exit, faults } = await attacked(sql.replace('{zeros}', packedChunk.toString('hex')));
    expect(exit).toBe(1);
    const damaged = faults.filter(({ kind }) => kind === 'artifact_damaged');
    expect(damaged).toHaveLength(1);
    expect(damaged[0]!.expected).toMatch(/^[0-9a-f]{64}$/);
    if (chunk !== null) expect(damaged[0]!.actual).toContain(chunk);
  });
});
