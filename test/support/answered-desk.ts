/** A small desk with something of everything that is asked: the API answers of it what the command line answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openLedger } from '../../bin/open-ledger.ts';
import { createIntake } from '../../handlers/intake/intake.ts';
import gates from '../golden/scan/gates.json' with { type: 'json' };
import type { Workbench } from './cli.ts';
import { producePicked, selectingDesk } from './selecting-desk.ts';
import type { LooseManifest } from './small-market.ts';
import { rawMessage, sleeveResult, structuredText } from './sleeve-results.ts';

export interface AnsweredDesk {
  readonly bench: Workbench;
  /** Meta runs of `pair`: the one that is published as its second, and the one that is held behind it. */
  readonly published: string;
  readonly held: string;
  /** The meta run of `twin`, which is held. */
  readonly twin: string;
  /** The newest runs of sleeves; `picked` selects. */
  readonly stocks: string;
  readonly funds: string;
  readonly picked: string;
  readonly backtest: string;
  readonly tournament: string;
  readonly combination: string;
  readonly waiver: string;
  /** An open letter of a sleeve, behind which a result waits. */
  readonly letter: string;
}

const checked = { maker_checker: true };
/** As-of dates of the deliveries. `pair` is published on the first two, and held on the last. */
export const deliveries = ['2022-12-15', '2022-12-29', '2022-12-30'] as const;

function changeDesk({ profiles }: LooseManifest): void {
  profiles['pair']!['publication'] = checked;
  profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
  profiles['twin'] = { ...profiles['pair'], publication: checked };
  for (const name of ['whole', 'nested', 'duo', 'fixed', 'starved']) delete profiles[name];
}

const positions = 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\nSI,,0.5\n';
const intakeOptions = { resultsTopic: 'sleeve-results.v1', deadLetters: null, deadLettersTopic: 'letters', onPoison: 'hold' } as const;

/** A manifest, sleeves, held and published meta runs, letters, a waiver, a scan, a backtest, a tournament and a combination. */
export async function answeredDesk(below: string): Promise<AnsweredDesk> {
  const bench = selectingDesk(below, changeDesk);
  const done = async (...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const { result, error } = await bench.json([...argv, '--no-seal']);
    if (error !== undefined) throw new Error(`${argv.join(' ')}: ${JSON.stringify(error)}`);
    return result;
  };
  const idIn = async (name: string, ...argv: readonly string[]): Promise<string> => (await done(...argv))[name] as string;

  await done('manifest', 'apply');
  for (const meta of ['pair', 'twin']) await done('manifest', 'approve', `${meta}/1`, '--why', 'agreed', '--actor', 'cio');
  const { answer } = await producePicked(bench, 'picked');
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
  const heldOf = async (meta: string): Promise<string> => {
    await ledger.reallocate(meta);
    return (await ledger.status({ meta })).portfolios[0]!.held!.runId;
  };
  const runs: { stocks: string; funds: string; pair: string }[] = [];
  let twin = '';
  for (const last of deliveries) {
    const delivered = { stocks: await bench.produce('stocks', { last }), funds: await bench.produce('funds', { last }) };
    const pair = await heldOf('pair');
    if (twin === '') twin = await heldOf('twin');
    if (last !== deliveries[2]) await done('approve', pair, '--why', 'looked at', '--actor', 'cio');
    runs.push({ ...delivered, pair });
  }

  const intake = createIntake(ledger.session, intakeOptions);
  const messages = [
    rawMessage('stocks', structuredText({ nothing: 'of a result' })),
    rawMessage('stocks', structuredText(sleeveResult({ sleeve: 'stocks' }))),
    rawMessage(null, 'no result'),
  ];
  for (const [at, message] of messages.entries()) await intake.handle({ ...message, offset: String(at) }, async () => undefined);
  const letter = (await ledger.deadLetters({ sleeve: 'stocks' })).letters[0]!.letterId;
  await ledger.close();

  const excepted = ['--paths', 'backtest.step_size', '--until', '2030-01-01', '--why', 'a move'];
  const waiver = await idIn('waiverId', 'parity', 'waive', '--meta', 'pair', ...excepted);
  const response = ['--response', bench.write('response.json', JSON.stringify(gates.response)), '--as-of', '2026-05-01'];
  await done('scan', 'run', 'etf_equity_momentum', 'etf_thematic_momentum', ...response, '--scanners', 'examples/scanners');
  const backtest = await idIn('runId', 'backtest', 'run', '--meta', 'pair', '--risk', 'hrp', '--from', '2022-06-01');
  const ranked = ['--profile', 'funds', '--risk', 'equal_weight', '--from', '2022-06-01'];
  const tournament = await idIn('runId', 'tournament', 'run', ...ranked);
  const combined = ['--positions', bench.write('positions.csv', positions), '--budgets', 'tsmom=0.6', 'xsec=0.4', '--name', 'futures'];
  const combination = await idIn('combinationId', 'combine', ...combined, '--as-of', '2022-07-18');

  // Definitions that wait for another person.
  writeFileSync(
    bench.manifest,
    readFileSync(bench.manifest, 'utf8').replaceAll('"maker_checker": true', '"maker_checker": true, "cool_down_seconds": 60'),
  );
  await bench.json(['manifest', 'apply']);
  const [, second, third] = runs;
  const { stocks, funds } = third!;
  const ofSleeves = { stocks, funds, picked: answer.result['runId'] as string };
  return { bench, published: second!.pair, held: third!.pair, twin, ...ofSleeves, backtest, tournament, combination, waiver, letter };
}
