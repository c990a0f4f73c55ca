import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { hierarchicalWeights } from '../../domain/risk/hierarchical-risk-parity.ts';
import { leastSums, sumsRoom } from '../../domain/risk/least-sums.ts';
import { linkage } from '../../domain/risk/linkage.ts';
import { exactLeafOrder, optimalLeafOrder } from '../../domain/risk/optimal-leaf-order.ts';
import { isDecided } from '../../domain/risk/path-ends.ts';
import { plainBisection, plainLinkage } from '../domain/risk/plain-hierarchy.ts';
import { plainExactLeafOrder, plainOptimalLeafOrder } from '../domain/risk/plain-optimal-leaf-order.ts';
import { seeded } from '../support/figures.ts';
import { propertyRuns } from '../support/property-runs.ts';

const methods = ['ward', 'average', 'complete', 'single'] as const;

/** From 64 leaves on the root's ends are bounded; from 48 on blocks are large enough for their columns to be ranked. */
const sizes = fc.oneof(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 48, max: 110 }));

type Draw = (random: () => number) => number;

/** Distances without ties, with many, and with some so near to each other that a tie is a matter of the order of search. */
const draws: readonly Draw[] = [
  (random) => random(),
  (random) => 0.5 + 0.1 * random(),
  (random) => Math.floor(10 * random()) / 10,
  (random) => 1 + Math.floor(3 * random()),
  (random) => Math.floor(2 * random()),
  (random) => 0.5 + 1e-12 * Math.floor(20 * random()),
  (random) => 0.5 + 1e-13 * Math.floor(200 * random()),
  () => 0.3,
  () => 0,
];

function drawn(size: number, draw: Draw, random: () => number): Float64Array {
  return Float64Array.from({ length: (size * (size - 1)) / 2 }, () => draw(random));
}

/** Distances between points of the plane, some of which are the same point. */
function planar(size: number, random: () => number): Float64Array {
  const points = Array.from({ length: size }, () => [random(), random()] as const);
  for (let i = 1; i < size; i++) if (random() < 0.2) points[i] = points[Math.floor(random() * i)]!;
  const distances: number[] = [];
  for (let i = 0; i < size; i++)
    for (let j = i + 1; j < size; j++) distances.push(Math.hypot(points[i]![0] - points[j]![0], points[i]![1] - points[j]![1]));
  return Float64Array.from(distances);
}

const sample = fc
  .record({ seed: fc.integer(), size: sizes, kind: fc.nat({ max: draws.length + 2 }), method: fc.constantFrom(...methods) })
  .map(({ seed, size, kind, method }) => {
    const random = seeded(seed);
    const draw = draws[kind];
    const distances = draw === undefined ? planar(size, random) : drawn(size, draw, random);
    return { size, distances, method };
  });

const runs = { numRuns: propertyRuns(60) };

describe('the leaf orders', () => {
  test('are those of the plain recurrence, ties and all', () => {
    fc.assert(
      fc.property(sample, ({ size, distances, method }) => {
        const rows = linkage(distances, size, method);
        expect(optimalLeafOrder(rows, distances, size)).toEqual(plainOptimalLeafOrder(rows, distances, size));
        expect(exactLeafOrder(rows, distances, size)).toEqual(plainExactLeafOrder(rows, distances, size));
      }),
      runs,
    );
  });

  test('paths in every band above the least leave open which pair is best, a gap does not', () => {
    const step = 1e-12;
    const bands = Float64Array.from({ length: 9 }, (_, k) => 4 * (1 + (2 * k + 0.5) * step));
    bands[0] = 4;
    expect(isDecided(bands, bands.length)).toBe(false);
    expect(isDecided(bands, 4)).toBe(true);
    expect(isDecided(Float64Array.of(0, 1e-300), 2)).toBe(true);
  });
});

describe('least sums', () => {
  test('are the very numbers that trying every column gives', () => {
    const room = sumsRoom(80);
    const shape = fc.record({ seed: fc.integer(), rows: fc.integer({ min: 2, max: 20 }), columns: fc.integer({ min: 24, max: 80 }) });
    fc.assert(
      fc.property(shape, fc.nat({ max: draws.length - 1 }), fc.integer({ min: 2, max: 40 }), ({ seed, rows, columns }, kind, count) => {
        const random = seeded(seed);
        const entries = Float64Array.from({ length: rows * columns }, () => draws[kind]!(random));
        const inside = Float64Array.from({ length: count * columns }, () => 100 * random() * (kind < 3 ? 1 : 0) + draws[kind]!(random));
        const out = new Float64Array(rows * count);
        const block = { rows: entries, rowStart: 0, rowStride: columns, rowCount: rows, columnCount: columns };
        const members = Int32Array.from({ length: count }, (_, c) => c);
        const placed = { members, memberFrom: 0, memberTo: count, out, outStart: 0, outPerRow: count, outPerMember: 1 };
        leastSums({ ...block, ...placed, inside, insideStride: columns, insideFrom: 0 }, room);
        for (let r = 0; r < rows; r++) {
          for (let c = 0; c < count; c++) {
            let least = Infinity;
            for (let m = 0; m < columns; m++) least = Math.min(least, entries[r * columns + m]! + inside[c * columns + m]!);
            if (out[r * count + c] !== least) expect({ r, c, sum: out[r * count + c] }).toEqual({ r, c, sum: least });
          }
        }
      }),
      runs,
    );
  });
});

describe('the hierarchy', () => {
  test('merges as the plain chain of nearest neighbours does, bit for bit', () => {
    fc.assert(
      fc.property(sample, ({ size, distances, method }) => {
        if (method !== 'single') expect(linkage(distances, size, method)).toEqual(plainLinkage(distances, size, method));
      }),
      runs,
    );
  });

  test('is bisected as in the order of summation that is kept, bit for bit', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('plain', 'optimal', 'optimal_exact'),
        (seed, size, leafOrder) => {
          const random = seeded(seed);
          const loadings = Array.from({ length: size }, () => [random() - 0.3, random() - 0.5, 0.1 + random()] as const);
          const covariance = new Float64Array(size * size);
          loadings.forEach(([a, b, own], i) =>
            loadings.forEach(([c, d], j) => (covariance[i * size + j] = a * c + b * d + (i === j ? own * own : 0))),
          );
          const correlation = covariance.map(
            (value, at) =>
              value / Math.sqrt(covariance[Math.floor(at / size) * (size + 1)]!) / Math.sqrt(covariance[(at % size) * (size + 1)]!),
          );
          const columns = Array.from({ length: size }, (_, i) => String(i));
          const found = hierarchicalWeights(covariance, correlation, columns, { distance: 'd', linkage: 'ward', leafOrder });
          expect([...found.weights]).toEqual([...plainBisection(covariance, size, found.leafOrder.map(Number))]);
        },
      ),
      runs,
    );
  });
});
