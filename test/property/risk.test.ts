import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { riskContributions } from '../../domain/risk/contribution.ts';
import { gradientOf } from '../../domain/risk/program/quadratic-program.ts';
import { maxSharpe } from '../../domain/risk/max-sharpe.ts';
import { minVariance } from '../../domain/risk/min-variance.ts';
import { covarianceOf, defaultSolveParameters, type RiskProfile, solveProfile } from '../../domain/risk/profiles.ts';
import { riskParity } from '../../domain/risk/risk-parity.ts';
import { solveResultSchema } from '../../domain/risk/schemas.ts';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import { largestGap, matrixOf, sum, weightsOf } from '../domain/risk/fixtures.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { seeded } from '../support/figures.ts';

const parameters = defaultSolveParameters;
const optimised = ['min_variance', 'hrp', 'risk_parity', 'max_sharpe', 'barbell'] as const satisfies RiskProfile[];
const runs = { numRuns: propertyRuns(1000) };

interface Sample {
  readonly columns: string[];
  readonly rows: number[][];
}

/** Returns of 2 to 10 columns with a common factor; now and then columns that repeat, mirror or never move. */
const sample: fc.Arbitrary<Sample> = fc
  .record({
    seed: fc.integer(),
    size: fc.integer({ min: 2, max: 10 }),
    length: fc.integer({ min: 5, max: 40 }),
    common: fc.double({ min: 0, max: 1, noNaN: true }),
    spread: fc.constantFrom(1, 1, 10, 1000),
    oddity: fc.constantFrom('none', 'none', 'twin', 'mirror', 'constant'),
  })
  .map(({ seed, size, length, common, spread, oddity }) => {
    const random = seeded(seed);
    const scales = Array.from({ length: size }, () => 0.002 + 0.02 * random() * (random() < 0.2 ? spread : 1));
    const rows = Array.from({ length }, () => {
      const factor = random() - 0.5;
      const row = scales.map((scale) => scale * (common * factor + (1.02 - common) * (random() - 0.5)));
      if (oddity === 'twin') row[1] = row[0]!;
      if (oddity === 'mirror') row[1] = -row[0]!;
      if (oddity === 'constant') row[0] = 0.001;
      return row;
    });
    return { columns: scales.map((_, i) => `C${String(i).padStart(2, '0')}`), rows };
  });

const matrix = ({ columns, rows }: Sample): ReturnMatrix => matrixOf(columns, rows);

/** The same columns in another order, chosen by a seed. */
function shuffled({ columns, rows }: Sample, seed: number): ReturnMatrix {
  const random = seeded(seed);
  const order = columns
    .map((_, i) => ({ i, key: random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ i }) => i);
  return matrixOf(
    order.map((i) => columns[i]!),
    rows.map((row) => order.map((i) => row[i]!)),
  );
}

describe.each(optimised)('%s', (risk) => {
  test('the order of the columns changes no bit of the result', () => {
    fc.assert(
      fc.property(sample, fc.integer(), (drawn, seed) => {
        const straight = solveProfile({ risk, training: matrix(drawn), parameters });
        const turned = solveProfile({ risk, training: shuffled(drawn, seed), parameters });
        expect(canonicalJson(turned)).toBe(canonicalJson(straight));
      }),
      runs,
    );
  });

  test('weights are long-only, sum to one and come with a certificate within its limits, as plain JSON', () => {
    fc.assert(
      fc.property(sample, (drawn) => {
        const result = solveProfile({ risk, training: matrix(drawn), parameters });
        const weights = weightsOf(result.weights);
        expect(Math.abs(sum(weights) - 1)).toBeLessThanOrEqual(1e-12);
        expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
        expect(result.certificate.postConditions.every(({ value, limit }) => value <= limit)).toBe(true);
        expect(solveResultSchema.safeParse(result).success).toBe(true);
        expect(result.attempts.at(-1)?.outcome ?? 'solved').toBe('solved');
      }),
      runs,
    );
  });
});

