import { describe, expect, test } from '@jest/globals';
import { adjustedExcessKurtosis } from '../../../domain/regime/excess-kurtosis.ts';
import { bandPosition, reachOf } from '../../../domain/selection/reach.ts';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import { usual } from '../../support/selection-settings.ts';

const reached = (change: Partial<typeof usual>, rows: number) =>
  reachOf({ ...usual, ...change }, rows).map(({ setting, status }) => `${setting} ${status}`);

describe('what no data can make act', () => {
  /* Worked example of the reference (crypto_rules.json): the largest entropies of 20, 60 and 252 rows. */
  test.each([
    [60, 0.8408059808779927],
    [20, 0.5791318024558325],
    [252, 0.9929187237290187],
  ])('on %d rows a threshold of .999 is beyond the largest entropy', (rows, reachable) => {
    const found = reachOf({ ...usual, entropy_max: 0.999 }, rows)[0]!;
    expect(found).toMatchObject({ setting: 'features.entropy_max_threshold', status: 'cannot_act', value: 0.999 });
    expect(found.reachable).toBeCloseTo(reachable, 14);
  });

  test('a threshold that can be reached says nothing', () => {
    expect(reached({ entropy_max: 0.84, eci_hurdle: -0.6, cluster_lookbacks: [60] }, 60)).toEqual([]);
    expect(reached({ entropy_max: 0.9, eci_hurdle: -0.6, cluster_lookbacks: [60, 120] }, 120)).toEqual([]);
  });

  test('20 rows have no exponent, no large kurtosis, and no lookback of the documents', () => {
    expect(reached({ cluster_lookbacks: [5, 60, 120, 200] }, 20)).toEqual([
      'features.entropy_max_threshold cannot_act',
      'features.hurst_random_walk cannot_act',
      'kurtosis cannot_act',
      'risk.cluster_lookbacks left_out',
      'features.eci_hurdle exemption cannot_act',
    ]);
    const spike = Float64Array.from({ length: 20 }, (_, row) => (row === 7 ? 1 : 0));
    expect(adjustedExcessKurtosis(spike)).toBeCloseTo(20, 10);
  });

  test('the exemption of strong trends acts below zero only, also where the gate lowers the hurdle', () => {
    const settings = { entropy_max: 0.5, cluster_lookbacks: [60] };
    expect(reached({ ...settings, eci_hurdle: 0 }, 60)).toEqual(['features.eci_hurdle exemption cannot_act']);
    expect(reached({ ...settings, eci_hurdle: 0, min_momentum_score: -0.05 }, 60)).toEqual([]);
  });

  test('a band above everything that can be reached rejects all, if it is a veto', () => {
    const band: [number, number] = [0.9, 0.95];
    const settings = { entropy_max: 0.5, entropy_acceptance: band, eci_hurdle: -1, cluster_lookbacks: [60] };
    expect(reached(settings, 60)).toEqual([]);
    expect(reached({ ...settings, reading: { ...selectionReadings.ruled, entropy_band: 'veto' } }, 60)).toEqual([
      'selection.entropy_acceptance rejects_all',
    ]);
  });
});

test('the side of the band is recorded', () => {
  const sides = [0.85, 0.9, 0.93, 0.96, Number.NaN].map((entropy) => bandPosition(entropy, [0.9, 0.95]));
  expect(sides).toEqual(['below', 'inside', 'inside', 'above', 'not evaluated']);
});
