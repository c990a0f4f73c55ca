import { expect, test } from '@jest/globals';
import { attributesOf } from '../../../domain/scan-audit/attributes.ts';
import { candidatesOf } from '../../../domain/scan-audit/candidates.ts';
import { overlapOf } from '../../../domain/scan-audit/overlap.ts';
import { readExport } from '../../../domain/scan/import-export.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { responseOf } from '../../support/scanners.ts';

const exportOf = (scanner: string, data: readonly object[]) =>
  readExport({ meta: { symbol: scanner }, data: data as Json }, `${scanner}.json`);

test('candidates are what was selected, each once, by performance, then traded value, then symbol; nulls last', () => {
  const first = exportOf('one', [
    { symbol: 'A:X', 'Perf.1M': 3, 'Value.Traded': 5 },
    { symbol: 'A:Y', 'Perf.1M': null, 'Value.Traded': 9 },
    { symbol: 'A:N', 'Perf.1M': 99, selected: false },
  ]);
  const second = exportOf('two', [
    { symbol: 'A:Z', 'Perf.1M': 3, 'Value.Traded': 6, dividend_yield_recent: 1 },
    { symbol: 'A:X', 'Perf.1M': 3, 'Value.Traded': 5, dividend_yield_recent: 4 },
  ]);
  const found = candidatesOf([first, second]);
  expect(found.byPerformance.map(({ symbol }) => symbol)).toEqual(['A:Z', 'A:X', 'A:Y']);
  expect(found.byYield).toEqual(['A:X', 'A:Z', 'A:Y']);
  expect(found.byPerformance[1]!.foundBy).toEqual([
    { scanner: 'one', rank: 1 },
    { scanner: 'two', rank: 2 },
  ]);
});

test('attributes count null, missing and empty as missing, and zeros apart', () => {
  const response = responseOf({
    data: [
      { symbol: 'A:A', aum: 0, brand: '', issuer: null },
      { symbol: 'A:B', aum: null, brand: 'x', issuer: null },
    ],
  });
  const lines = attributesOf(response, new Map([['nav', ['one']]]));
  expect(lines).toEqual([
    { column: 'aum', requestedBy: [], state: 'ok', nulls: 1, nullShare: 0.5, zeros: 1 },
    { column: 'brand', requestedBy: [], state: 'ok', nulls: 1, nullShare: 0.5, zeros: 0 },
    { column: 'issuer', requestedBy: [], state: 'all_null', nulls: 2, nullShare: 1, zeros: 0 },
    { column: 'nav', requestedBy: ['one'], state: 'absent', nulls: 2, nullShare: 1, zeros: 0 },
  ]);
  expect(attributesOf(responseOf({ data: [] }), new Map([['nav', ['one']]]))[0]).toMatchObject({ state: 'absent', nullShare: null });
});

const sets = (selected: readonly string[]) => ({ selected, passing: selected, fetched: selected });

test('half of the union in common is not distinct; nothing selected is unknown', () => {
  expect(overlapOf(sets(['a', 'b']), sets(['a'])).finding).toBe('not_distinct');
  expect(overlapOf(sets(['a', 'b', 'c']), sets(['a'])).finding).toBe('distinct');
  expect(overlapOf(sets([]), sets([])).finding).toBe('unknown');
});
