/** The selections of a sleeve that is given volumes, metadata and scans. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseCsvPrices } from '../../../infra/csv/csv-prices.ts';
import type { SelectionRecord } from '../../../domain/selection/record.ts';
import type { ScanRow, SelectionSupply } from '../../../domain/selection/supply.ts';
import { type SelectionJob, selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { selectionJob, twelve } from './sleeves.ts';

const { describe: describeWithShared } = needs('reference data');

const job = selectionJob();
const { dates } = job.prices;
const volumes = { dates, symbols: twelve, values: twelve.map((_, k) => Float64Array.from(dates.keys(), (row) => 1_000 * (k + 1) + row)) };
const metadata = { 'NYSE:SA': { identity: 'one bet' }, 'NYSE:SB': { identity: 'one bet' } };
const scanned: ScanRow = { tradedValue: 5e6, adx: 20, recommendAll: 0.3, recommendMa: 0.5, rateOfChange: 4, dailyVolatility: 2 };

const decided = (supply: Partial<SelectionSupply>) => selectForSleeve({ ...job, supply: { ...job.supply, ...supply } }).decisions;
const factsOf = ({ symbols, facts }: SelectionRecord, symbol: string) => {
  const at = symbols.indexOf(symbol);
  return { traded: facts.averageDailyValue[at], identity: facts.identity[at], adx: facts.adx[at] };
};

describe('the selections of a sleeve that is given something', () => {
  test('record it, and what nobody was given as absent', () => {
    const { record } = decided({ volumes, metadata }).at(-1)!;
    expect(factsOf(record, 'NYSE:SA')).toMatchObject({ identity: 'one bet', adx: null });
    expect(factsOf(record, 'NYSE:SC').traded).toBeGreaterThan(1_000);
    expect(factsOf(record, 'AMEX:SPY').traded).toBeNull();
    expect(record.scores.absentEverywhere).toEqual(expect.arrayContaining(['adx', 'recommend_all', 'recommend_ma']));
    expect(record.scores.absentEverywhere).not.toContain('liquidity');
  });

  test('let one of two symbols that are one bet win at most', () => {
    for (const { record } of decided({ metadata })) {
      const won = record.winners.map((place) => record.symbols[place]);
      expect(won.filter((symbol) => symbol === 'NYSE:SA' || symbol === 'NYSE:SB').length).toBeLessThanOrEqual(1);
    }
  });

  test('know a scan from its day on: earlier windows list it as absent', () => {
    const all = decided({});
    const asOf = all[2]!.newestRead;
    const rows = Object.fromEntries(twelve.map((symbol) => [symbol, scanned]));
    const adx = decided({ scan: [{ asOf, rows }] }).map(({ newestRead, record }) => [newestRead >= asOf, factsOf(record, 'NYSE:SA').adx]);
    expect(adx).toEqual(all.map(({ newestRead }) => (newestRead >= asOf ? [true, 20] : [false, null])));
  });

  test('read no volume behind their decision', () => {
    const found = decided({ volumes });
    const plant = found[2]!.newestRead;
    const planted = volumes.values.map((column) => column.map((value, row) => (dates[row]! > plant ? 3 * value : value)));
    const changed = decided({ volumes: { ...volumes, values: planted } });
    const earlier = found.filter(({ newestRead }) => newestRead <= plant).length;
    expect(earlier).toBeGreaterThan(1);
    expect(JSON.stringify(changed.slice(0, earlier))).toBe(JSON.stringify(found.slice(0, earlier)));
    expect(JSON.stringify(changed.at(-1))).not.toBe(JSON.stringify(found.at(-1)));
  });
});

const read = (name: string) => parseCsvPrices(readFileSync(join(sharedDirectory ?? '', 'data', name)), name).table;

describeWithShared('real volumes of ETFs', () => {
  test('make liquidity known of every fund that has 20 rows of them, and of no other', () => {
    const prices = read('etfs.csv');
    const given = read('etfs_volume.csv');
    const symbols = prices.symbols
      .filter((symbol, at) => given.symbols.includes(symbol) && !Number.isNaN(prices.closes[at]![0]!))
      .slice(0, 30);
    const closes = symbols.map((symbol) => prices.closes[prices.symbols.indexOf(symbol)]!);
    const rows = prices.dates.flatMap((date, row) =>
      date >= '2023-06-01' && date <= '2023-08-31' && closes.every((column) => !Number.isNaN(column[row]! + column[row - 1]!)) ? [row] : [],
    );
    const values = new Float64Array(rows.length * symbols.length);
    closes.forEach((column, at) => rows.forEach((row, k) => (values[k * symbols.length + at] = column[row]! / column[row - 1]! - 1)));
    const real: SelectionJob = {
      ...job,
      returns: { dates: rows.map((row) => prices.dates[row]!), columns: symbols, values },
      benchmarks: [],
      prices: { ...prices, symbols, closes },
      supply: { volumes: { dates: given.dates, symbols: given.symbols, values: given.closes }, metadata: null, scan: [] },
    };
    const { record, newestRead } = selectForSleeve(real).decisions.at(-1)!;
    const last = rows.slice(-20).map((row) => prices.dates[row]!);
    expect(newestRead).toBe(last.at(-1));
    symbols.forEach((symbol, at) => {
      // By dates alone, from the two files.
      const traded = last.map((date) => {
        const volumeRow = given.dates.indexOf(date);
        return closes[at]![prices.dates.indexOf(date)]! * given.closes[given.symbols.indexOf(symbol)]![volumeRow]!;
      });
      const mean = traded.reduce((sum, value) => sum + value, 0) / 20;
      const found = record.facts.averageDailyValue[record.symbols.indexOf(symbol)]!;
      if (Number.isNaN(mean)) expect(found).toBeNull();
      else expect(Math.abs(found / mean - 1)).toBeLessThan(1e-12);
    });
    expect(record.facts.averageDailyValue.filter((value) => value !== null).length).toBeGreaterThan(20);
  });
});
