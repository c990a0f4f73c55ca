/**
 * Worked examples of a second implementation (test/golden/combine): projections by an interior-point solver to a gap below 1e-14, conflicts
 * and repairs by linear programs. Weights agree to 1e-12, repairs to 1e-9.
 */
import { describe, expect, test } from '@jest/globals';
import { contributionsTo } from '../../../domain/combine/contributions.ts';
import { equalRiskBudgets } from '../../../domain/combine/equal-risk-budgets.ts';
import { covarianceOfPositions } from '../../../domain/combine/sleeve-covariance.ts';
import type { NumberByName } from '../../../domain/combine/request.ts';
import projections from '../../golden/combine/projections.json' with { type: 'json' };
import golden from '../../golden/combine/worked-examples.json' with { type: 'json' };
import { type Asked, byAsset, combinationOf, combinedOf, refusedOf, total } from '../../support/combinations.ts';

interface Example {
  readonly name: string;
  readonly positions: Readonly<Record<string, NumberByName>>;
  readonly budgets: NumberByName;
  readonly bounds?: readonly number[];
  readonly gross?: number;
  readonly net?: number;
  readonly prev?: NumberByName;
  readonly turnover?: number;
  readonly no_flip?: boolean;
  readonly projection?: 'sequential';
  readonly expected: {
    readonly assets: readonly string[];
    readonly sleeves: readonly string[];
    readonly contributions: readonly (readonly number[])[];
    readonly total: readonly number[];
    readonly feasible: boolean;
    readonly weights?: readonly number[];
    readonly projection?: readonly number[];
    readonly gross?: number;
    readonly net?: number;
    readonly info?: {
      readonly distance?: number;
      readonly iterations?: number;
      readonly initial_violations?: object;
      readonly final_violations?: object;
    };
    readonly minimal_conflicts?: readonly (readonly string[])[];
    readonly single_cap_repair?: Readonly<Record<string, number | null>>;
    readonly current?: Readonly<Record<string, number | null>>;
  };
}

const examples = golden.cases as unknown as readonly Example[];

const askedBy = ({ positions, budgets, bounds, gross, net, prev, turnover, no_flip: noFlip, projection }: Example): Asked => ({
  positions,
  budgets,
  previous: prev ?? null,
  ...(bounds === undefined ? {} : { lower: bounds[0]!, upper: bounds[1]! }),
  ...(gross === undefined ? {} : { grossCap: gross }),
  ...(net === undefined ? {} : { netCap: net }),
  ...(turnover === undefined ? {} : { turnoverCap: turnover }),
  noFlip: noFlip ?? false,
  projection: projection ?? 'exact',
});

function expectNear(found: Iterable<number>, wanted: readonly number[], tolerance: number): void {
  const values = [...found];
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, i) =>
    expect({ i, off: Math.abs(value - wanted[i]!) <= tolerance ? 0 : value - wanted[i]! }).toEqual({ i, off: 0 }),
  );
}

describe.each(examples.map((example) => [example.name, example] as const))('the worked example %s', (_, example) => {
  const { expected } = example;

  test('has its contributions and total', () => {
    const found = combinationOf(askedBy(example));
    const { assets, sleeves, total: sum } = found;
    expect({ assets, sleeves }).toEqual({ assets: expected.assets, sleeves: expected.sleeves });
    expectNear(
      assets.flatMap((__, row) => contributionsTo(found, row)),
      expected.contributions.flat(),
      1e-15,
    );
    expectNear(sum, expected.total, 1e-15);
  });

  test(expected.feasible ? 'has its weights and its projection column' : 'has its conflicts and repairs', () => {
    if (!expected.feasible) {
      const { conflicts, repairs, because } = refusedOf(askedBy(example));
      expect({ because, conflicts }).toEqual({ because: 'infeasible', conflicts: expected.minimal_conflicts });
      expect(repairs.map(({ cap }) => cap)).toEqual(Object.keys(expected.single_cap_repair!));
      for (const { cap, current, smallest } of repairs) {
        const wanted = expected.single_cap_repair![cap]!;
        expect({ cap, current, isNull: smallest === null }).toEqual({ cap, current: expected.current![cap], isNull: wanted === null });
        if (smallest !== null) expect(Math.abs(smallest - wanted)).toBeLessThanOrEqual(1e-9);
      }
      return;
    }
    const { weights, projection, gross, net, certificate, rounds, feasibility } = combinedOf(askedBy(example));
    expectNear(weights, expected.weights!, 1e-12);
    expectNear(projection, expected.projection!, 1e-12);
    expectNear([gross, net], [expected.gross!, expected.net!], 1e-12);
    const { distance, iterations, initial_violations: initial, final_violations: final } = expected.info!;
    if (distance !== undefined) expect(Math.abs(certificate!.distance - distance)).toBeLessThanOrEqual(1e-12);
    if (iterations !== undefined) expect({ rounds, certificate, ...feasibility }).toMatchObject({ rounds: iterations, certificate: null });
    if (initial !== undefined) expect(feasibility).toEqual({ initialViolations: initial, finalViolations: final, projectionApplied: true });
  });
});

