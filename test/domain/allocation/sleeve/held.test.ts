import { describe, expect, test } from '@jest/globals';
import { prepareSleeve, tasksOf } from '../../../../domain/allocation/sleeve/allocation.ts';
import { heldBy, heldFor, selectableGrid } from '../../../../domain/allocation/sleeve/held.ts';
import type { Grid } from '../../../../domain/returns/grid.ts';
import { columnOf } from '../../../../domain/returns/matrix.ts';
import { riskProfiles } from '../../../../domain/risk/schemas.ts';
import { input, prices, stocks, symbols } from './stocks.ts';

const resolved = stocks(({ defaults }) => {
  defaults['backtest']!['profiles'] = 'hrp,market,adaptive';
});
const prepared = prepareSleeve(input([prices()], {}, resolved));
const { grid } = prepared.formed!;
const { blocks } = resolved;
const given = ['NYSE:BBB', 'NYSE:AAA', 'NASDAQ:CCC'];
const held = heldBy(selectableGrid(grid, null), given, null);
/** Mean return of some columns on each row, computed here. */
const meanOf = (matrices: readonly (readonly [Grid['returns'], string])[]): number[] => {
  const columns = matrices.map(([matrix, symbol]) => columnOf(matrix, matrix.columns.indexOf(symbol)).values);
  return grid.returns.dates.map((_, row) => columns.reduce((sum, column) => sum + column[row]!, 0) / columns.length);
};
const closeTo = (values: readonly number[], expected: readonly number[]): boolean =>
  values.length === expected.length && values.every((value, row) => Math.abs(value - expected[row]!) < 1e-15);

describe('what the profiles of a sleeve are solved on', () => {
  test('is every column of the grid, in the order given, where nothing is selected', () => {
    expect(held).toEqual({ matrix: grid.returns, selecting: null, givenOrder: given, regime: null, rawPool: null });
    expect(selectableGrid(grid, null)).toEqual({ grid, selectionJob: null, directions: null });
  });

  test('is the benchmarks for market, all candidates for the raw pool, and nothing without a benchmark', () => {
    expect(heldFor('market', held, grid, blocks)).toEqual({ ...held, matrix: grid.benchmarkReturns });
    expect(heldFor('market', held, { ...grid, benchmarkReturns: null }, blocks)).toBeNull();
    expect(heldFor('raw_pool_ew', held, grid, blocks)).toEqual(held);
  });

  test('is for the raw pool no benchmark, though the sleeve holds it', () => {
    const both = stocks(({ profiles }) => {
      const data = profiles['stocks']!['data'] as object;
      profiles['stocks']!['data'] = { ...data, symbols: [...symbols] };
    });
    const whole = prepareSleeve(input([prices()], {}, both)).formed!.grid;
    const all = heldBy(selectableGrid(whole, null), symbols, null);
    expect(all.matrix.columns).toEqual(symbols.toSorted());
    const pool = heldFor('raw_pool_ew', all, whole, both.blocks)!;
    expect([pool.matrix.columns, pool.selecting, pool.regime, pool.rawPool]).toEqual([
      symbols.filter((symbol) => symbol !== 'AMEX:SPY').toSorted(),
      null,
      null,
      null,
    ]);
  });

  test('follows a regime for adaptive alone where nothing is selected: the mean of the pool, benchmarks among it', () => {
    const followed = riskProfiles.filter((risk) => (heldFor(risk, held, grid, blocks)?.regime ?? null) !== null);
    expect(followed).toEqual(['adaptive']);
    const { regime } = heldFor('adaptive', held, grid, blocks)!;
    const pool = [...grid.returns.columns.map((symbol) => [grid.returns, symbol] as const), [grid.benchmarkReturns!, 'AMEX:SPY'] as const];
    expect(closeTo(regime!.market, meanOf(pool))).toBe(true);
    expect(regime!.settings.adaptive).toEqual({ mapping: 'quadrant', fallback: 'risk_parity' });
  });

  test('follows a regime for the barbell too where something is selected', () => {
    const selecting = { choices: { windows: [], live: [] }, looksAhead: false, clustering: {} } as unknown as NonNullable<
      typeof held.selecting
    >;
    const followed = riskProfiles.filter((risk) => (heldFor(risk, { ...held, selecting }, grid, blocks)?.regime ?? null) !== null);
    expect(followed).toEqual(riskProfiles.filter((risk) => risk === 'barbell' || risk === 'adaptive'));
    for (const risk of riskProfiles)
      expect(heldFor(risk, { ...held, selecting }, grid, blocks)!.selecting).toBe(
        risk === 'market' || risk === 'raw_pool_ew' ? null : selecting,
      );
  });

  test('is held against the raw pool for market_neutral alone', () => {
    const against = riskProfiles.filter((risk) => (heldFor(risk, held, grid, blocks)?.rawPool ?? null) !== null);
    expect(against).toEqual(['market_neutral']);
    const pool = heldFor('market_neutral', held, grid, blocks)!.rawPool!;
    expect(closeTo(pool, meanOf(grid.returns.columns.map((symbol) => [grid.returns, symbol] as const)))).toBe(true);
  });
});

describe('the tasks of a sleeve', () => {
  test('are the profiles that its settings list, in the order of the profiles, each with what it is solved on', () => {
    const tasks = tasksOf(prepared, null);
    expect(tasks.map(({ risk, status }) => [risk, status])).toEqual([
      ['hrp', 'solvable'],
      ['market', 'solvable'],
      ['adaptive', 'solvable'],
    ]);
    const [hrp] = tasks;
    const asGiven = prepared.input.scope.universe.asGiven;
    expect(hrp).toMatchObject({ ...held, givenOrder: asGiven, risk: 'hrp', rules: prepared.input.rules, resolved });
    expect(hrp).toMatchObject({ parameters: { annualisationDays: 252 } });
  });

  test('are none where the prices failed', () => {
    expect(tasksOf({ ...prepared, formed: null }, null)).toEqual([]);
  });
});
