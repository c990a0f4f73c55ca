/** P1, P2 and P3 of the fault list: conservation, order, nesting. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { flatten, type FlattenedPortfolio, type Leaf, physicalSymbol } from '../../domain/allocation/flatten.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { reportFigures } from '../support/figures.ts';

const name = fc.constantFrom('a', 'b', 'c', 'B', 'ä', 'a_', 'a-b', 'z9');
const atom = fc.constantFrom(
  'NYSE:AAA',
  'NYSE:BBB',
  'CME_MINI:ES1!',
  'BINANCE:XXXUSDT_rating_all_LONG_1d',
  'BINANCE:XXXUSDT_rating_all_SHORT_1d',
  'BINANCE:XXXUSDT',
  'NYSE:AAA_trend_SHORT',
);
// Doubles drawn by their bits are nearly all tiny: weights of real size come from whole numbers, the extremes beside them.
const wholeMax = 2_147_483_647;
const weight = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -wholeMax, max: wholeMax }).map((step) => step / wholeMax) },
  fc.double({ min: -1, max: 1, noNaN: true }),
);
const share = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 0, max: wholeMax }).map((step) => step / wholeMax) },
  fc.double({ min: 0, max: 1, noNaN: true }),
);

const portfolio = fc.uniqueArray(fc.record({ symbol: atom, weight }), { selector: ({ symbol }) => symbol, minLength: 1, maxLength: 5 });
const leaves: fc.Arbitrary<readonly Leaf[]> = fc.uniqueArray(
  fc.array(name, { minLength: 1, maxLength: 3 }).chain((path) =>
    fc.record({
      path: fc.constant(path),
      runId: fc.constant(`run-${path.join('.')}`),
      weights: fc.array(share, { minLength: path.length, maxLength: path.length }),
      portfolio,
    }),
  ),
  { selector: ({ path }) => path.join('/'), minLength: 1, maxLength: 6 },
);

const product = (weights: readonly number[]): number => weights.reduce((result, factor) => result * factor, 1);

/** The sum with Neumaier's compensation: an oracle that does not share the order or the rounding of the code. */
function exactSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

const bytes = (flat: FlattenedPortfolio): string => canonicalJson(JSON.parse(JSON.stringify(flat)));

describe('flattening, over random portfolios', () => {
  test('P1: net and gross are conserved to 1e-12, and each weight is the exact sum of its contributors in their order', () => {
    let largest = 0;
    const runs = propertyRuns(1000);
    fc.assert(
      fc.property(leaves, (all) => {
        const flat = flatten(all);
        const signed = all.flatMap((leaf) =>
          leaf.portfolio!.map((asset) => physicalSymbol(asset.symbol).sign * asset.weight * product(leaf.weights)),
        );
        const netError = Math.abs(flat.net - exactSum(signed));
        const grossError = Math.abs(flat.grossBeforeNetting - exactSum(signed.map(Math.abs)));
        largest = Math.max(largest, netError, grossError);
        expect(netError).toBeLessThanOrEqual(1e-12);
        expect(grossError).toBeLessThanOrEqual(1e-12);
        expect(Math.abs(flat.grossBeforeNetting - flat.gross - flat.nettedExposure)).toBeLessThanOrEqual(1e-12);
        expect(flat.nettedExposure).toBeGreaterThanOrEqual(-1e-12);
        for (const asset of flat.assets) {
          let sum = 0;
          for (const { amount } of asset.contributors) sum += amount;
          expect(asset.weight).toBe(sum);
        }
      }),
      { numRuns: runs },
    );
    reportFigures({ test: 'P1 flatten conserves', seed: null, trials: runs, largestError: largest });
  });

  test('P2: the order of sleeves and of assets changes no byte', () => {
    fc.assert(
      fc.property(leaves, fc.infiniteStream(fc.nat()), (all, stream) => {
        const draw = (): number => stream.next().value as number;
        const shuffled = <T>(values: readonly T[]): T[] =>
          values
            .map((value) => ({ value, key: draw() }))
            .toSorted((left, right) => left.key - right.key)
            .map(({ value }) => value);
        const reordered = shuffled(all.map((leaf) => ({ ...leaf, portfolio: shuffled(leaf.portfolio!) })));
        expect(bytes(flatten(reordered))).toBe(bytes(flatten(all)));
      }),
      { numRuns: propertyRuns(1000) },
    );
  });

  test('P3: flattening a nest equals flattening its flattened sub-portfolios, to 1e-12', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
        fc.array(share, { minLength: 4, maxLength: 4 }),
        fc.array(leaves, { minLength: 4, maxLength: 4 }),
        (ids, shares, below) => {
          const nested = ids.flatMap((id, index) =>
            below[index]!.map((leaf) => ({ ...leaf, path: [id, ...leaf.path], weights: [shares[index]!, ...leaf.weights] })),
          );
          const stepwise = flatten(
            ids.flatMap((id, index) => {
              const inner = flatten(below[index]!).assets.filter(({ weight: held }) => held !== 0);
              return inner.length === 0
                ? []
                : [
                    {
                      path: [id],
                      runId: id,
                      weights: [shares[index]!],
                      portfolio: inner.map(({ symbol, weight: held }) => ({ symbol, weight: held })),
                    },
                  ];
            }),
          );
          const whole = new Map(flatten(nested).assets.map((asset) => [asset.symbol, asset.weight]));
          const steps = new Map(stepwise.assets.map((asset) => [asset.symbol, asset.weight]));
          for (const symbol of new Set([...whole.keys(), ...steps.keys()])) {
            expect(Math.abs((whole.get(symbol) ?? 0) - (steps.get(symbol) ?? 0))).toBeLessThanOrEqual(1e-12);
          }
          const paths = flatten(nested).leafPaths.map(({ path }) => path.join('/'));
          expect(paths).toEqual(paths.toSorted(byCodeUnits));
        },
      ),
      { numRuns: propertyRuns(1000) },
    );
  });
});
