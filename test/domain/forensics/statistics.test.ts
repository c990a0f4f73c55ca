import { describe, expect, test } from '@jest/globals';
import { allocationEntropy, calendarFigures, forensicStatistics } from '../../../domain/forensics/statistics.ts';

const dates = [5, 6, 7, 9, 10, 11, 12, 13, 17, 18, 19, 20].map((day) => `2023-01-${String(day).padStart(2, '0')}`);
const values = Float64Array.of(0.012, -0.004, 0.003, -0.051, 0.007, 0.001, 0.009, -0.002, 0.016, -0.013, 0.004, 0.002);
const held = (symbol: string, weight: number) => ({ symbol, weight, contributors: [{ path: ['a'], amount: weight }] });
const assets = [held('NYSE:A', 0.6), held('NYSE:B', -0.7), held('NYSE:C', 0.3)];
const found = forensicStatistics({ dates, values }, { a: 0.5, b: 0.3, c: 0.2 }, assets);

describe('the figures of a forensic report', () => {
  test('are those of pandas 3.1: mean, std(ddof=0), skew, kurtosis and the 5 % quantile, to 1e-12', () => {
    expect(found.dailyMean).toBeCloseTo(-0.0013333333333333329, 15);
    expect(found.dailyVolatility).toBeCloseTo(0.01665499591380583, 14);
    expect(found.skewness).toBeCloseTo(-2.3745663832367017, 12);
    expect(found.excessKurtosis).toBeCloseTo(6.709680109333115, 12);
    expect(found.valueAtRisk5).toBeCloseTo(-0.030099999999999995, 14);
    expect(found.hasFatTails).toBe(true);
  });

  test('take the weights as they are, so that a leak shows in their sum', () => {
    const leaking = forensicStatistics({ dates, values }, { a: 0.5, b: 0.3 }, assets);
    expect([found.weightsSum, leaking.weightsSum, leaking.sleeves]).toEqual([1, 0.8, 2]);
    expect(leaking.allocationEntropy).toBeNull();
  });

  test('count longs and shorts apart, and name the largest asset by its size', () => {
    expect(found.exposure.grossLong).toBeCloseTo(0.9, 15);
    expect(found.exposure).toMatchObject({ grossShort: 0.7, net: expect.closeTo(0.2, 15) });
    expect(found.largestAsset).toEqual({ symbol: 'NYSE:B', weight: -0.7 });
  });

  test('say nothing of a tail where nothing varies', () => {
    const still = forensicStatistics({ dates, values: values.map(() => 0.001) }, { a: 1 }, []);
    expect(still).toMatchObject({ skewness: null, excessKurtosis: null, hasFatTails: false, largestAsset: null, assets: 0 });
  });
});

describe('the entropy of an allocation', () => {
  test('is 1 for equal weights, 0 for one sleeve of several, and numpy gives the rest', () => {
    expect(allocationEntropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1, 14);
    expect(allocationEntropy([1, 0])).toBe(0);
    expect(allocationEntropy([0.5, 0.3, 0.2])).toBeCloseTo(0.9372305632161295, 14);
  });

  test('is none for one sleeve, and for weights that are no shares', () => {
    expect([allocationEntropy([1]), allocationEntropy([1.2, -0.2]), allocationEntropy([0.5, 0.4])]).toEqual([null, null, null]);
  });
});

describe('the calendar of a stream', () => {
  test('knows its weekend days and its gaps', () => {
    expect(calendarFigures(dates)).toEqual({ days: 12, hasSaturday: true, hasSunday: false, gapsOverOneDay: 2, longestGapDays: 4 });
    expect(calendarFigures(['2023-01-08'])).toEqual({ days: 1, hasSaturday: false, hasSunday: true, gapsOverOneDay: 0, longestGapDays: 0 });
  });
});
