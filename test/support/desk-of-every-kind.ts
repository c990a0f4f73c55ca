/** A desk with a run of every kind, two publications, a scan and a seal: what every question of the API can be asked of. */
import { openLedger } from '../../bin/open-ledger.ts';
import gates from '../golden/scan/gates.json' with { type: 'json' };
import type { Answer, Workbench } from './cli.ts';
import { producePicked, selectingDesk } from './selecting-desk.ts';

export interface DeskOfEveryKind {
  readonly bench: Workbench;
  /** Ids of runs. */
  readonly picked: string;
  readonly stocks: string;
  readonly pair: string;
  readonly backtest: string;
  readonly tournament: string;
  readonly combination: string;
}

async function answered(bench: Workbench, ...argv: string[]): Promise<Answer['result']> {
  const answer = await bench.json(argv);
  if (answer.error !== undefined) throw new Error(`${argv.join(' ')}: ${JSON.stringify(answer.error)}`);
  return answer.result;
}

/** The worker looks at the portfolio once. */
async function publish(bench: Workbench, meta: string): Promise<void> {
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
  await ledger.reallocate(meta);
  await ledger.close();
}

export async function deskOfEveryKind(scratch: string): Promise<DeskOfEveryKind> {
  const bench = selectingDesk(scratch);
  const ask = (...argv: string[]) => answered(bench, ...argv);
  const idOf = async (name: string, ...argv: string[]): Promise<string> => (await ask(...argv))[name] as string;
  const { answer } = await producePicked(bench, 'picked');
  await ask('manifest', 'apply', '--meta', 'pair', '--no-seal');
  let stocks = '';
  for (const last of ['2022-12-15', '2022-12-30']) {
    stocks = await bench.produce('stocks', { last });
    await bench.produce('funds', { last });
    await publish(bench, 'pair');
  }
  const positions = bench.write('positions.csv', 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n');
  const response = bench.write('response.json', JSON.stringify(gates.response));
  const scan = ['scan', 'run', 'etf_equity_momentum', 'etf_thematic_momentum', '--response', response, '--as-of', '2026-05-01'];
  const combine = ['combine', '--positions', positions, '--budgets', 'tsmom=0.6', 'xsec=0.4', '--name', 'futures'];
  await ask(...scan, '--scanners', 'examples/scanners');
  return {
    bench,
    picked: answer.result['runId'] as string,
    stocks,
    pair: ((await ask('runs', '--kind', 'meta'))['runs'] as { runId: string }[]).at(-1)!.runId,
    backtest: await idOf('runId', 'backtest', 'run', '--meta', 'pair', '--risk', 'hrp', '--from', '2022-06-01', '--no-seal'),
    tournament: await idOf(
      'runId',
      'tournament',
      'run',
      '--profile',
      'funds',
      '--risk',
      'equal_weight',
      '--from',
      '2022-06-01',
      '--no-seal',
    ),
    combination: await idOf('combinationId', ...combine, '--as-of', '2022-07-18'),
  };
}
