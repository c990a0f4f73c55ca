import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { computeMetrics } from '../../../domain/returns/metrics.ts';
import { metricsSchema } from '../../../domain/returns/schemas.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import crypto from '../../golden/returns/crypto-meta.json' with { type: 'json' };
import golden from '../../golden/returns/metrics.json' with { type: 'json' };
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';

const describeWithShared = needs('reference data').describe;

function seriesOf(values: readonly number[], dates: readonly string[] = values.map((_, row) => `day ${row}`)): ReturnSeries {
  return { dates, values: Float64Array.from(values) };
}

const alternating = (count: number): number[] => Array.from({ length: count }, (_, row) => (row % 2 === 0 ? 0.01 : -0.005));

const onCommonDates = new Set(crypto.weekdayCompounded.dates);
const weekdayRows = (values: readonly number[]): number[] => values.filter((_, row) => onCommonDates.has(crypto.daily.dates[row]!));

const inputs: Record<string, readonly number[]> = {
  daily365_long_all: crypto.daily.long_all,
  daily365_short_all: crypto.daily.short_all,
  weekday_inner_252_long_all: weekdayRows(crypto.daily.long_all),
  weekday_inner_252_short_all: weekdayRows(crypto.daily.short_all),
  compounded_252_long_all: crypto.weekdayCompounded.long_all,
  compounded_252_short_all: crypto.weekdayCompounded.short_all,
};

describe('metrics', () => {
  test.each(Object.entries(golden.origin))('agree with the reference figures of %s', (name, expected) => {
    const metrics = computeMetrics(seriesOf(inputs[name]!), expected.A);
    expect(metricsSchema.parse(metrics)).toEqual(metrics);
    expect(metrics.rows).toBe(expected.n);
    const pairs: [number | null, number, number][] = [
      [metrics.total, expected.total, 6],
      [metrics.twrAnnualised, expected.cagr, 6],
      [metrics.volatility, expected.vol, 6],
      [metrics.sharpe, expected.sharpe, 6],
      [metrics.sortino, expected.sortino, 6],
      [metrics.maxDrawdown, expected.mdd, 6],
      [metrics.calmar, expected.calmar, 6],
      [metrics.historicalVar5, expected.hist_var95, 6],
      [metrics.historicalCvar5, expected.hist_cvar95, 6],
      [metrics.winRate, expected.hit, 4],
    ];
    for (const [actual, figure, digits] of pairs) expect(actual).toBeCloseTo(figure, digits);
    expect(metrics.flags).toEqual([]);
  });

  test('agree with empyrical on its mixed returns, labelled as too few to mean much', () => {
    const { returns, periods, max_drawdown, annual_vol, sharpe, sortino, omega_rf_flat1, cum } = golden.empyrical;
    const metrics = computeMetrics(seriesOf(returns), periods);
    expect(metrics.maxDrawdown).toBeCloseTo(max_drawdown, 12);
    expect(metrics.volatility).toBeCloseTo(annual_vol, 12);
    expect(metrics.sharpe).toBeCloseTo(sharpe, 12);
    expect(metrics.sortino).toBeCloseTo(sortino, 12);
    expect(metrics.total).toBeCloseTo(cum.at(-1)!, 5);
    expect(metrics).toMatchObject({ twrAnnualised: null, calmar: null, flags: ['not_meaningful'] });
    // empyrical measures omega on returns in excess of a flat 1 %.
    expect(computeMetrics(seriesOf(returns.map((value) => value - 0.01)), periods).omega).toBeCloseTo(omega_rf_flat1, 10);
  });

  test('annualise from 30 returns on, not from 29', () => {
    expect(computeMetrics(seriesOf(alternating(29)), 252)).toMatchObject({ twrAnnualised: null, calmar: null, flags: ['not_meaningful'] });
    const thirty = computeMetrics(seriesOf(alternating(30)), 252);
    expect(thirty.twrAnnualised).toBeCloseTo((1 + thirty.total) ** (252 / 30) - 1, 12);
    expect(thirty.flags).toEqual([]);
  });

  test('measure drawdown from the start of wealth', () => {
    expect(computeMetrics(seriesOf([-0.2, 0.1, 0.05]), 252).maxDrawdown).toBeCloseTo(-0.2, 15);
    expect(computeMetrics(seriesOf([0.1, 0.2]), 252).maxDrawdown).toBe(0);
  });

  test('interpolate the 5 % quantile between order statistics', () => {
    const values = [0.05, -0.03, 0.02, -0.01, 0.04, 0.01]; // position .25 between -.03 and -.01
    const metrics = computeMetrics(seriesOf(values), 252);
    expect(metrics.historicalVar5).toBeCloseTo(-0.025, 15);
    expect(metrics.historicalCvar5).toBeCloseTo(-0.03, 15);
  });

  test('are null where they say nothing, never a bound', () => {
    expect(computeMetrics(seriesOf([0.1]), 252)).toMatchObject({ volatility: null, sharpe: null, sortino: null, omega: null, winRate: 1 });
    const constant = computeMetrics(seriesOf(Array.from({ length: 40 }, () => 0.1)), 252);
    expect(constant).toMatchObject({ volatility: 0, sharpe: null, sortino: null, calmar: null, omega: null, maxDrawdown: 0 });
    expect(constant.twrAnnualised).toBeGreaterThan(5); // the origin clipped here
    expect(computeMetrics(seriesOf([0, 0, 0]), 252)).toMatchObject({ total: 0, winRate: 0, omega: null });
  });

  test('refuse bankruptcy, naming the date, and what is not a number', () => {
    const dates = ['2024-07-01', '2024-07-02'];
    expect(() => computeMetrics(seriesOf([0.1, -1], dates), 252)).toThrow(
      expect.objectContaining({ code: 'Bankruptcy', message: expect.stringContaining('2024-07-02') }),
    );
    expect(() => computeMetrics(seriesOf([0.1, -1.2], dates), 252)).toThrow(expect.objectContaining({ code: 'Bankruptcy' }));
    expect(() => computeMetrics(seriesOf([Number.NaN, 0], dates), 252)).toThrow(expect.objectContaining({ code: 'IntegrityFailed' }));
    expect(() => computeMetrics(seriesOf([]), 252)).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
  });
});

const read = (name: string) =>
  JSON.parse(readFileSync(join(sharedDirectory!, 'reference', name), 'utf8')) as Record<string, Record<string, unknown>>;

describeWithShared('the reference figures', () => {
  test('are what the golden file carries', () => {
    expect(read('origin_metrics.json')).toMatchObject(golden.origin);
    const empyrical = read('papers.json')['empyrical_mixed_returns']!;
    expect({ ...empyrical, returns: (empyrical['returns'] as (number | null)[]).slice(1) }).toMatchObject(golden.empyrical);
  });
});
