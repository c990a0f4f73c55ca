/** Combinations, their refusals and their budgets are as they were recorded, bit for bit. */
import { expect, test } from '@jest/globals';
import { boxOf, crossingOf } from '../../../domain/combine/box.ts';
import { combinePositions } from '../../../domain/combine/combine.ts';
import { combinedWeights } from '../../../domain/combine/combined-weights.ts';
import { contributionsOf, contributionsTo, projectionColumn } from '../../../domain/combine/contributions.ts';
import { dualAt } from '../../../domain/combine/dual.ts';
import { dynamicBudgets } from '../../../domain/combine/dynamic-budgets.ts';
import { equalRiskBudgets } from '../../../domain/combine/equal-risk-budgets.ts';
import { ExactSum } from '../../../domain/combine/exact-sum.ts';
import { exactly } from '../../../domain/combine/exact.ts';
import { excessesOf, exposuresOf, isAnyBroken, violationsIn } from '../../../domain/combine/exposures.ts';
import { attainableCaps, capsInForce, infeasibilityOf, isFeasible } from '../../../domain/combine/infeasibility.ts';
import { computePlanned } from '../../../domain/combine/planned.ts';
import { plannedOf } from '../../../domain/combine/planned-defaults.ts';
import { projectOntoCaps } from '../../../domain/combine/projection.ts';
import { certifyProjection } from '../../../domain/combine/projection-certificate.ts';
import { bestStep, withoutFlatNoise } from '../../../domain/combine/quadratic-model.ts';
import { leastGross, leastNet, leastTurnover, reachOf } from '../../../domain/combine/reach.ts';
import { refusalError, refusalSentence, shownCap } from '../../../domain/combine/refusal.ts';
import { type CombineRequest, defaultConstraints, defaultMethod } from '../../../domain/combine/request.ts';
import { sequentially } from '../../../domain/combine/sequential.ts';
import { correlationScale, covarianceOfPositions, covarianceOfReturns, requireReturns } from '../../../domain/combine/sleeve-covariance.ts';
import { assetSpelling, spelledTables } from '../../../domain/combine/spelled-assets.ts';
import { checkBudgets, checkConstraints, checkMethod, checkTables } from '../../../domain/combine/validate.ts';
import { seeded } from '../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../support/recorded-bits.ts';

const random = seeded(4711);
const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
/** Of few steps, so that weights meet zero, their bounds and one another. */
const stepped = (size: number): number => (Math.round(16 * random()) - 8) * size;

function drawnRequest(k: number): CombineRequest {
  const assets = Array.from({ length: 1 + (k % 6) }, (_, i) => (i % 2 === 0 ? `A${i}` : `nyse:b${i}`));
  const sleeves = ['one', 'two', 'three'].slice(0, 1 + (k % 3));
  const table = (): Record<string, number> =>
    Object.fromEntries(assets.filter(() => random() < 0.9).map((asset) => [asset, k % 2 === 0 ? stepped(0.25) : 3 * random() - 1.5]));
  const shares = sleeves.map((_, i) => (i === 0 ? 1 - 0.25 * (sleeves.length - 1) : 0.25));
  const projection = k % 5 === 0 ? 'sequential' : 'exact';
  const isExact = projection === 'exact';
  return {
    positions: Object.fromEntries(sleeves.map((sleeve) => [sleeve, table()])),
    budgets: Object.fromEntries(sleeves.map((sleeve, i) => [sleeve, shares[i]!])),
    previous: k % 4 === 1 ? null : { ...table(), left: 0.5 },
    constraints: {
      lower: pick([-1.5, -0.5, 0, 0.1]),
      upper: pick([1.5, 0.5, 0.25, 0]) + 0.1,
      grossCap: pick([7, 2, 1, 0.5, 0]),
      netCap: pick([2, 1, 0.25, 0]),
      turnoverCap: pick([null, 4, 1, 0.25, 0]),
    },
    method: { projection, noFlip: isExact && k % 7 === 0, costAversion: isExact && k % 4 === 2 ? pick([0, 0.1, 0.5]) : 0 },
    scale: pick([1, 1, 1.5]),
  };
}

const requests = Array.from({ length: 80 }, (_, k) => drawnRequest(k));

