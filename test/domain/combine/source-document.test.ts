/** The examples of the allocator's document, with the numbers worked out by hand from its own inputs. */
import { describe, expect, test } from '@jest/globals';
import { combinedWeights } from '../../../domain/combine/combined-weights.ts';

const two = {
  tsmom: { ES: 0.8, GC: -0.4, CL: 0.6 },
  xsec: { ES: -0.3, GC: 0.7, SI: 0.5 },
};

describe('the two sleeves of the document', () => {
  const result = combinedWeights(two, { tsmom: 0.6, xsec: 0.4 });

  test('have their weights', () => {
    const rounded = Object.fromEntries(Object.entries(result.totalWeights).map(([asset, weight]) => [asset, Number(weight.toFixed(12))]));
    expect(rounded).toEqual({ CL: 0.36, ES: 0.36, GC: 0.04, SI: 0.2 });
  });

  test('contribute what they are budgeted, and nothing is moved', () => {
    expect(result.perSleeveContributions['ES']).toEqual({ tsmom: 0.48, xsec: -0.12, projection: 0 });
    expect(result.perSleeveContributions['SI']).toEqual({ tsmom: 0, xsec: 0.2, projection: 0 });
    const kept = { bounds: false, gross: false, net: false, turnover: false };
    expect(result.feasibility).toEqual({ initialViolations: kept, finalViolations: {}, projectionApplied: false });
  });
});

test('the three sleeves of the document', () => {
  const { totalWeights } = combinedWeights(
    { tsmom: { ES: 0.5, GC: -0.3, CL: 0.4 }, xsec: { ES: -0.2, GC: 0.4, SI: 0.3 }, carry: { GC: 0.6, CL: -0.2, SI: 0.1 } },
    { tsmom: 0.5, xsec: 0.3, carry: 0.2 },
  );
  const wanted = { CL: 0.16, ES: 0.19, GC: 0.09, SI: 0.11 };
  for (const [asset, weight] of Object.entries(wanted)) expect(Math.abs(totalWeights[asset]! - weight)).toBeLessThan(1e-15);
});

describe('a turnover cap', () => {
  const previous = { ES: 0.5, GC: -0.2, CL: 0.3 };

  test('of 2 is not reached in the document, and the turnover is measured over the union of assets', () => {
    const { turnoverTwoSided, feasibility } = combinedWeights(two, { tsmom: 0.6, xsec: 0.4 }, previous, { turnoverCap: 2 });
    expect(Math.abs(turnoverTwoSided! - 0.64)).toBeLessThan(1e-15);
    expect(feasibility.projectionApplied).toBe(false);
  });

  test('without previous weights measures nothing and moves nothing', () => {
    const { turnoverTwoSided, feasibility } = combinedWeights(two, { tsmom: 0.6, xsec: 0.4 }, null, { turnoverCap: 0 });
    expect({ turnoverTwoSided, applied: feasibility.projectionApplied }).toEqual({ turnoverTwoSided: null, applied: false });
  });

  test('of zero holds what is held, and an empty book is held too', () => {
    expect(combinedWeights(two, { tsmom: 0.6, xsec: 0.4 }, previous, { turnoverCap: 0 }).totalWeights).toEqual({ ...previous, SI: 0 });
    expect(combinedWeights(two, { tsmom: 0.6, xsec: 0.4 }, {}, { turnoverCap: 0 }).totalWeights).toEqual({ CL: 0, ES: 0, GC: 0, SI: 0 });
  });
});

describe('edges of the document', () => {
  test('one asset, no overlap, and positions of zero', () => {
    expect(combinedWeights({ a: { ES: 1 } }, { a: 1 }).totalWeights).toEqual({ ES: 1 });
    expect(combinedWeights({ a: { X: 1 }, b: { Y: -1 } }, { a: 0.5, b: 0.5 }).totalWeights).toEqual({ X: 0.5, Y: -0.5 });
    expect(combinedWeights({ a: { X: 0 }, b: {} }, { a: 1, b: 0 }).totalWeights).toEqual({ X: 0 });
  });

  test('budgets of sleeves without positions count in the sum, are left unspent, and are listed', () => {
    const { totalWeights, extraBudgets } = combinedWeights({ a: { X: 1 } }, { a: 0.75, later: 0.25 });
    expect({ totalWeights, extraBudgets }).toEqual({ totalWeights: { X: 0.75 }, extraBudgets: { later: 0.25 } });
  });

  test('an infeasible set is an error with what would repair it', () => {
    expect(() => combinedWeights({ a: { X: 1, Y: 1 } }, { a: 1 }, null, { lower: 0.4, grossCap: 0.5 })).toThrow(
      expect.objectContaining({
        code: 'CombinationInfeasible',
        message: 'no weights keep all caps: bounds and gross cannot be kept together; enough would be bounds wider by 0.15, or gross 0.8',
        evidence: expect.objectContaining({ conflicts: [['bounds', 'gross']] }),
      }),
    );
  });
});
