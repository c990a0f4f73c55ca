/** A ledger of which an older build kept some artifacts raw, through every verb that carries artifacts somewhere. */
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { inflateSync } from 'node:zlib';
import { type Answer, Workbench } from '../../support/cli.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
let runId = '';
let verifierKey = '';

async function answered(...argv: readonly string[]): Promise<Answer> {
  const answer = await bench.json(argv);
  expect({ argv, exit: answer.exit, error: answer.error }).toEqual({ argv, exit: 0, error: undefined });
  return answer;
}

/** Every second artifact as a build without codecs would have left it. */
function keepHalfRaw(file: string): void {
  const database = new Database(file);
  const rows = database.prepare("SELECT rowid AS row, stored FROM artifact_chunks WHERE codec = 'deflate' AND rowid % 2 = 0").all();
  const keep = database.prepare("UPDATE artifact_chunks SET stored = ?, codec = 'raw', byte_count = NULL WHERE rowid = ?");
  for (const { row, stored } of rows as { row: number; stored: Buffer }[]) keep.run(inflateSync(stored), row);
  database.close();
}

/** How many chunks a file keeps in each way. */
function codecsIn(file: string): Readonly<Record<string, number>> {
  const database = new Database(file, { readonly: true });
  const counted = database.prepare('SELECT codec, count(*) FROM artifact_chunks GROUP BY codec').raw().all() as [string, number][];
  database.close();
  return Object.fromEntries(counted);
}

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds', 'coins'] as const) await bench.produce(sleeve);
  runId = (await answered('flow', 'meta', '--profile', 'pair', '--risk', 'hrp')).result['runId'] as string;
  keepHalfRaw(bench.store);
  verifierKey = (await answered('ledger', 'prove', 'ledger@0')).result['verifierKey'] as string;
}, 120_000);

describe('A ledger of raw and deflated artifacts', () => {
  test('verifies, and its runs are recomputed', async () => {
    const codecs = codecsIn(bench.store);
    expect([codecs['raw']! > 5, codecs['deflate']! > 5]).toEqual([true, true]);
    expect((await answered('ledger', 'verify')).result).toMatchObject({ faults: [] });
    expect((await answered('replay', '--all', '--strict')).result).toMatchObject({ different: [] });
  });

  test('is backed up as it is, and restored', async () => {
    const [backup, restored] = [bench.path('backup.sqlite'), bench.path('restored.sqlite')];
    await answered('ledger', 'backup', '--to', backup);
    expect(codecsIn(backup)).toEqual(codecsIn(bench.store));
    const kept = ['--key', `${bench.store}.key`, '--witness', `${bench.store}.witness`];
    await answered('ledger', 'restore', '--from', backup, '--store', restored, '--vkey', verifierKey, ...kept);
    expect(codecsIn(restored)).toEqual(codecsIn(bench.store));
    expect((await answered('ledger', 'verify', '--store', restored, ...kept)).result).toMatchObject({ faults: [] });
  });

  test('is copied under the same root to a file and to a server, which deflate what was raw', async () => {
    const fake = await FakeEventStoreDb.start();
    const server = `${fake.location}&readModels=${encodeURIComponent(bench.path('node.sqlite'))}`;
    const roots: unknown[] = [];
    for (const target of [bench.path('copy.sqlite'), server]) {
      const { result } = await answered('ledger', 'copy', '--from', bench.store, '--to', target);
      roots.push(result['root'], result['targetRoot']);
      const kept = ['--key', `${bench.store}.key`, '--witness', `${bench.store}.witness`];
      expect((await answered('ledger', 'verify', '--store', target, ...kept)).result).toMatchObject({ faults: [] });
    }
    expect(roots).toEqual(Array.from({ length: 4 }, () => expect.stringMatching(/^[0-9a-f]{64}$/) as unknown));
    expect(new Set(roots).size).toBe(1);
    expect(codecsIn(bench.path('copy.sqlite'))['raw'] ?? 0).toBe(0);
    expect(fake.log.records.filter(({ type }) => type === 'ArtifactChunk')).toEqual([]);
    await fake.stop();
  });

  test('is told whole by an export and a bundle, which judge it without the store', async () => {
    const [file, bundle] = [bench.path('audit.jsonl'), bench.path('bundle.zip')];
    await answered('audit', 'export', '--all', '-o', file);
    await answered('audit', 'bundle', runId, '-o', bundle);
    for (const evidence of [file, bundle])
      expect((await answered('audit', 'verify', evidence, '--vkey', verifierKey)).result).toMatchObject({ faults: [] });
    expect((await answered('replay', '--bundle', bundle, '--strict')).result).toMatchObject({ different: [] });
  });
});
