/** The nine scanners on a snapshot of 228 real funds, against a count by hand of the same rules in a few lines. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { needs } from '../../support/needs.ts';
import { sharedDirectory } from '../../support/reference.ts';
import { scanOf, shippedScanner } from '../../support/scanners.ts';

type Fund = Readonly<Record<string, number>> & { readonly symbol: string };

const read = (name: string): Json => JSON.parse(readFileSync(join(sharedDirectory!, 'data', name), 'utf8')) as Json;

needs('reference data').describe('a snapshot of real funds', () => {
  test.each([
    ['etf_equity_momentum', 10e6, 20, { 'Perf.W': 0, 'Perf.1M': 1.5 }, 'Perf.1M', 20],
    ['etf_bond_yield_trend', 10e6, 15, { 'Perf.W': 0 }, 'ADX', 15],
    ['etf_commodity_supercycle', 10e6, 20, { 'Perf.W': 0, 'Perf.1M': 1 }, 'Perf.3M', 15],
    ['etf_thematic_momentum', 2e6, 15, { 'Perf.W': 0, 'Perf.1M': 0 }, 'Perf.1M', 20],
    ['etf_yield_alpha', 2e6, 10, { 'Perf.W': 0, 'Perf.1M': -1 }, 'Perf.3M', 20],
  ] as const)('%s selects what its gates let through, in its order', (name, floor, adx, momentum, final, limit) => {
    const content = read('etf_scan_derived.json');
    const { data } = content as unknown as { readonly data: readonly Fund[] };
    const passing = data.filter(
      (fund) =>
        fund['Value.Traded']! > floor && fund['ADX']! >= adx && Object.entries(momentum).every(([column, above]) => fund[column]! > above),
    );
    const ordered = passing.toSorted((left, right) => right[final]! - left[final]! || right['Value.Traded']! - left['Value.Traded']!);
    const result = scanOf(shippedScanner(name), content);
    expect(result.selected).toEqual(ordered.slice(0, limit).map(({ symbol }) => symbol));
    expect(result.verdict).toBe('partial');
    expect(result.notEvaluated.gates).toEqual([{ gate: 'trend_recommendation', why: 'absent' }]);
    expect(result.notEvaluated.filters).toEqual([{ index: expect.any(Number), filter: 'category', why: 'category_text' }]);
  });

  test('is the same in both shapes, but for what the positional one lacks', () => {
    const scanner = shippedScanner('sector_etf_trend');
    const [objects, positional] = [read('etf_scan_derived.json'), read('etf_scan_derived_rawshape.json')].map((content) =>
      scanOf(scanner, content),
    );
    expect(positional!.selected).toEqual(objects!.selected);
    expect(objects!.verdict).toBe('complete');
  });
});
