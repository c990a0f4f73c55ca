import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { addDays } from '../../../domain/returns/days.ts';
import { type Join, joinReturns } from '../../../domain/returns/join.ts';
import { computeMetrics, metricsPolicyOf } from '../../../domain/returns/metrics.ts';
import type { ReturnSeries } from '../../../domain/returns/series.ts';
import { grown, logWealthOf, returnBetween, totalReturnOf, wealthOf } from '../../../domain/returns/wealth.ts';

function seriesOf(values: readonly number[]): ReturnSeries {
  return { dates: values.map((_, row) => addDays('2020-01-01', row)), values: Float64Array.from(values) };
}

const repeated = (value: number, rows: number): number[] => Array.from({ length: rows }, () => value);

/** A stream that falls by 4 % a day, and one of a hundred rows fewer. */
function joined(rules: number, rows: number): Join {
  return joinReturns(
    [
      { id: 'a', series: seriesOf(repeated(-0.04, rows)) },
      { id: 'b', series: seriesOf(repeated(-0.04, rows - 100)) },
    ],
    { policy: 'compound', metrics: metricsPolicyOf(rules) },
  );
}

/** Figures of Python's decimal with 60 digits, from the doubles as they are: see the expression beside each. */
describe('near ruin, against decimal arithmetic', () => {
  test('3000 returns of -1.25 % are a TWR of -95.8 %, though the total is -1 to the last digit', () => {
    const metrics = computeMetrics(seriesOf(repeated(-0.0125, 3000)), 252);
    expect(metrics.total).toBe(-1);
    // (1 - .0125)^252 - 1
    expect(Math.abs(metrics.twrAnnualised! + 0.957990231992354)).toBeLessThan(1e-13);
    expect(computeMetrics(seriesOf(repeated(-0.0125, 3000)), 252, metricsPolicyOf(1)).twrAnnualised).toBe(-1);
  });

  test('wealth does not underflow: 2000 halvings are 2^-2000, and as many doublings bring it back', () => {
    const fallen = wealthOf(Float64Array.from(repeated(-0.5, 2000)));
    expect(Math.abs(logWealthOf(fallen) / (-2000 * Math.LN2) - 1)).toBeLessThan(1e-15);
    expect(totalReturnOf(fallen)).toBe(-1);
    expect(totalReturnOf(wealthOf(Float64Array.from([...repeated(-0.5, 2000), ...repeated(1, 2000)])))).toBe(0);
    expect(returnBetween(fallen, wealthOf(Float64Array.from(repeated(-0.5, 1999))))).toBeCloseTo(1, 12);
    const metrics = computeMetrics(seriesOf(repeated(-0.5, 2000)), 25);
    // 2^-25 - 1
    expect(Math.abs(metrics.twrAnnualised! + 0.9999999701976776)).toBeLessThan(1e-15);
    expect(metrics.maxDrawdown).toBe(-1);
  });

  test('its scale changes below 2^-512 and back at it, and a return between two scales is that of the wealth', () => {
    const atEdge = { value: 2 ** -512, scale: 0 };
    const below = { value: 0.5, scale: -1 };
    expect(grown({ value: 2 ** -511, scale: 0 }, -0.5)).toEqual(atEdge);
    expect(grown(atEdge, -0.5)).toEqual(below);
    expect(grown(below, 0.5)).toEqual({ value: 0.75, scale: -1 });
    expect(grown(below, 1)).toEqual(atEdge);
    expect(grown({ value: 2 ** -512, scale: -1 }, -0.5)).toEqual({ value: 0.5, scale: -2 });
    expect(grown({ value: 0.5, scale: 0 }, 1)).toEqual({ value: 1, scale: 0 });
    expect(returnBetween(atEdge, below)).toBeCloseTo(-0.5, 12);
    expect(returnBetween(below, atEdge)).toBeCloseTo(1, 12);
    expect(returnBetween({ value: 0.25, scale: -1 }, below)).toBe(1);
    expect([totalReturnOf(below), totalReturnOf(atEdge)]).toEqual([-1, 2 ** -512 - 1]);
  });

  test('a join of such streams loses nothing inside the common range', () => {
    for (const rows of [900, 1200]) {
      const [a] = joined(2, rows).sleeves;
      expect(a!.pnlLostInside).toBe(0);
      // .96^100 - 1: the hundred rows after the last common date
      expect(a!.pnlLostEdge).toBeCloseTo(-0.9831296806411504, 12);
    }
    expect(joined(1, 900).sleeves[0]!.pnlLostEdge).not.toBeCloseTo(-0.9831296806411504, 4);
    expect(() => joined(1, 1200)).toThrow(expect.objectContaining({ code: 'Internal' }));
  });
});

describe('what is beyond the range of numbers is an error', () => {
  const refused = expect.objectContaining({ code: 'MetricsOverflow' });

  test.each([
    ['wealth', [1e300, 1e300]],
    ['the sum of returns', [1.7e308, 1.7e308]],
    ['a square', [1e200, -0.5]],
    ['growth a year', [...repeated(0, 29), 1e300]],
    ['a quotient', [1e300, -1e-300]],
  ])('%s', (_, values) => {
    expect(() => computeMetrics(seriesOf(values), 252)).toThrow(refused);
  });

  test('no figure of any series is NaN or infinite', () => {
    const value = fc.oneof(
      fc.double({ min: -1, minExcluded: true, max: Number.MAX_VALUE, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), fc.constantFrom(252, 365), (values, annualisationDays) => {
        fc.pre(values.every((one) => one > -1));
        try {
          const metrics = computeMetrics(seriesOf(values), annualisationDays);
          for (const figure of Object.values(metrics)) if (typeof figure === 'number') expect(Number.isFinite(figure)).toBe(true);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
    );
  });
});

test('the product of ordinary returns is the same to the last bit', () => {
  const ordinary = fc.array(fc.double({ min: -0.3, max: 0.3, noNaN: true }), { maxLength: 300 });
  fc.assert(
    fc.property(ordinary, (values) => {
      let wealth = 1;
      for (const value of values) wealth *= 1 + value;
      expect(totalReturnOf(wealthOf(Float64Array.from(values)))).toBe(wealth - 1);
    }),
  );
});
