/** Worked examples of a second implementation (test/golden/scan/saved-responses.json, import-passes.json). */
import { describe, expect, test } from '@jest/globals';
import { readCategoryMap, withCategories } from '../../../domain/scan/category-map.ts';
import { readExport, readPasses } from '../../../domain/scan/import-export.ts';
import { partialOf } from '../../../domain/scan/response.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import passes from '../../golden/scan/import-passes.json' with { type: 'json' };
import golden from '../../golden/scan/saved-responses.json' with { type: 'json' };
import { refusalOf } from '../../support/refusal.ts';
import { responseOf } from '../../support/scanners.ts';

interface Case {
  readonly name: string;
  readonly response: Json;
  readonly request_columns: readonly string[] | null;
  readonly expect: { readonly rows?: number; readonly partial?: boolean; readonly error?: string };
}

describe('a saved response', () => {
  test.each((golden.cases as unknown as readonly Case[]).map((one) => [one.name, one] as const))(
    '%s',
    (_, { response, request_columns, expect: wanted }) => {
      const read = () => responseOf(response, null, request_columns);
      if (wanted.error !== undefined)
        expect(refusalOf(read)).toMatchObject({ code: 'ScanResponseInvalid', evidence: { fault: wanted.error } });
      else expect([read().rows.length, partialOf(read()) !== null]).toEqual([wanted.rows, wanted.partial]);
    },
  );

  test('of objects is read too, its rows by symbol', () => {
    const read = responseOf({
      total: 3,
      data: [
        { symbol: 'A:B', close: 1, name: 'B' },
        { symbol: 'A:A', aum: null },
      ],
    });
    expect(read).toMatchObject({ columns: ['aum', 'close', 'name'], totalCount: 3 });
    expect(read.rows.map(({ symbol }) => symbol)).toEqual(['A:A', 'A:B']);
    expect(partialOf(read)).toEqual({ rows: 2, total: 3 });
  });

  test.each([
    ['a text', 'no', 'not_a_response'],
    ['data that is null', { totalCount: 0, data: null }, 'not_a_response'],
    ['a symbol without exchange', { data: [{ symbol: 'SPY' }] }, 'symbol'],
    ['a name of another row', { data: [{ symbol: 'A:SPY', name: 'QQQ' }] }, 'positional_mismatch'],
    ['columns of which one is there twice', { _columns: ['a', 'a'], data: [] }, 'columns_unknown'],
    ['a total that is no count', { totalCount: 1.5, data: [] }, 'total_count'],
  ] as const)('%s is refused', (_, content, fault) => {
    expect(refusalOf(() => responseOf(content))).toMatchObject({
      code: 'ScanResponseInvalid',
      evidence: { fault },
      at: { file: 'response.json' },
    });
  });
});

describe('passes of an export', () => {
  test.each(passes.cases.map((one) => [JSON.stringify(one.passes), one] as const))('%s', (_, one) => {
    const read = () => readPasses(one.passes, 'export.json', 'data[0].passes');
    if ('error' in one.expect) expect(refusalOf(read)).toMatchObject({ code: 'ScanExportInvalid', evidence: { fault: one.expect.error } });
    else expect(read()).toEqual(one.expect);
  });

  test('an older export of survivors: every row is selected, in file order', () => {
    const data = [
      { symbol: 'A:B', passes: { combined: true } },
      { symbol: 'A:A', close: 2 },
    ];
    const read = readExport({ meta: { symbol: 'old' }, data }, 'export.json');
    expect(read.rows.map(({ symbol, selected, rank }) => [symbol, selected, rank])).toEqual([
      ['A:B', true, 1],
      ['A:A', true, 2],
    ]);
    expect(read).toMatchObject({ scanner: 'old', asOf: null });
  });

  test.each([
    ['no data', {}, 'data'],
    ['no scanner', { data: [] }, 'meta.symbol'],
    ['a symbol twice', { meta: { symbol: 'x' }, data: [{ symbol: 'A:A' }, { symbol: 'A:A' }] }, 'data[1]'],
    ['a rank out of order', { meta: { symbol: 'x' }, data: [{ symbol: 'A:A', rank: 2 }] }, 'data[0].rank'],
  ])('%s is refused', (_, content, path) => {
    expect(refusalOf(() => readExport(content, 'export.json'))).toMatchObject({
      code: 'ScanExportInvalid',
      at: { file: 'export.json', path },
    });
  });
});

describe('a category map', () => {
  const map = readCategoryMap({ by_symbol: { 'A:B': '27' }, by_text: { 'Large Blend': '26' } }, 'map.json');

  test('gives ids by symbol first, by text second, and none elsewhere', () => {
    const data = ['A:A', 'A:B', 'A:C'].map((symbol, index) => ({ symbol, category: ['Large Blend', 'Large Blend', 'Bond'][index]! }));
    expect(withCategories(responseOf({ data }), map).rows.map(({ values }) => values['category'])).toEqual(['26', '27', null]);
  });

  test.each([[[]], [{ by_text: { Bond: 61 } }], [{ by_symbol: { 'A:A': 'Bond' } }]])('%j is refused', (content) => {
    expect(refusalOf(() => readCategoryMap(content as Json, 'map.json')).code).toBe('CategoryMapInvalid');
  });
});
