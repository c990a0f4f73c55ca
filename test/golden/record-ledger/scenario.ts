import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { firstDate, secondDate } from './inputs.ts';
import { deliveries } from './messages.ts';
import type { Recorder } from './recorder.ts';

type Runs = Record<string, string>;

const kafka = ['--kafka', 'kafka://memory'];
const react = ['--roles', 'react,project,seal'];
const takeIn = [...kafka, '--roles', 'intake,relay,seal'];

export const production = {
  stocks: ['flow', 'production', '--profile', 'stocks', '--prices', 'inputs/equities.csv', 'inputs/etfs.parquet'],
  etfs: ['flow', 'production', '--profile', 'etfs', '--prices', 'inputs/etfs.parquet'],
  coins: ['flow', 'production', '--profile', 'coins', '--prices', 'inputs/crypto.csv'],
} as const;
const deskSecond = ['flow', 'meta', '--profile', 'desk', '--risk', 'hrp,risk_parity', '--as-of', secondDate];
const correctedCoins = production.coins.map((word) => word.replace('crypto.csv', 'crypto-corrected.csv'));
const saturdayStocks = production.stocks.map((word) => word.replace('equities.csv', 'equities-saturday.csv'));

async function begin(on: Recorder): Promise<void> {
  on.at('2024-06-28T08:00:00.000Z', '1-begin');
  await on.run(['ledger', 'init', '--origin', 'golden.sleeve-ledger']);
  await on.run(['manifest', 'apply', '--manifest', 'inputs/manifest-first.json']);
  await on.run(['manifest', 'approve', 'checked/1', '--why', 'as agreed', '--actor', 'cio']);
  await on.endStage();
}

async function firstRuns(on: Recorder, runs: Runs): Promise<void> {
  on.at('2024-06-28T22:00:00.000Z', '2-first-date');
  runs['stocks'] = await on.runId([...production.stocks, '--as-of', firstDate]);
  await on.run([...production.etfs, '--as-of', firstDate]);
  await on.run([...production.coins, '--as-of', firstDate]);
  runs['coinsCorrected'] = await on.runId([...correctedCoins, '--as-of', firstDate, '--correction', '1']);
  runs['imported'] = await on.runId(['sleeve', 'import', '--run', 'inputs/run-whole']);
  runs['importedWithGaps'] = await on.runId(['sleeve', 'import', '--run', 'inputs/run-gaps']);
  runs['importedIneligible'] = await on.runId(['sleeve', 'import', '--run', 'inputs/run-ineligible', '--correction', '1'], 1);
  runs['deskFirst'] = await on.runId(['flow', 'meta', '--profile', 'desk', '--risk', 'all', '--as-of', firstDate]);
  runs['restated'] = await on.runId(['flow', 'meta', '--profile', 'desk', '--as-of', firstDate, '--risk', 'hrp,equal_weight']);
  runs['restatement'] = await on.runId([
    'flow',
    'meta',
    '--profile',
    'desk',
    '--as-of',
    firstDate,
    '--risk',
    'hrp,equal_weight',
    '--restate',
    '--why',
    'a second look at the close of the quarter',
  ]);
  runs['nestedFirst'] = await on.runId([
    'flow',
    'meta',
    '--profile',
    'nested',
    '--as-of',
    firstDate,
    '--join',
    'drop',
    '--projection',
    'proportional',
  ]);
  await on.endStage();
}

async function firstPublications(on: Recorder, runs: Runs): Promise<void> {
  on.at('2024-06-28T23:00:00.000Z', '3-first-publications');
  // `paced` collects results for ten minutes; `checked` waits for somebody else than the worker's actor.
  await on.work(react);
  runs['checkedFirst'] = held(await on.run(['status', '--meta', 'checked']));
  await on.run(['approve', runs['checkedFirst'], '--why', 'looked at', '--actor', 'cio']);
  on.at('2024-06-28T23:20:00.000Z');
  await on.work([...kafka, '--roles', 'react,relay,project,seal']);
  await on.endStage();
}

function held({ result }: { readonly result: unknown }): string {
  return (result as { portfolios: { held: { runId: string } | null }[] }).portfolios[0]!.held!.runId;
}

async function secondRuns(on: Recorder, runs: Runs): Promise<void> {
  // Two sessions without a result of the funds.
  on.at('2024-07-02T23:00:00.000Z', '4-second-date');
  await on.work(react);
  on.at('2024-07-12T22:00:00.000Z');
  await on.run(['ledger', 'key', 'rotate', '--why', 'half-yearly rotation']);
  runs['stocksRefused'] = await on.runId([...saturdayStocks, '--as-of', secondDate], 1);
  runs['stocksRepaired'] = await on.runId([...saturdayStocks, '--as-of', secondDate, '--repair', 'drop-off-calendar']);
  await on.run([...production.etfs, '--as-of', secondDate]);
  runs['coinsSecond'] = await on.runId([...production.coins, '--as-of', secondDate]);
  await on.run(['flow', 'production', '--profile', 'coins_fast', '--prices', 'inputs/crypto.csv', '--as-of', secondDate]);
  runs['deskSecond'] = await on.runId(deskSecond);
  await on.endStage();
}

