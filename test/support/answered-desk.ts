/** A small desk with something of everything that is asked: the API answers of it what the command line answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { openLedger } from '../../bin/open-ledger.ts';
import { createIntake } from '../../handlers/intake/intake.ts';
import { Workbench } from './cli.ts';
import type { LooseManifest } from './small-market.ts';
import { rawMessage, sleeveResult, structuredText } from './sleeve-results.ts';

export interface AnsweredDesk {
  readonly bench: Workbench;
  /** Meta runs of `pair`: the one that is published, and the one that is held behind it. */
  readonly published: string;
  readonly held: string;
  /** The meta run of `twin`, which is held. */
  readonly twin: string;
  readonly funds: string;
  readonly backtest: string;
  readonly tournament: string;
  readonly combination: string;
  readonly waiver: string;
  /** An open letter of a sleeve, behind which a result waits. */
  readonly letter: string;
}

const checked = { maker_checker: true };
/** The second delivery, as-of dates of both. */
const [eve, last] = ['2022-11-29', '2022-11-30'] as const;

function changeDesk({ profiles }: LooseManifest): void {
  profiles['pair']!['publication'] = checked;
  profiles['stocks'] = { expected_by: { time: '18:30', zone: 'America/New_York', calendar: 'XNYS' } };
  profiles['twin'] = { ...profiles['pair'], publication: checked };
  delete profiles['whole'];
  delete profiles['nested'];
}

const positions = 'asset,tsmom,xsec\nES,0.8,-0.3\nGC,-0.4,0.7\nCL,0.6,\n';
const intakeOptions = { resultsTopic: 'sleeve-results.v1', deadLetters: null, deadLettersTopic: 'letters', onPoison: 'hold' } as const;

/** A manifest, sleeves, held and published meta runs, letters, a waiver, a backtest, a tournament and a combination. */
export async function answeredDesk(below: string): Promise<AnsweredDesk> {
  const bench = new Workbench(below, changeDesk);
  const done = async (...argv: readonly string[]): Promise<Readonly<Record<string, unknown>>> => {
    const { result, error } = await bench.json([...argv, '--no-seal']);
    if (error !== undefined) throw new Error(`${argv.join(' ')}: ${JSON.stringify(error)}`);
    return result;
  };
  const idIn = async (name: string, ...argv: readonly string[]): Promise<string> => (await done(...argv))[name] as string;

  await done('manifest', 'apply');
  for (const meta of ['pair', 'twin']) await done('manifest', 'approve', `${meta}/1`, '--why', 'agreed', '--actor', 'cio');
  await bench.produce('stocks', { last: eve });
  await bench.produce('funds', { last: eve });
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent', actor: 'worker' });
  const heldOf = async (meta: string): Promise<string> => {
    await ledger.reallocate(meta);
    return (await ledger.status({ meta })).portfolios[0]!.held!.runId;
  };
  const published = await heldOf('pair');
  const twin = await heldOf('twin');
  await done('approve', published, '--why', 'looked at', '--actor', 'cio');
  await bench.produce('stocks', { last });
  const funds = await bench.produce('funds', { last });
  const held = await heldOf('pair');

  const intake = createIntake(ledger.session, intakeOptions);
  const messages = [
    rawMessage('stocks', structuredText({ nothing: 'of a result' })),
    rawMessage('stocks', structuredText(sleeveResult({ sleeve: 'stocks' }))),
    rawMessage(null, 'no result'),
  ];
  for (const [at, message] of messages.entries()) await intake.handle({ ...message, offset: String(at) }, async () => undefined);
  const letter = (await ledger.deadLetters({ sleeve: 'stocks' })).letters[0]!.letterId;
  await ledger.close();

  const waiver = await idIn(
    'waiverId',
    'parity',
    'waive',
    '--meta',
    'pair',
    '--paths',
    'backtest.step_size',
    '--until',
    '2030-01-01',
    '--why',
    'a move',
  );
  const backtest = await idIn('runId', 'backtest', 'run', '--meta', 'pair', '--risk', 'equal_weight');
  const prices = ['--from', '2022-04-01', '--prices', bench.path('funds.csv')];
  const tournament = await idIn('runId', 'tournament', 'run', '--profile', 'funds', ...prices);
  const combined = ['--positions', bench.write('positions.csv', positions), '--budgets', 'tsmom=0.6', 'xsec=0.4', '--name', 'futures'];
  const combination = await idIn('combinationId', 'combine', ...combined);

  // Definitions that wait for another person.
  writeFileSync(
    bench.manifest,
    readFileSync(bench.manifest, 'utf8').replaceAll('"maker_checker": true', '"maker_checker": true, "cool_down_seconds": 60'),
  );
  await bench.json(['manifest', 'apply']);
  return { bench, published, held, twin, funds, backtest, tournament, combination, waiver, letter };
}
