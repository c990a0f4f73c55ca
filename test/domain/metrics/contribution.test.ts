import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { jointShares, optimiserShares, realisedShares, type TwoLevelShares } from '../../../domain/metrics/contribution.ts';
import { allocationStability, allocationTurnover, tradesBySpan } from '../../../domain/metrics/turnover.ts';
import euler from '../../golden/metrics/euler.json' with { type: 'json' };
import { squareOf } from '../../../domain/risk/columns.ts';
import { gap } from './worked-examples.ts';

const { omega, w } = euler;
const symbols = { A: ['a1', 'a2'], B: ['b1', 'b2'] };
const sleeves = [
  { id: 'A', weight: omega[0]!, symbols: symbols.A, holding: w.A, covariance: squareOf(euler.sigma_A) },
  { id: 'B', weight: omega[1]!, symbols: symbols.B, holding: w.B, covariance: squareOf(euler.sigma_B) },
];
const paths = sleeves.flatMap(({ id, weight, symbols: own, holding }) =>
  own.map((symbol, at) => ({ sleeve: id, symbol, weight: weight * holding[at]! })),
);
const assetSymbols = [...symbols.A, ...symbols.B];

function expectShares(found: TwoLevelShares | null, assets: readonly number[], ofSleeves: readonly number[]): void {
  expect(found!.assets.map(({ symbol }) => symbol)).toEqual(assetSymbols);
  for (const [at, { share }] of found!.assets.entries()) expect(gap(share, assets[at]!)).toBeLessThan(1e-12);
  expect(found!.sleeves.map(({ id }) => id)).toEqual(['A', 'B']);
  for (const [at, { share }] of found!.sleeves.entries()) expect(gap(share, ofSleeves[at]!)).toBeLessThan(1e-12);
}

const sumOf = (shares: readonly { readonly share: number }[]): number => shares.reduce((sum, { share }) => sum + share, 0);

describe('contribution to risk, against the worked example to 1e-12', () => {
  test('as the optimisers saw it', () => {
    const found = optimiserShares(sleeves, squareOf(euler.sigma_meta));
    expectShares(found, euler.expected.optimiser.assets, euler.expected.optimiser.sleeves);
    expect(gap(found!.volatility, euler.expected.portfolio_vol)).toBeLessThan(1e-12);
    for (const [at, { share }] of found!.sleeves.entries())
      expect(gap(share * found!.volatility!, euler.expected.sleeve_rc_in_vol[at]!)).toBeLessThan(1e-12);
  });

  test('by one covariance of all assets', () => {
    const found = jointShares(paths, assetSymbols, squareOf(euler.sigma_joint));
    expectShares(found, euler.expected.joint.assets, Object.values(euler.expected.joint.sleeves));
    expect(gap(found!.volatility, euler.expected.portfolio_vol)).toBeLessThan(1e-12);
  });

  test('as it came about', () => {
    const { contributions, shares, sleeves: ofSleeves } = euler.realised;
    const pnl = paths.map((_, path) => Float64Array.from(contributions, (row) => row[path]!));
    expectShares(realisedShares({ paths, pnl }), shares, ofSleeves);
  });
});

/** How much larger the parts of a return are than the variation of their sum: by so much more their rounding weighs. */
function lostDigits(pnl: readonly Float64Array[]): number {
  const rows = Array.from(pnl[0]!, (_, row) => pnl.map((series) => series[row]!));
  const gross = rows.map((parts) => parts.reduce((sum, part) => sum + part, 0));
  const largest = Math.max(...rows.map((parts) => parts.reduce((sum, part) => sum + Math.abs(part), 0)));
  return Math.max(1, largest / (Math.max(...gross) - Math.min(...gross)));
}

