/** Worked examples of a second implementation (test/golden/scan): every figure to 1e-12. */
import { describe, expect, test } from '@jest/globals';
import { categoryLines, type CategoryLine } from '../../../domain/scan-audit/category-map.ts';
import { gapsOf } from '../../../domain/scan-audit/gaps.ts';
import { liquidityOf } from '../../../domain/scan-audit/liquidity.ts';
import { orphansOf } from '../../../domain/scan-audit/orphans.ts';
import { setOverlap } from '../../../domain/scan-audit/overlap.ts';
import { auditedScanner } from '../../../domain/scan-audit/spec-audit.ts';
import { readSpecTable } from '../../../domain/scan-audit/spec-table.ts';
import type { Quantile } from '../../../domain/scan-audit/statistics.ts';
import { warningsOf } from '../../../domain/scan-audit/warnings.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import liquidity from '../../golden/scan/liquidity.json' with { type: 'json' };
import mapGaps from '../../golden/scan/map-gaps.json' with { type: 'json' };
import orphans from '../../golden/scan/orphans.json' with { type: 'json' };
import overlap from '../../golden/scan/overlap.json' with { type: 'json' };
import spec from '../../golden/scan/spec-audit.json' with { type: 'json' };
import warnings from '../../golden/scan/warnings.json' with { type: 'json' };
import table from '../../../examples/scanners/spec-table.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { configFiles, responseOf, shippedScanner } from '../../support/scanners.ts';

const rowsOf = (rows: unknown) => responseOf({ data: rows as Json }).rows;

/** Equal to 1e-12 of its size, number by number. */
function expectClose(found: readonly Quantile[], expected: Readonly<Record<string, number>>): void {
  expect(found.map(({ probability }) => String(probability)).toSorted()).toEqual(Object.keys(expected).toSorted());
  for (const { probability, value } of found) {
    const wanted = expected[String(probability)]!;
    expect(Math.abs(value! - wanted)).toBeLessThanOrEqual(1e-12 * Math.abs(wanted));
  }
}

const inWords = ({
  category,
  count,
  medianValueTraded,
  medianAum,
  totalAum,
  medianPerf1m,
  perf1mNulls,
  examples,
}: CategoryLine): object => ({
  category,
  count,
  median_value_traded: medianValueTraded,
  median_aum: medianAum,
  total_aum: totalAum,
  median_perf_1m: medianPerf1m,
  n_null_perf_1m: perf1mNulls,
  examples: examples.map(({ symbol }) => symbol),
});

describe('the map of categories', () => {
  const rows = rowsOf(mapGaps.rows);

  test('has count, medians and examples of the example, in its order', () => {
    expect(categoryLines(rows).map(inWords)).toEqual(mapGaps.map);
  });

  test('has the gap of the example: high, liquid, and asked for by nobody', () => {
    const targeted = ['26', '27', '35', '71'];
    const gaps = gapsOf({ rows, targeted, selectedBy: new Map() });
    expect([gaps.perfCut, gaps.state]).toEqual([mapGaps.gaps.perf_cut, mapGaps.gaps.targeted_state]);
    const lines = gaps.categories.map((line) => ({
      ...inWords(line),
      targeted: line.isTargeted,
      selected_by: line.selectedBy,
      high_and_liquid: line.isHighAndLiquid,
      gap: line.isGap,
    }));
    expect(lines).toEqual(mapGaps.gaps.categories);
    expect(lines.filter(({ gap }) => gap === true)).toEqual(mapGaps.gaps.gaps);
  });

  test('cannot say who asks for a category that is a text, and lists who selected a member', () => {
    const texts = rowsOf(mapGaps.rows.map((row) => ({ ...row, category: row.category === null ? null : `Text ${row.category}` })));
    const gaps = gapsOf({
      rows: texts,
      targeted: ['99'],
      selectedBy: new Map([
        ['AMEX:M6', ['b', 'a']],
        ['AMEX:M7', ['a']],
      ]),
    });
    const line = gaps.categories.find(({ category }) => category === 'Text 99')!;
    expect(gaps.state).toBe('not_evaluated');
    expect(line).toMatchObject({ isTargeted: null, isGap: null, isHighAndLiquid: true, selectedBy: ['a', 'b'] });
  });
});

test.each(overlap.cases.map((one) => [JSON.stringify([one.a, one.b]), one] as const))(
  'the overlap of %s',
  (_, { a, b, expect: wanted }) => {
    const { n_a, n_b, intersection, jaccard, a_in_b, b_in_a } = wanted;
    expect(setOverlap(a, b)).toEqual({ a: n_a, b: n_b, intersection, jaccard, aInB: a_in_b, bInA: b_in_a });
  },
);

