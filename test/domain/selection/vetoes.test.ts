/** Each veto at its threshold, a little beyond and not asked; thresholds are those of docs/explanation/selection.md. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import {
  askAll,
  costHurdle,
  isHard,
  judge,
  type Judged,
  judgedAt,
  kurtosisMax,
  momentumAfterCost,
  relaxedSettings,
  type VetoCode,
  vetoCodes,
  type VetoSettings,
} from '../../../domain/selection/vetoes.ts';
import { streamFeatures } from '../../../domain/selection/features.ts';
import { unknownFacts } from '../../../domain/selection/pool.ts';

const sound: Judged = {
  momentum: 0.5,
  vol: 0.2,
  entropy_raw: 0.5,
  efficiency: 0.5,
  hurst_raw: 0.7,
  kurtosis: 1,
  survival: 0.9,
  averageDailyValue: 1e8,
  metadata: { tick_size: 1, lot_size: 1, price_precision: 2 },
  isBenchmark: false,
  stableCoin: null,
  rateOfChange: 5,
  dailyVolatility: 2,
};
const settings: VetoSettings = {
  mode: 'v4',
  predictability_vetoes: true,
  entropy_max: 0.9,
  entropy_acceptance: [0.2, 0.8],
  efficiency_min: 0.1,
  hurst_random_walk: [0.48, 0.52],
  eci_hurdle: 0.1,
  min_momentum_score: 0,
  reading: selectionReadings.documents,
};
const met = (change: Partial<Judged>, more: Partial<VetoSettings> = {}): VetoCode[] =>
  judge({ ...sound, ...change }, { ...settings, ...more }).vetoes.map(({ code }) => code);

describe('the vetoes', () => {
  test('are asked in this order, and five of them may be lifted', () => {
    expect(vetoCodes).toEqual([
      'stable_coin',
      'survival',
      'entropy',
      'entropy_band',
      'efficiency',
      'hurst_zone',
      'hurst_falling',
      'metadata',
      'eci',
      'kurtosis',
      'vol',
      'roc',
      'volatility_d',
    ]);
    expect(vetoCodes.filter((code) => !isHard(code))).toEqual(['entropy', 'entropy_band', 'efficiency', 'hurst_zone', 'hurst_falling']);
    expect(kurtosisMax).toBe(20);
  });

  test('of a sound symbol are all passed, each with what was found against what is allowed', () => {
    const passed = (code: VetoCode, values: number[], thresholds: number[]) => ({
      code,
      outcome: 'passed',
      values,
      thresholds,
      missing: [],
    });
    expect(askAll(sound, settings)).toEqual([
      passed('stable_coin', [], []),
      passed('survival', [0.9], [0.1]),
      passed('entropy', [0.5], [0.9]),
      passed('entropy_band', [0.5], [0.2, 0.8]),
      passed('efficiency', [0.5], [0.1]),
      passed('hurst_zone', [0.7], [0.48, 0.52]),
      passed('hurst_falling', [0.7, 0.5], [0.55, 0]),
      passed('metadata', [], []),
      passed('eci', [0.5 - 0.2 * Math.sqrt(1e6 / 1e8)], [0.1]),
      passed('kurtosis', [1], [20]),
      passed('vol', [0.2], [2.5]),
      passed('roc', [5], [-80, 100]),
      passed('volatility_d', [2], [100]),
    ]);
    expect(judge(sound, settings)).toEqual({ vetoes: [], notEvaluated: [] });
  });

  test('of which nothing is known are not evaluated, and keep their thresholds', () => {
    const nothing: Judged = {
      ...sound,
      momentum: Number.NaN,
      vol: Number.NaN,
      entropy_raw: Number.NaN,
      efficiency: Number.NaN,
      hurst_raw: Number.NaN,
      kurtosis: Number.NaN,
      survival: null,
      averageDailyValue: null,
      metadata: null,
      rateOfChange: null,
      dailyVolatility: null,
    };
    const open = (code: VetoCode, thresholds: number[]) => ({ code, outcome: 'not evaluated', values: [], thresholds, missing: [] });
    expect(askAll(nothing, settings).slice(1)).toEqual([
      open('survival', [0.1]),
      open('entropy', [0.9]),
      open('entropy_band', [0.2, 0.8]),
      open('efficiency', [0.1]),
      open('hurst_zone', [0.48, 0.52]),
      open('hurst_falling', [0.55, 0]),
      open('metadata', []),
      open('eci', []),
      open('kurtosis', [20]),
      open('vol', [2.5]),
      open('roc', [-80, 100]),
      open('volatility_d', [100]),
    ]);
    expect(judge(nothing, settings)).toEqual({ vetoes: [], notEvaluated: vetoCodes.slice(1) });
    expect(askAll({ ...sound, vol: Number.NaN }, settings)[8]).toEqual(open('eci', []));
    expect(askAll({ ...sound, averageDailyValue: null }, settings)[8]).toEqual(open('eci', []));
  });

  test('are none for a benchmark', () => {
    expect(askAll({ ...sound, isBenchmark: true, survival: 0 }, settings)).toEqual(
      vetoCodes.map((code) => ({ code, outcome: 'not asked', values: [], thresholds: [], missing: [] })),
    );
  });

  test.each([
    [{ predictability_vetoes: false }, ['entropy', 'entropy_band', 'efficiency', 'hurst_zone', 'hurst_falling']],
    [{ entropy_acceptance: null }, ['entropy_band']],
    [{ reading: selectionReadings.ruled }, ['entropy_band']],
    [{ mode: 'v3' }, ['kurtosis', 'vol', 'roc', 'volatility_d']],
    [{ mode: 'v3.2' }, ['kurtosis', 'vol', 'roc', 'volatility_d']],
  ] as const)('of %j leave out %j', (change, left) => {
    const asked = askAll(sound, { ...settings, ...change });
    expect(asked.filter(({ outcome }) => outcome === 'not asked').map(({ code }) => code)).toEqual(left);
  });
});

const beyond = 1e-11;
describe('a veto', () => {
  test.each<[VetoCode, Partial<Judged>, Partial<Judged>]>([
    ['stable_coin', {}, { stableCoin: 'listed' }],
    ['stable_coin', {}, { stableCoin: 'pegged' }],
    ['survival', { survival: 0.1 }, { survival: 0.1 - beyond }],
    ['entropy_band', { entropy_raw: 0.2 }, { entropy_raw: 0.2 - beyond }],
    ['entropy_band', { entropy_raw: 0.8 }, { entropy_raw: 0.8 + beyond }],
    ['efficiency', { efficiency: 0.1 }, { efficiency: 0.1 - beyond }],
    ['hurst_zone', { hurst_raw: 0.48 }, { hurst_raw: 0.48 + beyond }],
    ['hurst_zone', { hurst_raw: 0.52 }, { hurst_raw: 0.52 - beyond }],
    ['kurtosis', { kurtosis: 20 }, { kurtosis: 20 + beyond }],
    ['vol', { vol: 2.5 }, { vol: 2.5 + beyond }],
    ['roc', { rateOfChange: 100 }, { rateOfChange: 100 + 1e-9 }],
    ['roc', { rateOfChange: -80 }, { rateOfChange: -80 - 1e-9 }],
    ['volatility_d', { dailyVolatility: 100 }, { dailyVolatility: 100 + 1e-9 }],
  ])('%s is not met at %j, and met at %j', (code, at, over) => {
    expect(met(at)).toEqual([]);
    expect(met(over)).toEqual([code]);
  });

  test('of entropy is met above the largest, beside the band', () => {
    const wide = { entropy_acceptance: [0, 1] as [number, number] };
    expect([met({ entropy_raw: 0.9 }, wide), met({ entropy_raw: 0.9 + beyond }, wide)]).toEqual([[], ['entropy']]);
  });

  test('of rounding is none', () => {
    expect([met({ survival: 0.1 - 1e-13 }), met({ kurtosis: 20 + 1e-14 })]).toEqual([[], []]);
  });

  test('of a persistent fall needs persistence and a fall', () => {
    const lenient = { eci_hurdle: -5 };
    expect(met({ hurst_raw: 0.6, momentum: -0.1 }, lenient)).toEqual(['hurst_falling']);
    expect(met({ hurst_raw: 0.55 + beyond, momentum: -beyond }, lenient)).toEqual(['hurst_falling']);
    expect(met({ hurst_raw: 0.55, momentum: -0.1 }, lenient)).toEqual([]);
    expect(met({ hurst_raw: 0.6, momentum: 0 }, lenient)).toEqual([]);
  });

  test.each([
    [{}, ['tick_size', 'lot_size', 'price_precision']],
    [{ tick_size: 1, price_precision: 0 }, ['lot_size']],
    [{ lot_size: 1 }, ['tick_size', 'price_precision']],
  ])('of the metadata %j names what is missing: %j', (metadata, missing) => {
    expect(judge({ ...sound, metadata }, settings).vetoes).toEqual([{ code: 'metadata', values: [], thresholds: [], missing }]);
  });
});

describe('the cost of trading', () => {
  test('is the volatility times the root of a million over the value traded', () => {
    expect(momentumAfterCost(1, 0.5, 4e6)).toBe(0.75);
    expect(momentumAfterCost(1, 0.5, 1)).toBe(-499);
    expect([momentumAfterCost(1, 0.5, 0), momentumAfterCost(1, 0.5, -1)]).toEqual([-Infinity, -Infinity]);
  });

  test.each([
    [0.1, 0, 0.1],
    [0.1, 0.5, 0.1],
    [0.1, -0.5, -0.55],
    [-1, -0.5, -1],
    [0.1, -0.01, -0.060000000000000005],
  ])('has the hurdle %d with a gate of %d at %d', (hurdle, gate, expected) => {
    expect(costHurdle({ eci_hurdle: hurdle, min_momentum_score: gate })).toBe(expected);
  });

  test('is vetoed below the hurdle', () => {
    const free = { vol: 0, averageDailyValue: 1e6 };
    expect(met({ ...free, momentum: 0.1 })).toEqual([]);
    expect(met({ ...free, momentum: 0.1 - beyond })).toEqual(['eci']);
  });

  test('of a strong trend may be a quarter more below zero', () => {
    // A momentum of 2 and a volatility of 2: net is 2 - 2 √(1e6 / value).
    const traded = (net: number): Partial<Judged> => ({ momentum: 2, vol: 2, averageDailyValue: 1e6 / ((2 - net) / 2) ** 2 });
    const hurdle = { eci_hurdle: -1, min_momentum_score: 0 };
    expect(met(traded(-1.2), hurdle)).toEqual([]);
    expect(met(traded(-1.26), hurdle)).toEqual(['eci']);
    expect(met({ momentum: 1, vol: 2, averageDailyValue: 1e6 / 1.1 ** 2 }, hurdle)).toEqual(['eci']);
  });
});

test('the second stage relaxes entropy and efficiency alone', () => {
  expect(relaxedSettings({ ...settings, entropy_max: 0.5 })).toEqual({ ...settings, entropy_max: 0.6, efficiency_min: 0.1 * 0.8 });
  expect(relaxedSettings(settings).entropy_max).toBe(1);
});

test('what a symbol is judged by are its own features and facts', () => {
  const features = Object.fromEntries(streamFeatures.map((name, at) => [name, Float64Array.of(at, at + 0.5)])) as Parameters<
    typeof judgedAt
  >[0];
  const facts = [unknownFacts('A:A'), { ...unknownFacts('A:B'), survival: 0.3 }];
  const at = (name: (typeof streamFeatures)[number]): number => streamFeatures.indexOf(name) + 0.5;
  expect(judgedAt(features, facts, 1)).toEqual({
    ...facts[1],
    momentum: at('momentum'),
    vol: at('vol'),
    entropy_raw: at('entropy_raw'),
    efficiency: at('efficiency'),
    hurst_raw: at('hurst_raw'),
    kurtosis: at('kurtosis'),
  });
});
