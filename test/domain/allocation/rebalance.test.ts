import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flatten, type Leaf } from '../../../domain/allocation/flatten.ts';
import type { SleeveReturns } from '../../../domain/allocation/drift.ts';
import { measureRebalance, type RebalanceInput, turnoverTwoSided } from '../../../domain/allocation/rebalance.ts';
import type { RebalanceMeasure } from '../../../domain/run/rebalance-measure.ts';
import { type Days, friday, leaf, monday, returns, thursday, twoSleeves } from '../../support/held-portfolios.ts';
import { propertyRuns } from '../../support/property-runs.ts';

interface Trade {
  readonly held: readonly Leaf[];
  readonly since: Readonly<Record<string, SleeveReturns | null>>;
  readonly next: Days;
  readonly to?: string;
}

function measure({ held, since, next, to = monday }: Trade): RebalanceMeasure {
  const input: RebalanceInput = {
    last: { number: 3, asOf: thursday, assets: flatten(held).assets },
    next: { asOf: to, weights: next },
    returnsOf: (path) => since[path] ?? null,
  };
  return measureRebalance(input);
}

const published = { X: 0.3, Y: 0.4, Z: 0.3 };
const flat = returns({ [friday]: 0, [monday]: 0 });

describe('the trade that a new allocation asks for', () => {
  test('is measured against the last weights, grown by each sleeve and divided by 1 + pnl', () => {
    const since = {
      a: returns({ [thursday]: 9, [friday]: 0.25, [monday]: 0.2 }),
      b: returns({ [thursday]: 9, [friday]: 0.5, [monday]: -0.5 }),
    };
    // a: 1.25 x 1.2 = 1.5, b: 1.5 x .5 = .75; pnl = .6 x .5 - .4 x .25 = .2.
    // X .45 / 1.2 = .375, Y (.45 + .075) / 1.2 = .4375, Z .225 / 1.2 = .1875: trades of .075, .0375 and .1125.
    const measured = measure({ held: twoSleeves, since, next: published });
    expect(measured).toMatchObject({ against: 3, unknownBecause: null });
    expect(measured.turnoverTwoSided).toBeCloseTo(0.225, 12);
    expect(measured.growth.map(({ path }) => path)).toEqual([['a'], ['b']]);
    expect(measured.growth[0]!.growth).toBeCloseTo(1.5, 12);
    expect(measured.growth[1]!.growth).toBeCloseTo(0.75, 12);
  });

  test('leaves the cash of a sleeve that holds half of it as cash: the divisor is 1 + pnl, not the sum of the drifted weights', () => {
    const held = [leaf('a', 0.5, { X: 0.5 }), leaf('b', 0.5, { Y: 1 })];
    // a grows by half: pnl .25. X .25 x 1.5 / 1.25 = .3 and Y .5 / 1.25 = .4: trades of .05 and .1. Divided by their sum, .875, it would be
    // .1786 and .0714.
    const measured = measure({ held, since: { a: returns({ [friday]: 0.5, [monday]: 0 }), b: flat }, next: { X: 0.25, Y: 0.5 } });
    expect(measured.turnoverTwoSided).toBeCloseTo(0.15, 12);
  });

  test('counts shorts with their sign, also where two sleeves net', () => {
    const held = [leaf('a', 0.5, { X: 1 }), leaf('b', 0.5, { X: -0.4, Z: -0.6 })];
    // a x 1.2, b x .8, pnl .1 - .1 = 0: X .6 - .16 = .44, Z -.24. To X .3 and Z -.3: .14 and .06.
    const measured = measure({
      held,
      since: { a: returns({ [friday]: 0.2, [monday]: 0 }), b: returns({ [friday]: -0.2, [monday]: 0 }) },
      next: { X: 0.3, Z: -0.3 },
    });
    expect(measured.turnoverTwoSided).toBeCloseTo(0.2, 12);
  });

  test('follows a sleeve of the nest by its own returns, and with its share of the whole', () => {
    const held = [leaf('listed/a', [0.8, 0.5], { X: 1 }), leaf('listed/b', [0.8, 0.5], { Y: 1 }), leaf('c', 0.2, { Z: 1 })];
    // listed/a doubles: pnl .4. X .8 / 1.4, Y .4 / 1.4, Z .2 / 1.4. Back to .4, .4, .2 costs .24 / 1.4 + .16 / 1.4 + .08 / 1.4.
    const measured = measure({
      held,
      since: { 'listed/a': returns({ [friday]: 1, [monday]: 0 }), 'listed/b': flat, c: flat },
      next: { X: 0.4, Y: 0.4, Z: 0.2 },
    });
    expect(measured.turnoverTwoSided).toBeCloseTo(0.48 / 1.4, 12);
    expect(measured.growth.map(({ path }) => path)).toEqual([['c'], ['listed', 'a'], ['listed', 'b']]);
  });

  test('sells symbols that vanish and buys those that are new', () => {
    const measured = measure({ held: twoSleeves, since: { a: flat, b: flat }, next: { X: 0.3, N: 0.7 } });
    expect(measured.turnoverTwoSided).toBeCloseTo(0.4 + 0.3 + 0.7, 12);
  });

  test('drifts nothing to the same as-of date, whatever the returns, and nothing to an earlier one', () => {
    const since = { a: returns({}), b: returns({ [thursday]: 5, [monday]: 5 }) };
    for (const to of [thursday, '2025-07-16']) {
      const measured = measure({ held: twoSleeves, since, next: published, to });
      expect(measured.turnoverTwoSided).toBeCloseTo(0, 15);
      expect(measured.growth).toEqual([
        { path: ['a'], growth: 1 },
        { path: ['b'], growth: 1 },
      ]);
    }
  });

  test('cannot be known before the first publication', () => {
    expect(measureRebalance({ last: null, next: { asOf: monday, weights: published }, returnsOf: () => flat })).toEqual({
      against: null,
      turnoverTwoSided: null,
      unknownBecause: 'nothing was published before',
      growth: [],
    });
  });

  test('cannot be known for a sleeve that left the portfolio, or for a portfolio that lost everything', () => {
    const gone = measure({ held: twoSleeves, since: { a: flat, b: null }, next: published });
    expect(gone).toMatchObject({ against: 3, turnoverTwoSided: null, growth: [{ path: ['a'], growth: 1 }] });
    expect(gone.unknownBecause).toMatch(/^returns of b since 2025-07-17 are not known: .*no longer/);
    const ruined = { a: returns({ [friday]: -1, [monday]: 0 }), b: returns({ [friday]: -1, [monday]: 0 }) };
    expect(measure({ held: twoSleeves, since: ruined, next: published })).toMatchObject({
      turnoverTwoSided: null,
      unknownBecause: 'the portfolio lost everything since 2025-07-17',
    });
  });
});

