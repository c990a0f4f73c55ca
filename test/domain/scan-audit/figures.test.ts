/** Warnings, averages, gaps and liquidity of scans at each of their boundaries. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { averageTraded } from '../../../domain/scan-audit/average-traded.ts';
import { candidatesOf } from '../../../domain/scan-audit/candidates.ts';
import { categoryLines, categoryOf, inOrderOfId } from '../../../domain/scan-audit/category-map.ts';
import { gapsOf, hasCategoryIds } from '../../../domain/scan-audit/gaps.ts';
import { cohort, liquidityOf } from '../../../domain/scan-audit/liquidity.ts';
import { orphansOf } from '../../../domain/scan-audit/orphans.ts';
import { auditedScanner, comparedParts, comparedRow, comparedScanner } from '../../../domain/scan-audit/spec-audit.ts';
import { readSpecTable } from '../../../domain/scan-audit/spec-table.ts';
import { medianOf, quantileOf, quantilesOf, shareOf, sumOf } from '../../../domain/scan-audit/statistics.ts';
import { warningsOf } from '../../../domain/scan-audit/warnings.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';
import { configFiles, scannerOf } from '../../support/scanners.ts';

const row = (values: JsonObject, symbol = 'A:A') => ({ symbol, values });
const sound = { aum: 1e9, expense_ratio: 0.5, 'Value.Traded': 1e7, 'Perf.1M': 5, description: 'Gold Trust' };
const warned = (change: JsonObject) => warningsOf(row({ ...sound, ...change }));

describe('a warning', () => {
  test.each([
    [{}, []],
    [{ aum: null }, [{ level: 'unknown', code: 'aum_null', value: null }]],
    [{ aum: 9_999_999 }, [{ level: 'severe', code: 'aum', value: 9_999_999 }]],
    [{ aum: 10_000_000 }, [{ level: 'warn', code: 'aum', value: 10_000_000 }]],
    [{ aum: 49_999_999 }, [{ level: 'warn', code: 'aum', value: 49_999_999 }]],
    [{ aum: 50_000_000 }, []],
    [{ expense_ratio: null }, [{ level: 'unknown', code: 'expense_null', value: null }]],
    [{ expense_ratio: 1 }, []],
    [{ expense_ratio: 1.01 }, [{ level: 'warn', code: 'expense_ratio', value: 1.01 }]],
    [{ 'Value.Traded': null }, [{ level: 'unknown', code: 'value_traded_null', value: null }]],
    [{ 'Value.Traded': 5_000_000 }, []],
    [{ 'Value.Traded': 4_999_999 }, [{ level: 'warn', code: 'value_traded', value: 4_999_999 }]],
    [{ 'Perf.1M': null }, [{ level: 'unknown', code: 'perf_1m_null', value: null }]],
    [{ 'Perf.1M': 100 }, []],
    [{ 'Perf.1M': -100 }, []],
    [{ 'Perf.1M': 101 }, [{ level: 'warn', code: 'perf_1m', value: 101 }]],
    [{ 'Perf.1M': -101 }, [{ level: 'warn', code: 'perf_1m', value: -101 }]],
  ] as const)('of %j is %j', (change, expected) => {
    expect(warned(change)).toEqual(expected);
  });

  test.each([
    ['ProShares Short S&P500', 'ProShares Short'],
    ['ProSharesXShort', null],
    ['MyProShares Short', null],
    ['ProShares Shorter', null],
    ['Leveraged Gold', 'Leveraged'],
    ['a leverage of it', 'leverage'],
    ['Deleveraged Gold', null],
    ['Inverse Gold', 'Inverse'],
    ['Inversely', null],
    ['Ultra Gold', 'Ultra'],
    ['UltraPro QQQ', 'UltraPro'],
    ['UltraShort Oil', 'UltraShort'],
    ['Daily Bull', 'Bull'],
    ['Bullion', null],
    ['Daily Bear', 'Bear'],
    ['Direxion 3X Semis', '3X'],
    ['1.25x Oil', '1.25x'],
    ['2x', '2x'],
    ['5x Oil', null],
    ['13x Oil', null],
    ['2xy Oil', null],
    ['Ultra-Short Bond', null],
    ['Ultra Short Term Income', null],
    ['ultra-short-duration maturity', null],
    ['Ultra-Short Bond Ultra', 'Ultra'],
    ['Ultra-Short Oil', 'Ultra'],
    ['Ultra-Short Bonds', 'Ultra'],
    [null, null],
  ])('of the description %j finds %j', (description, found) => {
    const expected = found === null ? [] : [{ level: 'warn', code: 'leveraged_or_inverse', value: found }];
    expect(warned({ description })).toEqual(expected);
  });

  test.each([
    ['Trading--Leveraged Equity', 'Trading--Leveraged'],
    ['Trading--Inverse Equity', 'Trading--Inverse'],
    ['Trading--Miscellaneous', null],
    ['Not Trading--Inverse', null],
    [7, null],
  ])('of the category %j finds %j', (category, found) => {
    expect(warned({ category }).map(({ value }) => value)).toEqual(found === null ? [] : [found]);
  });
});

describe('the average traded a day', () => {
  const dates = Array.from({ length: 22 }, (_, at) => `2026-05-${String(at + 1).padStart(2, '0')}`);
  const prices = { dates, symbols: ['B', 'A'], closes: [new Float64Array(22).fill(9), Float64Array.from(dates, (_, at) => at)] };
  const volumes = { dates, symbols: ['A', 'C'], closes: [new Float64Array(22).fill(2), new Float64Array(22).fill(2)] };
  const last = (end: number): number => (2 * Array.from({ length: 20 }, (_, at) => end - at).reduce((sum, one) => sum + one, 0)) / 20;

  test('is that of the last 20 sessions up to a date, of symbols with prices', () => {
    expect(averageTraded(prices, volumes, '2026-05-31')).toEqual({ A: last(21) });
    expect(averageTraded(prices, volumes, '2026-05-21')).toEqual({ A: last(20) });
    expect(averageTraded(prices, volumes, '2026-05-20')).toEqual({ A: last(19) });
    expect(averageTraded(prices, volumes, '2026-05-19')).toEqual({});
  });

  test('leaves out days without a price or a volume', () => {
    const gaps = new Float64Array(22).fill(2).fill(Number.NaN, 20, 22);
    expect(averageTraded(prices, { ...volumes, closes: [gaps, gaps] }, '2026-05-31')).toEqual({ A: last(19) });
    const elsewhere = { ...volumes, dates: dates.map((date, at) => (at < 2 ? `2025${date.slice(4)}` : date)) };
    expect(averageTraded(prices, elsewhere, '2026-05-31')).toEqual({ A: last(21) });
    const fewer = { ...volumes, dates: dates.map((date, at) => (at < 3 ? `2025${date.slice(4)}` : date)) };
    expect(averageTraded(prices, fewer, '2026-05-31')).toEqual({});
  });
});

describe('candidates', () => {
  const exported = (scanner: string, rows: readonly (readonly [string, JsonObject, number | null])[]) => ({
    scanner,
    asOf: `of ${scanner}`,
    generatedAt: null,
    rows: rows.map(([symbol, values, rank]) => ({ symbol, values, passes: null, selected: rank !== null, rank })),
  });

  test('have the values of the first export, and of later ones what is missing', () => {
    const { asOf, byPerformance, byYield } = candidatesOf([
      exported('one', [
        ['A:A', { aum: 1e9, 'Perf.1M': null, description: 5 }, 1],
        ['A:Z', {}, null],
      ]),
      exported('two', [['A:A', { aum: 5, 'Perf.1M': 3, expense_ratio: null, dividend_yield_recent: 2, 'Value.Traded': 7e6 }, 1]]),
    ]);
    expect([asOf, byYield]).toEqual([['of one', 'of two'], ['A:A']]);
    expect(byPerformance).toEqual([
      {
        symbol: 'A:A',
        description: null,
        perf1m: 3,
        dividendYield: 2,
        valueTraded: 7e6,
        aum: 1e9,
        expenseRatio: null,
        foundBy: [
          { scanner: 'one', rank: 1 },
          { scanner: 'two', rank: 1 },
        ],
        warnings: [{ level: 'unknown', code: 'expense_null', value: null }],
      },
    ]);
  });
});

describe('categories', () => {
  test('are ids as texts, or none', () => {
    expect([27, '27', 'Bond', '', null].map((category) => categoryOf(row({ category })))).toEqual(['27', '27', 'Bond', null, null]);
    expect(categoryOf(row({}))).toBeNull();
    expect([inOrderOfId('a', 'b'), inOrderOfId('b', 'a'), inOrderOfId('a', 'a')].map(Math.sign)).toEqual([-1, 1, 0]);
    expect([inOrderOfId(null, 'a'), inOrderOfId('a', null), inOrderOfId(null, null)]).toEqual([1, -1, 0]);
    expect([hasCategoryIds([]), hasCategoryIds([row({ category: '5' })])]).toEqual([false, true]);
    for (const category of ['a5', '5a', null]) expect(hasCategoryIds([row({ category })])).toBe(false);
  });

  test('are lines by count, then by id, each with up to three examples by traded value', () => {
    const of = (symbol: string, category: string | null, traded: number | null, more: JsonObject = {}) =>
      row({ category, 'Value.Traded': traded, ...more }, symbol);
    const lines = categoryLines([
      of('A:A', '2', 1, { aum: 1, 'Perf.1M': 1, description: 'a' }),
      of('A:B', '2', 4, { aum: 3, description: 4 }),
      of('A:C', '2', null),
      of('A:D', '2', 3),
      of('A:E', '1', 5),
      of('A:F', null, 5),
    ]);
    const single = { count: 1, medianValueTraded: 5, medianAum: null, totalAum: 0, aumNulls: 1, medianPerf1m: null, perf1mNulls: 1 };
    expect(lines).toEqual([
      {
        category: '2',
        count: 4,
        medianValueTraded: 3,
        medianAum: 2,
        totalAum: 4,
        aumNulls: 2,
        medianPerf1m: 1,
        perf1mNulls: 3,
        examples: [
          { symbol: 'A:B', description: null },
          { symbol: 'A:D', description: null },
          { symbol: 'A:A', description: 'a' },
        ],
      },
      { ...single, category: '1', examples: [{ symbol: 'A:E', description: null }] },
      { ...single, category: null, examples: [{ symbol: 'A:F', description: null }] },
    ]);
  });

  const three = (category: string | null, perf: number | null, traded: number | null) =>
    [0, 1, 2].map((at) => row({ category, 'Perf.1M': perf, 'Value.Traded': traded }, `A:${category}${perf}${traded}${at}`));
  const judged = (rows: readonly ReturnType<typeof row>[], targeted: readonly string[] = []) =>
    gapsOf({ rows, targeted, selectedBy: new Map() }).categories.map(({ category, isHighAndLiquid, isTargeted, isGap }) => [
      category,
      isHighAndLiquid,
      isTargeted,
      isGap,
    ]);

  test('are high above the median and liquid from two million on; two rows say nothing', () => {
    const base = three('1', 0, 2_000_000);
    expect(judged([...base, ...three('2', 5, 2_000_000), ...three(null, 0, 1)])).toEqual([
      ['2', true, false, true],
      ['1', false, false, false],
    ]);
    expect(judged([...base, ...three('2', 5, 1_999_999), ...three('3', 0, 1)], ['1'])).toEqual([
      ['2', false, false, false],
      ['1', false, true, false],
      ['3', false, false, false],
    ]);
    expect(judged([...base, ...three('2', 5, 2_000_000)], ['2'])[0]).toEqual(['2', true, true, false]);
    expect(judged([...base, ...three('2', 5, null).slice(1)])).toEqual([['1', false, false, false]]);
    expect(judged([...three('2', null, 5e6), ...three('1', null, 5e6)])).toEqual([
      ['1', false, false, false],
      ['2', false, false, false],
    ]);
    expect(judged([...three('2', 0, 5e6), ...three('1', null, 5e6)]).map(([category]) => category)).toEqual(['2', '1']);
  });
});

describe('liquidity', () => {
  const of = (change: JsonObject) => liquidityOf({ rows: [row({ 'Value.Traded': 4e6, ...change })], notional: 1e6, advBySymbol: {} });

  test('is of what trades for more than two and at most ten million', () => {
    expect(cohort).toEqual({ above: 2_000_000, upTo: 10_000_000 });
    expect([2_000_000, 2_000_001, 10_000_000, 10_000_001].map((traded) => of({ 'Value.Traded': traded }).count)).toEqual([0, 1, 1, 0]);
    expect(of({ 'Value.Traded': null })).toMatchObject({ count: 0, valueTradedNulls: 1 });
  });

  test('of a row without anything else has nothing else', () => {
    const line = { symbol: 'A:A', valueTraded: 4e6, closeTimesVolume: null, ratio: null, atrPct: null, adv: null };
    expect(of({})).toMatchObject({ rows: [{ ...line, advFrom: null, daysToLiquidate: null }], withoutAdv: ['A:A'], disagreeing: [] });
    expect(of({ close: 2 }).rows[0]).toEqual({ ...line, advFrom: null, daysToLiquidate: null });
    expect(of({ volume: 2, average_volume_30d_calc: 5 }).rows[0]).toEqual({ ...line, advFrom: null, daysToLiquidate: null });
    expect(of({ close: 2, average_volume_30d_calc: 0 }).rows[0]).toMatchObject({
      adv: 0,
      advFrom: 'average_volume_30d_calc',
      daysToLiquidate: null,
    });
    expect(of({ close: 2, average_volume_30d_calc: 1e6 }).rows[0]).toMatchObject({ adv: 2e6, daysToLiquidate: 5 });
  });

  test.each([
    [4_039_999, []],
    [4_040_400, ['A:A']],
    [3_960_001, []],
    [3_959_600, ['A:A']],
  ])('of a close times volume of %d disagrees for %j', (volume, disagreeing) => {
    expect(of({ close: 1, volume }).disagreeing).toEqual(disagreeing);
  });
});

test('figures of nothing are null, or 0 for a sum', () => {
  expect([medianOf([]), quantileOf([], 0.5), sumOf([]), shareOf(0, 0), shareOf(1, 4)]).toEqual([null, null, 0, null, 0.25]);
  expect([medianOf([3, 1, 2]), medianOf([4, 1]), quantileOf([10, 0], 0.25), sumOf([1, 2])]).toEqual([2, 2.5, 2.5, 3]);
  const at = (scale: number) => [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1].map((probability) => ({ probability, value: probability * scale }));
  expect(quantilesOf([0, 100])).toEqual(at(100));
  expect(quantilesOf([])).toEqual(at(1).map(({ probability }) => ({ probability, value: null })));
});

describe('a row of the specification', () => {
  const spec = {
    id: 'one',
    export_symbol: 'ONE',
    data_category: 'test',
    filters: [
      { left: 'category', operation: 'in_range', right: ['2', '1', '2'] },
      { left: 'ADX', operation: 'nempty' },
    ],
    columns: ['b', 'a', 'b'],
    gates: {
      recommendation: 0.1,
      adx: 15,
      momentum: [{ column: 'ROC', op: 'greater', value: 0 }],
      value_traded_min: 5,
      volatility_max: 6,
      logic: 'OR',
      direction: 'long',
    },
    sort: ['ADX', 'desc'] as ['ADX', 'desc'],
    final_sort: ['ROC', 'asc'] as ['ROC', 'asc'],
    prefilter_limit: 300,
    limit: 20,
  };
  const whole = {
    filters: ['{"left":"ADX","operation":"nempty","right":null}', '{"left":"category","operation":"in_range","right":["1","2"]}'],
    columns: ['"a"', '"b"'],
    gates: {
      recommendation: 0.1,
      adx: 15,
      momentum: ['{"column":"ROC","op":"greater","value":0}'],
      value_traded_min: 5,
      volatility_max: 6,
      logic: 'OR',
      direction: 'long',
    },
    sort: ['ADX', 'desc'],
    final_sort: ['ROC', 'asc'],
    limits: [300, 20],
    identity: ['one', 'ONE', 'test'],
  };
  const scanner = scannerOf({
    id: 'one',
    export_symbol: 'ONE',
    filters: spec.filters,
    trend: {
      logic: 'OR',
      adx: { enabled: true, min: 15 },
      recommendation: { enabled: true, min: 0.1 },
      momentum: spec.gates.momentum,
    },
    volume: { value_traded_min: 5 },
    volatility: { max: 6 },
    sort_by: 'ADX',
    final_sort_by: 'ROC',
    final_sort_order: 'asc',
    prefilter_limit: 300,
    limit: 20,
  });

  test('and a scanner are compared in one form', () => {
    expect(comparedParts).toEqual(['filters', 'columns', 'gates', 'sort', 'final_sort', 'limits', 'identity']);
    expect(comparedRow(spec)).toEqual(whole);
    expect(comparedScanner({ ...scanner, columns: ['b', 'a'] })).toEqual(whole);
    expect(comparedScanner({ ...scanner, sort: null, finalSort: null })).toMatchObject({ sort: null, final_sort: null });
    expect(auditedScanner({ ...spec, limit: 21 }, { scanner: { ...scanner, columns: ['a', 'b'] } })).toEqual({
      scanner: 'one',
      verdict: 'differs',
      differences: [{ part: 'limits', spec: [300, 21], config: [300, 20] }],
      why: null,
    });
    expect(auditedScanner(spec, { scanner: { ...scanner, columns: ['a', 'b'] } })).toEqual({
      scanner: 'one',
      verdict: 'match',
      differences: [],
      why: null,
    });
  });

  test('is read as it is, or refused with its place', () => {
    const table = { scanners: [spec], never_implemented: [] };
    expect(readSpecTable(table, 'table.json')).toEqual(table);
    for (const [change, path] of [
      [{ limit: 0 }, 'scanners.0.limit'],
      [{ prefilter_limit: 0 }, 'scanners.0.prefilter_limit'],
      [{ sort: ['ADX', 'up'] }, 'scanners.0.sort.1'],
    ] as const) {
      const { message, at } = refusalOf(() => readSpecTable({ ...table, scanners: [{ ...spec, ...change }] }, 'table.json'));
      expect(at).toEqual({ file: 'table.json', path });
      expect(message).toMatch(/^table\.json is no table of scanners: .+ at scanners/);
    }
  });
});

test('a file that is named and does not load is broken by every spelling of its name, and no orphan', () => {
  const files = configFiles({ 'a.yaml': 'x: [', 'b.yml': 'base_preset: none.yaml\n', 'c.yaml': 'limit: 1\n', 'd.yaml': 'limit: 1\n' });
  const { broken, ...rest } = orphansOf(files, ['a', 'b', 'c', 'c', 'x']);
  expect(rest).toEqual({ files: 4, reachable: 3, orphans: ['d.yaml'] });
  expect(broken.map(({ scanner, code }) => [scanner, code])).toEqual([
    ['a', 'ScannerConfigInvalid'],
    ['b', 'ScannerBaseMissing'],
    ['x', 'ScannerUnknown'],
  ]);
});
