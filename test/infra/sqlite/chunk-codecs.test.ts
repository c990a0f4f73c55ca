/** Artifacts in files of builds that kept every chunk as it is, beside those that this build deflates. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { limits } from '../../../domain/shared/limits.ts';
import { openSqlite } from '../../../infra/sqlite/open.ts';
import { expectedSchemaObjects, migrate, schemaVersion } from '../../../infra/sqlite/schema.ts';
import { incompressible } from '../../support/figures.ts';
import { tamper } from '../../support/flip-bytes.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const reading = { access: 'read', create: false } as const;
const writing = { access: 'write', create: false } as const;
const version = 3;

const text = Buffer.from(Array.from({ length: 40_000 }, (_, row) => `${row},${row * row}\n`).join(''));
const noise = Buffer.from(incompressible(600_000));
const addressOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** As the build before this one stored it. */
function putRaw(file: string, bytes: Uint8Array): void {
  tamper(file, 'INSERT INTO artifacts (sha256, byte_count) VALUES (?, ?)', Buffer.from(addressOf(bytes), 'hex'), bytes.length);
  for (let seq = 0, start = 0; start < bytes.length; seq++, start += limits.artifactChunkBytesMax)
    tamper(
      file,
      'INSERT INTO artifact_chunks (sha256, seq, bytes) VALUES (?, ?, ?)',
      Buffer.from(addressOf(bytes), 'hex'),
      seq,
      bytes.subarray(start, start + limits.artifactChunkBytesMax),
    );
}

function older(name: string): string {
  const file = join(directory, name);
  const raw = new Database(file);
  raw.pragma('journal_mode = WAL');
  migrate(raw, file, version);
  raw.exec("INSERT INTO read_model_source VALUES (1, 'the events of this file')");
  raw.close();
  for (const bytes of [text, noise]) putRaw(file, bytes);
  return file;
}

const rowsOf = (file: string): unknown[] => {
  const database = new Database(file, { readonly: true });
  try {
    return database
      .prepare('SELECT lower(hex(sha256)), seq, codec, byte_count, length(stored) FROM artifact_chunks ORDER BY 1, 2')
      .raw()
      .all();
  } finally {
    database.close();
  }
};
const versionOf = (file: string): unknown => {
  const database = new Database(file, { readonly: true });
  try {
    return database.pragma('user_version', { simple: true });
  } finally {
    database.close();
  }
};

describe('a file of the schema before chunks had codecs', () => {
  test('is what that version made: a migration never changes', () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([...expectedSchemaObjects(version)]))
      .digest('hex');
    expect(digest).toBe('04153ff35384db9a7b791795649efbe0a9b525194f4a897ea85ad64979364673');
  });

  test('opened to read gives its artifacts, has no fault, and is not changed', async () => {
    const file = older('read.sqlite');
    const ledger = openSqlite(file, reading);
    for (const bytes of [text, noise]) expect(Buffer.from(await ledger.artifacts.get(addressOf(bytes))).equals(bytes)).toBe(true);
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
    expect(versionOf(file)).toBe(version);
  });

  test('opened to write keeps its chunks as they are, and takes deflated ones beside them', async () => {
    const file = older('written.sqlite');
    const ledger = openSqlite(file, writing);
    const more = Buffer.concat([text, text]);
    for (const bytes of [text, noise, more]) {
      expect(await ledger.artifacts.put(bytes)).toEqual({ sha256: addressOf(bytes), bytes: bytes.length });
      expect(Buffer.from(await ledger.artifacts.get(addressOf(bytes))).equals(bytes)).toBe(true);
    }
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
    expect(versionOf(file)).toBe(schemaVersion);
    const rows = rowsOf(file) as [string, number, string, number | null, number][];
    expect(rows.filter(([address]) => address === addressOf(text)).map(([, , codec, count]) => [codec, count])).toEqual([
      ['raw', null],
      ['raw', null],
    ]);
    const deflated = rows.filter(([address]) => address === addressOf(more));
    expect(deflated.map(([, seq, codec, count]) => [seq, codec, count])).toEqual([
      [0, 'deflate', limits.artifactChunkBytesMax],
      [1, 'deflate', limits.artifactChunkBytesMax],
      [2, 'deflate', more.length - 2 * limits.artifactChunkBytesMax],
    ]);
    expect(deflated.reduce((sum, [, , , , stored]) => sum + stored, 0)).toBeLessThan(more.length / 2);
  });

  test('is read on by a reader that had it open when another process brought it up to date', async () => {
    const file = older('meanwhile.sqlite');
    const reader = openSqlite(file, reading);
    expect(await reader.artifacts.get(addressOf(noise))).toHaveLength(noise.length);
    const writer = openSqlite(file, writing);
    const { sha256 } = await writer.artifacts.put(Buffer.concat([text, text]));
    expect(await reader.artifacts.get(addressOf(noise))).toHaveLength(noise.length);
    expect(await reader.artifacts.get(sha256)).toHaveLength(2 * text.length);
    for (const ledger of [reader, writer]) ledger.close();
  });

  test('and a process of its build that has it open: it finds its column gone, and calls nothing damaged', async () => {
    const file = older('both.sqlite');
    const process = new Database(file);
    const get = process.prepare('SELECT bytes FROM artifact_chunks WHERE sha256 = ? ORDER BY seq');
    const put = process.prepare('INSERT INTO artifact_chunks (sha256, seq, bytes) VALUES (?, ?, ?)');
    const ledger = openSqlite(file, writing);
    await ledger.artifacts.put(Buffer.concat([text, text]));
    for (const statement of [() => get.all(Buffer.alloc(32)), () => put.run(Buffer.alloc(32), 0, Buffer.alloc(1))])
      expect(statement).toThrow(/no (?:such )?column/);
    process.close();
    ledger.close();
  });
});

