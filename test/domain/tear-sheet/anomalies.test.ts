/**
 * Anomalies at their limits: at 256 days a year the limits per row are 10/16 = 0.625 of the Sharpe ratio and 2/16 = 0.125 of the
 * volatility.
 */
import { expect, test } from '@jest/globals';
import { type Anomaly, anomaliesOf } from '../../../domain/tear-sheet/anomalies.ts';
import { seriesOf } from '../metrics/worked-examples.ts';

const dates = ['2024-01-02', '2024-01-03', '2024-01-04'] as const;
const [first, , last] = dates;
const window = { testFirst: first, testLast: last };

/** Three rows with exactly this mean and this standard deviation (divisor n-1). */
function anomaliesWith(mean: number, deviation: number): Anomaly[] {
  return anomaliesOf({ dates, values: Float64Array.of(mean - deviation, mean, mean + deviation) }, [window], 256);
}

test.each([
  ['a Sharpe ratio at the limit', 0.078125, 0.125, []],
  ['one at the limit below zero', -0.078125, 0.125, []],
  ['one above it', 0.09375, 0.125, [{ kind: 'window_sharpe', first, last, value: 0.75, limit: 0.625 }]],
  ['one as far below zero', -0.09375, 0.125, [{ kind: 'window_sharpe', first, last, value: -0.75, limit: 0.625 }]],
  ['a volatility above its limit', 0, 0.25, [{ kind: 'window_volatility', first, last, value: 0.25, limit: 0.125 }]],
  [
    'both',
    0.1875,
    0.25,
    [
      { kind: 'window_sharpe', first, last, value: 0.75, limit: 0.625 },
      { kind: 'window_volatility', first, last, value: 0.25, limit: 0.125 },
    ],
  ],
  ['a window that does not vary', 0.25, 0, []],
] as const)('of a window: %s', (_, mean, deviation, found) => {
  expect(anomaliesWith(mean, deviation)).toEqual(found);
});

test('of days: those that moved by more than a half, on either side, before those of windows', () => {
  const series = seriesOf({ '2024-01-02': 0.5, '2024-01-03': 0.625, '2024-01-04': -0.5, '2024-01-05': -0.75 });
  const days = [
    { kind: 'extreme_day', first: '2024-01-03', last: '2024-01-03', value: 0.625, limit: 0.5 },
    { kind: 'extreme_day', first: '2024-01-05', last: '2024-01-05', value: -0.75, limit: 0.5 },
  ];
  expect(anomaliesOf(series, null, 256)).toEqual(days);
  const whole = anomaliesOf(series, [{ testFirst: '2024-01-02', testLast: '2024-01-05' }], 256);
  expect(whole.slice(0, 2)).toEqual(days);
  expect(whole.slice(2).map(({ kind }) => kind)).toEqual(['window_volatility']);
});

test('of windows that the stream does not hold, or of a single row, none are told', () => {
  const series = seriesOf({ '2024-01-02': 0.25, '2024-01-03': -0.25, '2024-01-04': 0.25 });
  const found = anomaliesOf(
    series,
    [
      { testFirst: '2023-12-29', testLast: '2024-01-04' },
      { testFirst: '2024-01-02', testLast: '2024-01-05' },
      { testFirst: '2024-01-04', testLast: '2024-01-02' },
      { testFirst: '2024-01-03', testLast: '2024-01-03' },
      { testFirst: '2024-01-03', testLast: '2024-01-04' },
    ],
    256,
  );
  expect(found.map((one) => [one.kind, one.first, one.last])).toEqual([['window_volatility', '2024-01-03', '2024-01-04']]);
});
