import { existsSync, readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { lastCommonDate } from '../../../presentation/demo/inputs.ts';
import type { SelectionGlance } from '../../../presentation/report/model/selection-words.ts';
import { type Answer, Workbench } from '../../support/cli.ts';
import { ServedLedger } from '../../support/served-ledger.ts';
import { smallCsv } from '../../support/small-market.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const bench = new Workbench(directory);
const output = bench.path('demo');

interface DemoResult {
  readonly already: boolean;
  readonly sleeves: readonly { readonly id: string; readonly selection: SelectionGlance | null }[];
  readonly meta: { readonly runId: string };
  readonly profiles: readonly {
    readonly risk: string;
    readonly status: string;
    readonly sleeves: readonly { readonly id: string; readonly bounded: number }[];
  }[];
  readonly files: readonly string[];
  readonly audit: { readonly lines: number; readonly faults: readonly unknown[] };
  readonly verify: { readonly faults: readonly unknown[]; readonly sealedTo: number };
  readonly replay: { readonly checked: number; readonly identical: number };
}

function snapshotOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !/-(wal|shm)$/.test(entry.name),
  );
  return new Map(names.map((entry) => [join(entry.parentPath, entry.name), readFileSync(join(entry.parentPath, entry.name), 'latin1')]));
}

function tableOf(dates: readonly string[], ...closes: readonly (readonly number[])[]): Parameters<typeof lastCommonDate>[0][number] {
  return { table: { dates, symbols: closes.map((_, column) => `X:${column}`), closes: closes.map((values) => Float64Array.from(values)) } };
}

describe('the demonstration', () => {
  let first: Answer & { readonly exit: number };
  let result: DemoResult;

  beforeAll(async () => {
    first = await bench.json(['demo', '--output', output]);
    result = first.result as unknown as DemoResult;
  }, 60_000);

  test('allocates every profile, with sleeve weights that sum to one within their bounds', () => {
    expect(first).toMatchObject({ ok: true, exit: 0, command: 'demo', result: { simulated: true, already: false } });
    expect(result.profiles.map(({ risk }) => risk)).toEqual([
      'min_variance',
      'hrp',
      'risk_parity',
      'max_sharpe',
      'barbell',
      'equal_weight',
      'market',
      'benchmark',
    ]);
    for (const { status, sleeves } of result.profiles) {
      expect(status).toBe('allocated');
      expect(sleeves.map(({ id }) => id).toSorted()).toEqual(['crypto', 'etfs', 'instruments']);
      expect(sleeves.reduce((sum, { bounded }) => sum + bounded, 0)).toBeCloseTo(1, 9);
      for (const { bounded } of sleeves) expect(bounded >= 0.05 - 1e-9 && bounded <= 0.5 + 1e-9).toBe(true);
    }
  });

  test('says of each sleeve how many candidates won, which windows held cash, and the commonest veto', async () => {
    for (const { selection } of result.sleeves) {
      expect(selection!.won).toBeGreaterThan(0);
      expect(selection!.candidates).toBeGreaterThanOrEqual(selection!.won);
      expect(selection!.cashWindows.every((window) => window < selection!.windows)).toBe(true);
    }
    const { stdout } = await bench.run(['demo', '--output', output]);
    for (const { id, selection } of result.sleeves)
      expect(stdout).toContain(`${id}: ${selection!.won} of ${selection!.candidates} candidates won; `);
  });

  test('ends verified, sealed and replayed bit for bit', () => {
    expect(result.verify.faults).toEqual([]);
    expect(result.verify.sealedTo).toBeGreaterThan(0);
    expect(result.audit.faults).toEqual([]);
    expect(result.audit.lines).toBeGreaterThan(result.verify.sealedTo);
    expect(result.replay).toMatchObject({ checked: 4, identical: 4 });
  });

  test('names the files that it wrote, each labelled as simulated where it is', () => {
    for (const file of result.files) expect(existsSync(file)).toBe(true);
    expect(result.files.filter((file) => file.endsWith('.csv')).every((file) => file.includes('simulated_'))).toBe(true);
    expect(readFileSync(join(output, `${result.meta.runId}.html`), 'utf8')).toContain('SIMULATED prices');
    expect(readFileSync(join(output, `${result.meta.runId}.md`), 'utf8')).toContain('SIMULATED prices');
  });

  test('keeps to its own folder, whatever ledger the environment names', () => {
    expect(existsSync(bench.store)).toBe(false);
  });

  test('run again says that everything is recorded and changes no file', async () => {
    const before = snapshotOf(output);
    const again = await bench.json(['demo', '--output', output]);
    expect(again).toMatchObject({
      exit: 0,
      ledgerId: first.ledgerId,
      result: { already: true, meta: { runId: result.meta.runId, already: true } },
    });
    expect(snapshotOf(output)).toEqual(before);
  }, 60_000);

  test('tells a person the same, with commands that work', async () => {
    const { exit, stdout } = await bench.run(['demo', '--output', output]);
    expect(exit).toBe(0);
    expect(stdout).toContain('SIMULATED prices');
    expect(stdout).toContain('already recorded');
    expect(stdout).toContain('4 of 4 runs recomputed bit for bit');
    const next = stdout
      .replaceAll(/ \\\n +/g, ' ')
      .split('\n')
      .filter((line) => line.startsWith('npm run -s sleeve-ledger -- '));
    expect(next.length).toBeGreaterThan(2);
    for (const line of next) expect((await bench.run(line.split(' ').slice(5))).exit).toBe(0);
  }, 60_000);

  test('is served with its page when asked: a rebalance waits, and the token that is shown approves it', async () => {
    const page = bench.path('page');
    bench.write('page/index.html', '<!doctype html><title>The page</title>');
    const served = await ServedLedger.of(bench, ['demo', '--output', output, '--serve', '0', '--json'], { page });
    expect((await served.ask('/')).text).toContain('<title>The page</title>');
    const waiting = (await served.ask('/v1/status')).json['result'].portfolios;
    expect(waiting).toMatchObject([{ meta: 'meta_production', held: { runId: expect.any(String) }, lastPublication: { number: 1 } }]);
    const { runId } = waiting[0].held;
    expect((await served.send(`/v1/runs/${runId}/approve`, { why: 'seen' })).status).toBe(403);
    const { exit, stdout } = await served.stop();
    const { holder, token } = (JSON.parse(stdout) as Answer).result['approver'] as { readonly holder: string; readonly token: string };
    expect([exit, holder]).toEqual([0, 'demo-approver']);
    const again = await ServedLedger.start(bench, ['--store', join(output, 'ledger.sqlite')]);
    expect((await again.send(`/v1/runs/${runId}/approve`, { why: 'seen' }, token)).status).toBe(200);
    await again.stop();
  }, 60_000);

  test('refuses prices of other symbols in the folder of an earlier demonstration', async () => {
    const prices = bench.path('strange');
    mkdirSync(prices);
    writeFileSync(join(prices, 'equities.csv'), smallCsv('stocks'));
    writeFileSync(join(prices, 'etfs.csv'), smallCsv('funds'));
    writeFileSync(join(prices, 'crypto.csv'), smallCsv('coins'));
    const before = snapshotOf(output);
    const answer = await bench.json(['demo', '--output', output, '--prices', prices]);
    expect(answer).toMatchObject({ exit: 2, error: { code: 'Usage', at: { file: join(output, 'manifest.json') } } });
    expect(snapshotOf(output)).toEqual(before);
  }, 60_000);
});

