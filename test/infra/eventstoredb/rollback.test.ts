/** What `doctor` and `ledger verify` say of a server whose data were put back, or of which a stream was deleted. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { environmentNames } from '../../../handlers/runtime/settings.ts';
import { Workbench } from '../../support/cli.ts';
import { FakeEventStoreDb } from '../../support/fake-eventstoredb/fake-server.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();

interface Check {
  readonly check: string;
  readonly status: string;
  readonly message: string;
}

describe('a ledger on a server', () => {
  let bench: Workbench;
  const servers: FakeEventStoreDb[] = [];
  beforeEach(() => {
    bench = new Workbench(scratch);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });

  async function serverWith(records: readonly FakeEventStoreDb['log']['records'][number][]): Promise<FakeEventStoreDb> {
    const server = await FakeEventStoreDb.start();
    servers.push(server);
    for (const record of records) server.log.append(record.stream, [record], 'any');
    return server;
  }

  const runOn = (server: FakeEventStoreDb, ...argv: string[]): ReturnType<Workbench['json']> => {
    const environment = {
      [environmentNames.store]: `${server.location}&readModels=${encodeURIComponent(bench.path('node.sqlite'))}`,
      [environmentNames.key]: bench.path('signing.key'),
      [environmentNames.witness]: bench.path('witness'),
    };
    return bench.json(argv, { environment });
  };
  async function witnessCheck(server: FakeEventStoreDb): Promise<{ readonly exit: number; readonly witness: Check }> {
    const { exit, result } = await runOn(server, 'doctor');
    return { exit, witness: (result['checks'] as Check[]).find(({ check }) => check === 'witness')! };
  }

  test('that was put back to an older copy fails `doctor`, which says how much is missing and nothing of disks', async () => {
    const server = await serverWith([]);
    expect(await runOn(server, 'manifest', 'apply')).toMatchObject({ exit: 0 });
    const copied = [...server.log.records];
    const before = await witnessCheck(server);
    expect(before).toMatchObject({ exit: 0, witness: { status: 'passed' } });
    expect(before.witness.message).toMatch(/remembers \d+ events, the store is sealed to \d+$/);
    expect(before.witness.message).not.toMatch(/disk/);
    expect(await runOn(server, 'sleeve', 'quarantine', 'stocks', '--why', 'prices')).toMatchObject({ exit: 0 });

    const older = await serverWith(copied);
    const after = await witnessCheck(older);
    expect(after).toMatchObject({ exit: 1, witness: { status: 'failed' } });
    expect(after.witness.message).toMatch(/put back to an older copy/);
    expect((await runOn(older, 'ledger', 'verify')).exit).toBe(1);
  });

  test('one of whose streams was deleted: `ledger verify` names the last revision there can be exactly', async () => {
    const server = await serverWith([]);
    expect(await runOn(server, 'manifest', 'apply')).toMatchObject({ exit: 0 });
    server.log.tombstone('sleeve-stocks');
    const { exit, result } = await runOn(server, 'ledger', 'verify');
    expect(exit).toBe(1);
    const ofDeletion = (result['faults'] as { readonly stream: string; readonly revision: unknown }[]).filter(
      ({ revision }) => typeof revision === 'string',
    );
    expect(ofDeletion).not.toEqual([]);
    for (const fault of ofDeletion) expect(fault).toMatchObject({ stream: 'sleeve-stocks', revision: '9223372036854775807' });
  });
});