const gross = (book: Days): number => Object.values(book).reduce((sum, weight) => sum + Math.abs(weight), 0);

describe('properties of turnover', () => {
  const weights = fc.dictionary(fc.constantFrom('A', 'B', 'C', 'D', 'E'), fc.double({ min: -2, max: 2, noNaN: true }));

  test('it is nothing between equal books, the same both ways, and at most gross plus gross', () => {
    fc.assert(
      fc.property(weights, weights, (from, to) => {
        const turnover = turnoverTwoSided(new Map(Object.entries(from)), to);
        expect(turnoverTwoSided(new Map(Object.entries(from)), from)).toBe(0);
        expect(turnoverTwoSided(new Map(Object.entries(to)), from)).toBe(turnover);
        expect(turnover).toBeLessThanOrEqual((gross(from) + gross(to)) * (1 + 1e-12));
        expect(turnover).toBeGreaterThanOrEqual(Math.abs(gross(from) - gross(to)) - 1e-12);
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  test('identical weights and zero returns ask for no trade', () => {
    const book = fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.double({ min: -1, max: 1, noNaN: true }), { minKeys: 1 });
    fc.assert(
      fc.property(book, book, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
        const held = [leaf('a', share, a), leaf('b', 1 - share, b)];
        const next = Object.fromEntries(flatten(held).assets.map(({ symbol, weight }) => [symbol, weight]));
        expect(measure({ held, since: { a: flat, b: flat }, next }).turnoverTwoSided).toBe(0);
      }),
      { numRuns: propertyRuns(500) },
    );
  });
});
