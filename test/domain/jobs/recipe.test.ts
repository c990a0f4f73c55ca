import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { jobs } from '../../../domain/jobs/jobs.ts';
import { inputOf, isKept, keptJobs, keyOf, partsOf, recipeOf } from '../../../domain/jobs/recipe.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { firstDifference } from '../../../domain/shared/same-bits.ts';
import { identifySleeveRun } from '../../../domain/sleeve-run/produced-run.ts';
import { beginSleeveRun, selectedSleeveRun } from '../../../domain/sleeve-run/solved-apart.ts';
import { selectionJob } from '../sleeve-selection/sleeves.ts';
import { defaultRunOptions, prices, stocks } from '../allocation/sleeve/stocks.ts';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());
const request = {
  sleeve: 'desk',
  resolved: stocks(),
  options: defaultRunOptions,
  correction: 0,
  rules: rulesInForce,
  files: [prices()],
  leftOut: [],
};
const [job] = selectedSleeveRun(beginSleeveRun(request, identifySleeveRun(request, sha256)), { selection: null, regimes: null }).jobs;

describe('the recipe of an answer', () => {
  const parts = partsOf('sleeve-profile', job!);
  const { matrix, settings } = parts;
  const recipe = recipeOf('sleeve-profile', 'engine', { data: 'a'.repeat(64), tables: {} }, parts);

  test('is the input without its returns, which stand there by their address and their range', () => {
    expect(matrix).toBe(job!.matrix);
    expect(recipe.window).toEqual({ rows: matrix.dates.length, first: matrix.dates[0], last: matrix.dates.at(-1) });
    expect(Object.keys(recipe.settings).toSorted()).toEqual([
      'calendars',
      'givenOrder',
      'parameters',
      'rawPool',
      'regime',
      'resolved',
      'risk',
      'rules',
      'selecting',
    ]);
    expect(JSON.stringify(recipe)).not.toContain('Float64Array');
  });

  test('gives the input back, also after it was written as JSON', () => {
    const read = JSON.parse(JSON.stringify(recipe.settings)) as typeof settings;
    const again = inputOf('sleeve-profile', { matrix, tables: {}, settings: read });
    expect(again.matrix).toBe(matrix);
    expect(firstDifference(partsOf('sleeve-profile', again).settings, settings)).toBeNull();
  });

  test('has an address for each table: a selection reads prices beside its returns', () => {
    const selecting = selectionJob();
    const { matrix: returns, tables, settings: rest } = partsOf('sleeve-selection', selecting);
    expect(returns).toBe(selecting.returns);
    expect(tables['prices']!.values).toBe(selecting.prices.closes);
    expect(() =>
      keyOf(sha256, recipeOf('sleeve-selection', 'e', { data: 'd', tables: { prices: 'p' } }, { matrix, tables, settings: rest })),
    ).not.toThrow();
    const read = JSON.parse(JSON.stringify(rest)) as typeof settings;
    expect(firstDifference(inputOf('sleeve-selection', { matrix: returns, tables, settings: read }), selecting)).toBeNull();
  });

  test('has an address for volumes where they are supplied, and none where they are not', () => {
    const selecting = selectionJob();
    const { dates, symbols, closes } = selecting.prices;
    const volumes = { dates, symbols, values: closes.map((column) => column.map((close) => 1000 * close)) };
    const supplied = { ...selecting, supply: { ...selecting.supply, volumes } };
    const { matrix: returns, tables, settings: rest } = partsOf('sleeve-selection', supplied);
    expect(Object.keys(tables)).toEqual(['prices', 'supply.volumes']);
    expect(Object.keys(partsOf('sleeve-selection', selecting).tables)).toEqual(['prices']);
    const read = JSON.parse(JSON.stringify(rest)) as typeof settings;
    expect(firstDifference(inputOf('sleeve-selection', { matrix: returns, tables, settings: read }), supplied)).toBeNull();
  });

  test('has a key that does not depend on the order of members', () => {
    const turned = Object.fromEntries(Object.entries(recipe).toReversed()) as unknown as typeof recipe;
    expect(keyOf(sha256, turned)).toBe(keyOf(sha256, recipe));
    expect(keyOf(sha256, recipe)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<readonly [string, object]>([
    ['another build', { engine: 'other' }],
    ['other returns', { data: 'b'.repeat(64) }],
    ['other prices', { tables: { prices: 'b'.repeat(64) } }],
    ['another range', { window: { ...recipe.window, last: '2030-01-01' } }],
    ['other rules', { settings: { ...settings, rules: 1 } }],
    ['another profile', { settings: { ...settings, risk: 'barbell' } }],
    [
      'another train window',
      { settings: { ...settings, resolved: { blocks: { backtest: { ...job!.resolved.blocks.backtest, train_window: 41 } } } } },
    ],
    ['another computation', { job: 'meta-profile' }],
  ])('has another key for %s', (_, change) => {
    expect(keyOf(sha256, { ...recipe, ...change })).not.toBe(keyOf(sha256, recipe));
  });

  test('is made for jobs that there are, and for no other', () => {
    expect(Object.keys(jobs)).toEqual(expect.arrayContaining(Object.keys(keptJobs)));
    const names = ['sleeve-selection', 'sleeve-profile', 'backtest-sleeve', 'meta-profile', 'toString'];
    expect(names.map(isKept)).toEqual([true, true, true, false, false]);
    const bare: ReturnMatrix = { dates: [], columns: [], values: new Float64Array(0) };
    expect(recipeOf('sleeve-profile', 'e', { data: 'd', tables: {} }, { matrix: bare, tables: {}, settings: {} }).window).toEqual({
      rows: 0,
      first: null,
      last: null,
    });
  });
});
