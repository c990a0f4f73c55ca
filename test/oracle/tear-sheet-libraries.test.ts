import { expect } from '@jest/globals';
import { compareWithBenchmark } from '../../domain/metrics/benchmark.ts';
import { calendarReturns } from '../../domain/metrics/months.ts';
import { rollingFigures } from '../../domain/metrics/rolling.ts';
import { performanceOf } from '../../domain/metrics/performance.ts';
import { gap, worked } from '../domain/metrics/worked-examples.ts';
import { needs } from '../support/needs.ts';
import { oraclePython, runPython } from '../support/python.ts';

/** What quantstats and empyrical themselves say of the worked example's returns, by the names of `conventions.ts`. */
const script = `
import json, sys, warnings
warnings.filterwarnings('ignore')
import empyrical as ep, numpy as np, pandas as pd, quantstats.stats as qs
given = json.loads(sys.argv[1])
index = pd.DatetimeIndex(given['dates'])
r, b = pd.Series(given['returns'], index), pd.Series(given['benchmark'], index)
A = given['A']
month = ep.aggregate_returns(r, 'monthly')
print(json.dumps({
    'total': [ep.cum_returns_final(r), qs.comp(r)],
    'twrAnnualised': [ep.annual_return(r, annualization=A), qs.cagr(r, periods=A)],
    'volatility': [ep.annual_volatility(r, annualization=A), qs.volatility(r, A)],
    'sharpe': [ep.sharpe_ratio(r, annualization=A), qs.sharpe(r, periods=A)],
    'sortino': [ep.sortino_ratio(r, annualization=A), qs.sortino(r, periods=A)],
    'calmar': [ep.calmar_ratio(r, annualization=A), qs.calmar(r, periods=A)],
    'maxDrawdown': [ep.max_drawdown(r), qs.max_drawdown(r)],
    'historicalVar5': [ep.value_at_risk(r)],
    'parametricVar5': [qs.value_at_risk(r)],
    'parametricCvar5': [qs.conditional_value_at_risk(r)],
    'omega': [ep.omega_ratio(r), qs.omega(r)],
    'hitRateOfActive': [qs.win_rate(r)],
    'skewness': [qs.skew(r)],
    'excessKurtosis': [qs.kurtosis(r)],
    'tailRatio': [ep.tail_ratio(r), qs.tail_ratio(r)],
    'stability': [ep.stability_of_timeseries(r)],
    'beta': [ep.beta(r, b), qs.greeks(r, b, A)['beta']],
    'alphaAnnualised': [qs.greeks(r, b, A)['alpha']],
    'rSquared': [qs.r_squared(r, b)],
    'upCapture': [ep.up_capture(r, b)],
    'downCapture': [ep.down_capture(r, b)],
    'informationRatio': [qs.information_ratio(r, b) * A ** .5, ep.excess_sharpe(r, b) * A ** .5],
    'months': [list(map(float, month)), [v for v in qs.monthly_returns(r, eoy=False).to_numpy().ravel().tolist() if v != 0]],
    'rolling': [ep.roll_sharpe_ratio(r, 63, annualization=A).tolist(),
        qs.rolling_sharpe(r, rolling_period=63, periods_per_year=A).dropna().tolist()],
    'rollingVolatility': [qs.rolling_volatility(r, rolling_period=63, periods_per_year=A).dropna().tolist()],
}))
`;

needs('quantstats').test('every figure that is named as the same is that of quantstats and empyrical, to 1e-12', () => {
  const { returns, benchmark, annualisationDays, opened } = worked;
  const given = { dates: returns.dates, returns: [...returns.values], benchmark: [...benchmark.values], A: annualisationDays };
  const theirs = JSON.parse(runPython(oraclePython, script, [JSON.stringify(given)])) as Record<string, (number | number[])[]>;
  const rolling = rollingFigures(returns, null, { windowRows: 63, annualisationDays });
  const ours: Record<string, unknown> = {
    ...performanceOf(returns, { annualisationDays, opened }),
    ...compareWithBenchmark(returns, benchmark, annualisationDays),
    rolling: rolling.sharpe.values,
    rollingVolatility: rolling.volatility.values,
    months: calendarReturns(returns, { opened, isSession: () => true }).months.map(({ total }) => total),
  };
  const apart = Object.entries(theirs).flatMap(([figure, answers]) => {
    const own = [ours[figure]].flat() as number[];
    return answers.flatMap((answer) => {
      const others = [answer].flat();
      return own.length === others.length && others.every((value, at) => gap(own[at]!, value) < 1e-12) ? [] : [{ figure, own, others }];
    });
  });
  expect(apart).toEqual([]);
});