describe.each(['hrp', 'risk_parity', 'max_sharpe', 'min_variance'] as const)('%s', (risk) => {
  test('returns in other units give the same weights', () => {
    fc.assert(
      fc.property(sample, fc.constantFrom(0.25, 0.5, 2, 8), (drawn, factor) => {
        // Powers of two scale exactly, so rounding cannot change a leaf order or a support.
        const without = { ...parameters, ridge: 0 };
        const scaled = { columns: drawn.columns, rows: drawn.rows.map((row) => row.map((value) => value * factor)) };
        const straight = solveProfile({ risk, training: matrix(drawn), parameters: without });
        const other = solveProfile({ risk, training: matrix(scaled), parameters: without });
        expect(largestGap(weightsOf(other.weights), weightsOf(straight.weights))).toBeLessThan(1e-9);
      }),
      runs,
    );
  });
});

describe('optimality, checked without the solver', () => {
  const estimated = sample.map((drawn) =>
    covarianceOf(
      matrix({ columns: drawn.columns, rows: drawn.rows.map((row, k) => row.map((value, i) => value + 1e-4 * ((k * (i + 3)) % 7))) }),
      parameters,
    ),
  );

  test('minimum variance: every column held has the least marginal risk', () => {
    fc.assert(
      fc.property(estimated, ({ covariance, columns }) => {
        const w = Float64Array.from(weightsOf(minVariance({ covariance, columns, ridge: 0 }).weights));
        const marginal = gradientOf(covariance, columns.length, w);
        const least = Math.min(...marginal);
        expect(columns.filter((_, i) => w[i]! > 0 && !(marginal[i]! / least - 1 < 1e-9))).toEqual([]);
      }),
      runs,
    );
  });

  test('minimum variance within bounds: no exchange between two columns that the bounds allow lowers the risk', () => {
    fc.assert(
      fc.property(
        estimated,
        fc.double({ min: 0, max: 0.9, noNaN: true }),
        fc.double({ min: 1.05, max: 3, noNaN: true }),
        ({ covariance, columns }, low, high) => {
          const size = columns.length;
          const [lower, upper] = [columns.map(() => low / size), columns.map(() => high / size)];
          const w = Float64Array.from(weightsOf(minVariance({ covariance, columns, ridge: 0, lower, upper }).weights));
          const marginal = gradientOf(covariance, size, w);
          const canFall = Math.max(...marginal.filter((_, i) => w[i]! > lower[i]! + 1e-12));
          const canRise = Math.min(...marginal.filter((_, i) => w[i]! < upper[i]! - 1e-12));
          expect(columns.filter((_, i) => !(w[i]! >= lower[i]! - 1e-12 && w[i]! <= upper[i]! + 1e-12))).toEqual([]);
          if (Number.isFinite(canFall) && Number.isFinite(canRise))
            expect(canFall - canRise).toBeLessThanOrEqual(1e-9 * Math.max(...marginal.map(Math.abs)));
        },
      ),
      runs,
    );
  });

  test('maximum Sharpe ratio: nothing but the held columns has the best mean for its marginal risk', () => {
    fc.assert(
      fc.property(
        estimated,
        fc.array(fc.double({ min: -0.5, max: 0.5, noNaN: true }), { minLength: 10, maxLength: 10 }),
        ({ covariance, columns }, drawnMeans) => {
          const means = drawnMeans.slice(0, columns.length).map((mean) => (Math.abs(mean) < 1e-6 ? 0 : mean));
          const solved = maxSharpe({ covariance, means, columns });
          expect(solved === undefined).toBe(Math.max(...means) <= 0);
          if (solved === undefined) return;
          const w = Float64Array.from(weightsOf(solved.weights));
          const marginal = gradientOf(covariance, columns.length, w);
          const mean = means.reduce((total, value, i) => total + value * w[i]!, 0);
          const variance = marginal.reduce((total, value, i) => total + value * w[i]!, 0);
          const best = Math.max(...means.map(Math.abs));
          const excess = means.map((value, i) => (value - (mean / variance) * marginal[i]!) / best);
          expect(columns.filter((_, i) => !((w[i]! > 0 ? Math.abs(excess[i]!) : excess[i]!) < 1e-8))).toEqual([]);
        },
      ),
      runs,
    );
  });

  test('risk parity: every column contributes its budget', () => {
    fc.assert(
      fc.property(
        estimated,
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 10, maxLength: 10 }),
        ({ covariance, columns }, drawnBudgets) => {
          const parts = drawnBudgets.slice(0, columns.length);
          const budgets = parts.map((part) => part / sum(parts));
          const { shares } = riskContributions(covariance, weightsOf(riskParity({ covariance, columns, budgets }).weights));
          expect(largestGap(shares!, budgets)).toBeLessThan(1e-9);
        },
      ),
      runs,
    );
  });
});
