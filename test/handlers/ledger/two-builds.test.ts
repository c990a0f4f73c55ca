/**
 * Two builds on one store. Before the ledger named its format, an older build sealed past events of a stream that it did not know: its root
 * left them out, and every verification by the newer build answered `root_mismatch` from then on.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { Answer } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { writePrices } from '../../support/small-market.ts';
import { type Build, eventsSeen, storeKinds, type TwoBuilds, twoBuilds } from '../../support/two-builds.ts';
import { until } from '../reaction/desk.ts';

// The first loads all of the code twice.
jest.setTimeout(300_000);

const scratch = scratchDirectory();
const waive = ['parity', 'waive', '--meta', 'pair', '--paths', 'backtest.slippage', '--why', 'for the test', '--until', '2030-12-31'];

const produce = (build: Build, sleeve: 'stocks' | 'funds'): readonly string[] => [
  'flow',
  'production',
  '--profile',
  sleeve,
  '--prices',
  writePrices(build.bench.directory, sleeve),
];

/** What must stay as it is while a build refuses: every event, the key, and each witnessed checkpoint. */
async function everything({ newer, keyFile, witness }: TwoBuilds): Promise<object> {
  return {
    events: await eventsSeen(newer),
    key: existsSync(keyFile) ? readFileSync(keyFile, 'utf8') : null,
    witness: existsSync(witness) ? readdirSync(witness).map((name) => [name, readFileSync(`${witness}/${name}`, 'utf8')]) : null,
  };
}

const tooNew = {
  exit: 2,
  ok: false,
  error: {
    code: 'StoreTooNew',
    message: expect.stringContaining('this build lacks streams remark-...') as unknown,
    evidence: { lacks: ['streams remark-...'] },
  },
};

async function refusesToWrite({ older }: TwoBuilds): Promise<void> {
  const asked = [
    produce(older, 'funds'),
    ['ledger', 'seal'],
    waive,
    ['manifest', 'apply'],
    ['work', '--roles', 'seal'],
    ['ledger', 'key', 'rotate', '--why', 'for the test'],
  ];
  for (const argv of asked) expect({ argv, ...(await older.json(argv)) }).toMatchObject({ argv, ...tooNew });
}

const done = async (answer: Promise<Answer & { readonly exit: number }>): Promise<Answer> => {
  const { exit, ...answered } = await answer;
  expect({ exit, error: answered.error }).toEqual({ exit: 0, error: undefined });
  return answered;
};

describe.each(storeKinds)('The format of a ledger in %s', (kind) => {
  let builds: TwoBuilds;
  afterEach(() => builds.dispose());

  test('once raised by a newer build stops an older one that had begun the ledger and works on it', async () => {
    builds = await twoBuilds(scratch, kind);
    const { older, newer } = builds;
    await done(older.json([...produce(older, 'stocks'), '--no-seal']));
    const worker = older.json(['work', '--roles', 'seal']);
    await until(
      'the older worker has sealed',
      async () => (await eventsSeen(older)).some((event) => event.includes(' LedgerSealed ')),
      10_000,
    );

    await done(newer.json([...waive, '--no-seal']));
    await builds.writeRemark();
    await done(newer.json(['manifest', 'apply', '--no-seal']));
    expect(await worker).toMatchObject(tooNew);

    const before = await everything(builds);
    await refusesToWrite(builds);
    expect(await everything(builds)).toEqual(before);

    await done(newer.json(['ledger', 'seal']));
    await done(newer.json(produce(newer, 'funds')));
    const verified = await done(newer.json(['ledger', 'verify']));
    expect(verified).toMatchObject({ result: { faults: [], unsealed: 1, format: { lacking: [], gaining: [] } }, warnings: [] });
  });

  test('recorded by the newer build that began the ledger keeps an older one from writing, and from making a key', async () => {
    builds = await twoBuilds(scratch, kind);
    const { older, newer, keyFile } = builds;
    await done(newer.json(['manifest', 'apply', '--no-seal']));
    await builds.writeRemark();
    await done(newer.json([...waive, '--no-seal']));
    const before = await everything(builds);
    await refusesToWrite(builds);
    const otherKey = `${keyFile}.other`;
    expect(await older.json([...waive, '--key', otherKey])).toMatchObject(tooNew);
    expect(existsSync(otherKey)).toBe(false);
    expect(await everything(builds)).toEqual(before);
    await done(newer.json(['ledger', 'seal']));
    expect(await done(newer.json(['ledger', 'verify']))).toMatchObject({ result: { faults: [], unsealed: 1 } });
  });

  test('lets an older build read, and verify under the right root', async () => {
    builds = await twoBuilds(scratch, kind);
    const { older, newer } = builds;
    await done(newer.json(produce(newer, 'stocks')));
    await builds.writeRemark();
    await done(newer.json(['ledger', 'seal']));
    const newest = await done(newer.json(['ledger', 'verify']));
    const verified = await done(older.json(['ledger', 'verify']));
    expect(verified.result).toMatchObject({
      faults: [],
      sealedTo: newest.result['sealedTo'],
      events: newest.result['events'],
      format: { lacking: ['streams remark-...'], gaining: [] },
    });
    expect(verified.warnings.join()).toContain('the format of the ledger is newer than this build, which lacks streams remark-...');
    await done(older.json(['status']));
    const file = older.bench.path('audit.jsonl');
    await done(older.json(['audit', 'export', '--all', '-o', file]));
    await done(newer.json(['audit', 'verify', file]));
    const { exit, result } = await older.json(['doctor']);
    expect({ exit, checks: result['checks'] }).toMatchObject({
      exit: 1,
      checks: expect.arrayContaining([
        {
          check: 'format',
          status: 'failed',
          message: 'newer than this build, which lacks streams remark-...: it writes and seals nothing',
        },
      ]) as unknown,
    });
  });
});
