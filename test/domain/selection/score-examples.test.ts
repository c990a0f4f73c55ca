/*
 * Worked example of the reference (logmps.json): a second implementation in NumPy and SciPy, eight symbols, three modes, with and without
 * volumes and scan, both readings. Held to 1e-9 relative.
 */
import { describe, expect, test } from '@jest/globals';
import { type Component, componentValues, componentWeights } from '../../../domain/selection/components.ts';
import { rawStreams } from '../../../domain/returns/streams.ts';
import { featuresOf } from '../../../domain/selection/features.ts';
import { fullLiquidityValue, type SymbolFacts, unknownFacts } from '../../../domain/selection/pool.ts';
import { factorsOf, scoresOf } from '../../../domain/selection/score.ts';
import { type SelectionMode, selectionReadings } from '../../../domain/selection/settings.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';
import { matrixOf } from './pools.ts';

interface Result {
  readonly mode: SelectionMode;
  readonly case: string;
  readonly preset: 'ruled' | 'literal';
  readonly P: Readonly<Record<string, Readonly<Record<Component, number>>>>;
  readonly weights: Readonly<Partial<Record<Component, number>>>;
  readonly absent_everywhere: readonly Component[];
  readonly absent_some: Readonly<Partial<Record<Component, readonly string[]>>>;
  readonly score_before_multiplier: Readonly<Record<string, number>>;
  readonly multiplier_if_EXPANSION: Readonly<Record<string, number>>;
  readonly score: Readonly<Record<string, number>>;
  readonly order: readonly string[];
}

interface Example {
  readonly inputs: {
    readonly returns: Readonly<Record<string, number[]>>;
    readonly adv: Readonly<Record<string, number>>;
    readonly scan: Readonly<Record<string, { readonly adx: number; readonly recommend_all: number; readonly recommend_ma: number }>>;
    readonly A: number;
  };
  readonly features_ruled: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  readonly results: readonly Result[];
}

const { inputs, features_ruled: expectedFeatures, results } = workedExample('logmps') as Example;
const returns = matrixOf(inputs.returns);
const symbols = returns.columns;

/** With volumes alone SH has none; with a scan it trades 50 million a day. */
function factsOf(which: string): SymbolFacts[] {
  return symbols.map((symbol) => {
    const scan = which === 'scan and volumes' ? inputs.scan[symbol] : undefined;
    const volume = which === 'nothing but prices' ? undefined : inputs.adv[symbol];
    const supplied = which === 'scan and volumes' && volume === undefined ? 5e7 : volume;
    return {
      ...unknownFacts(symbol),
      averageDailyValue: supplied ?? null,
      adx: scan?.adx ?? null,
      recommendAll: scan?.recommend_all ?? null,
      recommendMa: scan?.recommend_ma ?? null,
    };
  });
}

function scored({ mode, case: which, preset }: Result) {
  const reading = preset === 'ruled' ? selectionReadings.ruled : selectionReadings.documents;
  const features = featuresOf(rawStreams(returns), { annualisationDays: inputs.A, reading });
  const facts = factsOf(which);
  const values = componentValues(features, facts, { rows: returns.dates.length, fullLiquidity: fullLiquidityValue.others, reading });
  return { values, scores: scoresOf(values, features, { mode, strategy: 'trend_following', quadrant: 'EXPANSION', reading }) };
}

describe.each(results.map((result) => [result.mode, result.case, result.preset, result] as const))(
  '%s, %s, %s',
  (_, _which, _preset, result) => {
    const { scores } = scored(result);

    test('has the exponents of its mode', () => {
      expect(componentWeights[result.mode]).toEqual(result.weights);
    });

    test('maps every component as the second implementation', () => {
      for (const { component } of scores.weights)
        symbols.forEach((symbol, i) =>
          expectClose(scores.probabilities[component]![i]!, result.P[symbol]![component], 1e-9, `${component} of ${symbol}`),
        );
    });

    test('lists what is absent', () => {
      expect(scores.absentEverywhere).toEqual(result.absent_everywhere);
      const some = Object.fromEntries(
        scores.absentSome.map(({ component, symbols: places }) => [component, places.map((i) => symbols[i])]),
      );
      expect(some).toEqual(result.absent_some);
    });

    test('has its multipliers, scores and order', () => {
      symbols.forEach((symbol, i) => {
        expectClose(scores.multiplier[i]!, result.multiplier_if_EXPANSION[symbol]!, 1e-9, `multiplier of ${symbol}`);
        expectClose(scores.score[i]!, result.score[symbol]!, 1e-9, `score of ${symbol}`);
        const product = factorsOf(scores, i).reduce((total, { factor }) => total * factor, 1);
        expectClose(product, result.score_before_multiplier[symbol]!, 1e-9, `factors of ${symbol}`);
        expectClose(product * scores.multiplier[i]!, scores.score[i]!, 1e-12, `product of ${symbol}`);
      });
      const order = [...symbols.keys()].toSorted((left, right) => scores.score[right]! - scores.score[left]!);
      expect(order.map((i) => symbols[i])).toEqual(result.order);
    });
  },
);

test('the features behind them are those of the second implementation', () => {
  const { values } = scored(results.find(({ case: which, preset }) => which.startsWith('no scan') && preset === 'ruled')!);
  symbols.forEach((symbol, i) => {
    for (const component of [
      'momentum',
      'efficiency',
      'antifragility',
      'hurst',
      'liquidity',
      'stability',
      'entropy',
      'skew',
      'cvar',
    ] as const) {
      const expected = expectedFeatures[symbol]![component]!;
      expectClose(values[component][i]!, typeof expected === 'number' ? expected : Number.NaN, 1e-9, `${component} of ${symbol}`);
    }
  });
});
