import { describe, expect, test } from '@jest/globals';
import { selectionReadings } from '../../../domain/selection/settings.ts';
import {
  askAll,
  costHurdle,
  isHard,
  judge,
  judgedAt,
  type Judged,
  momentumAfterCost,
  relaxedSettings,
  vetoCodes,
  type VetoSettings,
} from '../../../domain/selection/vetoes.ts';

/** A symbol that meets no veto. */
const sound: Judged = {
  momentum: 0.5,
  vol: 0.5,
  entropy_raw: 0.9,
  efficiency: 0.2,
  hurst_raw: 0.6,
  kurtosis: 3,
  survival: 0.5,
  averageDailyValue: 1e8,
  metadata: { tick_size: 0.01, lot_size: 1, price_precision: 2 },
  isBenchmark: false,
  stableCoin: null,
  rateOfChange: 5,
  dailyVolatility: 2,
};

const settings: VetoSettings = {
  mode: 'v4',
  predictability_vetoes: true,
  entropy_max: 0.95,
  entropy_acceptance: [0.4, 0.92],
  efficiency_min: 0.1,
  hurst_random_walk: [0.45, 0.55],
  eci_hurdle: 0.02,
  min_momentum_score: 0,
  reading: selectionReadings.documents,
};

const met = (changed: Partial<Judged>, otherwise: Partial<VetoSettings> = {}) =>
  judge({ ...sound, ...changed }, { ...settings, ...otherwise }).vetoes;

const column = (at: number) => Float64Array.of(at, at + 0.5);