describe('the demonstration on prices as given', () => {
  test('takes every file of a folder without the documented names for a sleeve', async () => {
    const prices = bench.path('prices');
    mkdirSync(prices);
    const span = { first: '2021-01-04', last: '2022-12-30' };
    for (const sleeve of ['stocks', 'funds', 'coins'] as const) writeFileSync(join(prices, `${sleeve}.csv`), smallCsv(sleeve, span));
    const answer = await bench.json(['demo', '--output', bench.path('given'), '--prices', prices]);
    expect(answer).toMatchObject({
      exit: 0,
      result: { simulated: false, asOf: '2022-12-30', sleeves: [{ id: 'coins' }, { id: 'funds' }, { id: 'stocks' }] },
    });
  }, 60_000);

  test('refuses a folder with a single price file', async () => {
    const prices = bench.path('single');
    mkdirSync(prices);
    writeFileSync(join(prices, 'stocks.csv'), smallCsv('stocks'));
    expect(await bench.json(['demo', '--output', bench.path('none'), '--prices', prices])).toMatchObject({
      exit: 2,
      error: { code: 'Usage' },
    });
  });

  test('takes the last date on which every symbol of every file has a price', () => {
    const daily = tableOf(['2023-01-05', '2023-01-06', '2023-01-07', '2023-01-08'], [1, 1, 1, 1]);
    expect(lastCommonDate([daily, tableOf(['2023-01-05', '2023-01-06'], [1, 1])])).toBe('2023-01-06');
    expect(lastCommonDate([daily, tableOf(['2023-01-05', '2023-01-06'], [1, 1], [1, NaN])])).toBe('2023-01-05');
    expect(() => lastCommonDate([daily, tableOf(['2023-01-05'], [NaN])])).toThrow(expect.objectContaining({ code: 'Usage' }));
  });
});
