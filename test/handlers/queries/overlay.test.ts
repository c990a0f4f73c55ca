/** `overlay vol` and `overlay macro`: positions in, positions out, with what each overlay saw. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { addDays, dayNumberOf, isWeekend } from '../../../domain/returns/days.ts';
import { Workbench } from '../../support/cli.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const bench = new Workbench(scratchDirectory());
const days = Array.from({ length: 140 }, (_, day) => addDays('2022-01-03', day)).filter((date) => !isWeekend(dayNumberOf(date)));
const prices = bench.write(
  'prices.csv',
  [
    'date,CME_MINI:ES1!,CME_MINI:NQ1!',
    ...days.map((date, row) => `${date},${100 + 8 * Math.sin(row / 3)},${200 + 20 * Math.cos(row / 4)}`),
  ].join('\n'),
);
const positions = bench.write('positions.csv', `date,CME_MINI:ES1!\n${days[80]},0.5\n${days[90]},-0.5\n`);
const parameters = bench.write('overlays.json', JSON.stringify({ overlays: { vol: { target_vol: 0.1 }, macro: { sma_window: 20 } } }));

const run = (verb: 'vol' | 'macro', ...words: string[]) =>
  bench.json(['overlay', verb, '--positions', positions, '--prices', prices, ...words]);

interface Result {
  readonly decisions: readonly {
    readonly date: string;
    readonly weights: readonly number[];
    readonly states: readonly { readonly k: number }[];
  }[];
  readonly flags: readonly string[];
}

describe('overlay vol', () => {
  test('scales positions to the target, writes them, and records nothing', async () => {
    const file = bench.path('scaled.csv');
    const answer = await run('vol', '--parameters', parameters, '-o', file);
    expect(answer.ok).toBe(true);
    const { decisions } = answer.result as unknown as Result;
    expect(decisions.map(({ date }) => date)).toEqual([days[80], days[90]]);
    expect(decisions[0]!.weights[0]).toBeCloseTo(0.5 * decisions[0]!.states[0]!.k, 14);
    const rows = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(rows[0]).toBe('date,CME_MINI:ES1!');
    expect(Number(rows[2]!.split(',')[1])).toBe(decisions[1]!.weights[0]);
    expect(existsSync(bench.store)).toBe(false);
  });

  test('takes another method, and says what it did', async () => {
    const said = await bench.run(['overlay', 'vol', '--positions', positions, '--prices', prices, '--method', 'moreira_muir']);
    expect(said.stdout).toContain('Moreira-Muir 1.0000, warm-up');
  });
});

describe('overlay macro', () => {
  test('behind a vol target has its whole effect; before it, none, and that is said', async () => {
    const behind = await run('macro', '--parameters', parameters, '--order', 'vol-macro');
    expect((behind.result as unknown as Result).flags).toEqual([]);
    const before = await run('macro', '--parameters', parameters, '--order', 'macro-vol');
    expect(before).toMatchObject({ ok: true, result: { flags: ['MACRO_NOOP'], macro: { noOps: 2 } } });
    expect(before.warnings).toEqual(['MACRO_NOOP: the macro scaler changes nothing on 2 rows']);
  });

  test('before 200 rows says that nothing could be evaluated', async () => {
    const answer = await run('macro');
    expect(answer.result).toMatchObject({ decisions: [], notEvaluated: [{ overlay: 'macro' }, { overlay: 'macro' }] });
    expect(answer.warnings).toEqual(['no position on 2 rows, which could not be evaluated']);
  });
});

const idOf = async (block: object | null): Promise<unknown> => {
  const other = new Workbench(bench.directory, (manifest) => {
    if (block !== null) manifest.profiles['stocks']!['overlays'] = block;
  });
  return other.produce('stocks');
};

describe('the block overlays of a profile', () => {
  test('is validated, resolved with its defaults, and read by the verbs', async () => {
    bench.writeManifest((manifest) => void (manifest.profiles['stocks']!['overlays'] = { vol: { target_vol: 0.1 } }));
    expect((await bench.json(['manifest', 'validate'])).ok).toBe(true);
    const { result } = await bench.json(['manifest', 'resolve', '--profile', 'stocks']);
    expect(result['overlays']).toMatchObject({ order: ['vol', 'macro'], vol: { target_vol: 0.1, floor_vol: 0.05 } });
    expect((await run('vol', '--profile', 'stocks')).result['parameters']).toMatchObject({ vol: { target_vol: 0.1 } });
    expect(await run('vol', '--profile', 'funds')).toMatchObject({ error: { code: 'Usage', at: { path: '--profile' } } });
  });

  test('changes no identity of a run: none reads it', async () => {
    expect(await idOf({ vol: { target_vol: 0.1 } })).toBe(await idOf(null));
  });

  test.each([
    [{ macro: { vol_lo: 0.4 } }, 'profiles.stocks.overlays.macro'],
    [{ vol: { target: 0.1 } }, 'profiles.stocks.overlays.vol.target'],
    [{ vol: { min_pairs: 3 } }, 'profiles.stocks.overlays.vol.min_pairs'],
  ])('%j is refused with path and line', async (block, path) => {
    bench.writeManifest((manifest) => void (manifest.profiles['stocks']!['overlays'] = block));
    const { error } = await bench.json(['manifest', 'validate']);
    expect(error).toMatchObject({ code: 'ManifestInvalid', at: { path, line: expect.any(Number) } });
  });
});

test.each([
  [
    'an unknown parameter',
    () => ['--parameters', bench.write('bad.json', '{"overlays":{"vol":{"target":1}}}')],
    'SchemaViolation',
    { path: 'overlays.vol' },
  ],
  ['a file that is no JSON', () => ['--parameters', bench.write('no.json', '{')], 'SchemaViolation', { file: bench.path('no.json') }],
  ['an unknown order', () => ['--order', 'vol'], 'Usage', { path: '--order' }],
  ['an unknown preset', () => ['--preset', 'mine'], 'SchemaViolation', { path: 'overlays.macro.preset' }],
  [
    'a missing asset',
    () => ['--positions', bench.write('other.csv', `date,COMEX:GC1!\n${days[80]},1\n`), '--order', 'vol-macro'],
    'PricesMissing',
    { path: 'COMEX:GC1!' },
  ],
] as const)('%s is refused at its place', async (_, words, code, at) => {
  expect(await run('macro', ...words())).toMatchObject({ ok: false, exit: 2, error: { code, at } });
});
