import { describe, expect, test } from '@jest/globals';
import { aggressorFraction } from '../../../domain/regime/adaptive.ts';
import { dickeyFuller } from '../../../domain/regime/augmented-dickey-fuller.ts';
import { detailEnergyShare, haarDecomposition } from '../../../domain/regime/haar.ts';
import { hiddenMarkov } from '../../../domain/regime/hidden-markov.ts';
import { permutationEntropy, reachablePermutationEntropy } from '../../../domain/regime/permutation-entropy.ts';
import { detectRegime, marketQuadrant } from '../../../domain/regime/regime.ts';
import { hurst } from '../../../domain/regime/rescaled-range.ts';
import { seeded } from '../../support/figures.ts';

const counted = (values: number[]): number => permutationEntropy(Float64Array.from(values), 3)!.nats;

const noise = (rows: number, seed = 7): Float64Array => {
  const random = seeded(seed);
  return Float64Array.from({ length: rows }, () => 0.01 * (random() + random() + random() - 1.5));
};

describe('a series that never moves', () => {
  const still = new Float64Array(60);

  test('is QUIET, and says what could not be evaluated', () => {
    expect(detectRegime(still, 252, 'off')).toMatchObject({
      label: 'QUIET',
      score: 0,
      notEvaluated: ['volatility_ratio', 'turbulence', 'hurst', 'unit_root', 'kurtosis', 'hidden_markov'],
    });
  });

  test('has no exponent, no unit-root test, no hidden states and no energy', () => {
    expect([hurst(still), dickeyFuller(still), hiddenMarkov(still), detailEnergyShare(haarDecomposition(still)!)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  test('has one ordinal pattern and so no entropy', () => {
    expect(permutationEntropy(still, 5)).toEqual({ nats: 0, patterns: 120, windows: 56 });
  });
});

describe('what a number of rows can reach', () => {
  test('no crisis on 60 rows, one on 120', () => {
    expect(detectRegime(noise(60), 252, 'off').unreachable).toEqual(['TURBULENT', 'CRISIS']);
    expect(detectRegime(noise(120), 252, 'off').unreachable).toEqual(['TURBULENT']);
  });

  test('with the spectral flag every label on 60 rows, for a hint decides above 1.5', () => {
    expect(detectRegime(noise(60), 252, 'noise').unreachable).toEqual([]);
    expect(detectRegime(noise(36), 252, 'noise').unreachable).toEqual(['CRISIS']);
    expect(detectRegime(noise(19), 252, 'noise').unreachable).toEqual(['TURBULENT', 'CRISIS']);
  });

  test.each([
    [60, 0.8408059808779927],
    [20, 0.5791318024558325],
    [120, 0.9929187237290187],
    [252, 1],
    [4, 0],
  ])('an entropy of order 5 on %d rows', (rows, expected) => {
    expect(reachablePermutationEntropy(rows, 5)).toBeCloseTo(expected, 14);
  });
});

test('only the last 252 rows are read', () => {
  const long = noise(300);
  const changed = long.map((value, row) => (row < 48 ? 100 * value : value));
  expect(detectRegime(changed, 252, 'noise')).toEqual(detectRegime(long, 252, 'noise'));
});

test.each([5, 19, 20, 60, 252, 300])('the quadrant alone is that of the whole reading, on %d rows', (rows) => {
  for (let seed = 1; seed <= 10; seed++) {
    const market = noise(rows, seed);
    const { quadrant, growth, stress } = detectRegime(market, 252, 'off');
    expect(marketQuadrant(market, 252)).toEqual({ quadrant, growth, stress });
  }
});

test('of equal values the earlier one counts as the smaller', () => {
  // 0,0,1 and 0,1,2 are the same pattern; 1,0,0 and 2,0,1 are another.
  expect(counted([0, 0, 1, 2])).toBe(0);
  expect(counted([1, 0, 0, 0])).toBeCloseTo(Math.log(2), 15);
});

test('the aggressor fraction by regime is that of the code or of the specification', () => {
  const labels = ['QUIET', 'NORMAL', 'TURBULENT', 'CRISIS'] as const;
  expect(labels.map((label) => aggressorFraction(label, 'code'))).toEqual([0.15, 0.1, 0.05, 0.03]);
  expect(labels.map((label) => aggressorFraction(label, 'specification'))).toEqual([0.15, 0.1, 0.08, 0.05]);
});

test('an exponent needs 32 rows, and takes other lags where a constant stretch leaves fewer than two', () => {
  expect(hurst(noise(31))).toBeNull();
  expect(hurst(noise(32))!.points.map(({ lag }) => lag)).toEqual([8, 16]);
  expect(hurst(noise(100))!.points.map(({ lag }) => lag)).toEqual([8, 16, 32]);
  // Segments of 16 rows end at row 32, before anything moves: lag 8 is alone, so 10, 15 and 20 are tried.
  const late = noise(40).map((value, row) => (row < 33 ? 0.01 : value));
  expect(hurst(late)!.points.map(({ lag }) => lag)).toEqual([10, 20]);
});

test('entropies that are equal have equal bits, whichever counts they come from', () => {
  // Patterns of order 2: rises and falls; 8 windows in either series, counted 4 and 4.
  const rising = permutationEntropy(Float64Array.from([0, 1, 2, 3, 4, 3, 2, 1, 0]), 2)!;
  const zigzag = permutationEntropy(Float64Array.from([0, 1, 0, 1, 0, 1, 0, 1, 0]), 2)!;
  expect(rising.nats).toBe(zigzag.nats);
  expect(rising.nats).toBeCloseTo(Math.log(2), 15);
});
