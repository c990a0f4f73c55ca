/** Programs of every kind give the bits that were recorded: weights, multipliers, residuals, steps and refusals. */
import { expect, test } from '@jest/globals';
import { maxSharpe, maxSharpeCapped } from '../../../../domain/risk/max-sharpe.ts';
import { minVariance, minVarianceCapped } from '../../../../domain/risk/min-variance.ts';
import { solveActiveSet } from '../../../../domain/risk/program/active-set.ts';
import { solveDual } from '../../../../domain/risk/program/dual-active-set.ts';
import { extendedRiskParity } from '../../../../domain/risk/program/extended-risk-parity.ts';
import { descendToStart, solveQuadraticProgram } from '../../../../domain/risk/program/fresh-active-set.ts';
import { solveByLeastIndex } from '../../../../domain/risk/program/least-index-program.ts';
import type { QuadraticProgram } from '../../../../domain/risk/program/quadratic-program.ts';
import { refined } from '../../../../domain/risk/program/refined.ts';
import { solveLongOnly, solveProgram } from '../../../../domain/risk/program/solve-program.ts';
import { startLongOnly, startWithin } from '../../../../domain/risk/program/start.ts';
import { riskParity } from '../../../../domain/risk/risk-parity.ts';
import { solvePolicyOf } from '../../../../domain/risk/solve-policy.ts';
import { seeded } from '../../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../../support/recorded-bits.ts';
import { names } from '../fixtures.ts';

interface Drawn {
  readonly size: number;
  readonly quadratic: Float64Array;
  readonly random: () => number;
}

/** Sums of products of drawn loadings: of full rank, of less, or with columns that are copies but for a share. */
function drawn(size: number, rank: number, seed: number, apart = 1): Drawn {
  const random = seeded(seed);
  const loadings = Array.from({ length: size }, () => Float64Array.from({ length: rank }, () => random() + random() - 0.7));
  for (let i = 2; i < size; i += 3) if (apart < 1) loadings[i] = loadings[i - 1]!.map((value, k) => value + apart * loadings[i]![k]!);
  const quadratic = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += loadings[i]![k]! * loadings[j]![k]!;
      quadratic[i * size + j] = sum;
      quadratic[j * size + i] = sum;
    }
  return { size, quadratic, random };
}

/** Regular, hedged, singular, and near copies; sizes on both sides of the blocks and of the kernels. */
const matrices: Readonly<Record<string, Drawn>> = Object.fromEntries(
  [1, 2, 3, 4, 5, 7, 8, 11, 16, 26].flatMap((size, k) => [
    [`regular ${size}`, drawn(size, 2 * size + 1, 100 + k)],
    [`singular ${size}`, drawn(size, Math.max(1, Math.floor(size / 2)), 200 + k)],
    [`copies ${size}`, drawn(size, size + 1, 300 + k, 1e-7)],
    [`near copies ${size}`, drawn(size, size + 1, 400 + k, 1e-4)],
  ]),
);

function vertexOf(lower: Float64Array, upper: Float64Array, budget: Float64Array): Float64Array {
  const start = Float64Array.from(lower);
  let left = 1 - lower.reduce((sum, value, i) => sum + value * budget[i]!, 0);
  for (let i = 0; i < start.length && left > 0; i++) {
    const room = Math.min((upper[i]! - lower[i]!) * budget[i]!, left);
    start[i] = room === left ? lower[i]! + room / budget[i]! : upper[i]!;
    left -= room;
  }
  return start;
}

function boxed({ size, quadratic, random }: Drawn, slack: number, floor: number): QuadraticProgram {
  const budget = Float64Array.from({ length: size }, () => (floor > 0 ? 1 : 0.5 + random()));
  const lower = Float64Array.from({ length: size }, () => (floor * random()) / size);
  const upper = Float64Array.from({ length: size }, (_, i) => lower[i]! + (slack * (1 + random())) / size / budget[i]!);
  if (size > 3) upper[1] = lower[1]!;
  const missing = 1 - upper.reduce((sum, value, i) => sum + value * budget[i]!, 0);
  if (missing > 0) upper[0] = upper[0]! + (2 * missing) / budget[0]!;
  return { quadratic, size, budget, lower, upper, start: vertexOf(lower, upper, budget) };
}

const of =
  (solve: (given: Drawn, name: string) => unknown): (() => unknown) =>
  () =>
    Object.entries(matrices).map(([name, given]) => outcomeOf(() => solve({ ...given, random: seeded(given.size) }, name)));

const boxes = [
  [1.3, 0],
  [3, 0.4],
  [1.02, 0.9],
] as const;
const inBoxes = (solve: (program: QuadraticProgram) => unknown): (() => unknown) =>
  of((given) => boxes.map(([slack, floor]) => outcomeOf(() => solve(boxed(given, slack, floor)))));

const meansOf = ({ size, random }: Drawn): Float64Array => Float64Array.from({ length: size }, () => random() - 0.4);
const policies = [1, 2, 3].map(solvePolicyOf);

