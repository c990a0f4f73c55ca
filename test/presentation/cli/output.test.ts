import { beforeAll, describe, expect, test } from '@jest/globals';
import { allVerbs } from '../../../presentation/cli/verbs/all.ts';
import { readFileSync } from 'node:fs';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const verbs = await allVerbs();

const bench = new Workbench(scratchDirectory());
const runs: Record<string, string> = {};

beforeAll(async () => {
  for (const sleeve of ['stocks', 'funds'] as const) runs[sleeve] = await bench.produce(sleeve);
  runs['pair'] = (await bench.json(['flow', 'meta', '--profile', 'pair'])).result['runId'] as string;
  runs['backtest'] = (await bench.json(['backtest', 'run', '--meta', 'pair'])).result['runId'] as string;
}, 30_000);

const verbsWithOutput = verbs.filter(({ flags }) => flags.some(({ flags: text }) => text.startsWith('-o, ')));

/** Positions and prices for the verbs that need no ledger. */
const days = Array.from({ length: 110 }, (_, day) => addDays('2022-01-03', day)).filter((date) => !isWeekend(dayNumberOf(date)));
const prices = bench.write('index.csv', ['date,CME:A1!', ...days.map((date, row) => `${date},${100 + 8 * Math.sin(row)}`)].join('\n'));
const positions = bench.write('positions.csv', `date,CME:A1!\n${days[70]},0.5\n`);
const parameters = bench.write('overlays.json', '{"macro":{"index_symbols":["CME:A1!"],"sma_window":20}}');

describe('-o -', () => {
  const calls: Readonly<Record<string, () => readonly string[]>> = {
    'audit export': () => ['--all'],
    'audit bundle': () => [runs['pair']!],
    'export backtest': () => [runs['backtest']!],
    'export returns': () => [runs['stocks']!, '--risk', 'hrp'],
    'export weights': () => [runs['pair']!, '--risk', 'hrp'],
    'ledger artifact': () => ['SHA256'],
    'ledger checkpoint': () => [],
    'overlay macro': () => ['--positions', positions, '--prices', prices, '--parameters', parameters],
    'overlay vol': () => ['--positions', positions, '--prices', prices],
    simulate: () => ['--weights', positions, '--prices', prices],
    produce: () => [runs['stocks']!],
    report: () => [runs['pair']!],
  };
  const scans = verbs.map(({ path }) => path.join(' ')).filter((verb) => verb.startsWith('scan '));
  /** They write a folder, or are tested with what they need beside a ledger. */
  const others = ['demo', 'export run', 'export series', 'select report', 'trades', ...scans];

  test('is taken by every verb that writes a file', () => {
    const named = verbsWithOutput.map(({ path }) => path.join(' ')).filter((verb) => !others.includes(verb));
    expect(Object.keys(calls).toSorted()).toEqual(named.toSorted());
  });

  test.each(Object.entries(calls))(
    'of %s writes to standard output what it writes to a file, and answers on standard error',
    async (verb, words) => {
      const events = (await bench.json(['timeline', runs['pair']!])).result['events'] as { id?: string }[];
      expect(events.length).toBeGreaterThan(0);
      const named = JSON.stringify((await bench.json(['ledger', 'events', '--stream', `metaRun-${runs['pair']!}`])).result);
      const sha256 = /"sha256":"([0-9a-f]{64})"/.exec(named)![1]!;
      const argv = [...verb.split(' '), ...words().map((word) => (word === 'SHA256' ? sha256 : word))];
      const own: Readonly<Record<string, string>> = { report: 'reports', 'ledger checkpoint': 'newest.checkpoint' };
      const file = bench.path(/^(export|overlay|simulate)/.test(verb) ? 'written.csv' : (own[verb] ?? 'written'));
      const written = await bench.run([...argv, '-o', file, '--force']);
      expect(written).toMatchObject({ exit: 0, stdout: expect.stringContaining('Wr') });
      const content = readFileSync(verb === 'report' ? `${file}/${runs['pair']!}.md` : file, 'utf8');
      const poured = await bench.run([...argv, '-o', '-']);
      expect(poured.exit).toBe(0);
      expect(poured.stdout).toBe(content);
      expect(poured.stderr).toMatch(/Wr/);
      const told = await bench.run([...argv, '-o', '-', '--json']);
      expect([told.stdout === content, JSON.parse(told.stderr.split('\n')[0]!)]).toEqual([
        true,
        expect.objectContaining({ ok: true, command: verb }),
      ]);
    },
  );
});

const actor = async (argv: readonly string[], options: Parameters<Workbench['json']>[1]): Promise<unknown> => {
  const { settings } = (await bench.json(['config', 'show', ...argv], options)).result as {
    settings: { name: string; value: unknown; from: string }[];
  };
  const { value, from } = settings.find(({ name }) => name === 'actor')!;
  return [value, from];
};

describe('the actor', () => {
  test("is the system's user where nobody is named, and recorded as such", async () => {
    const unset = { environment: { SLEEVE_LEDGER_ACTOR: '' } };
    expect(await actor([], { ...unset, user: 'ann' })).toEqual(['ann', 'system']);
    expect(await actor([], unset)).toEqual(['unnamed', 'default']);
    expect(await actor([], { user: 'ann' })).toEqual(['tester', 'environment']);
    expect(await actor(['--actor', 'cio'], { ...unset, user: 'ann' })).toEqual(['cio', 'flag']);
    await bench.json(['sleeve', 'quarantine', 'stocks', '--why', 'x', '--no-seal'], { ...unset, user: 'ann' });
    const last = (await bench.events()).at(-1)!;
    expect((JSON.parse(Buffer.from(last.bytes).toString('utf8')) as { actor: string }).actor).toBe('ann');
  });
});
