import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { simulateWeights } from '../../domain/execution/simulation.ts';
import { addDays, dayNumberOf, isWeekend } from '../../domain/returns/days.ts';
import { needs } from '../support/needs.ts';
import { anyPython } from '../support/python.ts';
import { rowsTable } from '../domain/execution/tables.ts';

/** Oracle: `execution.py`, which keeps money where we keep fractions. Tolerance 1e-12 of a row, 1e-11 of what rows compound to. */
const script = join(import.meta.dirname, 'execution.py');

const assets = ['CME:A1!', 'CME:B1!', 'CME:C1!'];
const dates = Array.from({ length: 90 }, (_, day) => addDays('2024-01-02', day)).filter((date) => !isWeekend(dayNumberOf(date)));
const decidedOn = Array.from({ length: 88 }, (_, day) => addDays('2024-01-01', day));

const daily = fc.double({ min: -0.04, max: 0.05, noNaN: true });
const drawn = fc.record({
  returns: fc.array(fc.array(daily, { minLength: dates.length, maxLength: dates.length }), { minLength: 3, maxLength: 3 }),
  weights: fc.array(
    fc.tuple(fc.constantFrom(...decidedOn), fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })),
    { minLength: 1, maxLength: 12 },
  ),
  lag: fc.integer({ min: 0, max: 4 }),
  slippage: fc.double({ min: 0, max: 0.002, noNaN: true }),
  commission: fc.double({ min: 0, max: 0.001, noNaN: true }),
  borrow: fc.double({ min: 0, max: 0.1, noNaN: true }),
  cashRate: fc.double({ min: -0.02, max: 0.1, noNaN: true }),
  mode: fc.constantFrom('drift', 'constant'),
  kind: fc.constantFrom('simple', 'log_sum'),
  turnover: fc.constantFrom('held', 'target'),
} as const);
type Drawn = typeof drawn extends fc.Arbitrary<infer Value> ? Value : never;

interface Recomputed {
  readonly net: readonly number[];
  readonly equity: readonly number[];
  readonly turnover: readonly number[];
  readonly cost: readonly number[];
  readonly gross: readonly number[];
}

const orderedWeights = ({ weights }: Drawn): (readonly [string, readonly number[]])[] =>
  [...new Map(weights)].toSorted(([left], [right]) => (left < right ? -1 : 1));

function recomputed(cases: readonly Drawn[]): Recomputed[] {
  const written = cases.map((each) => ({
    dates,
    assets,
    returns: Object.fromEntries(assets.map((asset, column) => [asset, each.returns[column]])),
    weights: orderedWeights(each).map(([date, row]) => [date, Object.fromEntries(assets.map((asset, column) => [asset, row[column]]))]),
    terms: {
      lag: each.lag,
      slippage: each.slippage,
      commission: each.commission,
      borrow: each.borrow,
      cash_rate: each.cashRate,
      mode: each.mode,
      returns: each.kind,
      turnover: each.turnover,
    },
  }));
  const { status, stdout, stderr } = spawnSync(anyPython, [script], {
    input: JSON.stringify(written),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Recomputed[];
}

function own(each: Drawn) {
  const rows = orderedWeights(each);
  return simulateWeights({
    weights: rowsTable(
      rows.map(([date]) => date),
      assets,
      rows.map(([, row]) => row),
    ),
    market: { kind: 'returns', table: { dates, columns: assets, values: each.returns.map((values) => Float64Array.from(values)) } },
    settings: {
      lagRows: each.lag,
      slippageFraction: each.slippage,
      commissionFraction: each.commission,
      borrowRateAnnual: each.borrow,
      cashRateAnnual: each.cashRate,
      holding: each.mode,
      returnKind: each.kind,
      turnoverFrom: each.turnover,
    },
  }).path;
}

const apart = (left: ArrayLike<number>, right: readonly number[]): number =>
  Math.max(...right.map((value, row) => Math.abs(value - left[row]!)));

needs('python').describe('executed paths', () => {
  test('two hundred random ones agree with an account book in Python', () => {
    const cases = fc.sample(drawn, { numRuns: 200, seed: 20_240_815 });
    const books = recomputed(cases);
    const gaps = cases.map((each, index) => {
      const path = own(each);
      const book = books[index]!;
      expect(path.bankrupt).toBeNull();
      return {
        net: apart(path.net, book.net),
        turnover: apart(path.turnoverTwoSided, book.turnover),
        cost: apart(path.cost, book.cost),
        gross: apart(path.grossExposure, book.gross),
        equity: apart(path.equity, book.equity),
      };
    });
    for (const series of ['net', 'turnover', 'cost', 'gross'] as const)
      expect(Math.max(...gaps.map((gap) => gap[series]))).toBeLessThan(1e-12);
    expect(Math.max(...gaps.map(({ equity }) => equity))).toBeLessThan(1e-11);
  });
});