const cases: Readonly<Record<string, () => unknown>> = {
  'active set': inBoxes(solveActiveSet),
  'fresh active set': inBoxes((program) => solveQuadraticProgram(program)),
  'fresh active set that stops at a cycle': inBoxes((program) => solveQuadraticProgram(program, { stopsAtCycle: true })),
  'least index': of((given) => (given.size > 11 ? null : boxes.slice(0, 2).map(([s, f]) => solveByLeastIndex(boxed(given, s, f), 1e-16)))),
  refined: inBoxes((program) => (program.size > 11 ? null : refined(program, solveActiveSet(program)))),
  'starts within bounds': inBoxes((program) => startWithin(program, startLongOnly(program), () => program.start)),
  'long-only starts': of(({ quadratic, size }) => {
    const budget = Float64Array.from({ length: size }, (_, i) => 1 - i / (2 * size));
    return [startLongOnly({ quadratic, size, budget }), descendToStart(quadratic, size, budget)];
  }),
  'long-only by policy': of((given) => {
    const means = meansOf(given).map((mean, i) => (i === 0 ? 1 : mean));
    return policies.flatMap((policy) =>
      [null, 1, 1e8, 1.1e8].map((conditionNumber) =>
        given.size > 8 && conditionNumber === null
          ? null
          : outcomeOf(() => solveLongOnly(given.quadratic, given.size, means, { policy, conditionNumber })),
      ),
    );
  }),
  'in bounds by policy': of((given) => {
    const program = boxed(given, 2, 0.2);
    if (given.size > 11) return null;
    return policies.map((policy) => outcomeOf(() => solveProgram(program, () => program.start, { policy, conditionNumber: 10 })));
  }),
  'dual active set': of((given) => {
    const { size, quadratic } = given;
    const means = meansOf(given);
    const unit = (at: number, value: number): Float64Array => Float64Array.from({ length: size }, (_, i) => (i === at ? value : 0));
    const ones = new Float64Array(size).fill(1);
    const signs = Array.from({ length: size }, (_, i) => ({ normal: unit(i, 1), bound: 0 }));
    const caps = Array.from({ length: size }, (_, i) => ({ normal: unit(i, -1), bound: -1.5 / size }));
    return [
      { equalities: [{ normal: ones, bound: 1 }], inequalities: signs },
      { equalities: [{ normal: ones, bound: 1 }], inequalities: [...signs, ...caps] },
      {
        equalities: [
          { normal: ones, bound: 1 },
          { normal: means, bound: 0.05 },
        ],
        inequalities: signs,
      },
      { equalities: [{ normal: ones, bound: 1 }], inequalities: [...signs, { normal: means, bound: 0.3 }] },
      { equalities: [], inequalities: [{ normal: ones, bound: 1 }, ...caps] },
      { equalities: [{ normal: ones, bound: 1 }], inequalities: [{ normal: ones, bound: 2 }] },
    ].map((rows) => outcomeOf(() => solveDual({ quadratic, size, ...rows })));
  }),
  'extended risk parity': of(({ quadratic, size, random }) => {
    if (size > 8) return null;
    const budgets = Float64Array.from({ length: size }, () => 0.2 + random());
    const total = budgets.reduce((sum, value) => sum + value, 0);
    const shares = budgets.map((value) => value / total);
    return extendedRiskParity(quadratic, size, shares);
  }),
  'risk parity': of(({ quadratic, size, random }) => {
    const columns = names(size).toReversed();
    const drawnBudgets = Array.from({ length: size }, () => 0.2 + random());
    const total = drawnBudgets.reduce((sum, value) => sum + value, 0);
    return [undefined, drawnBudgets.map((value) => value / total)].map((budgets) =>
      outcomeOf(() => riskParity({ covariance: quadratic, columns, ...(budgets === undefined ? {} : { budgets }) })),
    );
  }),
  'least variance': of(({ quadratic, size, random }) => {
    const columns = names(size).toReversed();
    const lower = columns.map(() => (0.5 * random()) / size);
    const upper = columns.map((_, i) => lower[i]! + 1.2 / size);
    const kinds = [{}, { lower }, { upper }, { lower, upper }];
    return [0, 0.01].flatMap((ridge) =>
      kinds.map((kind) => outcomeOf(() => minVariance({ covariance: quadratic, columns, ridge, ...kind }))),
    );
  }),
  'least variance under a cap': of(({ quadratic, size }) =>
    policies.map((policy) => outcomeOf(() => minVarianceCapped(quadratic, names(size), 1e-6, Math.min(1, 1.4 / size), policy))),
  ),
  'greatest ratio': of((given) => {
    const means = meansOf(given);
    const columns = names(given.size).toReversed();
    const all = [means, means.map(() => -1), means.map((mean, i) => (i === 0 ? 0.5 : mean - 0.3))];
    return all.map((some) => outcomeOf(() => maxSharpe({ covariance: given.quadratic, means: some, columns }) ?? 'none'));
  }),
  'greatest ratio under a cap': of((given) => {
    const means = meansOf(given);
    const cap = Math.min(1, 1.6 / given.size);
    const all = [means, means.map(() => -1), means.map((mean, i) => (i === 0 ? 0.1 : mean - 0.7))];
    return all.map((some) =>
      outcomeOf(() => maxSharpeCapped(given.quadratic, some, names(given.size), cap, { conditionNumber: 7 }) ?? 'none'),
    );
  }),
};

test('every program is solved, or refused, as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('programs', found));
});