describe('contribution to risk', () => {
  /** Positions of up to three sleeves over up to five assets, with returns that they were held through. */
  const book = fc.integer({ min: 2, max: 5 }).chain((size) =>
    fc.record({
      size: fc.constant(size),
      factors: fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size }), {
        minLength: size + 2,
        maxLength: size + 2,
      }),
      held: fc.array(
        fc.record({
          sleeve: fc.constantFrom('x', 'y', 'z'),
          place: fc.nat(size - 1),
          weight: fc.double({ min: 0.01, max: 1, noNaN: true }),
        }),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  );

  test('adds up to 1 within 1e-12 over sleeves and over assets, whatever is held long', () => {
    fc.assert(
      fc.property(book, ({ size, factors, held }) => {
        const names = Array.from({ length: size }, (_, place) => `s${place}`);
        const covariance = new Float64Array(size * size);
        // A Gram matrix and a little of every asset's own.
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++)
            covariance[i * size + j] = factors.reduce((sum, row) => sum + row[i]! * row[j]!, 0) + (i === j ? 0.5 : 0);
        const own = held.map(({ sleeve, place, weight }) => ({ sleeve, symbol: names[place]!, weight }));
        const found = jointShares(own, names, covariance)!;
        const size1 = found.assets.reduce((sum, { share }) => sum + Math.abs(share), 0);
        expect(Math.abs(sumOf(found.assets) - 1)).toBeLessThan(1e-12 * Math.max(1, size1));
        expect(Math.abs(sumOf(found.sleeves) - 1)).toBeLessThan(1e-12 * Math.max(1, size1));
        const turned = jointShares(own.toReversed(), names, covariance)!;
        for (const { id, share } of found.sleeves)
          expect(Math.abs(turned.sleeves.find((other) => other.id === id)!.share - share)).toBeLessThan(1e-12 * Math.max(1, size1));
        const pnl = held.map(({ place, weight }) => Float64Array.from(factors, (row) => row[place]! * weight));
        const realised = realisedShares({ paths: own, pnl });
        if (realised === null) return;
        const size2 = realised.assets.reduce((sum, { share }) => sum + Math.abs(share), 0);
        expect(Math.abs(sumOf(realised.assets) - 1)).toBeLessThan(1e-12 * Math.max(1, size2) * lostDigits(pnl));
      }),
      { numRuns: 100 },
    );
  });

  test('is none where squares of the returns have lost their digits', () => {
    const own = [
      { sleeve: 'x', symbol: 'a', weight: 0.01 },
      { sleeve: 'x', symbol: 'a', weight: 0.0618878261086273 },
    ];
    const held = (size: number): Float64Array[] => own.map(({ weight }) => Float64Array.of(0, 0, 0, size * weight));
    expect(realisedShares({ paths: own, pnl: held(1.0540727490736573e-159) })).toBeNull();
    expect(jointShares(own, ['a'], Float64Array.of(1e-318))).toBeNull();
    expect(sumOf(realisedShares({ paths: own, pnl: held(1e-120) })!.assets)).toBeCloseTo(1, 12);
  });

  test('of returns that vary by less than their rounding loses as many digits as they do', () => {
    const own = ['a', 'b', 'c'].map((symbol) => ({ sleeve: 'x', symbol }));
    const pnl = [0.13, 0.29, 0.71].map((weight) => Float64Array.of(weight, weight * (1 + 1e-10), weight));
    const error = Math.abs(sumOf(realisedShares({ paths: own, pnl })!.assets) - 1);
    expect(error).toBeGreaterThan(1e-8);
    expect(error).toBeLessThan(1e-12 * lostDigits(pnl));
  });

  test('of two sleeves in the same asset is divided by what each holds', () => {
    const twice = [
      { sleeve: 'x', symbol: 'a', weight: 0.3 },
      { sleeve: 'y', symbol: 'a', weight: 0.1 },
      { sleeve: 'y', symbol: 'b', weight: 0.6 },
    ];
    const { assets } = jointShares(
      twice,
      ['a', 'b'],
      squareOf([
        [0.04, 0],
        [0, 0.01],
      ]),
    )!;
    expect(gap(assets[0]!.share / assets[1]!.share, 3)).toBeLessThan(1e-14);
  });

  test('does not exist without risk', () => {
    expect(jointShares(paths, assetSymbols, new Float64Array(16))).toBeNull();
    expect(optimiserShares(sleeves, new Float64Array(4))).toBeNull();
    expect(realisedShares({ paths: paths.slice(0, 1), pnl: [Float64Array.of(0.01, 0.01)] })).toBeNull();
  });

  test('is refused for an asset that the covariance does not know', () => {
    expect(() => jointShares(paths, ['a1'], Float64Array.of(1))).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});

describe('turnover', () => {
  test('from .6/.4 to .4/.6 is .4 two-sided, the first purchase apart', () => {
    const found = allocationTurnover([
      [0.6, 0.4],
      [0.4, 0.6],
    ]);
    expect(found.firstPurchase).toBe(1);
    expect(gap(found.total, 0.4)).toBeLessThan(1e-15);
    expect(found.mean).toBe(found.total);
    expect(allocationTurnover([[0.6, 0.4]])).toEqual({ firstPurchase: 1, perDecision: [], total: 0, mean: null });
  });

  test('goes with the standard deviation of each weight, by hand', () => {
    const stability = allocationStability([
      [0.6, 0.4],
      [0.4, 0.6],
      [0.5, 0.5],
    ]);
    for (const value of stability) expect(gap(value, 0.1)).toBeLessThan(1e-15);
    expect(allocationStability([[1]])).toEqual([null]);
  });

  test('of trades belongs to the window whose closes it falls on: the last close is the next one’s first', () => {
    const trades = ['2020-01-10', '2020-01-20', '2020-01-31'].map((date) => ({ date, turnoverTwoSided: 0.5, costFraction: 0.001 }));
    const spans = [
      { from: '2020-01-10', before: '2020-01-31' },
      { from: '2020-01-31', before: '2020-02-20' },
    ];
    expect(tradesBySpan(trades, spans)).toEqual([
      { turnoverTwoSided: 1, costFraction: 0.002 },
      { turnoverTwoSided: 0.5, costFraction: 0.001 },
    ]);
  });
});