const cappedOf = (request: CombineRequest) => {
  const { total, previous } = contributionsOf(spelledTables(request), request.budgets, request.scale);
  return { total, previous, constraints: request.constraints, noFlip: request.method.noFlip };
};

const ofRequests =
  (compute: (request: CombineRequest) => unknown): (() => unknown) =>
  () =>
    requests.map((request) => outcomeOf(() => compute(request)));

const ofSome =
  (compute: (request: CombineRequest) => unknown): (() => unknown) =>
  () =>
    requests.slice(0, 30).map((request) => outcomeOf(() => compute(request)));

const dates = Array.from({ length: 30 }, (_, i) => `2025-01-${String(i + 1).padStart(2, '0')}`);
const returns = dates.map((_, i) => [((i * 7) % 11) / 1000 - 0.004, ((i * 5) % 13) / 1000 - 0.007, ((i * 3) % 7) / 1000 - 0.003]);
const sleeveReturns = { dates, sleeves: ['a', 'b', 'c'], returns, annualisationDays: 252 };
const stillReturns = { ...sleeveReturns, returns: returns.map(([first, second]) => [first!, second!, 0]) };
const positions = { a: { X: 1, Y: 0.5 }, b: { Y: -1, 'nyse:z': 0.3 }, c: { X: 0.2 } };
const assetCovariance = {
  assets: ['X', 'Y', 'NYSE:Z'],
  covariance: [
    [0.04, 0.01, 0.002],
    [0.01, 0.09, -0.003],
    [0.002, -0.003, 0.01],
  ],
};
const base = { a: 0.5, b: 0.3, c: 0.2 };
const withEntry = (value: number) => ({
  ...assetCovariance,
  covariance: assetCovariance.covariance.map((row, i) => row.map((held, j) => (i === 1 && j === 0 ? value : held))),
});

const good = requests.find(({ method, previous }) => method.projection === 'exact' && previous !== null)!;
const wrong: readonly Partial<CombineRequest>[] = [
  ...[-1e-9, 0, Number.NaN, Infinity, 1 - 1e-6, 1 - 2e-6, 1 + 1e-6, 1 + 2e-6].map((value) => ({
    positions: { one: { A: 1 } },
    budgets: { one: value },
  })),
  { positions: { one: { A: 1 }, two: { B: 1 } }, budgets: { one: 1 } },
  { positions: { one: { A: 1 } }, budgets: { one: 0.5, zwei: 0.3, alpha: 0.2 } },
  { positions: {}, budgets: { one: 1 } },
  { positions: { one: {} }, budgets: { one: 1 }, previous: null },
  { positions: { one: { A: Number.NaN } }, budgets: { one: 1 } },
  { positions: { one: { A: 1, 'nyse:b': 1, 'NYSE:B': 2 } }, budgets: { one: 1 } },
  { previous: { A: Infinity } },
  { previous: { 'nyse:b': 1, 'NYSE:B': 2 } },
  ...(['lower', 'upper', 'grossCap', 'netCap', 'turnoverCap'] as const).flatMap((field) =>
    [Number.NaN, Infinity, -Infinity, -1, -0, 0].map((value) => ({ constraints: { ...defaultConstraints, [field]: value } })),
  ),
  { constraints: { ...defaultConstraints, lower: 0.5, upper: 0.4 } },
  { constraints: { ...defaultConstraints, lower: 0.5, upper: 0.5 } },
  ...[Number.NaN, Infinity, -1, 0, 0.2].map((costAversion) => ({ method: { ...defaultMethod, costAversion } })),
  { method: { ...defaultMethod, costAversion: 0.2 }, previous: null },
  { method: { ...defaultMethod, projection: 'sequential', noFlip: true } },
  { method: { ...defaultMethod, projection: 'sequential', costAversion: 0.1 } },
  ...[0, -1, Number.NaN, Infinity, 2].map((scale) => ({ scale })),
];

const triples = [
  [0, 0, 0],
  [1, 0.5, -0.2],
  [0.1, 2, 0.3],
] as const;
const matrix = [
  [3, 1, -0.5],
  [1, 2, 0.25],
  [-0.5, 0.25, 1.5],
] as const;

