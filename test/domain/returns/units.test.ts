import { describe, expect, test } from '@jest/globals';
import { integrityPolicy } from '../../../domain/returns/integrity-policy.ts';
import { suspectUnits, suspectUnitsOfCloses } from '../../../domain/returns/units.ts';
import { seeded } from '../../support/figures.ts';

/** Returns of a given standard deviation, none a total loss. */
function returnsOf(deviation: number, count = 250): Float64Array {
  const next = seeded(3);
  return Float64Array.from({ length: count }, () => Math.max(-0.99, deviation * 2 * (next() + next() + next() - 1.5)));
}

const suspicion = (returns: Float64Array, daysPerYear: number | null = 252): string | null =>
  suspectUnits(returns, daysPerYear, integrityPolicy)?.why ?? null;

const closes = (returns: Float64Array): number | null => suspectUnitsOfCloses(returns, integrityPolicy)?.value ?? null;

describe('units', () => {
  test('are not suspected of a stock, nor of a coin', () => {
    expect(suspicion(returnsOf(0.01))).toBeNull();
    expect(suspicion(returnsOf(0.035), 365)).toBeNull();
  });

  test('are suspected above a volatility of 3 a year', () => {
    expect(suspicion(returnsOf(0.2))).toMatch(/^its annualised volatility is 3\.\d+, above 3$/);
  });

  test('are suspected where an ordinary day moves by more than 3 %, unless many days do not move at all', () => {
    const bond = returnsOf(0.12);
    expect(suspicion(bond)).toMatch(/^on an ordinary day it moves by 0\.\d+, above 0\.03$/);
    const quiet = bond.map((value, day) => (day % 12 === 0 ? 0 : value));
    expect(suspectUnits(quiet, 252, { ...integrityPolicy, unitsWorthMin: 0 })).toBeNull();
  });

  test('are suspected where 1 is worth less than a hundredth at the end, also without a calendar', () => {
    expect(suspicion(new Float64Array(250).fill(-0.019), null)).toMatch(/^1 is worth 0\.00\d+ at its end, below 0\.01$/);
    expect(suspicion(new Float64Array(250).fill(-0.018), null)).toBeNull();
  });

  test('few returns say nothing of an ordinary day', () => {
    expect(suspicion(returnsOf(0.12, 19))).toBeNull();
  });

  test('of closes are suspected by the size of an ordinary day alone: a fund may decay, a coin is wild', () => {
    expect(closes(new Float64Array(500).fill(-0.02))).toBeNull();
    expect(closes(returnsOf(0.06))).toBeNull();
    expect(closes(returnsOf(0.17))).toBeGreaterThan(0.08);
  });

  test('are judged from the least number of returns on, by the whole sentence and figure', () => {
    const policy = { ...integrityPolicy, unitsRowsMin: 4, unitsZeroShareMin: 0.25 };
    const returns = Float64Array.of(0.01, -0.05, 0.04, -0.06);
    const median = { why: 'on an ordinary day it moves by 0.045, above 0.03', value: expect.closeTo(0.045, 12) };
    expect(suspectUnits(returns, null, policy)).toEqual(median);
    expect(suspectUnits(returns, null, { ...policy, unitsRowsMin: 5 })).toBeNull();
    expect(suspectUnits(Float64Array.of(0.01, -0.05, 0.04, -0.06, 0.05), 252, policy)).toEqual({
      why: 'on an ordinary day it moves by 0.05, above 0.03',
      value: 0.05,
    });
    // A quarter of zeros: the median says nothing any more.
    expect(suspectUnits(Float64Array.of(0, -0.05, 0.04, -0.06), 252, policy)).toBeNull();
    expect(suspectUnits(Float64Array.of(0, -0.05, 0.04, -0.06), 252, { ...policy, unitsZeroShareMin: 0.26 })).toEqual(median);
    expect(suspectUnits(returns, 252, { ...policy, unitsMedianMax: 0.045 + 1e-12 })).toBeNull();
  });

  test('are judged by the standard deviation of a sample, a year of days long', () => {
    const policy = { ...integrityPolicy, unitsRowsMin: 4, unitsVolatilityMax: 1 };
    // Mean 0.05, squares 4 * 0.01, divided by 3.
    const returns = Float64Array.of(0.15, -0.05, 0.15, -0.05);
    const value = Math.sqrt((0.04 / 3) * 300);
    const suspected = { why: 'its annualised volatility is 2, above 1', value: expect.closeTo(value, 12) };
    expect(suspectUnits(returns, 300, policy)).toEqual(suspected);
    expect(suspectUnits(returns, 300, { ...policy, unitsRowsMin: 5 })).toBeNull();
    expect(suspectUnits(returns, null, { ...policy, unitsMedianMax: 1 })).toBeNull();
  });
});