describe('a veto', () => {
  test('is met by nothing of a sound symbol, and each is asked in one order', () => {
    const answers = askAll(sound, settings);
    expect(answers.map(({ code }) => code)).toEqual([...vetoCodes]);
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
    expect(answers.every(({ outcome }) => outcome === 'passed')).toBe(true);
    expect(vetoCodes.filter((code) => !isHard(code))).toEqual(['entropy', 'entropy_band', 'efficiency', 'hurst_zone', 'hurst_falling']);
  });

  // Each row: at the threshold it passes, beyond it the veto is met with the value against the threshold.
  test.each([
    ['survival', { survival: 0.1 }, { survival: 0.0999 }, [0.0999], [0.1]],
    ['efficiency', { efficiency: 0.1 }, { efficiency: 0.0999 }, [0.0999], [0.1]],
    ['entropy_band', { entropy_raw: 0.92 }, { entropy_raw: 0.93 }, [0.93], [0.4, 0.92]],
    ['entropy_band', { entropy_raw: 0.4 }, { entropy_raw: 0.39 }, [0.39], [0.4, 0.92]],
    ['hurst_zone', { hurst_raw: 0.55 }, { hurst_raw: 0.5499 }, [0.5499], [0.45, 0.55]],
    ['hurst_zone', { hurst_raw: 0.45 }, { hurst_raw: 0.4501 }, [0.4501], [0.45, 0.55]],
    ['kurtosis', { kurtosis: 20 }, { kurtosis: 20.01 }, [20.01], [20]],
    ['roc', { rateOfChange: 100 }, { rateOfChange: 100.1 }, [100.1], [-80, 100]],
    ['roc', { rateOfChange: -80 }, { rateOfChange: -80.1 }, [-80.1], [-80, 100]],
    ['volatility_d', { dailyVolatility: 100 }, { dailyVolatility: 100.1 }, [100.1], [100]],
    ['vol', { vol: 2.5 }, { vol: 2.51 }, [2.51], [2.5]],
  ] as const)('of %s is met beyond its threshold, and not by rounding', (code, at, beyond, values, thresholds) => {
    expect(met(at)).toEqual([]);
    expect(met(beyond)).toEqual([{ code, values, thresholds, missing: [] }]);
  });

  test('of entropy is met above the most that is allowed, beside the band where that vetoes', () => {
    expect(met({ entropy_raw: 0.95 }, { entropy_acceptance: null })).toEqual([]);
    expect(met({ entropy_raw: 0.96 }, { entropy_acceptance: null })).toEqual([
      { code: 'entropy', values: [0.96], thresholds: [0.95], missing: [] },
    ]);
    expect(met({ entropy_raw: 0.96 }, { reading: selectionReadings.ruled }).map(({ code }) => code)).toEqual(['entropy']);
    expect(met({ entropy_raw: 0.96 }).map(({ code }) => code)).toEqual(['entropy', 'entropy_band']);
  });

  test('of a falling trend needs a high exponent and a negative momentum', () => {
    const falling = { hurst_raw: 0.56, momentum: -0.01 };
    const without = { averageDailyValue: null };
    expect(met({ ...falling, ...without })).toEqual([{ code: 'hurst_falling', values: [0.56, -0.01], thresholds: [0.55, 0], missing: [] }]);
    expect(met({ ...falling, ...without, momentum: 0 })).toEqual([]);
    expect(met({ ...falling, ...without, hurst_raw: 0.55 })).toEqual([]);
  });

  test('of what is traded names the fields that are missing', () => {
    expect(met({ metadata: { lot_size: 1 } })).toEqual([
      { code: 'metadata', values: [], thresholds: [], missing: ['tick_size', 'price_precision'] },
    ]);
  });

  test('of a stable coin has no figure', () => {
    expect(met({ stableCoin: 'listed' })).toEqual([{ code: 'stable_coin', values: [], thresholds: [], missing: [] }]);
  });

  test('of cost compares momentum after cost with the hurdle, from which a strong trend is exempt under a negative one', () => {
    // 0.5 * sqrt(1e6 / 1e8) = 0.05 of cost.
    expect(momentumAfterCost(0.5, 0.5, 1e8)).toBeCloseTo(0.45, 15);
    expect(momentumAfterCost(0.5, 0.5, 0)).toBe(-Infinity);
    expect(met({ momentum: 0.07 })).toEqual([]);
    expect(met({ momentum: 0.06 })).toEqual([{ code: 'eci', values: [expect.closeTo(0.01, 12)], thresholds: [0.02], missing: [] }]);
    expect(costHurdle({ eci_hurdle: 0.02, min_momentum_score: 0 })).toBe(0.02);
    expect(costHurdle({ eci_hurdle: 0.02, min_momentum_score: -0.5 })).toBe(-0.55);
    expect(costHurdle({ eci_hurdle: -2, min_momentum_score: -0.5 })).toBe(-2);
    // Cost of 2.5 * sqrt(1e6 / 1e6): net -1.4 and -1.49 stand against -1.2, a quarter below which is -1.5; -1.51 lies beyond.
    const [dear, low] = [{ vol: 2.5, averageDailyValue: 1e6 }, { eci_hurdle: -1.2 }];
    expect(met({ ...dear, momentum: 1.1 }, low)).toEqual([]);
    expect(met({ ...dear, momentum: 1.01 }, low)).toEqual([]);
    expect(met({ ...dear, momentum: 0.99 }, low).map(({ code }) => code)).toEqual(['eci']);
    expect(met({ ...dear, momentum: 1.01 }, { eci_hurdle: -1 }).map(({ code }) => code)).toEqual(['eci']);
  });

  test('that cannot be asked is said, and is no veto', () => {
    const nothing: Judged = {
      ...sound,
      entropy_raw: Number.NaN,
      efficiency: Number.NaN,
      hurst_raw: Number.NaN,
      kurtosis: Number.NaN,
      vol: Number.NaN,
      survival: null,
      metadata: null,
      rateOfChange: null,
      dailyVolatility: null,
    };
    expect(judge(nothing, settings)).toEqual({
      vetoes: [],
      notEvaluated: vetoCodes.filter((code) => code !== 'stable_coin'),
    });
    expect(judge({ ...sound, averageDailyValue: null }, settings)).toEqual({ vetoes: [], notEvaluated: ['eci'] });
    expect(askAll(nothing, settings).find(({ code }) => code === 'roc')).toEqual({
      code: 'roc',
      outcome: 'not evaluated',
      values: [],
      thresholds: [-80, 100],
      missing: [],
    });
  });

  test('is not asked where the settings leave it out, of an older mode, or of a benchmark', () => {
    const outcomes = (judged: Judged, otherwise: Partial<VetoSettings>) =>
      askAll(judged, { ...settings, ...otherwise }).flatMap(({ code, outcome }) => (outcome === 'not asked' ? [code] : []));
    expect(outcomes(sound, { predictability_vetoes: false })).toEqual([
      'entropy',
      'entropy_band',
      'efficiency',
      'hurst_zone',
      'hurst_falling',
    ]);
    expect(outcomes(sound, { mode: 'v3.2' })).toEqual(['kurtosis', 'vol', 'roc', 'volatility_d']);
    expect(outcomes(sound, { entropy_acceptance: null })).toEqual(['entropy_band']);
    expect(outcomes({ ...sound, isBenchmark: true }, {})).toEqual([...vetoCodes]);
    expect(judge({ ...sound, isBenchmark: true, survival: 0 }, settings)).toEqual({ vetoes: [], notEvaluated: [] });
  });

  test('of entropy and efficiency is relaxed in the second stage, and nothing else', () => {
    expect(relaxedSettings({ ...settings, entropy_max: 0.8 })).toEqual({ ...settings, entropy_max: 0.96, efficiency_min: 0.1 * 0.8 });
    expect(relaxedSettings({ ...settings, entropy_max: 0.9 }).entropy_max).toBe(1);
  });
});

test('one symbol is judged by its own row of every feature', () => {
  const names = ['momentum', 'vol', 'entropy_raw', 'efficiency', 'hurst_raw', 'kurtosis'] as const;
  const features = Object.fromEntries(names.map((name, at) => [name, column(at)])) as Parameters<typeof judgedAt>[0];
  const facts = [{ survival: 1 }, { survival: 2 }] as unknown as Parameters<typeof judgedAt>[1];
  expect(judgedAt(features, facts, 1)).toEqual({
    survival: 2,
    momentum: 0.5,
    vol: 1.5,
    entropy_raw: 2.5,
    efficiency: 3.5,
    hurst_raw: 4.5,
    kurtosis: 5.5,
  });
});