async function waivers(on: Recorder, runs: Runs): Promise<void> {
  on.at('2024-07-12T23:00:00.000Z', '5-waivers');
  const mixed = ['flow', 'meta', '--profile', 'mixed', '--as-of', secondDate];
  runs['mixedRejected'] = await on.runId(mixed, 1);
  await on.work(react);
  const { result } = await on.run(['parity', 'check', '--meta', 'mixed'], 1);
  const { uncovered } = result as { uncovered: string[] };
  const waived = await on.run([
    'parity',
    'waive',
    '--meta',
    'mixed',
    '--paths',
    uncovered.join(','),
    '--until',
    '2024-12-31',
    '--why',
    'until the coins run at the common pace',
  ]);
  runs['mixedWaived'] = await on.runId(mixed);
  await on.work(react);
  await on.run(['parity', 'revoke', waived.result!['waiverId'] as string, '--meta', 'mixed', '--why', 'the coins run at the common pace']);
  await on.work(react);
  await on.endStage();
}

async function messages(on: Recorder, runs: Runs): Promise<void> {
  on.at('2024-07-13T08:00:00.000Z', '6-messages');
  await on.run(['produce', runs['coinsSecond']!, '--inline', '-o', 'own.json']);
  await on.run(['produce', runs['coinsSecond']!, '--by-reference', '-o', 'by-reference.json']);
  const all = deliveries({ own: readFileSync('own.json', 'utf8'), byReference: readFileSync('by-reference.json', 'utf8') });
  for (const file of ['own.json', 'by-reference.json']) rmSync(file);
  writeFileSync(
    'inputs/messages.jsonl',
    all
      .flat()
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  );
  const [first, second, third, last] = all;
  await on.work(takeIn, first);
  // The second manifest knows two more desks, and puts `desk` under another policy.
  await on.run(['manifest', 'apply']);
  await on.run(['dlq', 'retry', await letterOf(on, 'desk_us'), '--why', 'the manifest knows the desk now']);
  await on.run(['dlq', 'discard', await letterOf(on, 'desk_as'), '--why', 'a test of the desk', ...kafka]);
  await on.run(['dlq', 'discard', await letterOf(on, 'desk_as'), '--why', 'another test of the desk']);
  await on.run(['dlq', 'discard', await letterOf(on, null), '--why', 'the desk sent it again with a key']);
  await on.run(['dlq', 'discard', await letterOf(on, 'desk_eu'), '--why', 'a tombstone by mistake']);
  await on.work(takeIn, second);
  await on.work([...takeIn, '--on-poison', 'supersede'], third);
  await on.run(['dlq', 'discard', await letterOf(on, 'desk_as'), '--why', 'the desk looks for the errors']);
  await on.work(takeIn, last);
  runs['fleet'] = await on.runId(['flow', 'meta', '--profile', 'fleet', '--risk', 'all', '--as-of', secondDate]);
  runs['fleetByProxy'] = await on.runId([
    'flow',
    'meta',
    '--profile',
    'fleet',
    '--risk',
    'barbell',
    '--allow-proxy',
    'barbell=hrp',
    '--as-of',
    secondDate,
  ]);
  await on.work([...kafka]);
  await on.endStage();
}

interface Letter {
  readonly letterId: string;
  readonly sleeve: string | null;
}

/** The oldest open letter of a sleeve, or of none. */
async function letterOf(on: Recorder, sleeve: string | null): Promise<string> {
  const { result } = await on.run(['dlq', 'list']);
  return (result as unknown as { letters: Letter[] }).letters.find((letter) => letter.sleeve === sleeve)!.letterId;
}

async function handling(on: Recorder, runs: Runs): Promise<void> {
  on.at('2024-07-13T10:00:00.000Z', '7-handling');
  await on.run(['sleeve', 'quarantine', 'coins', '--why', 'the exchange is out']);
  await on.run(['flow', 'meta', '--profile', 'desk', '--as-of', secondDate], 1);
  await on.run(['sleeve', 'reinstate', 'coins', '--why', 'the exchange is back']);
  await on.run(['halt', '--meta', 'desk', '--why', 'prices are checked']);
  runs['coinsCorrectedSecond'] = await on.runId([...correctedCoins, '--as-of', secondDate, '--correction', '1']);
  await on.work(react);
  await on.run(['resume', '--meta', 'desk', '--why', 'prices are checked', '--actor', 'cio']);
  await on.work([...kafka]);
  // The same words as before the correction: another run now, and the one that both deliveries find from here on.
  runs['deskSecondCorrected'] = await on.runId(deskSecond);
  runs['nestedSecond'] = await on.runId(['flow', 'meta', '--profile', 'nested', '--as-of', secondDate, '--risk', 'hrp']);
  await on.endStage();
}

/** Everything that is recorded, in its order; answers the runs that queries ask for. */
export async function playScenario(on: Recorder): Promise<Runs> {
  const runs: Runs = {};
  await begin(on);
  for (const stage of [firstRuns, firstPublications, secondRuns, waivers, messages, handling]) await stage(on, runs);
  return runs;
}
