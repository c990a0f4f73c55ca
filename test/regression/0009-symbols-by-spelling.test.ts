import { describe, expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSleeveResult } from '../../handlers/messages/result-rules.ts';
import { computeResultRun } from '../../handlers/messages/reported-run.ts';
import { Workbench } from '../support/cli.ts';
import { memorySession, twoCoins, wholeRun } from '../support/imported-run.ts';
import { writeRunDirectory } from '../support/run-directory.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { sleeveResult } from '../support/sleeve-results.ts';
import { smallCsv, writePrices } from '../support/small-market.ts';
import { importSleeveRun } from '../../handlers/commands/import-sleeve-run.ts';

/**
 * Seen with `trades`, whose holdings said `AMEX:spy`: symbols were compared letter by letter, so the one spelling was sold and the other
 * bought, without a word. Prices, imports, messages and lists of symbols had the same fault: each spelling was an asset.
 */
const scratch = scratchDirectory();
const spelled = ['binance:btcusdt', ' BINANCE:ETHUSDT '] as const;

describe('two spellings of a symbol', () => {
  test('are one run of the same prices', async () => {
    const bench = new Workbench(scratch);
    const plain = writePrices(bench.directory, 'stocks');
    const [header, ...rows] = readFileSync(plain, 'utf8').split('\n');
    const other = bench.write('other.csv', [header!.replace('NYSE:AAA', ' nyse:Aaa '), ...rows].join('\n'));
    const flow = (file: string) => bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file, '--no-seal']);
    const first = await flow(plain);
    const second = await flow(other);
    expect(second.result).toMatchObject({ runId: first.result['runId'], already: true });
  });

  test('in one price file, or in two, are refused with both names', async () => {
    const bench = new Workbench(scratch);
    const twice = bench.write('twice.csv', 'date,AMEX:SPY,AMEX:spy\n2022-12-01,1,2\n');
    const flow = (...files: string[]) => bench.json(['flow', 'production', '--profile', 'stocks', '--prices', ...files]);
    const refused = await flow(twice);
    expect(refused.error).toMatchObject({ code: 'SymbolTwice', at: { file: twice, path: 'AMEX:SPY' } });
    expect(refused.error!.message).toContain('"AMEX:SPY" and "AMEX:spy"');
    const one = bench.write('one.csv', 'date,NYSE:KO\n2022-12-01,1\n');
    const two = bench.write('two.csv', 'date,nyse:KO\n2022-12-01,1\n');
    expect((await flow(one, two)).error).toMatchObject({ code: 'SymbolTwice' });
  });

  test('on the command line are taken once, with a warning, and in a manifest are refused', async () => {
    const bench = new Workbench(scratch);
    const file = writePrices(bench.directory, 'stocks');
    const argv = ['flow', 'production', '--profile', 'stocks', '--prices', file, '--symbols', 'NYSE:AAA,nyse:aaa,NYSE:BBB', '--no-seal'];
    const answer = await bench.json(argv);
    expect(answer.result).toMatchObject({ universe: { kept: ['NYSE:AAA', 'NYSE:BBB'] } });
    expect(answer.warnings).toContain('NYSE:AAA and nyse:aaa are both NYSE:AAA, taken once');
    bench.writeManifest((manifest) => {
      manifest.profiles['stocks']!['data'] = { symbols: ['NYSE:AAA', 'nyse:AAA'] };
    });
    expect((await bench.json(argv)).error).toMatchObject({
      code: 'ManifestInvalid',
      message: expect.stringContaining('names an entry twice'),
    });
  });

  test('are one asset of an import and of a message, and the first rules keep what they read', async () => {
    const [btc, eth] = spelled;
    const weights = [
      { symbol: btc, weight: 0.6 },
      { symbol: eth, weight: 0.4 },
    ];
    const { profiles } = sleeveResult();
    const data = sleeveResult({ profiles: profiles.map((profile) => ({ ...profile, weights })) });
    const { ports } = memorySession();
    const run = computeResultRun(readSleeveResult(data), new Map(), 2, ports.crypto.sha256);
    const held = run.drafts.flatMap((draft) => (draft.type === 'SleeveProfileImported' ? (draft.data.weights ?? []) : []));
    expect(held.map(({ symbol }) => symbol)).toEqual(['BINANCE:BTCUSDT', 'BINANCE:ETHUSDT']);
    expect(() => readSleeveResult(data, 1)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/ExchangeUnknown|MessageInvalid/) }),
    );

    const directory = writeRunDirectory(join(scratch, 'spelled'), {
      ...wholeRun(),
      flattened: { hrp: twoCoins.map((asset) => ({ ...asset, Symbol: asset.Symbol.toLowerCase() })) },
    });
    const imported = await importSleeveRun(ports, { run: directory, profile: null, map: {}, correction: 0 });
    const assets = imported.drafts.flatMap((draft) => (draft.type === 'SleeveProfileImported' ? (draft.data.weights ?? []) : []));
    expect(assets.map(({ symbol }) => symbol)).toEqual(twoCoins.map(({ Symbol: symbol }) => symbol).toSorted());
  });
});

test('a ticker on two exchanges is two assets of a universe, with a warning', async () => {
  const bench = new Workbench(scratch);
  const file = join(bench.directory, 'stocks.csv');
  writeFileSync(file, smallCsv('stocks').replace('NYSE:BBB', 'NASDAQ:AAA'));
  const answer = await bench.json(['flow', 'production', '--profile', 'stocks', '--prices', file, '--no-seal']);
  expect(answer.warnings).toContain('AAA stands under 2 exchanges, as assets of their own: NASDAQ:AAA, NYSE:AAA');
});
