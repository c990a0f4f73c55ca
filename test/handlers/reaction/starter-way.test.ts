/**
 * With the settings that `init` wrote, 500 rows with 60/20/20, the streams ended up to 19 rows before the as-of date: turnover was unknown,
 * and every rebalance was held.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate, type Reallocation } from '../../../handlers/reaction/reallocate.ts';
import { starterManifest } from '../../../domain/manifest/starter.ts';
import type { Manifest } from '../../../domain/manifest/schema.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { Workbench } from '../../support/cli.ts';
import { priceCsv, simulatedPrices } from '../../support/prices.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { deliverAll, openDesk, recorded } from './desk.ts';

const scratch = scratchDirectory();
const files = [
  { file: 'stocks.csv', symbols: ['NYSE:AAA', 'NYSE:BBB', 'NASDAQ:CCC', 'NYSE:DDD'] },
  { file: 'funds.csv', symbols: ['AMEX:EEE', 'AMEX:FFF', 'AMEX:SPY'] },
  { file: 'coins.csv', symbols: ['BINANCE:XXXUSDT', 'BINANCE:YYYUSDT'] },
];

/** The starter with what keeps a test short, and a maximum of turnover. */
function starter(partial: 'skip' | 'trade'): Manifest {
  const { manifest } = starterManifest(files);
  const copy = JSON.parse(JSON.stringify(manifest)) as {
    defaults: { data: object; backtest: Record<string, unknown> };
    profiles: Record<string, Record<string, unknown>>;
  };
  copy.defaults.data = { lookback_days: 190 };
  Object.assign(copy.defaults.backtest, { profiles: 'hrp', partial_last_window: partial });
  for (const profile of Object.values(copy.profiles))
    if (profile['backtest'] !== undefined) delete (profile['backtest'] as Record<string, unknown>)['profiles'];
  const meta = copy.profiles['meta_production']!;
  delete meta['parity'];
  meta['publication'] = { max_turnover_two_sided: 2 };
  return parseManifest(JSON.stringify(copy));
}

async function secondRebalance(partial: 'skip' | 'trade'): Promise<{ decision: Reallocation; desk: Awaited<ReturnType<typeof openDesk>> }> {
  const desk = await openDesk(starter(partial));
  const look = () => reallocate(desk.session, new RecordedInputs(desk.session.ports), 'meta_production');
  await deliverAll(desk, '2022-12-15');
  await look();
  desk.clock.advance(3600);
  await deliverAll(desk, '2022-12-20');
  return { decision: await look(), desk };
}

describe('the rebalance after a starter', () => {
  test('has a known turnover, and is published', async () => {
    const { decision, desk } = await secondRebalance('trade');
    expect(decision).toMatchObject({ decision: 'AllocationPublished' });
    const [, second] = await recorded(desk, 'AllocationPublished');
    expect(second!.rebalance).toMatchObject({ against: 1, unknownBecause: null, turnoverTwoSided: expect.any(Number) as unknown });
    const streams = (await recorded(desk, 'SleeveReturnsJoined')).flatMap((joined) => joined.streams);
    expect(streams.some(({ partialRows }) => partialRows > 0)).toBe(true);
    for (const { outOfSample } of await recorded(desk, 'SleeveProfileSolved'))
      expect(['2022-12-15', '2022-12-20']).toContain(outOfSample.last);
  });

  test('has none where partial windows are skipped: it is held', async () => {
    const { decision } = await secondRebalance('skip');
    expect(decision).toMatchObject({ decision: 'RebalanceHeld' });
  });
});

describe('init and what follows', () => {
  test('runs to an allocation without a failure or a warning that has no remedy', async () => {
    const bench = new Workbench(scratch);
    const prices = files.map(({ file, symbols }) =>
      bench.write(file, priceCsv(simulatedPrices({ symbols, first: '2022-01-03', last: '2023-12-29', seed: 7 }))),
    );
    const made = await bench.json(['init', '--prices', ...prices, '--force']);
    expect(made.result['notes']).toEqual([
      expect.stringContaining('stocks: the profile market is left out'),
      expect.stringContaining('coins: the profile market is left out'),
    ]);
    const written = parseManifest(readFileSync(bench.manifest, 'utf8'));
    expect(written.defaults?.backtest?.partial_last_window).toBe('trade');
    for (const [index, name] of ['stocks', 'funds', 'coins'].entries()) {
      const run = await bench.json(['flow', 'production', '--profile', name, '--prices', prices[index]!, '--no-seal']);
      expect([run.exit, run.result['eligibility']]).toEqual([0, 'CERTIFIED']);
    }
    const meta = await bench.json(['flow', 'meta', '--profile', 'meta_production', '--risk', 'all']);
    expect([meta.exit, meta.warnings]).toEqual([0, []]);
    expect(meta.result).toMatchObject({
      dataEnd: { date: '2023-12-29', by: [{ sleeve: 'stocks' }, { sleeve: 'funds' }, { sleeve: 'coins' }] },
    });
    const shown = (await bench.run(['weights', '--meta', 'meta_production'])).stdout;
    expect(shown.split('\n').slice(0, 5).join('\n')).toContain('Data up to 2023-12-29, the as-of date.');
  }, 60_000);
});
