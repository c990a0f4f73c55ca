/** A desk with something on every page: a recorded ledger of a year's work, and a selecting sleeve, a backtest and a tournament on top. */
import { copyFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Answer, projectRoot, type Workbench } from './cli.ts';
import { producePicked, selectingDesk } from './selecting-desk.ts';
import { writePrices } from './small-market.ts';

const recorded = join(projectRoot, 'test/golden/ledgers/0.1.0');
const now = '2024-07-13T12:00:00.000Z';

async function made(bench: Workbench, argv: readonly string[]): Promise<Answer> {
  const answer = await bench.json([...argv, '--no-seal'], { now });
  if (answer.error !== undefined) throw new Error(`${argv.join(' ')}: ${answer.error.message}`);
  return answer;
}

export interface PageDesk {
  readonly bench: Workbench;
  /** Runs by their kind. */
  readonly runs: Readonly<Record<'meta' | 'sleeve' | 'picked' | 'backtest' | 'tournament', string>>;
}

export async function pageDesk(below: string): Promise<PageDesk> {
  const bench = selectingDesk(below);
  writeFileSync(bench.store, gunzipSync(readFileSync(join(recorded, 'ledger.sqlite.gz'))));
  copyFileSync(join(recorded, 'ledger.sqlite.key'), `${bench.store}.key`);
  cpSync(join(recorded, 'ledger.sqlite.witness'), `${bench.store}.witness`, { recursive: true });
  const { answer: picked } = await producePicked(bench, 'picked');
  const funds = writePrices(bench.directory, 'funds');
  const stocks = writePrices(bench.directory, 'stocks');
  const backtest = await made(bench, [
    'backtest',
    'run',
    '--meta',
    'pair',
    '--from',
    '2022-04-01',
    '--risk',
    'hrp,equal_weight',
    '--prices',
    `stocks=${stocks}`,
    `funds=${funds}`,
  ]);
  const tournament = await made(bench, ['tournament', 'run', '--profile', 'funds', '--from', '2022-04-01', '--prices', funds]);
  await bench.json(['ledger', 'seal'], { now });
  // From here on the desk has the manifest of the recorded ledger, by which its portfolios are asked for.
  copyFileSync(join(recorded, 'manifest.json'), bench.manifest);
  const { runs } = JSON.parse(readFileSync(join(recorded, 'recording.json'), 'utf8')) as { runs: Record<string, string> };
  return {
    bench,
    runs: {
      meta: runs['deskSecond']!,
      sleeve: runs['coinsSecond']!,
      picked: picked.result['runId'] as string,
      backtest: backtest.result['runId'] as string,
      tournament: tournament.result['runId'] as string,
    },
  };
}
