import { describe, expect, test } from '@jest/globals';
import { changeBetween, stabilityOf } from '../../../domain/selection/stability.ts';

describe('a selection over windows', () => {
  test('compares each window that selected with the one before it that did, and skips those in cash', () => {
    const { jaccards, meanJaccard, wins, selecting } = stabilityOf([['A', 'B'], null, ['B', 'C'], ['B', 'C']]);
    expect(jaccards).toEqual([null, null, 1 / 3, 1]);
    expect(meanJaccard).toBeCloseTo(2 / 3, 15);
    expect(selecting).toBe(3);
    expect(wins).toEqual([
      { symbol: 'B', windows: 3 },
      { symbol: 'C', windows: 2 },
      { symbol: 'A', windows: 1 },
    ]);
  });

  test('has no mean where fewer than two windows selected', () => {
    expect(stabilityOf([null, ['A'], null])).toMatchObject({ meanJaccard: null, selecting: 1, jaccards: [null, null, null] });
    expect(stabilityOf([])).toEqual({ meanJaccard: null, selecting: 0, jaccards: [], wins: [] });
  });

  test('that came to nothing twice is the same', () => {
    expect(changeBetween([], [])).toEqual({ jaccard: 1, came: [], left: [] });
  });
});
