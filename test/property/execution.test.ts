import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { type Simulation, type SimulationInput, simulateWeights } from '../../domain/execution/simulation.ts';
import { addDays, dayNumberOf, isWeekend } from '../../domain/returns/days.ts';
import type { DatedTable } from '../../domain/returns/table-text.ts';
import { propertyRuns } from '../support/property-runs.ts';

const runs = { numRuns: propertyRuns(60) };

const names = ['CME:A1!', 'CME:B1!', 'CME:C1!'];
const weekdays = Array.from({ length: 60 }, (_, day) => addDays('2024-01-02', day)).filter((date) => !isWeekend(dayNumberOf(date)));

const daily = fc.double({ min: -0.2, max: 0.25, noNaN: true });
const weight = fc.double({ min: -1, max: 1, noNaN: true });
const column = fc.array(daily, { minLength: weekdays.length, maxLength: weekdays.length }).map((values) => Float64Array.from(values));
const returns = fc.tuple(column, column, column).map((values): DatedTable => ({ dates: weekdays, columns: names, values }));
const weights = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 0, max: weekdays.length - 1 }), { minLength: 1, maxLength: 8 }),
    fc.array(weight, { minLength: 24, maxLength: 24 }),
  )
  .map(([rows, values]): DatedTable => {
    const dates = rows.toSorted((left, right) => left - right).map((row) => weekdays[row]!);
    return { dates, columns: names, values: names.map((_, index) => Float64Array.from(dates, (_date, row) => values[row * 3 + index]!)) };
  });
const settings = fc.record({
  lagRows: fc.integer({ min: 0, max: 3 }),
  rebalance: fc.constantFrom('as_given', 'daily', 'W-FRI', 'month'),
  holding: fc.constantFrom('drift', 'constant'),
  turnoverFrom: fc.constantFrom('held', 'target'),
  returnKind: fc.constantFrom('simple', 'log_sum'),
  slippageFraction: fc.double({ min: 0, max: 0.005, noNaN: true }),
  borrowRateAnnual: fc.double({ min: 0, max: 0.1, noNaN: true }),
  cashRateAnnual: fc.double({ min: 0, max: 0.1, noNaN: true }),
} as const);

const simulation = fc.record({ weights, returns, settings });
type Drawn = typeof simulation extends fc.Arbitrary<infer Value> ? Value : never;

const inputOf = ({ weights: path, returns: table, settings: terms }: Drawn): SimulationInput => ({
  weights: path,
  market: { kind: 'returns', table },
  settings: terms,
  perColumn: true,
});
const runOf = (drawn: Drawn): Simulation => simulateWeights(inputOf(drawn));

const later = (date: string): string => weekdays[weekdays.indexOf(date) + 1] ?? addDays(date, 1);

describe('an executed path', () => {
  test('charges nothing below zero, and its net is what it earned less what it was charged', () => {
    fc.assert(
      fc.property(simulation, (drawn) => {
        const { path } = runOf(drawn);
        for (const charged of [path.cost, path.impact, path.borrow, path.turnoverTwoSided])
          expect(Math.min(...charged)).toBeGreaterThanOrEqual(0);
        path.net.forEach((net, row) => {
          const sum = path.grossReturn[row]! + path.cashInterest[row]! - path.borrow[row]! - path.cost[row]! - path.impact[row]!;
          if (path.bankrupt === null || row < path.bankrupt.row) expect(net).toBe(sum);
        });
      }),
      runs,
    );
  });

  test('compounds its net returns to its equity, and its columns add up to its gross return', () => {
    fc.assert(
      fc.property(simulation, (drawn) => {
        const { path, columnSeries } = runOf(drawn);
        let equity = 1;
        path.net.forEach((net, row) => {
          equity *= 1 + net;
          expect(Math.abs(path.equity[row]! - equity)).toBeLessThanOrEqual(1e-12 * Math.max(1, equity));
          const pnl = columnSeries!.pnl.subarray(row * 3, row * 3 + 3).reduce((sum, value) => sum + value, 0);
          expect(Math.abs(path.grossReturn[row]! - pnl)).toBeLessThan(1e-12);
        });
      }),
      runs,
    );
  });

  test('holds weights and cash that are the whole of the book', () => {
    fc.assert(
      fc.property(simulation, (drawn) => {
        const { path } = runOf(drawn);
        path.cash.forEach((cash, row) => expect(cash + path.netExposure[row]!).toBeCloseTo(1, 12));
      }),
      runs,
    );
  });

  test('is the same in bits whatever the order of the columns', () => {
    fc.assert(
      fc.property(simulation, fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (drawn, order) => {
        const turned = ({ dates, columns, values }: DatedTable): DatedTable => ({
          dates,
          columns: order.map((index) => columns[index]!),
          values: order.map((index) => values[index]!),
        });
        expect(runOf({ ...drawn, returns: turned(drawn.returns), weights: turned(drawn.weights) }).path).toEqual(runOf(drawn).path);
      }),
      runs,
    );
  });

  test('with one row more of lag is the path of weights dated one row later', () => {
    fc.assert(
      fc.property(simulation, (drawn) => {
        const terms = { ...drawn.settings, rebalance: 'as_given' } as const;
        const moved = { ...drawn.weights, dates: drawn.weights.dates.map(later) };
        const lagged = runOf({ ...drawn, settings: { ...terms, lagRows: terms.lagRows + 1 } });
        expect(lagged.path).toEqual(runOf({ ...drawn, weights: moved, settings: terms }).path);
      }),
      runs,
    );
  });

  test('keeps every byte before a row whose returns, and all behind it, are altered', () => {
    fc.assert(
      fc.property(simulation, fc.integer({ min: 0, max: weekdays.length - 1 }), daily, (drawn, plant, planted) => {
        const altered = drawn.returns.values.map((values) => values.map((value, row) => (row < plant ? value : planted)));
        const [before, after] = [runOf(drawn).path, runOf({ ...drawn, returns: { ...drawn.returns, values: altered } }).path];
        for (const series of ['net', 'equity', 'turnoverTwoSided', 'grossExposure', 'cost', 'cash'] as const)
          expect(after[series].subarray(0, plant)).toEqual(before[series].subarray(0, plant));
        // What is traded before the planted row was decided without it.
        expect(after.turnoverTwoSided[plant]).toBe(before.turnoverTwoSided[plant]);
      }),
      runs,
    );
  });
});
