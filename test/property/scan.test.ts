/** Laws of a scan: over random rows none throws, the order of the rows changes nothing, and every row is accounted for. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exportText } from '../../domain/scan/export.ts';
import type { Json } from '../../domain/shared/canonical-json.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { scannerOf, scanOf, shippedScanner } from '../support/scanners.ts';

const number = fc.oneof(fc.constant(null), fc.integer({ min: -3, max: 30 }), fc.double({ min: -5, max: 50, noNaN: true }));
const row = fc.record(
  {
    ADX: number,
    'Recommend.All': number,
    'Perf.W': number,
    'Perf.1M': number,
    'Perf.3M': number,
    close: number,
    ATR: number,
    'Volatility.D': number,
    'Value.Traded': fc.oneof(
      fc.constant(null),
      fc.integer({ min: 0, max: 30 }).map((millions) => millions * 1_000_000),
    ),
    type: fc.constantFrom('fund', 'stock', null),
    category: fc.constantFrom('26', '27', 26, 'Large Blend', null),
  },
  { requiredKeys: [] },
);
/** Up to thirty rows of ten tickers on three exchanges. */
const rows = fc
  .uniqueArray(fc.tuple(fc.constantFrom('AMEX', 'NASDAQ', 'OTC'), fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'), row), {
    maxLength: 30,
    selector: ([exchange, ticker]) => `${exchange}:${ticker}`,
  })
  .map((made) => made.map(([exchange, ticker, values]) => ({ ...values, symbol: `${exchange}:${ticker}`, name: ticker })));

const loose = scannerOf({
  id: 'loose',
  sort_by: 'ADX',
  final_sort_by: 'Perf.W',
  prefilter_limit: 5,
  limit: 3,
  volatility: { max: 9 },
  trend: { logic: 'OR', adx: { enabled: true, min: 9 }, momentum: [{ column: 'Perf.W', op: 'less', value: 2 }] },
});
const listed = scannerOf({ id: 'listed', static_mode: true, symbols: ['AMEX:A', 'AMEX:B', 'OTC:C'], static_missing: 'include', limit: 2 });
const scanner = fc.constantFrom(
  shippedScanner('etf_equity_momentum'),
  shippedScanner('etf_yield_alpha'),
  shippedScanner('index_etf_trend'),
  loose,
  listed,
);

test('every row is selected or has one rejection, and the funnel adds up', () => {
  fc.assert(
    fc.property(scanner, rows, (given, data) => {
      const { rows: judged, funnel, selected, notReturned } = scanOf(given, { data });
      expect(judged).toHaveLength(data.length + funnel.included);
      expect(funnel.included).toBeLessThanOrEqual(notReturned.length);
      for (const { selected: isSelected, rejection, rank, passes } of judged) {
        expect(isSelected).toBe(rejection === null);
        expect(rank === null).toBe(!isSelected);
        if (isSelected) expect(passes.all).toBe(true);
      }
      expect(funnel.stages.reduce((sum, { rejected }) => sum + rejected, selected.length)).toBe(judged.length);
      expect(selected.length).toBeLessThanOrEqual(given.limit);
    }),
    { numRuns: propertyRuns(300) },
  );
});

test('the order of the rows changes no byte of an export, and a row that fails a gate displaces none', () => {
  const stamp = { runId: 'x', generatedAt: '2026-05-01T00:00:00.000Z', asOf: '2026-05-01', configSource: 'x.yaml' };
  const text = (given: Parameters<typeof scanOf>[0], data: readonly object[]): string =>
    exportText(given, scanOf(given, { data } as Json), stamp);
  fc.assert(
    fc.property(
      scanner,
      rows.chain((data) => fc.tuple(fc.constant(data), fc.shuffledSubarray(data, { minLength: data.length }))),
      (given, [data, shuffled]) => expect(text(given, shuffled)).toBe(text(given, data)),
    ),
    { numRuns: propertyRuns(200) },
  );
});

test('a scan of what it selected selects the same again, where everything is evaluated as before', () => {
  fc.assert(
    fc.property(rows, (data) => {
      const first = scanOf(loose, { data });
      const again = scanOf(loose, { data: data.filter(({ symbol }) => first.selected.includes(symbol)) });
      const sameGates = JSON.stringify(again.notEvaluated) === JSON.stringify(first.notEvaluated);
      if (first.selected.length > 0 && sameGates) expect(again.selected).toEqual(first.selected);
    }),
    { numRuns: propertyRuns(200) },
  );
});
