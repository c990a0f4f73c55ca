/** Columns under other names, and the venue of production, through the verbs. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Workbench } from '../../support/cli.ts';
import { type LooseManifest, writePrices } from '../../support/small-market.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
let aggregated = '';
const renames = ['CRYPTO:XXXUSD=BINANCE:XXXUSDT', 'CRYPTO:YYYUSD=BINANCE:YYYUSDT'];
const asked = (profile: string, ...more: readonly string[]): string[] => [
  'flow',
  'production',
  '--profile',
  profile,
  '--prices',
  aggregated,
  '--no-seal',
  ...more,
];

/** One profile of production, one for research, and one that says nothing of it. */
function writeProfiles(change: (manifest: LooseManifest) => void = () => undefined): void {
  bench.writeManifest((manifest) => {
    manifest.profiles['guarded'] = { ...manifest.profiles['coins'], data: { research: false } };
    manifest.profiles['studied'] = { ...manifest.profiles['coins'], data: { research: true } };
    manifest.profiles['two'] = {
      sleeves: ['coins', 'studied'].map((id) => ({ id, profile: id })),
      meta_allocation: { profile: 'hrp', max_weight: 0.6 },
    };
    change(manifest);
  });
}

beforeAll(() => {
  const named = readFileSync(writePrices(bench.directory, 'coins'), 'utf8');
  aggregated = bench.write('aggregated.csv', named.replaceAll(/BINANCE:(\w{3})USDT/g, 'CRYPTO:$1USD'));
  writeProfiles();
});

describe('the venue of production', () => {
  test('aggregated prices are refused in production, taken in research, and go on as before without a word of it', async () => {
    const refused = await bench.json(asked('guarded'));
    expect(refused).toMatchObject({ exit: 1, error: { code: 'VenueForeign', at: { path: 'profiles.guarded.data.research' } } });
    expect(refused.error!.message).toContain('BINANCE only: CRYPTO:XXXUSD, CRYPTO:YYYUSD');
    for (const profile of ['studied', 'coins']) expect((await bench.json(asked(profile))).exit).toBe(0);
  });

  test('a portfolio refuses the run of a sleeve that is for production now, and answers for what it has recorded', async () => {
    const meta = ['flow', 'meta', '--profile', 'two', '--risk', 'hrp'];
    writeProfiles((manifest) => (manifest.profiles['studied']!['data'] = { research: false }));
    expect(await bench.json(meta)).toMatchObject({ exit: 1, error: { code: 'VenueForeign' } });
    writeProfiles();
    expect((await bench.json(meta)).exit).toBe(0);
    expect((await bench.json(['replay', '--all'])).result).toMatchObject({ identical: 3, different: [] });
  });
});

const writeTested = (profile: string): void =>
  writeProfiles((manifest) => {
    manifest.profiles['tested'] = {
      sleeves: ['coins', profile].map((id) => ({ id, profile: id })),
      meta_allocation: { profile: 'hrp', max_weight: 0.6 },
    };
    for (const id of ['coins', profile])
      manifest.profiles[id] = {
        ...manifest.profiles[id],
        data: { ...(manifest.profiles[id]!['data'] as object), symbols: ['CRYPTO:XXXUSD', 'CRYPTO:YYYUSD'] },
      };
  });

const tested = (verb: 'backtest' | 'tournament', profile: string): string[] =>
  verb === 'backtest'
    ? ['backtest', 'run', '--meta', 'tested', '--risk', 'hrp', '--prices', aggregated, '--no-seal']
    : ['tournament', 'run', '--profile', profile, '--risk', 'hrp', '--prices', aggregated, '--no-seal'];

describe('the venue of production in what tests a sleeve', () => {
  test.each(['backtest', 'tournament'] as const)(
    '%s refuses aggregated prices before it computes, and takes them in research',
    async (verb) => {
      const before = (await bench.events()).length;
      writeTested('guarded');
      expect(await bench.json(tested(verb, 'guarded'))).toMatchObject({ exit: 1, error: { code: 'VenueForeign' } });
      expect((await bench.events()).length).toBe(before);
      writeTested('studied');
      expect((await bench.json(tested(verb, 'studied'))).error?.code).not.toBe('VenueForeign');
      writeProfiles();
    },
  );
});

describe('--rename', () => {
  test('makes aggregated prices fit for production, is recorded beside its file, and replays', async () => {
    const run = await bench.json(asked('guarded', '--rename', ...renames));
    expect(run).toMatchObject({ exit: 0, result: { universe: { kept: ['BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'] } } });
    const runId = run.result['runId'] as string;
    const { result } = await bench.json(['ledger', 'events', '--stream', `sleeveRun-${runId}`]);
    expect(JSON.stringify(result)).toContain('"renamed":{"BINANCE:XXXUSDT":"CRYPTO:XXXUSD","BINANCE:YYYUSDT":"CRYPTO:YYYUSD"}');
    expect((await bench.json(['replay', runId])).result).toMatchObject({ identical: 1 });
  });

  test('the same prices under their own names are the same run', async () => {
    const own = await bench.json(['flow', 'production', '--profile', 'guarded', '--prices', bench.path('coins.csv'), '--no-seal']);
    expect(own.result).toMatchObject({ already: true });
  });

  test('a file of names is read line by line, with comments', async () => {
    const file = bench.write('names.txt', `# aggregated\n${renames[0]}\n\n${renames[1]} # ours\n`);
    expect((await bench.json(asked('guarded', '--rename-file', file))).result).toMatchObject({ already: true });
    const audit = await bench.json(['audit', 'integrity', '--prices', aggregated, '--rename-file', file]);
    expect(JSON.stringify(audit.result['calendars'])).toContain('BINANCE:XXXUSDT');
  });

  test('a column that no file has is refused, and nothing is recorded', async () => {
    const before = (await bench.json(['runs'])).result;
    const refused = await bench.json(asked('coins', '--rename', 'CRYPTO:ZZZUSD=BINANCE:ZZZUSDT'));
    expect(refused).toMatchObject({ error: { code: 'PricesMissing', at: { path: '--rename' } } });
    expect((await bench.json(['runs'])).result).toEqual(before);
  });
});
