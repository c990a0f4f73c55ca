/* The spellings of the combined key are those of the worked example of the reference (import_passes.json). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseExport, universeOfExport } from '../../../domain/scan/export-universe.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';

const row = (symbol: string, more: Record<string, Json> = {}): Json => ({ symbol, ...more });
const exported = (meta: Record<string, Json>, ...data: Json[]): Json => ({
  meta: { selector: 'metals', as_of: '2026-05-01', verdict: 'complete', ...meta },
  data,
});
const universe = (content: Json) => universeOfExport(content, 'metals.json');

interface PassesCase {
  readonly passes: Record<string, boolean>;
  readonly expect: Record<string, unknown>;
}
const { cases } = JSON.parse(readFileSync(new URL('../../golden/scan/import-passes.json', import.meta.url), 'utf8')) as {
  readonly cases: readonly PassesCase[];
};

describe('an export as a universe', () => {
  test('has the selected symbols in rank order, and values of every row', () => {
    const content = exported(
      {},
      row('AMEX:SLV', { selected: true, rank: 1, ADX: 21, 'Recommend.All': 0.2, close: 20 }),
      row('AMEX:GLD', { selected: true, rank: 2, 'Value.Traded': 5e6 }),
      row('AMEX:UNG', { selected: false, rank: null, ADX: 9 }),
      row('AMEX:USO', { selected: false, rank: null, close: 70 }),
    );
    const { scanner, asOf, verdict, lacking, selected, values } = universe(content);
    expect({ scanner, asOf, verdict, lacking }).toEqual({ scanner: 'metals', asOf: '2026-05-01', verdict: 'complete', lacking: [] });
    expect(selected.map(({ symbol }) => symbol)).toEqual(['AMEX:SLV', 'AMEX:GLD']);
    expect(Object.keys(values)).toEqual(['AMEX:SLV', 'AMEX:GLD', 'AMEX:UNG']);
    expect(values['AMEX:SLV']).toEqual({
      tradedValue: null,
      adx: 21,
      recommendAll: 0.2,
      recommendMa: null,
      rateOfChange: null,
      dailyVolatility: null,
    });
  });

  test.each(cases.map((one) => [JSON.stringify(one.passes), one] as const))('reads the gates %s', (_, one) => {
    const read = () => universe(exported({}, row('AMEX:SLV', { passes: one.passes }))).selected[0]!.passes;
    if ('error' in one.expect)
      expect(refusalOf(read)).toMatchObject({ code: 'ScanExportInvalid', evidence: { fault: one.expect['error'] } });
    else expect(read()).toEqual(one.expect);
  });

  test('says what it does not know: the verdict of an older file, and what a partial one lacked', () => {
    const { verdict: _, ...meta } = (exported({}) as { meta: Record<string, Json> }).meta;
    expect(universe({ meta, data: [] })).toMatchObject({
      verdict: 'partial',
      lacking: ['the export does not say whether everything was evaluated'],
    });
    expect(universe(exported({ verdict: 'partial' }))).toMatchObject({
      verdict: 'partial',
      lacking: [expect.stringContaining('not list')],
    });
  });

  test.each([
    ['not_json', '{', '$'],
    ['not_dated', JSON.stringify(exported({ as_of: null })), 'meta.as_of'],
    ['not_dated', JSON.stringify(exported({ as_of: '2026-02-30' })), 'meta.as_of'],
    ['not_an_export', JSON.stringify(exported({ verdict: 'fine' })), 'meta.verdict'],
    ['column_type', JSON.stringify(exported({}, row('AMEX:SLV'), row('AMEX:GLD', { ADX: 'strong' }))), 'data[1].ADX'],
    ['duplicate_row', JSON.stringify(exported({}, row('AMEX:SLV'), row('AMEX:SLV'))), 'data[1]'],
  ])('is refused as %s: %s', (fault, text, path) => {
    expect(refusalOf(() => universe(parseExport(text, 'metals.json')))).toMatchObject({
      code: 'ScanExportInvalid',
      evidence: { fault },
      at: { file: 'metals.json', path },
    });
  });
});