describe('the liquidity of the cohort', () => {
  const found = liquidityOf({ rows: rowsOf(liquidity.rows), notional: liquidity.expect.position, advBySymbol: {} });
  const { quantiles } = liquidity.expect;

  test('has the quantiles of the example', () => {
    expect([found.count, found.valueTradedNulls]).toEqual([liquidity.expect.n, liquidity.expect.n_null_value_traded]);
    expectClose(found.quantiles.valueTraded, quantiles.value_traded);
    expectClose(found.quantiles.atrPct, quantiles.spread_proxy_atr_pct);
    expectClose(found.quantiles.daysToLiquidate, quantiles.days_to_liquidate);
  });

  test('has its rows, and lists what disagrees and what has no average volume', () => {
    expect(
      found.rows.map(({ symbol, valueTraded, closeTimesVolume, ratio, atrPct, adv, daysToLiquidate }) => ({
        symbol,
        value_traded: valueTraded,
        close_x_volume: closeTimesVolume,
        ratio,
        spread_proxy_atr_pct: atrPct,
        adv,
        days_to_liquidate: daysToLiquidate,
      })),
    ).toEqual(liquidity.expect.rows);
    expect(found.disagreeing).toEqual(liquidity.expect.off_by_more_than_1pct);
    expect(found.withoutAdv).toEqual(['AMEX:L4']);
  });

  test('volumes that are given come first', () => {
    const given = liquidityOf({ rows: rowsOf(liquidity.rows), notional: 1_000_000, advBySymbol: { 'AMEX:L4': 2_000_000 } });
    expect(given.rows.find(({ symbol }) => symbol === 'AMEX:L4')).toMatchObject({ advFrom: 'volumes', daysToLiquidate: 5 });
  });
});

test.each(warnings.cases.map((one) => [one.symbol, one] as const))(
  'warnings of %s',
  (symbol, { aum, expense_ratio, VT, p, d, expect: wanted }) => {
    const row = { symbol, values: { aum, expense_ratio, 'Value.Traded': VT, 'Perf.1M': p, description: d } };
    expect(warningsOf(row)).toEqual(wanted);
  },
);

test('orphans are files that no scanner of the manifest reaches; what does not load is broken', () => {
  const found = orphansOf(configFiles(orphans.files), orphans.roots);
  expect([found.files, found.reachable, found.orphans]).toEqual([orphans.expect.files, orphans.expect.reachable, orphans.expect.orphans]);
  expect(found.broken.map(({ scanner }) => scanner)).toEqual(orphans.expect.broken.map(({ scanner }) => scanner));
});

describe('a scanner beside the specification', () => {
  const { scanners } = readSpecTable(table, 'spec-table.json');
  const row = scanners.find(({ id }) => id === 'etf_equity_momentum')!;
  const scanner = shippedScanner('etf_equity_momentum');

  test('every shipped scanner matches the table, which was written apart from it', () => {
    expect(
      scanners.map((one) => auditedScanner(one, { scanner: shippedScanner(one.id) })).filter(({ verdict }) => verdict !== 'match'),
    ).toEqual([]);
    expect(scanners).toHaveLength(9);
  });

  test('the order and repetition of filters do not matter', () => {
    const filters = scanner.filters.map((filter) => (filter.left === 'category' ? { ...filter, right: ['44', '27', '26', '26'] } : filter));
    expect(auditedScanner(row, { scanner: { ...scanner, filters: filters.toReversed() } }).verdict).toBe('match');
    expect(spec.reordered_category.n).toBe(1);
  });

  test('five changes are five differences, as in the example', () => {
    const changed = {
      ...scanner,
      filters: [...scanner.filters, { left: 'aum', operation: 'egreater', right: 500_000_000 } as const],
      columns: [...scanner.columns.filter((column) => column !== 'aum'), 'nav'],
      gates: { ...scanner.gates, adxMin: 15 },
      finalSort: { column: 'Perf.3M', order: 'desc' } as const,
      limit: 25,
    };
    const audited = auditedScanner(row, { scanner: changed });
    const [example] = spec.five_changes.scanners;
    expect(audited.verdict).toBe(example!.verdict);
    // The example compares both orders as one part, and calls the limits one limit.
    const parts = audited.differences.map(({ part }) => (part === 'final_sort' ? 'sort' : part === 'limits' ? 'limit' : part));
    expect(parts).toEqual(Object.keys(example!.diff));
  });

  test('what is not there or does not load does not match', () => {
    expect(auditedScanner(row, { missing: true }).verdict).toBe(spec.absent.scanners[0]!.verdict);
    expect(auditedScanner(row, { broken: 'merge_type' })).toMatchObject({ verdict: 'broken', why: 'merge_type' });
  });

  test('a table that is none is refused', () => {
    expect(refusalOf(() => readSpecTable({ scanners: [] }, 'table.json'))).toMatchObject({
      code: 'SchemaViolation',
      at: { file: 'table.json' },
    });
  });
});
