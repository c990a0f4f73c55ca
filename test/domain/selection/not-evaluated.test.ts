/* The lists of the worked example of the reference (logmps.json): what three cases of supply leave out of the score, mode by mode. */
import { describe, expect, test } from '@jest/globals';
import type { Component } from '../../../domain/selection/components.ts';
import { notEvaluated } from '../../../domain/selection/not-evaluated.ts';
import { select } from '../../../domain/selection/select.ts';
import { type SelectionMode, selectionReadings } from '../../../domain/selection/settings.ts';
import { workedExample } from '../../support/worked-example.ts';
import { matrixOf, poolOf } from './pools.ts';
import { usual } from '../../support/selection-settings.ts';

interface Example {
  readonly inputs: {
    readonly returns: Readonly<Record<string, number[]>>;
    readonly adv: Readonly<Record<string, number>>;
    readonly scan: Readonly<Record<string, { readonly adx: number; readonly recommend_all: number; readonly recommend_ma: number }>>;
  };
  readonly results: readonly {
    readonly mode: SelectionMode;
    readonly case: string;
    readonly preset: 'ruled' | 'literal';
    readonly absent_everywhere: readonly Component[];
    readonly absent_some: Readonly<Partial<Record<Component, readonly string[]>>>;
  }[];
}

const { inputs, results } = workedExample('logmps') as Example;

/** With volumes alone SH has none; with a scan it trades 50 million a day. */
function listOf({ mode, case: which, preset }: Example['results'][number]) {
  const facts = Object.fromEntries(
    Object.keys(inputs.returns).map((symbol) => {
      const { adx, recommend_all: recommendAll, recommend_ma: recommendMa } = inputs.scan[symbol]!;
      const scanned = which === 'scan and volumes' ? { adx, recommendAll, recommendMa, averageDailyValue: 5e7 } : {};
      const volume = inputs.adv[symbol];
      const traded = which === 'nothing but prices' || volume === undefined ? {} : { averageDailyValue: volume };
      return [symbol, { ...scanned, ...traded }];
    }),
  );
  const reading = preset === 'ruled' ? selectionReadings.ruled : selectionReadings.documents;
  return notEvaluated(select(poolOf(matrixOf(inputs.returns), facts), { ...usual, mode, reading }));
}

test.each(results.map((result) => [result.mode, result.case, result.preset, result] as const))(
  '%s with %s, %s: components without a value are those of the worked example',
  (_mode, _case, _preset, result) => {
    const { components } = listOf(result);
    const all = components.filter(({ symbols }) => symbols === 'all').map(({ name }) => name);
    expect(all.toSorted()).toEqual([...result.absent_everywhere, 'fragility'].toSorted());
    const some = components.filter(({ symbols }) => symbols !== 'all').map(({ name, symbols }) => [name, symbols]);
    expect(Object.fromEntries(some)).toEqual(result.absent_some);
  },
);

describe('vetoes that could not be asked', () => {
  const returns = matrixOf(inputs.returns);
  const listed = (facts: Parameters<typeof poolOf>[1]) => notEvaluated(select(poolOf(returns, facts), usual)).vetoes;

  test('are listed of all candidates where nothing is given', () => {
    const names = listed({}).filter(({ symbols }) => symbols === 'all');
    expect(names.map(({ name }) => name)).toEqual(['survival', 'metadata', 'eci', 'roc', 'volatility_d']);
  });

  test('name the symbols that lack what others have', () => {
    const metadata = { tick_size: 0.01, lot_size: 1, price_precision: 2 };
    const others = Object.keys(inputs.returns).filter((symbol) => symbol !== 'AMEX:SLV');
    const lists = listed({ 'AMEX:SLV': { metadata, rateOfChange: 3 } });
    expect(lists.find(({ name }) => name === 'metadata')!.symbols).toEqual(others.toSorted());
    expect(lists.find(({ name }) => name === 'volatility_d')!.symbols).toBe('all');
  });

  test('leave benchmarks out, which are exempt from all', () => {
    expect(listed({ 'AMEX:SPY': { isBenchmark: true } }).find(({ name }) => name === 'metadata')!.symbols).toBe('all');
  });
});
