/** The command line on EventStoreDB: from prices to weights, verified and replayed; the same numbers as on SQLite. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { ServedLedger } from '../../support/served-ledger.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';

const smallSleeves = ['stocks', 'funds'] as const;
const scratch = scratchDirectory();
const now = '2026-11-21T08:00:00.000Z';
const password = 'hunter-2-correct-horse';

describe('the command line on EventStoreDB', () => {
  let fake: FakeEventStoreDb;
  let bench: Workbench;
  let printed = '';
  let environment: Record<string, string>;

  const run = async (...argv: string[]): Promise<Answer & { readonly exit: number }> => {
    const ran = await bench.run([...argv, '--json', '--log-level', 'debug'], { now, environment });
    printed += ran.stdout + ran.stderr;
    return { ...(JSON.parse(ran.stdout) as Answer), exit: ran.exit };
  };

  beforeAll(async () => {
    fake = await FakeEventStoreDb.start();
    bench = new Workbench(scratch);
    const location = fake.location
      .replace('esdb://', `esdb://admin:${password}@`)
      .concat(`&readModels=${encodeURIComponent(bench.path('node.sqlite'))}`);
    environment = {
      [environmentNames.store]: location,
      [environmentNames.key]: bench.path('signing.key'),
      [environmentNames.witness]: bench.path('witness'),
    };
  });
  afterAll(async () => {
    await fake.stop();
  });

  test('produces, allocates, answers, verifies, replays and exports, and never prints the password', async () => {
    const runs: string[] = [];
    for (const sleeve of smallSleeves) {
      const produced = await run('flow', 'production', '--profile', sleeve, '--prices', writePrices(bench.directory, sleeve));
      expect(produced).toMatchObject({ exit: 0, ok: true });
      runs.push(produced.result['runId'] as string);
    }
    const allocated = await run('flow', 'meta', '--profile', 'pair');
    expect(allocated).toMatchObject({ exit: 0, result: { already: false } });
    expect(await run('flow', 'meta', '--profile', 'pair')).toMatchObject({
      exit: 0,
      result: { already: true, runId: allocated.result['runId'] },
    });
    const weights = await run('weights', '--meta', 'pair');
    expect(weights).toMatchObject({ exit: 0, result: { runId: allocated.result['runId'] } });
    expect(weights.position).toMatch(/^\d+\/\d+$/);
    // A position of this store is ledger time as well.
    expect((await run('weights', '--meta', 'pair', '--known-at', weights.position!)).result).toEqual(weights.result);
    expect(await run('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [], unsealed: 1 } });
    expect(await run('replay', '--all')).toMatchObject({ exit: 0, result: { checked: 3, identical: 3, different: [] } });
    const audit = bench.path('audit.jsonl');
    expect(await run('audit', 'export', '--all', '-o', audit)).toMatchObject({ exit: 0 });
    expect(await run('audit', 'verify', audit)).toMatchObject({ exit: 0, result: { faults: [] } });
    expect(await run('doctor')).toMatchObject({ exit: 0 });
    expect(existsSync(bench.path('node.sqlite'))).toBe(true);

    const onServer = { [environmentNames.store]: bench.store };
    for (const sleeve of smallSleeves)
      await bench.json(['flow', 'production', '--profile', sleeve, '--prices', writePrices(bench.directory, sleeve)], {
        now,
        environment: onServer,
      });
    const embedded = await bench.json(['flow', 'meta', '--profile', 'pair'], { now, environment: onServer });
    expect(allocated.result['profiles']).toEqual(embedded.result['profiles']);

    const from = printed.indexOf(password);
    expect(from < 0 ? '' : printed.slice(from - 100, from + 40)).toBe('');
    const written = readdirSync(bench.directory, { recursive: true, encoding: 'utf8' });
    expect(written.join('\n')).not.toContain(password);
    for (const file of written.map((name) => bench.path(name)).filter((name) => statSync(name).isFile()))
      expect(readFileSync(file).includes(password)).toBe(false);
  }, 60_000);

  test('retention metadata on a stream of the ledger is a fault, while every event is still there', async () => {
    const metadata = { type: '$metadata', contentType: 'application/json', metadata: new Uint8Array(0) };
    fake.log.append(
      '$$sleeve-stocks',
      [{ ...metadata, id: '00000000-0000-4000-8000-000000000001', data: Buffer.from('{"$maxCount":1000}') }],
      'any',
    );
    const verified = await run('ledger', 'verify');
    expect(verified).toMatchObject({
      exit: 1,
      result: { faults: [{ kind: 'stream_cut', actual: 'stream sleeve-stocks is cut by $maxCount in its metadata' }] },
    });
    fake.log.append('$$sleeve-stocks', [{ ...metadata, id: '00000000-0000-4000-8000-000000000002', data: Buffer.from('{}') }], 'any');
    expect(await run('ledger', 'verify')).toMatchObject({ exit: 0, result: { faults: [] } });
  });

  test('read models that were folded from another ledger are emptied and folded again', async () => {
    const before = (await run('weights', '--meta', 'pair')).result;
    const database = new Database(bench.path('node.sqlite'));
    database.prepare("UPDATE read_model_source SET stamp = 'ledger of another server'").run();
    database.close();
    expect((await run('weights', '--meta', 'pair')).result).toEqual(before);
    const after = new Database(bench.path('node.sqlite'), { readonly: true });
    expect(after.prepare('SELECT stamp FROM read_model_source').pluck().get()).toMatch(/^ledger [0-9a-f-]{36} at 127\.0\.0\.1:\d+$/);
    after.close();
  });

  test('a token is taken, its last use stands beside the read models of this node, and the server holds nothing of either', async () => {
    const made = await run('token', 'create', '--holder', 'vera', '--role', 'viewer');
    const token = made.result['token'] as string;
    const served = await ServedLedger.start(bench, [], { now, environment });
    const before = fake.log.records.length;
    expect((await served.ask('/v1/status', { token })).status).toBe(200);
    await served.stop();
    expect(fake.log.records).toHaveLength(before);
    const listed = (await run('token', 'list')).result['tokens'];
    expect(listed).toMatchObject([{ holder: 'vera', standing: 'in force', lastUsedHour: now }]);
    expect(existsSync(bench.path('node.sqlite.token-uses'))).toBe(true);
    expect(fake.log.records.filter(({ data }) => Buffer.from(data).includes(token))).toEqual([]);
  });

  test('a change of a stored byte behind the store is a fault', async () => {
    const record = fake.log.records.findLast(({ type }) => type === 'PortfolioFlattened')!;
    const at = Buffer.from(record.data).indexOf('"weight":0.') + '"weight":0.'.length;
    record.data = Uint8Array.from(record.data);
    record.data[at] = record.data[at] === 0x31 ? 0x32 : 0x31;
    const verified = await run('ledger', 'verify');
    expect(verified.exit).toBe(1);
    expect((verified.result['faults'] as { kind: string }[]).map(({ kind }) => kind)).toContain('hash_mismatch');
  });
});
