import { describe, expect, test } from '@jest/globals';
import { TokenBuckets } from '../../../presentation/api/token-buckets.ts';

interface Timed {
  readonly buckets: TokenBuckets;
  pass(ms: number): void;
}

function timed(perSecond: number, atOnce: number, keysMax = 10): Timed {
  let now = 0;
  return {
    buckets: new TokenBuckets({ perSecond, atOnce }, keysMax, () => now),
    pass: (ms) => void (now += ms),
  };
}

const taken = (buckets: TokenBuckets, key: string, count: number): number[] => Array.from({ length: count }, () => buckets.take(key));

describe('token buckets', () => {
  test('give so many at once, then so many a second, and say how many seconds to wait', () => {
    const { buckets, pass } = timed(0.5, 3);
    expect(taken(buckets, 'a', 4)).toEqual([0, 0, 0, 2]);
    pass(1_999);
    expect(buckets.take('a')).toBe(1);
    pass(1);
    expect(taken(buckets, 'a', 2)).toEqual([0, 2]);
  });

  test('fill to the brim and no further', () => {
    const { buckets, pass } = timed(10, 2);
    taken(buckets, 'a', 2);
    pass(3_600_000);
    expect(taken(buckets, 'a', 3)).toEqual([0, 0, 1]);
  });

  test('are separate for each key', () => {
    const { buckets } = timed(1, 1);
    expect([buckets.take('a'), buckets.take('a'), buckets.take('b')]).toEqual([0, 1, 0]);
  });

  test('take back what came to nothing', () => {
    const { buckets } = timed(1, 1);
    buckets.take('a');
    buckets.giveBack('a');
    expect([buckets.take('a'), buckets.take('a')]).toEqual([0, 1]);
  });

  test('looking takes nothing', () => {
    const { buckets } = timed(1, 1);
    expect([buckets.secondsUntilNext('a'), buckets.secondsUntilNext('a'), buckets.take('a'), buckets.secondsUntilNext('a')]).toEqual([
      0, 0, 0, 1,
    ]);
  });

  test('remember a bounded number of keys: the one that came longest ago is forgotten', () => {
    const { buckets } = timed(1, 1, 2);
    for (const key of ['a', 'b', 'a', 'c']) buckets.take(key);
    // Of `a` nothing was taken the second time, so it is the oldest.
    expect([buckets.secondsUntilNext('a'), buckets.secondsUntilNext('b'), buckets.secondsUntilNext('c')]).toEqual([0, 1, 1]);
  });
});
