import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { walkForward } from '../../domain/walk-forward/walk-forward.ts';
import { addDays } from '../../domain/returns/days.ts';
import { formGrid } from '../../domain/returns/grid.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { auditPrices, mergePriceTables } from '../../domain/returns/integrity.ts';
import { joinReturns, type NamedSeries } from '../../domain/returns/join.ts';
import { computeMetrics } from '../../domain/returns/metrics.ts';
import { integrityVerdictSchema } from '../../domain/returns/schemas.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';

const dailyReturn = fc.double({ min: -0.3, max: 0.4, noNaN: true });
const symbol = fc.constantFrom('NYSE:A', 'NASDAQ:B', 'CRYPTO:C', 'CME:D1!', 'FX_IDC:EURUSD', 'NISE:X', 'none', 'CBOE:VX1!');

/** A series over some days of a year, few of them absent. */
const series = fc
  .array(fc.record({ kept: fc.integer({ min: 0, max: 9 }), value: dailyReturn }), { minLength: 300, maxLength: 300 })
  .map((days) => {
    const rows = days.map(({ kept, value }, index) => ({ kept, value, date: addDays('2023-01-01', index) })).filter(({ kept }) => kept > 0);
    return { dates: rows.map(({ date }) => date), values: Float64Array.from(rows, ({ value }) => value) };
  });
const sleeves = fc
  .array(series, { minLength: 2, maxLength: 4 })
  .map((list) => list.map((each, index): NamedSeries => ({ id: `s${index}`, series: each })));

const wealthOf = (values: ArrayLike<number>): number => Array.from(values).reduce((wealth, value) => wealth * (1 + value), 1);

