import { expect, test } from '@jest/globals';
import { drawnDendrogram } from '../../../presentation/cli/dendrogram.ts';

test('a dendrogram is drawn with its distances, and each cluster by its name where it begins', () => {
  const linkage = [
    [0, 1, 0.1, 2],
    [2, 3, 0.2, 2],
    [4, 5, 0.9, 4],
  ] as const satisfies [number, number, number, number][];
  const cluster = ['s1', 's1', 's2', 's3'];
  expect(
    drawnDendrogram({ linkage: linkage.map((row) => [...row]), leaves: ['A', 'B', 'C', 'D'], clusterOf: (leaf) => cluster[leaf]! }),
  ).toEqual(['┐ 0.9000', '├─┐ 0.1000  [s1]', '│ ├─ A', '│ └─ B', '└─┐ 0.2000', '  ├─ C  [s2]', '  └─ D  [s3]']);
});

test('one symbol is a leaf, and none is nothing', () => {
  expect(drawnDendrogram({ linkage: [], leaves: ['A'], clusterOf: () => 's1' })).toEqual([' A  [s1]']);
  expect(drawnDendrogram({ linkage: [], leaves: [], clusterOf: () => 's1' })).toEqual([]);
});

test('a chain of a thousand merges is drawn with every name, no wider than its indentation allows', () => {
  const leaves = Array.from({ length: 1000 }, (_, leaf) => `S${leaf}`);
  const linkage = leaves.slice(1).map((_, row): [number, number, number, number] => [row === 0 ? 0 : 999 + row, row + 1, row, row + 2]);
  const lines = drawnDendrogram({ linkage, leaves, clusterOf: () => 's1' });
  expect(lines).toHaveLength(1999);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(70);
  for (const leaf of leaves) expect(lines.some((line) => line.endsWith(` ${leaf}`))).toBe(true);
});
