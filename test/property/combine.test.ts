/** Laws of the exact projection onto bounds and caps, over sets in which ties, empty sets and weights on their caps are frequent. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contributionsTo } from '../../domain/combine/contributions.ts';
import { assetName, byAsset, combinationOf, combinedOf, total } from '../support/combinations.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { askedOf, type RandomCombination, randomCombinations } from '../support/random-combinations.ts';

const numRuns = propertyRuns(400);

const holds = (law: (one: RandomCombination) => void): void => fc.assert(fc.property(randomCombinations, law), { numRuns });

const weightsOf = (one: RandomCombination): Float64Array | null => {
  const found = combinationOf(askedOf(one));
  return found.outcome === 'combined' ? found.weights : null;
};

const product = (left: ArrayLike<number>, right: (i: number) => number): number =>
  Array.from(left).reduce((sum, value, i) => sum + value * right(i), 0);

describe('the exact projection', () => {
  test('keeps every bound and cap, and proves that nothing is nearer', () => {
    holds((one) => {
      const found = combinationOf(askedOf(one));
      if (found.outcome === 'refused') return;
      const { weights, gross, net, turnover, certificate } = found;
      for (const weight of weights) expect(weight >= one.lower - 1e-12 && weight <= one.upper + 1e-12).toBe(true);
      expect(gross).toBeLessThanOrEqual(one.grossCap + 2e-9);
      expect(Math.abs(net)).toBeLessThanOrEqual(one.netCap + 2e-9);
      if (one.turnoverCap !== null && turnover !== null) expect(turnover).toBeLessThanOrEqual(one.turnoverCap + 2e-9);
      const { multipliers, gap, maxViolation } = certificate!;
      expect(Math.abs(gap)).toBeLessThanOrEqual(1e-11);
      expect(maxViolation).toBeLessThanOrEqual(1.1e-9);
      expect(Math.min(multipliers.gross, multipliers.turnover)).toBeGreaterThanOrEqual(0);
      if (one.noFlip)
        one.target.forEach((value, i) => expect(weights[i]! * Math.sign(value) >= 0 && (value !== 0 || weights[i] === 0)).toBe(true));
    });
  });

  test('leaves no way to the target that stays inside: (target - w)(v - w) <= 0 for all v of the set', () => {
    fc.assert(
      fc.property(
        randomCombinations,
        fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 9, maxLength: 9 }),
        (one, other) => {
          const weights = weightsOf({ ...one, noFlip: false });
          if (weights === null) return;
          const inside = weightsOf({ ...one, noFlip: false, target: one.target.map((_, i) => other[i]!) })!;
          const away = one.target.map((value, i) => value - weights[i]!);
          expect(product(away, (i) => inside[i]! - weights[i]!)).toBeLessThanOrEqual(1e-9);
          // Two projections are no further apart than what was projected.
          const apart = product(inside, (i) => inside[i]! - 2 * weights[i]!) + product(weights, (i) => weights[i]!);
          const given = one.target.reduce((sum, value, i) => sum + (value - other[i]!) * (value - other[i]!), 0);
          expect(apart).toBeLessThanOrEqual(given + 1e-9);
        },
      ),
      { numRuns },
    );
  });

  test('of what it gave is that, bit for bit', () => {
    holds((one) => {
      const weights = weightsOf(one);
      if (weights === null) return;
      const again = combinedOf(askedOf({ ...one, target: [...weights] }));
      expect([...again.weights]).toEqual([...weights]);
      expect(again.feasibility.projectionApplied).toBe(false);
    });
  });

  test('of what is inside is that: nothing moves', () => {
    holds((one) => {
      const target = one.target.map((value) => Math.min(Math.max(value, one.lower), one.upper));
      const gross = target.reduce((sum, value) => sum + Math.abs(value), 0);
      const caps = { grossCap: gross, netCap: gross, turnoverCap: null, noFlip: false };
      expect([...combinedOf(askedOf({ ...one, ...caps, target })).weights]).toEqual(target.map((value) => value + 0));
    });
  });

  test('does not depend on the names of assets', () => {
    fc.assert(
      fc.property(randomCombinations, fc.integer({ min: 0, max: 8 }), (one, shift) => {
        const size = one.target.length;
        const rename = (i: number): number => (size - 1 - i + shift) % size;
        const [here, there] = [combinationOf(askedOf(one)), combinationOf(askedOf(one, rename))];
        expect(there.outcome).toBe(here.outcome);
        if (here.outcome === 'refused' || there.outcome === 'refused') return;
        here.weights.forEach((weight, i) => expect(Math.abs(weight - there.weights[rename(i)]!)).toBeLessThanOrEqual(1e-12));
      }),
      { numRuns },
    );
  });
});

test('5,000 assets under three binding caps are projected to 1e-12, with a gap of 1e-12', () => {
  const random = seeded(7);
  const draw = (scale: number): number[] => Array.from({ length: 5000 }, () => scale * (random() + random() + random() - 1.5));
  const caps = { lower: -0.01, upper: 0.01, grossCap: 7, netCap: 0.02, turnoverCap: 5 };
  const found = combinedOf({ ...total(draw(0.03).map((value) => value + 0.001)), previous: byAsset(draw(0.002)), ...caps });
  expect(Math.abs(found.gross - 7) + Math.abs(Math.abs(found.net) - 0.02) + Math.abs(found.turnover! - 5)).toBeLessThanOrEqual(1e-12);
  expect(found.certificate!.maxViolation).toBeLessThanOrEqual(1e-12);
  expect(Math.abs(found.certificate!.gap)).toBeLessThanOrEqual(1e-12);
});

test('rows sum to the weight bit for bit, sleeve after sleeve and then the projection', () => {
  const position = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  const sleeve = fc.dictionary(fc.constantFrom(...Array.from({ length: 6 }, (_, i) => assetName(i))), position, { minKeys: 1 });
  fc.assert(
    fc.property(fc.array(sleeve, { minLength: 1, maxLength: 5 }), (sleeves) => {
      const named = sleeves.map((own, i) => [`s${i}`, own] as const);
      const found = combinedOf({
        positions: Object.fromEntries(named),
        budgets: Object.fromEntries(named.map(([name]) => [name, 1 / named.length])),
        grossCap: 2,
        netCap: 0.5,
      });
      const { assets, projection, weights } = found;
      assets.forEach((_, row) => {
        expect([...contributionsTo(found, row), projection[row]!].reduce((sum, cell) => sum + cell, 0)).toBe(weights[row]);
        expect(Math.abs(weights[row]!)).toBeLessThanOrEqual(1.5);
      });
    }),
    { numRuns },
  );
});

describe('a refusal', () => {
  test('names conflicts that no smaller one explains, and values that repair', () => {
    holds((one) => {
      const found = combinationOf(askedOf(one));
      if (found.outcome === 'combined') return;
      expect(found.conflicts.length).toBeGreaterThan(0);
      for (const conflict of found.conflicts)
        expect(found.conflicts.filter((other) => other.every((cap) => conflict.includes(cap)))).toEqual([conflict]);
      for (const { cap, smallest } of found.repairs) {
        if (smallest === null) continue;
        const withCap = (value: number): RandomCombination =>
          cap === 'bounds' ? { ...one, lower: one.lower - value, upper: one.upper + value } : { ...one, [`${cap}Cap`]: value };
        expect({ cap, outcome: combinationOf(askedOf(withCap(smallest))).outcome }).toEqual({ cap, outcome: 'combined' });
        if (smallest > 1e-6)
          expect({ cap, outcome: combinationOf(askedOf(withCap(smallest - 1e-6))).outcome }).toEqual({ cap, outcome: 'refused' });
      }
    });
  });
});

test('the sequential loop ends inside the caps or is refused', () => {
  holds((one) => {
    const found = combinationOf({ ...askedOf({ ...one, noFlip: false }), projection: 'sequential' });
    if (found.outcome === 'refused') {
      expect(Object.values(found.finalViolations!)).toContain(true);
      return;
    }
    expect(Object.values(found.feasibility.finalViolations)).not.toContain(true);
    expect(found.rounds).toBeLessThanOrEqual(100);
  });
});