const cases: Readonly<Record<string, () => unknown>> = {
  combinations: ofRequests(combinePositions),
  'combined weights': ofSome(({ positions: held, budgets, previous, constraints, method }) =>
    combinedWeights(held, budgets, previous, { ...constraints, ...method }),
  ),
  'wrong requests': () => wrong.map((part) => outcomeOf(() => combinePositions({ ...good, ...part }))),
  'single checks': () =>
    wrong.map((part) => {
      const request = { ...good, ...part };
      return [checkBudgets, checkConstraints, checkMethod, (one: CombineRequest) => checkTables(spelledTables(one))].map((check) =>
        outcomeOf(() => check(request)),
      );
    }),
  boxes: ofRequests((request) =>
    [0, 0.25].map((widening) => [
      boxOf(cappedOf(request).total, request.constraints, request.scale > 1, widening),
      crossingOf(boxOf(cappedOf(request).total, request.constraints, true, widening)),
    ]),
  ),
  exposures: ofRequests((request) => {
    const { total, previous, constraints } = cappedOf(request);
    const excesses = excessesOf(total, previous, constraints);
    return [exposuresOf(total, previous), excesses, violationsIn(excesses), isAnyBroken(violationsIn(excesses))];
  }),
  violations: () => [1e-6, 1.1e-6, 0, -1].map((value) => violationsIn({ bounds: value, gross: -value, net: value, turnover: 2 * value })),
  feasibility: ofSome((request) => {
    const capped = cappedOf(request);
    return [isFeasible(capped), capsInForce(capped), infeasibilityOf(capped), isFeasible(capped) ? attainableCaps(capped) : null];
  }),
  'the sequential loop': ofRequests((request) => sequentially(cappedOf(request))),
  'the nearest weights': ofRequests((request) =>
    isFeasible(cappedOf(request)) ? exactly(cappedOf(request), request.method.costAversion) : null,
  ),
  reach: ofRequests((request) => {
    const { total, previous, constraints, noFlip } = cappedOf(request);
    const caps = { gross: constraints.grossCap, net: constraints.netCap, turnover: constraints.turnoverCap ?? Infinity };
    return [1e-9, 0].map((tolerance) => {
      const reach = reachOf(boxOf(total, constraints, noFlip), previous, tolerance);
      return reach && [reach, leastGross(reach, caps, tolerance), leastNet(reach, caps, tolerance), leastTurnover(reach, caps, tolerance)];
    });
  }),
  duals: ofRequests((request) => {
    const { total, previous, constraints, noFlip } = cappedOf(request);
    const problem = {
      target: total,
      box: boxOf(total, constraints, noFlip),
      previous: previous ?? new Float64Array(total.length),
      caps: { gross: 1, net: 0.5, turnover: 1 },
      costAversion: 0.1,
    };
    const points = [0, 0.25, 0.5].flatMap((gross) =>
      [-0.25, 0, 0.25].flatMap((net) => [0, 0.25].map((turnover) => dualAt(problem, { gross, net, turnover }))),
    );
    if (
      !isFeasible({ total, previous: problem.previous, noFlip, constraints: { ...constraints, grossCap: 1, netCap: 0.5, turnoverCap: 1 } })
    )
      return points;
    const { weights, multipliers } = projectOntoCaps(problem);
    const shifted = weights.map((weight) => weight + 0.1);
    return [
      points,
      weights,
      multipliers,
      ...[weights, shifted, total].map((some) => outcomeOf(() => certifyProjection(problem, problem.caps, some, multipliers))),
    ];
  }),
  'steps of the model': () =>
    triples.flatMap((slope) =>
      triples.flatMap((start) =>
        [[], [0], [1, 2], [0, 1, 2]].map((open) => [
          bestStep(matrix, slope, start, open),
          [0.001, 0.1, 10].map((noise) => withoutFlatNoise(matrix, 0.5, slope, open, noise)),
        ]),
      ),
    ),
  columns: ofRequests((request) => {
    const { total, previous, constraints } = cappedOf(request);
    const rows = contributionsOf(spelledTables(request), request.budgets, request.scale);
    const weights = total.map((value, i) => value / 3 + (previous?.[i] ?? 0));
    const box = boxOf(total, constraints, false);
    const kept = total.map((_, i) => (i % 2 === 0 ? constraints.lower : constraints.upper));
    return [rows, contributionsTo(rows, 0), projectionColumn(total, weights, null), weights, projectionColumn(total, kept, box), kept];
  }),
  spellings: () => [
    ['NYSE:a', 'nyse:A', 'Plain', ' x:y '].map((name) => outcomeOf(() => assetSpelling(name))),
    spelledTables({ positions, previous: { X: 1, q: 2 } }),
  ],
  sums: () =>
    [[1, 1e100, 1, -1e100], [1e-20, 1, -1], [1, 2, 3], [], [0.1, 0.2, 0.3]].map((values) => {
      const sum = new ExactSum();
      for (const value of values) sum.add(value);
      return sum.value;
    }),
  refusals: () => {
    const conflicts = [['gross'], ['gross', 'net'], ['bounds', 'net', 'turnover']] as ('gross' | 'net' | 'bounds' | 'turnover')[][];
    const repairs = [
      { cap: 'bounds', current: 0, smallest: 0.25 },
      { cap: 'gross', current: 1, smallest: 1.23456789012345 },
      { cap: 'net', current: 1, smallest: null },
    ] as const;
    return (['infeasible', 'unresolved'] as const).flatMap((because) =>
      [repairs, repairs.slice(2)].map((some) => {
        const refused = { because, conflicts, repairs: [...some] };
        const { code, message, evidence } = refusalError(refused);
        return [refusalSentence(refused), code, message, evidence, shownCap(1 / 3)];
      }),
    );
  },
  'planned combinations': () =>
    [{}, { sleeveReturns }, { assetCovariance }, { sleeveReturns, assetCovariance }, { sleeveReturns: stillReturns }].flatMap((inputs) =>
      (['none', 'positions', 'realised'] as const).flatMap((correlationAware) =>
        [
          base,
          { kind: 'erc' },
          { kind: 'erc_realised' },
          { kind: 'dynamic', base, terms: { eta: 0.5, rows: 20, lower: 0.1, upper: 0.6 } },
        ].map((budgets) =>
          outcomeOf(() => {
            const planned = plannedOf({ positions, budgets: budgets as typeof base, correlationAware, ...inputs });
            return [planned, computePlanned(planned)];
          }),
        ),
      ),
    ),
  'dynamic budgets': () =>
    [{ rows: 2 }, { rows: 30 }, { rows: 31 }, { eta: 3 }, { eta: -3 }, { lower: 0.3 }, { upper: 0.34 }, { lower: 0.4 }].flatMap((change) =>
      [sleeveReturns, stillReturns, { ...sleeveReturns, sleeves: ['a', 'b', 'x'] }].map((some) =>
        outcomeOf(() => dynamicBudgets(base, { eta: 0.5, rows: 20, lower: 0, upper: 1, ...change }, some)),
      ),
    ),
  covariances: () => [
    ...[0.01, 0.01 + 1e-13, 0.01 + 1e-11, 0.02, Number.NaN].map((value) =>
      outcomeOf(() => covarianceOfPositions(positions, withEntry(value))),
    ),
    outcomeOf(() => covarianceOfPositions({ a: { Q: 1 } }, assetCovariance)),
    outcomeOf(() => covarianceOfPositions(positions, { ...assetCovariance, covariance: [[1]] })),
    outcomeOf(() => covarianceOfReturns(['c', 'a'], sleeveReturns)),
    outcomeOf(() => covarianceOfReturns(['a', 'q'], sleeveReturns)),
    outcomeOf(() => covarianceOfReturns(['a'], { ...sleeveReturns, returns: [[1, 2]] })),
    outcomeOf(() => requireReturns(null)),
    ...[
      [1, 0],
      [0.5, 0.5],
      [0, 0],
    ].map(([a, b]) =>
      outcomeOf(() => correlationScale({ sleeves: ['a', 'b'], covariance: Float64Array.of(0.04, 0.01, 0.01, 0.09) }, { a: a!, b: b! })),
    ),
  ],
  'equal risk': () =>
    [
      [0.04, 0, 0, 0.01],
      [0.04, 0, 0, 4e-17],
      [0.04, 0, 0, 4.1e-17],
      [0, 0, 0, 0],
      [0.04, 0.06, 0.06, 0.09],
      [0.04, -0.06, -0.06, 0.09],
      [0.04, 0.1, 0.1, 0.01],
    ].map((entries) => outcomeOf(() => equalRiskBudgets({ sleeves: ['a', 'b'], covariance: Float64Array.from(entries) }))),
};

test('every combination is made, or refused, as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('combinations', found));
});
