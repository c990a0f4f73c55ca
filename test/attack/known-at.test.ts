/**
 * Somebody who wants an answer of the past that can be another one tomorrow: a day without a zone, an instant that has not come, a position
 * that is not reached; and somebody who wants a result that no later one outranks.
 */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { openLedger } from '../../bin/open-ledger.ts';
import { allVerbs } from '../../presentation/cli/verbs/all.ts';
import { Workbench } from '../support/cli.ts';
import { scratchDirectory } from '../support/scratch.ts';
import { writePrices } from '../support/small-market.ts';

const verbs = await allVerbs();

const scratch = scratchDirectory();
const bench = new Workbench(scratch);
const at = (day: number): string => `2026-11-${String(day).padStart(2, '0')}T08:00:00.000Z`;
const now = at(20);
let [sleeveRun, metaRun] = ['', ''];

beforeAll(async () => {
  await bench.json(['manifest', 'apply', '--no-seal'], { now: at(1) });
  sleeveRun = await bench.produce('stocks', {}, [], { now: at(1) });
  await bench.produce('funds', {}, [], { now: at(1) });
  metaRun = (await bench.json(['flow', 'meta', '--profile', 'pair', '--no-seal'], { now: at(2) })).result['runId'] as string;
}, 60_000);

/** A command line of every verb that knows ledger time. */
const asked: Readonly<Record<string, () => readonly string[]>> = {
  weights: () => ['--meta', 'pair'],
  explain: () => ['NYSE:AAA', '--meta', 'pair'],
  drift: () => ['--meta', 'pair'],
  publications: () => ['--meta', 'pair'],
  status: () => [],
  portfolios: () => [],
  history: () => ['--meta', 'pair'],
  show: () => [metaRun],
  'scan list': () => [],
  'sleeve list': () => [],
  'sleeve show': () => ['stocks'],
  runs: () => [],
  timeline: () => [metaRun],
  diff: () => [metaRun, metaRun],
  trades: () => ['--meta', 'pair', '--capital', '1000', '--holdings', bench.write('holdings.csv', 'symbol,notional\nNYSE:AAA,100\n')],
  counterfactual: () => [metaRun, '--set', 'meta_allocation.max_weight=0.6'],
  replay: () => [metaRun],
  report: () => [metaRun, '-o', bench.path('report')],
  'export returns': () => [sleeveRun, '--risk', 'hrp', '-o', bench.path('returns.csv')],
  'export weights': () => [metaRun, '--risk', 'hrp', '-o', bench.path('weights.csv')],
  'export series': () => [sleeveRun, '--risk', 'hrp', '-o', bench.path('series')],
  'export run': () => [metaRun, '-o', bench.path('run')],
  'audit export': () => ['--all', '-o', bench.path('audit.jsonl')],
  'ledger events': () => [],
  'dlq list': () => [],
  'token list': () => [],
  'parity check': () => ['--meta', 'pair'],
  'backtest verify': () => [],
  'select explain': () => [sleeveRun, 'NYSE:AAA'],
  'select battles': () => [sleeveRun],
  'select funnel': () => [sleeveRun],
  'select diff': () => [sleeveRun, sleeveRun],
  'select report': () => [sleeveRun, '-o', bench.path('selection.md')],
};
const known = verbs.filter(({ flags }) => flags.some((flag) => flag.flags.startsWith('--known-at'))).map(({ path }) => path.join(' '));

const ask = async (verb: string, knownAt: string): Promise<string | number> => {
  const { exit, error } = await bench.json([...verb.split(' '), ...asked[verb]!(), '--known-at', knownAt], { now });
  return error?.code ?? exit;
};

test('a command line stands here for every verb with the flag', () => {
  expect(Object.keys(asked).toSorted()).toEqual(known.toSorted());
});

