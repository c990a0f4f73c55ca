/** Distances, trees, leaf orders and kernels of matrices give the bits that were recorded. */
import { expect, test } from '@jest/globals';
import { cholesky, conditionEstimate, conditionOf, scalarCholesky, solveFactored } from '../../../domain/risk/cholesky.ts';
import { correlationFrom, covarianceFrom, momentsOf } from '../../../domain/risk/covariance.ts';
import { checkCovariance, requireVariances } from '../../../domain/risk/covariance-check.ts';
import { correlationDistance, euclideanOfColumns, scalarEuclideanOfColumns, squareDistance } from '../../../domain/risk/distance.ts';
import { hierarchicalRiskParity } from '../../../domain/risk/hierarchical-risk-parity.ts';
import { plainLeafOrder } from '../../../domain/risk/leaf-order.ts';
import { linkage } from '../../../domain/risk/linkage.ts';
import { exactLeafOrder, optimalLeafOrder } from '../../../domain/risk/optimal-leaf-order.ts';
import { seeded } from '../../support/figures.ts';
import { bitsOfCases, outcomeOf, recordedBits } from '../../support/recorded-bits.ts';
import { names } from './fixtures.ts';
import { madeReturns } from './recorded-solves.ts';

const sizes = [1, 2, 3, 4, 5, 6, 9, 13, 23, 24, 33, 65];
const methods = ['ward', 'single', 'average', 'complete'] as const;

/** Condensed distances; those of few steps have many ties. */
function condensed(size: number, steps: number): Float64Array {
  const random = seeded(size * 31 + steps);
  return Float64Array.from({ length: (size * (size - 1)) / 2 }, () => (1 + Math.floor(steps * random())) / steps);
}

/** Distances on a line of places, some of them the same: groups with wide gaps. */
function onLine(size: number): Float64Array {
  const random = seeded(size + 7);
  const places = Array.from({ length: size }, (_, i) => (i % 5) * 10 + Math.floor(4 * random()) + (i % 2) * random());
  return Float64Array.from(places.flatMap((from, i) => places.slice(i + 1).map((to) => Math.abs(from - to))));
}

const trees = sizes
  .flatMap((size) => [condensed(size, 1e9), condensed(size, 4), condensed(size, 1), onLine(size)].map((distances) => ({ size, distances })))
  .filter(({ size }) => size > 1);
const grown = (): unknown[] => trees.map(({ size, distances }) => methods.map((method) => linkage(distances, size, method)));
const ordered =
  (order: typeof optimalLeafOrder): (() => unknown) =>
  () =>
    trees.map(({ size, distances }) => methods.slice(0, 2).map((method) => order(linkage(distances, size, method), distances, size)));

const ofReturns =
  (compute: (size: number, moments: ReturnType<typeof momentsOf>) => unknown): (() => unknown) =>
  () =>
    sizes.flatMap((size) =>
      [7, 30].map((rows) => outcomeOf(() => compute(size, momentsOf(madeReturns(size, rows, size, size % 2 === 1))))),
    );

const cases: Readonly<Record<string, () => unknown>> = {
  linkage: grown,
  'linkage of wrong distances': () =>
    [
      Float64Array.of(1, -1e-300, 2),
      Float64Array.of(1, 2, Infinity),
      Float64Array.of(Number.NaN, 0, 0),
      Float64Array.of(0, 0),
      Float64Array.of(0, 0, 0),
    ].map((distances) => outcomeOf(() => linkage(distances, 3, 'single'))),
  'plain order': () => trees.map(({ size, distances }) => plainLeafOrder(linkage(distances, size, 'average'), size)),
  'optimal order': ordered(optimalLeafOrder),
  'exact order': ordered(exactLeafOrder),
  'orders of one': () => [optimalLeafOrder([], new Float64Array(0), 1), exactLeafOrder([], new Float64Array(0), 1), plainLeafOrder([], 1)],
  distances: ofReturns((size, moments) => {
    const direct = correlationDistance(correlationFrom(moments), size);
    return [
      direct,
      squareDistance(direct, size),
      euclideanOfColumns(direct, size),
      scalarEuclideanOfColumns(squareDistance(direct, size), size),
    ];
  }),
  covariance: ofReturns((_, moments) =>
    (['ledoit_wolf', 'sample'] as const).map((estimator) =>
      covarianceFrom(moments, { estimator, correlationShrinkage: 0.1, annualisationDays: 252 }),
    ),
  ),
  factors: ofReturns((size, moments) => {
    const { covariance } = covarianceFrom(moments, { estimator: 'ledoit_wolf', correlationShrinkage: 0.01, annualisationDays: 252 });
    const right = Float64Array.from({ length: size }, (_, i) => 1 - i / 3);
    const factor = cholesky(covariance, size);
    const raised = cholesky(covariance, size, 0.01);
    const scalar = scalarCholesky(covariance, size, 1e-14, 1);
    if (!factor.ok || !scalar.ok) return [factor, scalar, raised];
    return [factor, scalar, raised, solveFactored(factor.lower, size, right), conditionEstimate(covariance, size, factor.lower)];
  }),
  'singular factors': ofReturns((size, moments) => {
    const { covariance } = covarianceFrom(moments, { estimator: 'sample', correlationShrinkage: 0, annualisationDays: 1 });
    return [conditionOf(covariance, size), cholesky(covariance, size), scalarCholesky(covariance, size, 1e-14, 1 + 1e-9)];
  }),
  'checked covariances': () => {
    const entries = [-1, -1e-11, 0, 1e-11, 0.5, 1, 1 + 1e-11, 1 + 1e-9, 2, Number.NaN, Infinity];
    return entries.flatMap((first) =>
      entries.flatMap((second) =>
        [
          [first, 0.5, 0.5, second],
          [1, first, second, 1],
          [first, second, second, 1],
        ].map((matrix) =>
          outcomeOf(() => {
            const given = Float64Array.from(matrix);
            const checked = checkCovariance(given, ['X', 'Y']);
            requireVariances(given, ['X', 'Y']);
            return checked;
          }),
        ),
      ),
    );
  },
  'covariances of no or other columns': () => [
    outcomeOf(() => checkCovariance(new Float64Array(3), ['X', 'Y'])),
    outcomeOf(() => checkCovariance(new Float64Array(0), [])),
    outcomeOf(() => requireVariances(new Float64Array(0), [])),
    outcomeOf(() => checkCovariance(Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1), ['X', 'Y', 'Z'])),
    outcomeOf(() => checkCovariance(Float64Array.of(1, 0, 0.5, 0, 0, 0, 0.5, 0, 0.25), ['X', 'Y', 'Z'])),
  ],
  'hierarchical risk parity': ofReturns((size, moments) => {
    const { covariance } = covarianceFrom(moments, { estimator: 'ledoit_wolf', correlationShrinkage: 0.01, annualisationDays: 252 });
    const columns = names(size).map((name, i) => (i % 2 === 0 ? `z${name}` : name));
    const correlation = correlationFrom(moments);
    return (['optimal', 'optimal_exact', 'plain'] as const).flatMap((leafOrder) =>
      (['d', 'euclidean_of_d'] as const).map((distance) =>
        hierarchicalRiskParity({ covariance, correlation, columns, parameters: { distance, linkage: 'ward', leafOrder } }),
      ),
    );
  }),
};

test('every tree and every factor is as it was recorded, bit for bit', () => {
  const found = bitsOfCases(cases);
  expect(found).toEqual(recordedBits('trees', found));
});