test.each([
  ['gross_and_net', { gross: 0.3125, net: 0.1875, turnover: 0 }],
  ['turnover_prev_only_asset', { gross: 0, net: 0, turnover: 0.2 }],
  ['net_shift_opens_flips', { gross: 0, net: 0.4, turnover: 0 }],
  ['no_flip', { gross: 0, net: 0.75, turnover: 0 }],
] as const)('the multipliers of %s are unique, and found', (name, multipliers) => {
  const { certificate } = combinedOf(askedBy(examples.find((example) => example.name === name)!));
  for (const cap of ['gross', 'net', 'turnover'] as const)
    expect(Math.abs(certificate!.multipliers[cap] - multipliers[cap])).toBeLessThanOrEqual(1e-12);
});

describe.each(projections.cases.map((one) => [one.name, one] as const))('the projection %s', (_, one) => {
  const asked: Asked = {
    ...total(one.w0),
    lower: one.lo,
    upper: one.hi,
    grossCap: one.gross,
    netCap: one.net,
    turnoverCap: one.turnover,
    previous: one.prev === null ? null : byAsset(one.prev),
  };

  test('is the nearest, as an interior-point solver has it to 1e-8', () => {
    if (one.true_l2 === null) expect(refusedOf(asked).conflicts).not.toEqual([]);
    else {
      const { weights, certificate } = combinedOf(asked);
      expectNear(weights, one.true_l2, 1e-8);
      expect(Math.abs(certificate!.distance - one.dist_true)).toBeLessThanOrEqual(1e-8);
    }
  });

  test('ends with the sequential loop where the source ends, or does not end', () => {
    if (one.origin_feasible) expectNear(combinedOf({ ...asked, projection: 'sequential' }).weights, one.origin_heuristic, 1e-12);
    else
      expect(refusedOf({ ...asked, projection: 'sequential' })).toMatchObject({
        because: 'infeasible',
        finalViolations: { turnover: true },
      });
  });
});

test('budgets by equal risk are those of the worked example to 1e-12', () => {
  const { asset_covariance: covariance, positions, budgets, sleeve_covariance: wanted } = golden.erc_budgets;
  const assets = ['X', 'Y', 'Z'];
  const bySleeve = Object.fromEntries(
    ['a', 'b', 'c'].map((sleeve, column) => [sleeve, Object.fromEntries(assets.map((asset, row) => [asset, positions[row]![column]!]))]),
  );
  const sleeves = covarianceOfPositions(bySleeve, { assets, covariance });
  expectNear(sleeves.covariance, wanted.flat(), 1e-15);
  expectNear(Object.values(equalRiskBudgets(sleeves).budgets), budgets, 1e-12);
});

test('costs in the objective leave the no-trade band of the worked example', () => {
  const { w0, prev, kappa, weights } = golden.cost_aware;
  expectNear(combinedOf({ ...total(w0), previous: byAsset(prev), costAversion: kappa }).weights, weights, 1e-15);
});
