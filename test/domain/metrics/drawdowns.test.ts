import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { drawdownsOf, worstDrawdowns } from '../../../domain/metrics/drawdowns.ts';
import { addDays } from '../../../domain/returns/days.ts';
import { computeMetrics } from '../../../domain/returns/metrics.ts';
import { gap, worked } from './worked-examples.ts';

const found = drawdownsOf(worked.returns, worked.opened);
const daily = (values: readonly number[]) => ({
  dates: values.map((_, row) => addDays('2020-01-01', row)),
  values: Float64Array.from(values),
});

test('the worst drawdowns have the dates and depths of the worked example, to 1e-12', () => {
  const worst = worstDrawdowns(found, 5);
  expect(worst).toHaveLength(worked.expected.drawdowns.length);
  for (const [index, expected] of worked.expected.drawdowns.entries()) {
    const { peak, valley, recovery, rowsToValley, rowsToRecovery, daysToRecovery, depth } = worst[index]!;
    expect({ peak, valley, recovery, rows_to_valley: rowsToValley, rows_to_recovery: rowsToRecovery, days: daysToRecovery }).toEqual({
      peak: expected.peak,
      valley: expected.valley,
      recovery: expected.recovery,
      rows_to_valley: expected.rows_to_valley,
      rows_to_recovery: expected.rows_to_recovery,
      days: expected.days,
    });
    expect(gap(depth, expected.depth)).toBeLessThan(1e-12);
  }
});

test('episodes are counted as in the worked example, the open one up to the last row', () => {
  expect(found.episodes).toHaveLength(worked.expected.episodes);
  expect(gap(found.averageLengthRows, worked.expected.average_length_rows)).toBeLessThan(1e-12);
});

test('a fall on the first day is measured from the opening date', () => {
  const [only] = drawdownsOf(daily([-0.2, 0.1, 0.2]), '2019-12-31').episodes;
  expect(only).toMatchObject({ peak: '2019-12-31', valley: '2020-01-01', recovery: '2020-01-03', rowsToValley: 1, rowsToRecovery: 3 });
});

test('a high that is only just reached again ends an episode, and is the peak of the next', () => {
  const { episodes } = drawdownsOf(daily([1, -0.5, 1, -0.25]), '2019-12-31');
  expect(episodes.map(({ peak, recovery }) => [peak, recovery])).toEqual([
    ['2020-01-01', '2020-01-03'],
    ['2020-01-03', null],
  ]);
});

test('a stream that never falls has no episode', () => {
  expect(drawdownsOf(daily([0.01, 0, 0.02]), '2019-12-31')).toMatchObject({ episodes: [], averageLengthRows: null });
});

test('every drawdown of any stream lies in [-1, 0], and the deepest is the recorded figure', () => {
  const value = fc.oneof(
    fc.double({ min: -0.999999, max: 3, noNaN: true }),
    fc.double({ min: -0.05, max: 0.05, noNaN: true }),
    fc.constant(0),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 120 }), (values) => {
      const { path, episodes } = drawdownsOf(daily(values), '2019-12-31');
      expect(path.every((depth) => depth >= -1 && depth <= 0)).toBe(true);
      const deepest = episodes.reduce((least, { depth }) => Math.min(least, depth), 0);
      expect(deepest).toBe(computeMetrics(daily(values), 365).maxDrawdown);
      expect(Math.min(0, ...path)).toBe(deepest);
    }),
  );
});
