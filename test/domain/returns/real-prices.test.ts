import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { walkForward } from '../../../domain/walk-forward/walk-forward.ts';
import { formGrid } from '../../../domain/returns/grid.ts';
import { auditPrices, judgePrices, repairOffCalendar } from '../../../domain/returns/integrity.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { fileOf, readPriceCsv } from './price-tables.ts';

const describeWithShared = needs('reference data').describe;

const tables = new Map<string, PriceTable>();

function read(name: string): PriceTable {
  const table = tables.get(name) ?? readPriceCsv(join(sharedDirectory!, `data/${name}.csv`));
  tables.set(name, table);
  return table;
}

const judge = (prices: PriceTable) =>
  auditPrices({ files: [fileOf(prices, 'futures')], asOf: null, range: { from: null, to: null }, rules: 2 });

describeWithShared('real prices', () => {
  // Expected figures: `generate.py real`, that is pandas and exchange_calendars over the same files.
  test.each([
    ['equities', null, '2023-08-31', 42, 500, '2021-09-07', '2023-08-31', 4.658127836051721],
    ['equities', '2018-01-02', '2023-08-31', 42, 1426, '2018-01-02', '2023-08-31', 36.43069935095239],
    ['equities', null, null, 30, 500, '2023-07-20', '2025-07-17', 11.424450685744873],
    ['etfs', '2018-01-02', '2023-08-31', 47, 1310, '2018-06-19', '2023-08-31', 19.821212523143316],
    ['etfs', null, '2023-08-31', 48, 469, '2021-10-20', '2023-08-31', -2.0873938593810313],
    ['crypto', null, '2023-08-31', 14, 500, '2022-04-19', '2023-08-31', -5.491900117327985],
    ['crypto', null, '2025-07-17', 8, 500, '2024-03-05', '2025-07-17', 6.301086704053828],
    ['crypto', '2018-01-02', '2023-08-31', 12, 1587, '2019-04-28', '2023-08-31', 52.60965936837715],
    ['futures_fx', null, '2023-08-31', 41, 500, '2021-06-09', '2023-08-29', 0.8890425685905958],
    ['futures_fx', '2018-01-02', '2023-08-31', 48, 991, '2018-04-03', '2022-12-30', 12.039478459243426],
  ])('%s from %s as of %s: %s symbols, %s price rows from %s to %s', (name, from, asOf, kept, rows, first, last, sum) => {
    const table = read(name);
    const grid = formGrid({ table, universe: table.symbols, benchmarks: [], from, asOf, lookbackDays: 500, coverageMin: 0.7 });
    expect(grid.kept).toHaveLength(kept);
    expect(grid.grid).toEqual({ rows, first, last });
    expect(grid.returns.values).toHaveLength(kept * (rows - 1));
    expect(grid.returns.values.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 9);
  });

  test('500 price rows give 499 returns and 21 windows of 60/20/20', () => {
    const table = read('equities');
    const { returns } = formGrid({
      table,
      universe: table.symbols,
      benchmarks: [],
      from: null,
      asOf: '2023-08-31',
      lookbackDays: 500,
      coverageMin: 0.7,
    });
    const weights = returns.columns.map(() => 1 / returns.columns.length);
    const { summary } = walkForward({
      returns,
      trainWindow: 60,
      testWindow: 20,
      stepSize: 20,
      rebalanceMode: 'window',
      costFraction: 0.0006,
      solve: () => ({ weights }),
    });
    expect([returns.dates.length, summary.windows, summary.rows, summary.lastPartialRows]).toEqual([499, 21, 420, 19]);
  });

  // PROVENANCE.md: no weekend row, no gap, no price at or below zero in these three files.
  test.each([['equities'], ['etfs'], ['crypto']])('%s has no error, no row off its calendar and no missing session', (name) => {
    const verdict = auditPrices({ files: [fileOf(read(name), name)], asOf: null, range: { from: null, to: null }, rules: 2 });
    expect(verdict.errors).toBe(0);
    for (const check of ['calendar', 'missing_sessions', 'prices', 'returns']) {
      expect(verdict.checks.find((each) => each.name === check)).toMatchObject({ status: 'passed', checked: expect.any(Number) });
    }
    expect(repairOffCalendar(read(name)).dropped).toEqual([]);
  });

  test('the bill fund with its penny tick is suspected of flat fills', () => {
    const verdict = auditPrices({
      files: [fileOf(read('etfs'), 'etfs')],
      asOf: null,
      range: { from: null, to: null },
      symbols: ['AMEX:BIL'],
      rules: 2,
    });
    expect(verdict.findings.every(({ code, symbol }) => code === 'flat_fill_suspected' && symbol === 'AMEX:BIL')).toBe(true);
    expect(verdict.warnings).toBeGreaterThan(100);
  });

  test('futures have ten prices on Christmas 2018, which the repair drops, and known gaps', () => {
    const table = read('futures_fx');
    const { dropped, table: repaired } = repairOffCalendar(table);
    expect(dropped.map(({ date }) => date)).toEqual(Array.from({ length: 10 }, () => '2018-12-25'));
    expect(judge(table)).toMatchObject({ errors: 10 });
    const after = judge(repaired);
    expect(after.errors).toBe(0);
    // PROVENANCE.md: a 27-day gap of 6E after 2019-12-20 (16 sessions).
    const gaps = auditPrices({
      files: [fileOf(repaired)],
      asOf: null,
      range: { from: '2019-12-01', to: '2020-02-28' },
      symbols: ['CME:6E1!'],
      rules: 2,
    }).findings;
    expect(gaps).toContainEqual(expect.objectContaining({ code: 'missing_sessions', date: '2019-12-23', value: 16 }));
  });

  test('spot rates that end in 2022 are stale in 2023, coins that ended are inactive and not stale', () => {
    const stale = auditPrices({
      files: [fileOf(read('futures_fx'))],
      asOf: '2023-08-31',
      range: { from: '2019-01-01', to: null },
      rules: 2,
    });
    expect(stale.errors).toBe(7);
    expect(new Set(stale.findings.filter(({ level }) => level === 'error').map(({ code, date }) => `${code} ${date}`))).toEqual(
      new Set(['stale 2022-12-30']),
    );
    const coins = read('crypto');
    const { inactive } = formGrid({
      table: coins,
      universe: coins.symbols,
      benchmarks: [],
      from: null,
      asOf: '2025-07-17',
      lookbackDays: 500,
      coverageMin: 0.7,
    });
    expect(inactive).toHaveLength(6);
    expect(auditPrices({ files: [fileOf(coins)], asOf: '2025-07-17', range: { from: null, to: null }, inactive, rules: 2 }).errors).toBe(0);
  });

  // PROVENANCE.md: no unadjusted split in these files, and the largest real moves by symbol and date.
  test.each([
    [
      'equities',
      ['NASDAQ:AMD 2016-04-22', 'NASDAQ:NVDA 2004-08-06', 'NYSE:UNH 2008-10-13', 'NASDAQ:META 2022-02-03', 'NYSE:CRM 2020-08-26'],
    ],
    ['etfs', ['AMEX:SLV 2026-01-30', 'NASDAQ:TQQQ 2020-03-16']],
    [
      'crypto',
      ['CRYPTO:DOGEUSD 2021-01-28', 'CRYPTO:DOGEUSD 2021-04-16', 'CRYPTO:XRPUSD 2023-07-13', 'CRYPTO:ADAUSD 2017-11-28']
        .concat(['CRYPTO:ADAUSD 2025-03-02', 'CRYPTO:BNBUSD 2021-02-19', 'CRYPTO:XLMUSD 2021-01-06', 'CRYPTO:MATICUSD 2019-12-10'])
        .concat(['CRYPTO:MATICUSD 2020-03-12', 'CRYPTO:BTCUSD 2020-03-12']),
    ],
    ['futures_fx', []],
  ])('the real moves of %s are extreme at most: no split, no spike, no wrong unit', (name, known) => {
    const { suspicions } = judgePrices({ files: [fileOf(read(name), name)], asOf: null, range: { from: null, to: null }, rules: 2 });
    expect(suspicions.open).toEqual([]);
    const extreme = suspicions.all.map(({ code, symbol, date }) => `${code} ${symbol} ${date}`);
    expect(extreme).toEqual(expect.arrayContaining(known.map((move) => `extreme_move ${move}`)));
  });

  test.each([['equities'], ['etfs'], ['futures_fx'], ['crypto']])('a split planted into any symbol of %s is suspected', (name) => {
    const table = read(name);
    const planted = table.closes.map((closes) => {
      const rows = [...closes.keys()].filter((row) => !Number.isNaN(closes[row]!));
      const middle = Math.floor(rows.length / 2);
      const [before, at] = [rows[middle - 1]!, rows[middle]!];
      const factor = closes[before]! / 4 / closes[at]!;
      return { at, closes: closes.map((price, row) => (row >= at ? price * factor : price)) };
    });
    const file = fileOf({ ...table, closes: planted.map(({ closes }) => closes) }, name);
    const { suspicions } = judgePrices({ files: [file], asOf: null, range: { from: null, to: null }, rules: 2 });
    const suspected = new Set(suspicions.open.map(({ code, symbol, date }) => `${code} ${symbol} ${date}`));
    const missed = table.symbols.filter(
      (symbol, column) => !suspected.has(`split_suspected ${symbol} ${table.dates[planted[column]!.at]!}`),
    );
    expect(missed).toEqual([]);
  });
});
