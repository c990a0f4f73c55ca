import { describe, expect, test } from '@jest/globals';
import { addDays } from '../../../domain/returns/days.ts';
import { computeMetrics } from '../../../domain/returns/metrics.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { performanceOf } from '../../../domain/metrics/performance.ts';
import empyrical from '../../golden/metrics/empyrical.json' with { type: 'json' };
import crypto from '../../golden/returns/crypto-meta.json' with { type: 'json' };
import origin from '../../golden/metrics/origin.json' with { type: 'json' };
import { gap, worked } from './worked-examples.ts';

const opened = '2019-12-31';

function daily(values: readonly number[], first = '2020-01-01'): ReturnSeries {
  return { dates: values.map((_, row) => addDays(first, row)), values: Float64Array.from(values) };
}

const alternating = (count: number): number[] => Array.from({ length: count }, (_, row) => (row % 3 === 0 ? -0.005 : 0.01));

describe('the figures of a tear sheet', () => {
  const { metrics } = worked.expected;
  const found = performanceOf(worked.returns, worked);

  test.each([
    ['total', found.total, metrics.total],
    ['TWR a year', found.twrAnnualised, metrics.twr_annualised],
    ['mean a year', found.meanAnnualised, metrics.mean_ann],
    ['volatility', found.volatility, metrics.vol],
    ['Sharpe', found.sharpe, metrics.sharpe],
    ['Sortino', found.sortino, metrics.sortino],
    ['worst drawdown', found.maxDrawdown, metrics.mdd],
    ['Calmar', found.calmar, metrics.calmar],
    ['historical VaR', found.historicalVar5, metrics.var95_hist],
    ['historical CVaR', found.historicalCvar5, metrics.cvar95_hist],
    ['Omega', found.omega, metrics.omega0],
    ['win rate', found.winRate, metrics.win_rate],
    ['skewness', found.skewness, metrics.skew],
    ['excess kurtosis', found.excessKurtosis, metrics.excess_kurtosis],
  ])('%s is that of the worked example to 1e-12', (_, actual, expected) => {
    expect(found.rows).toBe(metrics.n);
    expect(gap(actual, expected)).toBeLessThan(1e-12);
  });

  test('agree with empyrical on its mixed returns, per row and scaled by hand: eight rows are not annualised', () => {
    const { returns, periods, annual_vol, sharpe, sortino, max_drawdown, tail_ratio, stability } = empyrical;
    const mixed = performanceOf(daily(returns), { annualisationDays: periods, opened });
    const rootA = Math.sqrt(periods);
    expect(gap(mixed.deviationPerRow! * rootA, annual_vol)).toBeLessThan(1e-12);
    expect(gap((mixed.meanPerRow / mixed.deviationPerRow!) * rootA, sharpe)).toBeLessThan(1e-12);
    expect(gap(computeMetrics(daily(returns), periods).sortino, sortino)).toBeLessThan(1e-12);
    expect(gap(mixed.maxDrawdown, max_drawdown)).toBeLessThan(1e-12);
    // There, and there alone, empyrical takes the empty first observation for a return of 0.
    const withZero = performanceOf(daily([0, ...returns]), { annualisationDays: periods, opened });
    expect(gap(withZero.tailRatio, tail_ratio)).toBeLessThan(1e-12);
    expect(gap(mixed.stability, stability)).toBeLessThan(1e-12);
    expect(mixed).toMatchObject({
      twrAnnualised: null,
      cagrCalendar: null,
      meanAnnualised: null,
      volatility: null,
      sharpe: null,
      sortino: null,
      calmar: null,
      flags: ['not_meaningful'],
    });
  });

  test.each(Object.entries(origin.parametric))(
    'agree with quantstats before 0.0.83 on the parametric tail of %s, to its last printed digit',
    (name, expected) => {
      const values = name.endsWith('long_all') ? crypto.daily.long_all : crypto.daily.short_all;
      const { parametricVar5, cvarBelowParametricVar5 } = performanceOf(daily(values), { annualisationDays: 365, opened });
      expect(gap(parametricVar5, expected.param_var95)).toBeLessThan(5.1e-7);
      expect(gap(cvarBelowParametricVar5, expected.cvar95_below_param)).toBeLessThan(5.1e-7);
    },
  );

  test('tell the year of the calendar from the year of sessions', () => {
    // One session in two: 183 rows over 366 days, at 252 sessions a year.
    const sparse: ReturnSeries = {
      dates: Array.from({ length: 183 }, (_, row) => addDays('2020-01-02', 2 * row)),
      values: new Float64Array(183).fill(0.001),
    };
    const { twrAnnualised, cagrCalendar, flags } = performanceOf(sparse, { annualisationDays: 252, opened: '2019-12-31' });
    expect(gap(twrAnnualised, 1.001 ** 252 - 1)).toBeLessThan(1e-12);
    expect(gap(cagrCalendar, 1.001 ** ((183 * 365.25) / 366) - 1)).toBeLessThan(1e-12);
    expect(flags).toEqual(['annualisation_suspected']);
    expect(performanceOf(worked.returns, worked).flags).toEqual([]);
  });

  test('annualise from 30 returns on, not from 29', () => {
    const settings = { annualisationDays: 365, opened };
    const few = performanceOf(daily(alternating(29)), settings);
    expect(few).toMatchObject({ volatility: null, sharpe: null, sortino: null, twrAnnualised: null, cagrCalendar: null, calmar: null });
    const enough = performanceOf(daily(alternating(30)), settings);
    for (const figure of ['volatility', 'sharpe', 'sortino', 'twrAnnualised', 'cagrCalendar', 'calmar'] as const)
      expect(enough[figure]).not.toBeNull();
  });

  test('count hits over all rows, and the active ones beside', () => {
    const idle = performanceOf(daily([0.01, 0, 0, -0.01, 0.02, 0]), { annualisationDays: 252, opened });
    expect(idle).toMatchObject({ winRate: 2 / 6, activeRows: 3, hitRateOfActive: 2 / 3, best: 0.02, worst: -0.01 });
  });

  test('are null where they say nothing', () => {
    const one = performanceOf(daily([0.01]), { annualisationDays: 252, opened });
    expect(one).toMatchObject({ deviationPerRow: null, parametricVar5: null, skewness: null, excessKurtosis: null, stability: null });
    const idle = performanceOf(daily([0, 0, 0]), { annualisationDays: 252, opened });
    expect(idle).toMatchObject({ hitRateOfActive: null, tailRatio: null, cvarBelowParametricVar5: null, stability: null, skewness: null });
  });
});
