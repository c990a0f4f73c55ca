import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exposureAfter, monthsOf } from '../../../domain/overlay/moreira-muir.ts';
import { defaultMoreiraMuir } from '../../../domain/overlay/parameters.ts';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import example from '../../golden/overlay/worked-example.json' with { type: 'json' };
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';

/** Oracle: the worked example `overlays` of a second implementation, on the prices of AMEX:SPY. Tolerance 1e-12. */
const tolerance = 1e-12;

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...expected.map((value, index) => Math.abs(value - actual[index]!)))).toBeLessThan(tolerance);
}

needs('reference data').describe('Moreira and Muir on a fund', () => {
  const file = 'etfs.csv';
  const read = () => parseCsvPrices(readFileSync(join(sharedDirectory!, 'data', file)), file).table;

  test('monthly returns, variances, constants, exposures and the total agree to 1e-12', () => {
    const { dates, symbols, closes } = read();
    const rows = dates.flatMap((date, row) => (date >= '2019-01-02' && date <= '2020-08-31' ? [row] : []));
    const prices = rows.map((row) => closes[symbols.indexOf('AMEX:SPY')]![row]!);
    const series = {
      dates: rows.slice(1).map((row) => dates[row]!),
      values: Float64Array.from(prices.slice(1), (price, index) => price / prices[index]! - 1),
    };
    const months = monthsOf(series, dates[rows[0]!]!, ['XNYS']);
    expect(months.every(({ isWhole }) => isWhole)).toBe(true);
    const written = example.moreira_muir;
    expectClose(
      months.map(({ monthlyReturn }) => monthlyReturn),
      Object.values(written.monthly_return),
    );
    expectClose(
      months.map(({ realisedVariance }) => realisedVariance),
      Object.values(written.realised_variance),
    );
    const exposures = months.map(({ month }, index) => exposureAfter(months.slice(0, index), month, defaultMoreiraMuir));
    expect(exposures.map(({ c }) => c === null)).toEqual(Object.values(written.c).map((value) => value === null));
    expectClose(
      exposures.map(({ c }) => c ?? 0),
      Object.values(written.c).map((value) => value ?? 0),
    );
    expectClose(
      exposures.map(({ k }) => k!),
      Object.values(written.k),
    );
    const total = months.reduce((wealth, { monthlyReturn }, index) => wealth * (1 + exposures[index]!.k! * monthlyReturn), 1) - 1;
    const daily =
      series.values.reduce(
        (wealth, value, row) => wealth * (1 + exposures[months.findIndex(({ month }) => series.dates[row]!.startsWith(month))]!.k! * value),
        1,
      ) - 1;
    expect([total, daily].some((value) => Math.abs(value - written.managed_total) < tolerance)).toBe(true);
  });
});
