/** A mistyped --store made an empty ledger, and the verb then said that all is well with it. */
import { existsSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { allVerbs } from '../../../presentation/cli/verbs/all.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const verbs = await allVerbs();

const bench = new Workbench(scratchDirectory());
const mistyped = bench.path('legder.sqlite');
const byName = (verb: string) => verbs.find(({ path }) => path.join(' ') === verb)!;

/** Every verb that opens the ledger at --store and makes none, called in full. */
const opening: Readonly<Record<string, readonly string[]>> = {
  watch: ['FOLDER', '--once'],
  produce: ['RUN', '-o', 'FOLDER/message.json'],
  work: ['--roles', 'seal'],
  serve: ['--listen', '127.0.0.1:0'],
  'flow meta': ['--profile', 'whole'],
  'backtest verify': [],
  'backtest robustness': ['RUN'],
  status: [],
  portfolios: [],
  history: ['--meta', 'whole'],
  weights: ['--meta', 'whole'],
  drift: ['--meta', 'whole'],
  publications: ['--meta', 'whole'],
  trades: ['--meta', 'whole', '--holdings', 'FOLDER/holdings.csv', '--capital', '1000'],
  explain: ['NYSE:AAA', '--meta', 'whole'],
  runs: [],
  show: ['RUN'],
  timeline: ['RUN'],
  replay: ['--all'],
  'scan list': [],
  'scan funnel': ['etf_equity_momentum'],
  'scan overlap': ['etf_thematic_momentum', 'etf_equity_momentum'],
  'select explain': ['RUN', 'NYSE:AAA'],
  'select battles': ['RUN'],
  'select funnel': ['RUN'],
  'select diff': ['RUN', 'RUN'],
  'select report': ['RUN', '-o', 'FOLDER/selection.md'],
  counterfactual: ['RUN'],
  diff: ['RUN', 'RUN'],
  report: ['RUN', '-o', 'FOLDER/report'],
  'export returns': ['RUN', '--risk', 'hrp', '-o', 'FOLDER/returns.csv'],
  'export run': ['RUN', '-o', 'FOLDER/run'],
  'export series': ['RUN', '--risk', 'hrp', '-o', 'FOLDER/series'],
  'export backtest': ['RUN', '-o', 'FOLDER/results.json'],
  'export weights': ['RUN', '--risk', 'hrp', '-o', 'FOLDER/weights.csv'],
  approve: ['RUN', '--why', 'x'],
  'manifest approve': ['pair/1', '--why', 'x'],
  'manifest reject': ['pair/1', '--why', 'x'],
  reject: ['RUN', '--why', 'x'],
  halt: ['--meta', 'whole', '--why', 'x'],
  resume: ['--meta', 'whole', '--why', 'x'],
  'parity check': ['--meta', 'whole'],
  'parity waive': ['--meta', 'whole', '--paths', 'backtest.test_window', '--until', '2030-12-31', '--why', 'x'],
  'parity revoke': ['WAIVER', '--meta', 'whole', '--why', 'x'],
  'dlq list': [],
  'dlq retry': ['LETTER', '--why', 'x'],
  'dlq discard': ['LETTER', '--why', 'x'],
  'dlq erase': ['LETTER', '--why', 'x'],
  'sleeve list': [],
  'sleeve show': ['coins'],
  'sleeve quarantine': ['coins', '--why', 'x'],
  'sleeve reinstate': ['coins', '--why', 'x'],
  'token create': ['--holder', 'ann', '--role', 'viewer'],
  'token list': [],
  'token revoke': ['0123456789abcdef', '--why', 'x'],
  'ledger seal': [],
  'ledger verify': [],
  'ledger rebuild': [],
  'ledger checkpoint': [],
  'ledger prove': ['ledger@0'],
  'ledger events': [],
  'ledger artifact': ['0'.repeat(64)],
  'ledger key rotate': ['--why', 'x'],
  'ledger witness': ['--to', 'FOLDER/witness', '--why', 'x'],
  'ledger copy': ['--to', 'FOLDER/copy.sqlite'],
  'ledger backup': ['--to', 'FOLDER/backup.sqlite'],
  'audit export': ['--all', '-o', 'FOLDER/audit.jsonl'],
  'audit integrity': ['RUN'],
  'audit bundle': ['RUN', '-o', 'FOLDER/evidence.zip'],
  completion: ['--values', 'runs'],
};
/** They make a ledger, or open none. */
const making = [
  'demo',
  'manifest apply',
  'flow production',
  'backtest run',
  'tournament run',
  'sleeve import',
  'combine',
  'scan run',
  'scan map',
  'scan gaps',
  'scan liquidity',
  'scan attributes',
  'scan audit',
  'scan candidates',
  'scan orphans',
  'ledger init',
];
const needingNone = [
  'init',
  'manifest validate',
  'manifest resolve',
  'manifest lint',
  'overlay vol',
  'overlay macro',
  'simulate',
  'scan config',
  'ledger restore',
  'audit verify',
  'cache stats',
  'cache clear',
  'cache verify',
  'config show',
  'witness serve',
  'doctor',
  'workers',
];

beforeAll(async () => {
  bench.write('holdings.csv', 'symbol,notional\nNYSE:AAA,100\n');
  await bench.json(['ledger', 'init']);
});

test('the tables name every verb', () => {
  const named = [...Object.keys(opening), ...making, ...needingNone];
  expect(named.toSorted()).toEqual(verbs.map(({ path }) => path.join(' ')).toSorted());
  expect(verbs.filter(({ makesLedger }) => makesLedger === 'always').map(({ path }) => path.join(' '))).toEqual(
    expect.arrayContaining(making),
  );
});

describe('with a mistyped --store', () => {
  test.each(Object.entries(opening))('%s is refused, names the ledger beside it, and makes nothing', async (verb, words) => {
    const before = readdirSync(bench.directory);
    const argv = [...verb.split(' '), ...words.map((word) => word.replace('FOLDER', bench.directory)), '--store', mistyped];
    const answer = await bench.json(argv);
    expect(answer).toMatchObject({ exit: 66, ok: false, command: verb, error: { code: 'LedgerMissing' } });
    expect(answer.error!.message).toContain(`: did you mean ${bench.store}?`);
    expect(readdirSync(bench.directory)).toEqual(before);
  });

  test('the verbs that open no ledger make none either', async () => {
    for (const verb of ['manifest validate', 'config show', 'doctor'])
      expect((await bench.json([...verb.split(' '), '--store', mistyped])).exit).toBe(0);
    expect(existsSync(mistyped)).toBe(false);
  });
});

describe('a verb that makes a ledger', () => {
  test('says so before its answer', async () => {
    const store = bench.path('new.sqlite');
    const said: string[] = [];
    const ran = await bench.run(['manifest', 'apply', '--store', store, '--no-seal']);
    said.push(ran.stderr.split('\n')[0]!);
    expect(said).toEqual([`made a new ledger at ${store}`]);
    expect((await bench.run(['manifest', 'apply', '--store', store, '--no-seal'])).stderr).toBe('');
    const other = bench.path('other.sqlite');
    expect((await bench.json(['ledger', 'init', '--store', other])).warnings).toEqual([`made a new ledger at ${other}`]);
  });

  test.each(['work', 'watch'])('%s does on request only', async (verb) => {
    expect(byName(verb).makesLedger).toBe('on request');
    const store = bench.path(`${verb}.sqlite`);
    const stop = new AbortController();
    stop.abort();
    const words = verb === 'work' ? ['work', '--roles', 'seal'] : ['watch', bench.directory, '--settle-seconds', '0'];
    expect((await bench.run([...words, '--store', store], { signal: stop.signal })).exit).toBe(66);
    const ran = await bench.run([...words, '--store', store, '--create-ledger'], { signal: stop.signal });
    expect([ran.exit, ran.stderr.split('\n')[0]]).toEqual([0, `made a new ledger at ${store}`]);
  });
});

test('a worker says at its start what it serves and where, terminal or not', async () => {
  const stop = new AbortController();
  stop.abort();
  const ran = await bench.run(['work', '--roles', 'react,seal', '--http', '127.0.0.1:0'], { signal: stop.signal });
  const [said] = ran.stderr.split('\n');
  expect(said).toMatch(/^Working on .*ledger\.sqlite \(ledger [0-9a-f-]{36}\): react, seal; no broker; /);
  expect(said).toMatch(/; health and metrics at http:\/\/127\.0\.0\.1:\d+\. Stop with Ctrl-C\.$/);
});
