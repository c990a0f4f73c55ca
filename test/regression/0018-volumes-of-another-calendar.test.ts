/**
 * A file of weekly volumes, and one that ended years before the prices, were recorded without a word: the selection then measured no
 * liquidity, and only `select explain` said so.
 */
import { expect, test } from '@jest/globals';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { supplyWarnings } from '../../presentation/cli/supply-flags.ts';
import { simulatedPrices } from '../support/prices.ts';

const prices = simulatedPrices({ symbols: ['AMEX:AAA', 'AMEX:BBB'], first: '2022-04-01', last: '2022-12-30', seed: 7 });
const fileOf = (name: string, table: PriceFile['table']): PriceFile => ({
  file: name,
  sha256: '0'.repeat(64),
  table,
  defects: [],
  lines: null,
});
const kept = (keep: (date: string, row: number) => boolean): PriceFile['table'] => ({
  dates: prices.dates.filter(keep),
  symbols: ['AMEX:AAA'],
  closes: [Float64Array.from(prices.dates.filter(keep), () => 1_000)],
});
const said = (volumes: PriceFile['table'], asOf: string | null = null) =>
  supplyWarnings({ volumes: [fileOf('v.csv', volumes)], metadata: [] }, [{ table: prices }], asOf);

test('volumes for every date of the prices, or from a later date on, or up to the as-of date need no warning', () => {
  expect(said(kept(() => true))).toEqual([]);
  expect(said(kept((date) => date >= '2022-09-01'))).toEqual([]);
  expect(
    said(
      kept((date) => date <= '2022-11-30'),
      '2022-11-30',
    ),
  ).toEqual([]);
});

test('weekly volumes are said to lack dates', () => {
  const rows = prices.dates.length;
  const lacking = rows - Math.ceil(rows / 5);
  expect(said(kept((_, row) => row % 5 === 0))).toEqual([
    expect.stringMatching(new RegExp(`^v\\.csv: ${lacking} of the ${rows} dates with prices .* are not there`)),
  ]);
});

test('volumes that end before the as-of date are said to', () => {
  expect(
    said(
      kept((date) => date <= '2022-11-30'),
      '2022-12-15',
    ),
  ).toEqual([expect.stringMatching(/^v\.csv: 11 of the .* are not there, the last of them 2022-12-15/)]);
});

test.each([-20, 20])('volumes of dates %d years away are said to have none', (years) => {
  const moved = { ...kept(() => true), dates: prices.dates.map((date) => `${Number(date.slice(0, 4)) + years}${date.slice(4)}`) };
  expect(said(moved)).toEqual([expect.stringMatching(/^v\.csv: none of the \d+ dates with prices/)]);
});
