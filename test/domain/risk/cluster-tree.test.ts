import { describe, expect, test } from '@jest/globals';
import { sampleCorrelation } from '../../../domain/risk/covariance.ts';
import { clusterTree, treeOfSolve } from '../../../domain/risk/cluster-tree.ts';
import { solveClustered } from '../../../domain/risk/clustered/solve-clustered.ts';
import { defaultSolveParameters, solveProfile } from '../../../domain/risk/profiles.ts';
import { condensedOffset } from '../../../domain/risk/distance.ts';
import golden from '../../golden/risk/returns.json' with { type: 'json' };
import { matrixOf } from './fixtures.ts';

const [twenty] = golden.cases.map(({ columns, returns }) => matrixOf(columns, returns));
const training = twenty!;
const parameters = defaultSolveParameters;

describe('the tree of a solve', () => {
  test('is that of its columns where it acted on them', () => {
    const solve = solveProfile({ risk: 'hrp', training, parameters });
    const tree = treeOfSolve(training, parameters.hrp, solve)!;
    expect(tree).toEqual(clusterTree(training, parameters.hrp, solve.detail as Parameters<typeof clusterTree>[2]));
    expect(tree).not.toHaveProperty('members');
  });

  test('is that of its clusters where it acted on them, with their members and the distances between their streams', () => {
    const solve = solveClustered({
      risk: 'hrp',
      training,
      parameters,
      clustering: { lookbacks: [60], threshold: 0.6, shrinkage: 0.01 },
      clusterCap: 1,
      regime: null,
      pool: null,
    });
    const { clusters } = solve.clustering!;
    expect(clusters.length).toBeGreaterThan(2);
    const tree = treeOfSolve(training, parameters.hrp, solve)!;
    expect(tree.leaves).toEqual(clusters.map(({ id }) => id));
    expect(tree.members).toEqual(Object.fromEntries(clusters.map(({ id, members }) => [id, members.map(({ symbol }) => symbol)])));
    const streams = clusters.map(({ members }) =>
      training.dates.map((_, row) =>
        members.reduce(
          (sum, { symbol, share }) => sum + share * training.values[row * training.columns.length + training.columns.indexOf(symbol)]!,
          0,
        ),
      ),
    );
    const between = sampleCorrelation(
      matrixOf(
        tree.leaves,
        training.dates.map((_, row) => streams.map((stream) => stream[row]!)),
      ),
    );
    const first = Math.sqrt(Math.max(0, (1 - between[1]!) / 2));
    expect(tree.distances[condensedOffset(clusters.length, 0) + 1]).toBeCloseTo(first, 12);
    const [left, right, height] = tree.linkage[0]!;
    expect(tree.distances[condensedOffset(clusters.length, left) + right]).toBeCloseTo(height, 12);
  });

  test('is none of a profile without one', () => {
    expect(treeOfSolve(training, parameters.hrp, solveProfile({ risk: 'risk_parity', training, parameters }))).toBeNull();
  });
});
