import { describe, expect, test } from '@jest/globals';
import type { Holding } from '../../../domain/allocation/trades.ts';
import { switchPublication } from '../../../handlers/commands/halt-publication.ts';
import { publicationTrades } from '../../../handlers/queries/trades.ts';
import { RecordedInputs } from '../../../handlers/runs/recorded-inputs.ts';
import { reallocate } from '../../../handlers/reaction/reallocate.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type Desk, deliverAll, openDesk, recorded } from '../reaction/desk.ts';

const scratch = scratchDirectory();

const asked = (bench: Workbench, capital: string, holdings: string) =>
  bench.json(['trades', '--meta', 'whole', '--holdings', holdings, '--capital', capital]);
const ask = (desk: Desk, holdings: readonly Holding[], knownAt: string | null = null, meta = 'whole') =>
  publicationTrades(desk.session.ports, { meta, capital: 1_000_000, holdings, knownAt });

async function publish(desk: Desk, asOf: string): Promise<void> {
  await deliverAll(desk, asOf);
  for (const meta of ['whole', 'nested'])
    expect(await reallocate(desk.session, new RecordedInputs(desk.session.ports), meta)).toMatchObject({ decision: 'AllocationPublished' });
}

describe('trades towards a publication', () => {
  test('an empty portfolio buys the published weights, at the costs of the sleeves that hold them', async () => {
    const desk = await openDesk();
    await publish(desk, '2022-12-15');
    const list = await ask(desk, []);
    const [published] = await recorded(desk, 'AllocationPublished');
    expect(Object.fromEntries(list.trades.map(({ symbol, targetWeight }) => [symbol, targetWeight]))).toEqual(published!.weights);
    expect(list.publication).toMatchObject({ number: 1, runId: published!.runId });
    // The manifest gives coins 0.001 and 0.0004, the others the defaults 0.0005 and 0.0001.
    const fractions = new Map(
      list.trades.map(({ symbol, slippageFraction, commissionFraction }) => [symbol, [slippageFraction, commissionFraction]]),
    );
    expect(fractions.get('BINANCE:XXXUSDT')).toEqual([0.001, 0.0004]);
    expect(fractions.get('NYSE:AAA')![0]).toBeCloseTo(0.0005, 15);
    expect(list.costs.map(({ path }) => path)).toEqual([['stocks'], ['funds'], ['coins']]);
  });

  test('sleeves of a nested portfolio have their costs too', async () => {
    const desk = await openDesk();
    await publish(desk, '2022-12-15');
    const { costs, trades } = await ask(desk, [], null, 'nested');
    expect(costs.map(({ path }) => path.join('/'))).toEqual(['listed/stocks', 'listed/funds', 'coins']);
    expect(trades.every(({ costFrom }) => costFrom === 'contributors')).toBe(true);
  });

  test('the publication in force is the last one, or the one known at a time', async () => {
    const desk = await openDesk();
    await publish(desk, '2022-12-15');
    const then = (await desk.session.ports.store.head())!;
    desk.clock.advance(3600);
    await publish(desk, '2022-12-16');
    expect((await ask(desk, [])).publication).toMatchObject({ number: 2, asOf: '2022-12-16' });
    expect((await ask(desk, [], then)).publication).toMatchObject({ number: 1, asOf: '2022-12-15' });
    expect((await ask(desk, [], '2022-12-31T08:30:00.000Z')).publication).toMatchObject({ number: 1 });
  });

  test('a halted portfolio still has its publication, and says so', async () => {
    const desk = await openDesk();
    await publish(desk, '2022-12-15');
    await switchPublication(desk.session, 'HaltPublication', 'whole', 'an audit');
    expect((await ask(desk, [])).warnings).toEqual(['publication is halted: an audit']);
  });

  test('a holding on an exchange that is not known is sold with a warning', async () => {
    const desk = await openDesk();
    await publish(desk, '2022-12-15');
    const { trades, warnings } = await ask(desk, [{ symbol: 'NISE:ZZZ', notional: 100, unitValue: null }]);
    expect(trades.find(({ symbol }) => symbol === 'NISE:ZZZ')).toMatchObject({ side: 'sell', deltaNotional: -100 });
    expect(warnings).toEqual([expect.stringContaining('NISE:ZZZ')]);
  });

  test('a portfolio that is not defined, and one of which nothing is published, are told apart', async () => {
    const desk = await openDesk();
    await expect(ask(desk, [], null, 'nowhere')).rejects.toMatchObject({ code: 'PortfolioUndefined' });
    await expect(ask(desk, [])).rejects.toMatchObject({ code: 'NothingPublished' });
  });
});

describe('the verb', () => {
  test('refuses what it cannot read before it opens the ledger', async () => {
    const bench = new Workbench(scratch);
    const good = bench.write('good.csv', 'symbol,notional\nNYSE:AAA,100\n');
    const twice = bench.write('twice.csv', 'symbol,notional\nNYSE:AAA,100\nNYSE:AAA,100\n');
    for (const capital of ['0', '-5', '1,000', '250.000', 'NaN', '1e999'])
      expect(await asked(bench, capital, good)).toMatchObject({ exit: 2, error: { code: 'Usage', at: { path: '--capital' } } });
    expect(await asked(bench, '1000', twice)).toMatchObject({ exit: 2, error: { code: 'HoldingsInvalid', at: { file: twice, line: 3 } } });
    for (const flags of [
      ['--preset', 'nobody'],
      ['--columns', 'symbol=symbol'],
      ['--columns', 'ticker=x'],
      ['--unmapped', 'drop'],
    ])
      expect(await bench.json(['trades', '--meta', 'whole', '--holdings', good, '--capital', '1', ...flags])).toMatchObject({
        exit: 2,
        error: { code: 'Usage', at: { path: flags[0] } },
      });
    const lots = bench.write('lots.csv', 'symbol,lot\nNYSE:AAA,0\n');
    expect(await bench.json(['trades', '--meta', 'whole', '--holdings', good, '--capital', '1', '--lots', lots])).toMatchObject({
      exit: 2,
      error: { code: 'HoldingsInvalid', at: { file: lots, line: 2 } },
    });
    expect(await asked(bench, '1,000,000', good)).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
    expect(await asked(bench, '1000', bench.path('none.csv'))).toMatchObject({ exit: 66, error: { code: 'FileMissing' } });
    expect(await asked(bench, '1000', good)).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
    await bench.json(['manifest', 'apply', '--no-seal']);
    expect(await asked(bench, '1000', good)).toMatchObject({ exit: 66, error: { code: 'NothingPublished' } });
  });
});
