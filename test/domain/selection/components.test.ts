/** Components of a score, and how their values are mapped. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { antifragilityColumn, componentMaps, components, componentWeights } from '../../../domain/selection/components.ts';
import { absentProbability, mapComponent, normalProbabilities, rankProbabilities } from '../../../domain/selection/maps.ts';

describe('components', () => {
  test('stand in this order, with these maps and exponents', () => {
    expect(components).toEqual([
      'momentum',
      'efficiency',
      'survival',
      'antifragility',
      'hurst',
      'liquidity',
      'stability',
      'entropy',
      'adx',
      'recommend_all',
      'recommend_ma',
      'skew',
      'kurtosis',
      'cvar',
    ]);
    expect(Object.entries(componentMaps).map(([name, map]) => `${name} ${map}`)).toEqual([
      'momentum rank',
      'efficiency unit',
      'survival unit',
      'antifragility rank',
      'hurst rank',
      'liquidity unit',
      'stability rank',
      'entropy rank',
      'adx normal',
      'recommend_all normal',
      'recommend_ma normal',
      'skew rank',
      'kurtosis rank_desc',
      'cvar rank',
    ]);
    const logMps = {
      momentum: 1.7469,
      efficiency: 1.5348,
      survival: 1.4,
      antifragility: 0.6263,
      hurst: 0.3485,
      liquidity: 0.2946,
      stability: 0.0458,
      entropy: 0.0322,
      adx: 1,
    };
    expect(componentWeights).toEqual({
      v3: { momentum: 1, survival: 1, antifragility: 1, liquidity: 1, stability: 1, adx: 1 },
      'v3.2': logMps,
      v4: { ...logMps, recommend_all: 1, recommend_ma: 1, skew: 0.5, kurtosis: 0.5, cvar: 1 },
    });
  });

  test('of antifragility are scaled skewness and upper tail, as far as a year of rows supports them', () => {
    const columns = { skew: Float64Array.of(-1, 1, Number.NaN), tail_gain: Float64Array.of(0, 0.02, 0.01) };
    const [low, high, unknown] = antifragilityColumn(columns, 126);
    expect(low).toBe(0);
    expect(high).toBeCloseTo((2 / (2 + 1e-9) + 0.02 / (0.02 + 1e-9)) / 2, 14);
    expect(unknown).toBeNaN();
    expect(antifragilityColumn(columns, 252)[1]).toBe(antifragilityColumn(columns, 999)[1]);
    expect(antifragilityColumn(columns, 252)[1]).toBeCloseTo(2 * high!, 14);
  });
});

describe('a map of a component', () => {
  const none = Number.NaN;
  test('by rank shares places between equal values, and leaves out what is not known', () => {
    const ranks = [...rankProbabilities(Float64Array.of(3, none, 1, 1, 9))];
    expect(ranks).toEqual([0.01 + (0.99 * 2) / 3, none, 0.01 + (0.99 * 0.5) / 3, 0.01 + (0.99 * 0.5) / 3, 0.01 + (0.99 * 3) / 3]);
    const descending = [...rankProbabilities(Float64Array.of(3, 1, 2), true)];
    expect(descending).toEqual([0.01, 1, 0.01 + 0.99 / 2]);
    expect([...rankProbabilities(Float64Array.of(none, 7))]).toEqual([none, 0.505]);
    expect([...rankProbabilities(Float64Array.of(none))]).toEqual([none]);
    expect(absentProbability).toBe(0.5);
  });

  test('by the normal distribution is one half where all agree, and at least a thousandth', () => {
    expect([...normalProbabilities(Float64Array.of(2, none, 2))]).toEqual([0.5, none, 0.5]);
    const [low, , high] = normalProbabilities(Float64Array.of(-1, 0, 1));
    // Φ(√1.5) of the standard normal table.
    expect(high).toBeCloseTo(0.8896643, 7);
    expect(low).toBeCloseTo(1 - 0.8896643, 7);
    const outlier = normalProbabilities(Float64Array.of(-1e6, ...Array.from({ length: 30 }, () => 0)));
    expect(outlier[0]).toBe(0.001);
  });

  test('as it is keeps values within a thousandth and one', () => {
    const values = Float64Array.of(-1, 0, 0.3, 1, 2, none);
    expect([...mapComponent(values, 'unit', { component_map: 'fixed' })]).toEqual([0.001, 0.001, 0.3, 1, 1, none]);
  });

  test('by the data is as it is where every value lies within zero and one', () => {
    const by = (map: 'unit' | 'normal', ...values: number[]) => [
      ...mapComponent(Float64Array.from(values), map, { component_map: 'by_data' }),
    ];
    expect(by('normal', 0, 0.5, 1, none)).toEqual([0.001, 0.5, 1, none]);
    for (const outside of [-0.01, 1.01]) expect(by('unit', outside, 0.5)).toEqual([...normalProbabilities(Float64Array.of(outside, 0.5))]);
    expect([...mapComponent(Float64Array.of(0, 1), 'normal', { component_map: 'fixed' })]).toEqual([
      ...normalProbabilities(Float64Array.of(0, 1)),
    ]);
  });
});