describe('joining', () => {
  test('by compounding conserves the wealth of each sleeve at every common date', () => {
    fc.assert(
      fc.property(sleeves, (given) => {
        const joined = joinReturns(given, { policy: 'compound' });
        given.forEach(({ series: { dates, values } }, column) => {
          const first = dates.indexOf(joined.first);
          for (const row of [0, Math.floor(joined.rows / 2), joined.rows - 1]) {
            const end = dates.indexOf(joined.matrix.dates[row]!) + 1;
            const before = wealthOf(values.subarray(first, end));
            const after = wealthOf(Array.from({ length: row + 1 }, (_, index) => joined.matrix.values[index * given.length + column]!));
            expect(Math.abs(after / before - 1)).toBeLessThan(1e-10);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  test('changes no bit with the order of the sleeves', () => {
    fc.assert(
      fc.property(
        sleeves.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length }))),
        fc.constantFrom('compound' as const, 'drop' as const),
        ([given, shuffled], policy) => {
          expect(joinReturns(shuffled, { policy })).toEqual(joinReturns(given, { policy }));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('the price audit', () => {
  const cell = fc.oneof({ weight: 6, arbitrary: fc.double({ min: 0.01, max: 1e6, noNaN: true }) }, { weight: 1, arbitrary: fc.double() });
  const date = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 60 }).map((days) => addDays('2024-06-01', days)) },
    { weight: 1, arbitrary: fc.constantFrom('', 'yesterday', '2024-02-30', '1776-07-04') },
  );
  const file = fc
    .record({
      name: fc.constantFrom('a.csv', 'b.csv'),
      dates: fc.array(date, { maxLength: 30 }),
      symbols: fc.uniqueArray(symbol, { maxLength: 4 }),
      cells: fc.infiniteStream(cell),
    })
    .map(({ name, dates, symbols, cells }) => ({
      file: name,
      table: { dates, symbols, closes: symbols.map(() => Float64Array.from(dates, () => cells.next().value as number)) },
      sha256: '0'.repeat(64),
      lines: null,
      defects: [],
    }));

  test('never throws, and always answers with plain JSON whose counts add up', () => {
    fc.assert(
      fc.property(fc.array(file, { maxLength: 3 }), fc.option(date), fc.option(date), (files, asOf, from) => {
        const verdict = auditPrices({ files, asOf, range: { from, to: null }, rules: rulesInForce });
        integrityVerdictSchema.parse(verdict);
        canonicalJson(verdict);
        const counted = (level: string): number =>
          verdict.findings.filter((finding) => finding.level === level).reduce((sum, { count }) => sum + (count ?? 1), 0);
        expect([counted('error'), counted('warning')]).toEqual([verdict.errors, verdict.warnings]);
        for (const { status, checked } of verdict.checks) if (status === 'passed') expect(checked).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the grid', () => {
  test('keeps wealth exact between its first and last date, holes or not, in one file or two', () => {
    const holes = fc.array(fc.boolean(), { minLength: 80, maxLength: 80 });
    const path = fc.array(dailyReturn, { minLength: 80, maxLength: 80 });
    fc.assert(
      fc.property(path, path, holes, (left, right, absent) => {
        const dates = left.map((_, row) => addDays('2024-01-01', row));
        const prices = (returns: readonly number[], holed: boolean): Float64Array => {
          let price = 100;
          return Float64Array.from(returns, (value, row) => {
            price *= 1 + value;
            return holed && row > 0 && row % 5 === 0 && absent[row] ? Number.NaN : price;
          });
        };
        const one = { dates, symbols: ['CRYPTO:A'], closes: [prices(left, true)] };
        const two = { dates, symbols: ['CRYPTO:B'], closes: [prices(right, false)] };
        const table = mergePriceTables([
          { file: 'b', table: two },
          { file: 'a', table: one },
        ]);
        const grid = formGrid({
          table,
          universe: table.symbols,
          benchmarks: [],
          from: null,
          asOf: null,
          lookbackDays: 500,
          coverageMin: 0.7,
        });
        [one, two].forEach(({ closes }, column) => {
          const first = closes[0]![dates.indexOf(grid.grid.first)]!;
          const last = closes[0]![dates.indexOf(grid.grid.last)]!;
          const wealth = wealthOf(grid.returns.dates.map((_, row) => grid.returns.values[row * 2 + column]!));
          expect(Math.abs(wealth / (last / first) - 1)).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 50 },
    );
  });
});

describe('walk-forward', () => {
  const width = 3;
  const rows = fc.array(fc.array(dailyReturn, { minLength: width, maxLength: width }), { minLength: 30, maxLength: 60 });
  const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: width, maxLength: width }).map((parts) => {
    const sum = parts.reduce((total, part) => total + part, 0);
    return parts.map((part) => part / sum);
  });

  test('without costs and with constant weights equals direct computation in both modes', () => {
    fc.assert(
      fc.property(rows, weights, fc.integer({ min: 1, max: 10 }), (values, target, step) => {
        const returns = {
          dates: values.map((_, row) => addDays('2024-01-01', row)),
          columns: ['A', 'B', 'C'],
          values: Float64Array.from(values.flat()),
        };
        const plan = { returns, trainWindow: 10, testWindow: 10, stepSize: step, costFraction: 0, solve: () => ({ weights: target }) };
        const daily = walkForward({ ...plan, rebalanceMode: 'daily' });
        daily.oos.values.forEach((value, index) => {
          expect(value).toBeCloseTo(
            values[10 + index]!.reduce((sum, each, column) => sum + target[column]! * each, 0),
            13,
          );
        });
        // Within a window nothing is traded: its wealth is the weighted sum of the assets' own.
        const drifting = walkForward({ ...plan, rebalanceMode: 'window' });
        drifting.windows.forEach((window, index) => {
          const held = values.slice(10 + index * step, 10 + (index + 1) * step);
          const wealth = target.reduce((sum, weight, column) => sum + weight * wealthOf(held.map((day) => day[column]!)), 0);
          expect(window.netReturn).toBeCloseTo(wealth - 1, 10);
        });
        expect(drifting.oos.dates.length + drifting.lastPartialRows).toBe(values.length - 10);
      }),
      { numRuns: 100 },
    );
  });

  test('costs lower wealth and never raise it', () => {
    fc.assert(
      fc.property(rows, weights, fc.constantFrom('window' as const, 'daily' as const), (values, target, rebalanceMode) => {
        const returns = {
          dates: values.map((_, row) => addDays('2024-01-01', row)),
          columns: ['A', 'B', 'C'],
          values: Float64Array.from(values.flat()),
        };
        const plan = { returns, trainWindow: 10, testWindow: 10, stepSize: 10, rebalanceMode, solve: () => ({ weights: target }) };
        const { summary } = walkForward({ ...plan, costFraction: 0.001 });
        expect(summary.grossReturn).toBe(walkForward({ ...plan, costFraction: 0 }).summary.netReturn);
        expect(summary.netReturn).toBeLessThan(summary.grossReturn);
      }),
      { numRuns: 50 },
    );
  });
});

describe('metrics', () => {
  test('keep drawdown in [-1, 0] and the tail mean at or below the quantile', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.99, max: 5, noNaN: true }), { minLength: 1, maxLength: 100 }), (values) => {
        const metrics = computeMetrics({ dates: values.map(String), values: Float64Array.from(values) }, 252);
        canonicalJson(metrics);
        expect(metrics.maxDrawdown).toBeGreaterThanOrEqual(-1);
        expect(metrics.maxDrawdown).toBeLessThanOrEqual(0);
        expect(metrics.historicalCvar5).toBeLessThanOrEqual(metrics.historicalVar5 + 1e-12);
        expect(metrics.total).toBeCloseTo(wealthOf(values) - 1, 6);
      }),
    );
  });
});
