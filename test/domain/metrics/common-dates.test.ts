/** Worked example of the reference (crypto_rules.json): bitcoin beside SPY over two weekends; returns to 1e-14. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareOnCommonDates, onCommonDates } from '../../../domain/metrics/common-dates.ts';
import { compareWithBenchmark } from '../../../domain/metrics/benchmark.ts';
import { expectClose, workedExample } from '../../support/worked-example.ts';

interface DualBenchmark {
  readonly btc_close: Readonly<Record<string, number>>;
  readonly spy_close: Readonly<Record<string, number>>;
  readonly common_dates: readonly string[];
  readonly btc: readonly number[];
  readonly spy: readonly number[];
}

const { dual_benchmark: example } = workedExample('crypto_rules') as { readonly dual_benchmark: DualBenchmark };

function streamOf(closes: Readonly<Record<string, number>>) {
  const [opened, ...dates] = Object.keys(closes);
  const prices = Object.values(closes);
  return { opened: opened!, series: { dates, values: Float64Array.from(dates, (_, row) => prices[row + 1]! / prices[row]! - 1) } };
}

const closesOf = (closes: Readonly<Record<string, number>>) => ({
  id: 'AMEX:SPY',
  dates: Object.keys(closes),
  closes: Float64Array.from(Object.values(closes)),
});

const stream = streamOf(example.btc_close);
const spy = closesOf(example.spy_close);

test('returns go from one common date to the next: the weekend of bitcoin lies in its return to Monday', () => {
  const common = onCommonDates(stream, spy)!;
  expect([common.opened, ...common.stream.dates]).toEqual(example.common_dates);
  example.btc.forEach((value, row) => expectClose(common.stream.values[row]!, value, 1e-13, common.stream.dates[row]));
  example.spy.forEach((value, row) => expectClose(common.benchmark.values[row]!, value, 1e-14, common.stream.dates[row]));
});

test('figures are those of the two returns as they stand in the example, and the excess is that of their totals', () => {
  const found = compareOnCommonDates(stream, spy, 252)!;
  const seriesOf = (values: readonly number[]) => ({ dates: example.common_dates.slice(1), values: Float64Array.from(values) });
  const expected = compareWithBenchmark(seriesOf(example.btc), seriesOf(example.spy), 252)!;
  expect(found).toMatchObject({ id: 'AMEX:SPY', annualisationDays: 252, opened: '2021-01-21', comparison: { commonRows: 8 } });
  expectClose(found.comparison.correlation!, expected.correlation!, 1e-12, 'correlation');
  expectClose(found.comparison.beta!, expected.beta!, 1e-12, 'beta');
  const [bitcoin, fund] = [35510.289 / 30825.699 - 1, 355.19785 / 357.70203 - 1];
  expectClose(found.excessTotal, bitcoin - fund, 1e-12, 'excess');
  expect(found.excessAnnualised).toBeNull();
});

describe('a benchmark', () => {
  test('without three common prices is not compared', () => {
    expect(
      compareOnCommonDates(stream, { ...spy, closes: spy.closes.map((close, row) => (row < 2 ? close : Number.NaN)) }, 252),
    ).toBeNull();
  });

  test('law: dates that it has beside the stream change nothing, nor does a scale of its prices', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 100, noNaN: true }), (scale) => {
        const more = {
          id: spy.id,
          dates: ['2019-01-02', ...spy.dates],
          closes: Float64Array.of(1, ...spy.closes.map((close) => close * scale)),
        };
        const [left, right] = [onCommonDates(stream, more)!, onCommonDates(stream, spy)!];
        expect(left.stream).toEqual(right.stream);
        left.benchmark.values.forEach((value, row) => expectClose(value, right.benchmark.values[row]!, 1e-11));
      }),
    );
  });
});