describe('what is stored', () => {
  test('is deflated where that makes it shorter, and raw where not; the answers are the same', async () => {
    const file = join(directory, 'fresh.sqlite');
    const ledger = openSqlite(file, { access: 'write', create: true });
    const contents = [text, noise, Buffer.from('short'), Buffer.alloc(0), Buffer.concat([noise, text])];
    const infos = await ledger.artifacts.putAll(contents);
    expect(infos.map(({ sha256 }) => sha256)).toEqual(contents.map(addressOf));
    for (const bytes of contents) expect(Buffer.from(await ledger.artifacts.get(addressOf(bytes))).equals(bytes)).toBe(true);
    expect(ledger.integrity()).toEqual([]);
    ledger.close();
    const codecs = new Map((rowsOf(file) as [string, number, string][]).map(([address, , codec]) => [address, codec]));
    expect(contents.map((bytes) => codecs.get(addressOf(bytes)))).toEqual(['deflate', 'raw', 'raw', undefined, 'raw']);
  });

  test.each([
    [
      'a bit of a deflated chunk',
      "UPDATE artifact_chunks SET stored = CAST(substr(stored, 1, 999) || x'00' || substr(stored, 1001) AS BLOB)",
      'ArtifactDamaged',
      0,
    ],
    [
      'a deflated chunk cut short',
      'UPDATE artifact_chunks SET stored = substr(stored, 1, length(stored) - 9) WHERE seq = 1',
      'ArtifactDamaged',
      1,
    ],
    [
      'bytes behind a deflated chunk',
      "UPDATE artifact_chunks SET stored = CAST(stored || x'00' AS BLOB) WHERE seq = 1",
      'ArtifactDamaged',
      1,
    ],
    [
      'a length that is not that of the content',
      'UPDATE artifact_chunks SET byte_count = byte_count + 1 WHERE seq = 1',
      'ArtifactDamaged',
      1,
    ],
    ['another codec', "UPDATE artifact_chunks SET codec = 'zstd' WHERE seq = 1", 'StoreTooNew', 1],
  ])('%s is refused by the name of its chunk', async (what, sql, code, chunk) => {
    const file = join(directory, `${what.replaceAll(' ', '-')}.sqlite`);
    const ledger = openSqlite(file, { access: 'write', create: true });
    const bytes = Buffer.concat([text, text]);
    const { sha256 } = await ledger.artifacts.put(bytes);
    tamper(file, sql);
    await expect(ledger.artifacts.get(sha256)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`chunk ${chunk}`) as unknown,
      evidence: { sha256, chunk },
    });
    ledger.close();
  });
});