describe.each(known)('%s --known-at', (verb) => {
  test.each([
    ['a date, which has two ends and a zone', '2026-11-02', 'Usage'],
    ['an instant without a zone', '2026-11-02T08:00:00', 'Usage'],
    ['an hour', '2026-11-02T08Z', 'Usage'],
    ['a week', '2026-W45-1T08:00:00Z', 'Usage'],
    ['a day that is none', '2026-02-30T08:00:00Z', 'Usage'],
    ['a word', 'yesterday', 'Usage'],
    ['nothing', '', 'Usage'],
    ['an instant that has not come', '2026-11-20T08:00:00.001Z', 'NotYetKnown'],
    ['an instant that has not come, in another zone', '2026-11-20T07:30:00-01:00', 'NotYetKnown'],
    ['a position that is not reached', '99999', 'NotYetKnown'],
    ['a position of another kind of store', '12/12', 'Usage'],
  ])('refuses %s', async (_, knownAt, code) => {
    expect(await ask(verb, knownAt)).toBe(code);
  });

  test('takes an instant that has passed, and a position that is reached', async () => {
    const last = (await bench.events()).at(-1)!.position;
    for (const knownAt of [now, '2026-11-20T09:00:00+01:00', last]) {
      const answer = await ask(verb, knownAt);
      expect(['Usage', 'NotYetKnown']).not.toContain(answer);
    }
  });
});

test('a date is refused with the instant to give', async () => {
  const { error } = await bench.json(['weights', '--meta', 'pair', '--known-at', '2026-11-02'], { now });
  expect(error).toMatchObject({ code: 'Usage', message: expect.stringContaining('2026-11-02T23:59:59.999Z'), at: { path: '--known-at' } });
});

test('the library refuses the same, and reads an instant in any zone', async () => {
  const ledger = await openLedger({ store: bench.store, logLevel: 'silent' });
  const runs = (knownAt: string) => ledger.runs({ name: null, kind: null, asOf: null, knownAt });
  for (const [knownAt, code] of [
    ['2026-11-02', 'Usage'],
    ['9999-01-01T00:00:00Z', 'NotYetKnown'],
    ['99999', 'NotYetKnown'],
  ] as const)
    await expect(runs(knownAt)).rejects.toMatchObject({ code });
  expect((await runs('2026-11-01T09:00:00+01:00')).runs).toHaveLength(2);
  expect((await runs('2026-11-01T08:59:59+01:00')).runs).toHaveLength(0);
  await ledger.close();
});

test('parity check knows the runs of then, and not those that came later', async () => {
  const own = new Workbench(scratch);
  for (const sleeve of ['stocks', 'funds'] as const) await own.produce(sleeve, { last: '2022-11-30' }, [], { now: at(1) });
  const then = (await own.events()).at(-1)!.position;
  for (const sleeve of ['stocks', 'funds'] as const) await own.produce(sleeve, { last: '2022-12-30' }, [], { now: at(3) });
  const asOf = async (...flags: string[]) => (await own.json(['parity', 'check', '--meta', 'pair', ...flags], { now })).result['asOf'];
  expect([await asOf(), await asOf('--known-at', at(2)), await asOf('--known-at', then)]).toEqual([
    '2022-12-30',
    '2022-11-30',
    '2022-11-30',
  ]);
  expect(await own.json(['parity', 'check', '--meta', 'pair', '--known-at', '2026-10-01T00:00:00Z'], { now })).toMatchObject({ exit: 66 });
});

const produce = (own: Workbench, seed: number, correction: string) =>
  own.json([
    'flow',
    'production',
    '--profile',
    'stocks',
    '--prices',
    writePrices(own.directory, 'stocks', { seed }),
    '--correction',
    correction,
  ]);

describe('a correction', () => {
  test('that leaves numbers out to outrank every later one is refused with the number that is expected, and records nothing', async () => {
    const own = new Workbench(scratch);
    await produce(own, 7, '0');
    const before = (await own.events()).length;
    for (const number of ['2', '7', '999999999']) {
      expect(await produce(own, 8, number)).toMatchObject({
        exit: 1,
        error: { code: 'CorrectionOutOfOrder', message: expect.stringContaining('so 1 is expected'), at: { path: 'correction' } },
      });
    }
    expect((await own.events()).filter(({ type }) => type !== 'LedgerSealed')).toHaveLength(
      (await own.events()).slice(0, before).filter(({ type }) => type !== 'LedgerSealed').length,
    );
    expect(await produce(own, 8, '1')).toMatchObject({ exit: 0, result: { already: false } });
    expect(await produce(own, 8, '1')).toMatchObject({ exit: 0, result: { already: true } });
    expect(await produce(own, 9, '1')).toMatchObject({ exit: 1, error: { code: 'CorrectionOutOfOrder' } });
    expect(await produce(own, 9, '2')).toMatchObject({ exit: 0, result: { already: false } });
  });
});
