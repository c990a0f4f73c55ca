import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../presentation/demo/random.ts';

describe('seeded chance', () => {
  // Computed by hand in Python: a Weyl step of 0x9e3779b9, then the 32-bit finaliser of MurmurHash3, plus a half over 2^32.
  test.each([
    [0, [0.5733975801849738, 0.23765396780800074, 0.10578142397571355]],
    [4_294_967_295, [0.2143357404274866, 0.9851032324368134]],
  ])('of seed %i begins as its definition says', (seed, expected) => {
    const { uniform } = seededRandom(seed);
    expect(expected.map(() => uniform())).toEqual(expected);
  });

  test('is normal: the moments of 40,000 draws lie within five standard errors of 0, 1, 0 and 3', () => {
    const { normal } = seededRandom(11);
    const count = 40_000;
    const draws = Array.from({ length: count }, normal);
    const moment = (power: number): number => draws.reduce((sum, draw) => sum + draw ** power, 0) / count;
    expect(Math.abs(moment(1))).toBeLessThan(5 * Math.sqrt(1 / count));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / count));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / count));
  });
});
