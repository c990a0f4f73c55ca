/** What is SQLite's own in its artifacts: rows as they are kept, what is said of missing and damaged ones, and lists by address. */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { deflateSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { SqliteArtifacts } from '../../../infra/sqlite/artifacts.ts';
import { SqliteCheckpoints } from '../../../infra/sqlite/checkpoints.ts';
import { Connection } from '../../../infra/sqlite/connection.ts';
import { migrate } from '../../../infra/sqlite/schema.ts';
import { incompressible } from '../../support/figures.ts';
import { toldBy } from '../../support/told.ts';

const opened: Database.Database[] = [];
afterAll(() => opened.forEach((database) => database.close()));

function connectionOf(version?: number): Connection {
  const database = new Database(':memory:');
  opened.push(database);
  database.defaultSafeIntegers(true);
  migrate(database, ':memory:', version);
  return new Connection(database, ':memory:', 1_000);
}

const addressOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const chunks = 'SELECT seq, codec, byte_count, stored FROM artifact_chunks ORDER BY seq';

describe('an artifact', () => {
  test('is kept in chunks, deflated where that is shorter, and once', async () => {
    const { database, artifacts } = bench();
    const text = Buffer.alloc(524_289, 'a');
    expect(await artifacts.put(text)).toEqual({ sha256: addressOf(text), bytes: 524_289 });
    expect(await artifacts.put(text)).toEqual({ sha256: addressOf(text), bytes: 524_289 });
    expect(database.prepare(chunks).raw().all()).toEqual([
      [0n, 'deflate', 524_288n, deflateSync(text.subarray(0, 524_288), { level: 1 })],
      [1n, 'deflate', 1n, deflateSync(Buffer.from('a'), { level: 1 })],
    ]);
    expect(Buffer.compare(await artifacts.get(addressOf(text)), text)).toBe(0);
  });

  test('is kept as it is where deflating makes it no shorter, and states no length of its chunks', async () => {
    const { database, artifacts } = bench();
    const raw = incompressible(600);
    await artifacts.putAll([raw, new Uint8Array(0)]);
    expect(database.prepare(chunks).raw().all()).toEqual([[0n, 'raw', null, Buffer.from(raw)]]);
    expect(database.prepare('SELECT byte_count FROM artifacts ORDER BY byte_count').pluck().all()).toEqual([0n, 600n]);
    expect([Buffer.compare(await artifacts.get(addressOf(raw)), raw), (await artifacts.get(addressOf(new Uint8Array(0)))).length]).toEqual([
      0, 0,
    ]);
  });

  test.each(['', 'a'.repeat(63), 'A'.repeat(64), 'g'.repeat(64), ` ${'a'.repeat(64)}`, `${'a'.repeat(64)}\n`, 'a'.repeat(64)])(
    'is not there under %j',
    async (address) => {
      const { artifacts } = bench();
      await artifacts.put(Buffer.from('x'));
      expect(await artifacts.has(address)).toBe(false);
      expect(await toldBy(artifacts.get(address))).toEqual({
        code: 'ArtifactMissing',
        message: `artifact ${address} is not stored`,
        evidence: { sha256: address },
        at: {},
      });
    },
  );

  test('that no longer is what its address says is damaged, and what its chunk says is not believed', async () => {
    const { database, artifacts } = bench();
    const raw = incompressible(600);
    const { sha256 } = await artifacts.put(raw);
    database.exec("UPDATE artifact_chunks SET stored = x'00'");
    expect(await toldBy(artifacts.get(sha256))).toEqual({
      code: 'ArtifactDamaged',
      message: `artifact ${sha256} no longer matches its address`,
      evidence: { sha256, actual: addressOf(Uint8Array.of(0)), bytes: 1 },
      at: {},
    });
    database.exec('UPDATE artifact_chunks SET byte_count = 2');
    expect(await toldBy(artifacts.get(sha256))).toMatchObject({
      code: 'ArtifactDamaged',
      message: `artifact ${sha256} is damaged: chunk 0 holds 1 bytes and not 2`,
    });
    database.exec('UPDATE artifact_chunks SET byte_count = NULL, stored = zeroblob(524289)');
    expect(await toldBy(artifacts.get(sha256))).toMatchObject({
      message: `artifact ${sha256} is damaged: chunk 0 is longer than 524288 bytes`,
    });
    database.exec('DELETE FROM artifact_chunks');
    expect(await toldBy(artifacts.get(sha256))).toMatchObject({ evidence: { bytes: 0, actual: addressOf(new Uint8Array(0)) } });
    expect(await artifacts.has(sha256)).toBe(true);
  });

  test('is listed by its address, page by page', async () => {
    const { artifacts } = bench();
    const put = await artifacts.putAll([1, 2, 3, 4, 5].map((byte) => Uint8Array.of(byte)));
    const addresses = put.map(({ sha256 }) => sha256).toSorted();
    expect(await artifacts.list({ after: null, limit: 9 })).toEqual(addresses);
    expect(await artifacts.list({ after: null, limit: 2 })).toEqual(addresses.slice(0, 2));
    expect(await artifacts.list({ after: addresses[1]!, limit: 2 })).toEqual(addresses.slice(2, 4));
    expect(await artifacts.list({ after: addresses[4]!, limit: 2 })).toEqual([]);
  });

  test('of an older schema is read as it was kept, and as it is kept once the file was brought up to date', async () => {
    const connection = connectionOf(3);
    const { database } = connection;
    const artifacts = new SqliteArtifacts(connection);
    const content = Buffer.from('of an older build');
    const address = createHash('sha256').update(content).digest();
    database.prepare('INSERT INTO artifacts VALUES (?, ?)').run(address, content.length);
    database.prepare('INSERT INTO artifact_chunks (sha256, seq, bytes) VALUES (?, 0, ?)').run(address, content);
    const read = async (): Promise<string> => Buffer.from(await artifacts.get(address.toString('hex'))).toString();
    expect([await read(), await read()]).toEqual(['of an older build', 'of an older build']);
    migrate(database, ':memory:');
    expect([await read(), await read()]).toEqual(['of an older build', 'of an older build']);
  });
});

describe('checkpoints', () => {
  test('count their versions from 0, and are refused at another than the expected one', async () => {
    const checkpoints = new SqliteCheckpoints(connectionOf());
    expect([await checkpoints.read('a'), await checkpoints.names()]).toEqual([null, []]);
    for (const [expected, version] of [
      ['none', 0n],
      [0n, 1n],
      [1n, 2n],
    ] as const)
      expect(await checkpoints.write('b', { at: String(version) }, expected)).toEqual({ value: { at: String(version) }, version });
    await checkpoints.write('a', {}, 'none');
    expect([await checkpoints.read('b'), await checkpoints.names()]).toEqual([{ value: { at: '2' }, version: 2n }, ['a', 'b']]);
    for (const [name, expected] of [
      ['b', 'none'],
      ['b', 1n],
      ['b', 3n],
      ['c', 0n],
    ] as const)
      expect((await toldBy(checkpoints.write(name, {}, expected))).code).toBe('WrongExpectedRevision');
    expect([await checkpoints.read('b'), await checkpoints.read('c')]).toEqual([{ value: { at: '2' }, version: 2n }, null]);
    expect((await toldBy(checkpoints.read('no name'))).code).toBe('Usage');
  });

  test('of a file of the first schema are none, until it is brought up to date', async () => {
    const connection = connectionOf(1);
    const checkpoints = new SqliteCheckpoints(connection);
    expect([await checkpoints.read('a'), await checkpoints.names()]).toEqual([null, []]);
    migrate(connection.database, ':memory:');
    await checkpoints.write('a', {}, 'none');
    expect([await checkpoints.read('a'), await checkpoints.names()]).toEqual([{ value: {}, version: 0n }, ['a']]);
  });
});

function bench(): { readonly database: Database.Database; readonly artifacts: SqliteArtifacts } {
  const connection = connectionOf();
  return { database: connection.database, artifacts: new SqliteArtifacts(connection) };
}
