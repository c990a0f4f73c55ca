/** Refusals of saved responses, exports and category maps: the kind, the sentence and the place, as a reader sees them. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { readCategoryMap } from '../../../domain/scan/category-map.ts';
import { parseExport, universeOfExport } from '../../../domain/scan/export-universe.ts';
import { readExport, readPasses } from '../../../domain/scan/import-export.ts';
import { partialOf, responseError } from '../../../domain/scan/response.ts';
import type { Json, JsonObject } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';
import { responseOf } from '../../support/scanners.ts';

const whole = (act: () => unknown): object => {
  const { code, message, evidence, at } = refusalOf(act);
  return { code, message, evidence, at };
};

describe('a saved response', () => {
  const file = 'response.json';
  const list = 'an object with a list data is expected';
  const once = '_columns is a list of names, each once';
  const rows: readonly (readonly [Json, readonly string[] | null, fault: string, path: string, said: string])[] = [
    [null, null, 'not_a_response', 'data', list],
    [[], null, 'not_a_response', 'data', list],
    ['x', null, 'not_a_response', 'data', list],
    [{ data: {} }, null, 'not_a_response', 'data', list],
    [{ data: [{ symbol: 'A:A' }, 5] }, null, 'not_a_response', 'data[1]', 'row 1 is not an object'],
    [{ data: [null] }, null, 'not_a_response', 'data[0]', 'row 0 is not an object'],
    [{ data: [[]] }, null, 'not_a_response', 'data[0]', 'row 0 is not an object'],
    [{ data: [{ symbol: 'A:A' }, { close: 1 }] }, null, 'not_a_response', 'data[1].symbol', 'row 1 has no symbol'],
    [
      { data: [{ s: 'A:A', d: [1] }] },
      null,
      'columns_unknown',
      '_columns',
      'rows are positional, and neither _columns nor the request says what stands where',
    ],
    [{ _columns: 'x', data: [] }, null, 'columns_unknown', '_columns', once],
    [{ _columns: ['x', 1], data: [] }, null, 'columns_unknown', '_columns', once],
    [{ _columns: ['x', 'x'], data: [] }, null, 'columns_unknown', '_columns', once],
    [
      { _columns: ['y', 'x'], data: [] },
      ['x', 'y'],
      'positional_mismatch',
      '_columns',
      '_columns has the columns of the request in another order',
    ],
    [{ _columns: ['x'], data: [{ d: [1] }] }, null, 'not_a_response', 'data[0]', 'row 0 has no symbol s with its values d'],
    [{ _columns: ['x'], data: [{ s: 'A:A', d: 1 }] }, null, 'not_a_response', 'data[0]', 'row 0 has no symbol s with its values d'],
    [
      {
        _columns: ['x'],
        data: [
          { s: 'A:A', d: [1] },
          { s: 'A:B', d: [1, 2] },
        ],
      },
      null,
      'positional_mismatch',
      'data[1].d',
      'row 1 A:B: 2 values for 1 columns',
    ],
    ...['SPY', 'a:SPY', '!A:SPY', 'A: SPY', 'A:S Y', 'A:'].map((symbol): readonly [Json, null, string, string, string] => [
      { data: [{ symbol }] },
      null,
      'symbol',
      'data[0]',
      `row 0: ${symbol} is not EXCHANGE:TICKER`,
    ]),
    [{ data: [{ symbol: 'A:A', name: 'B' }] }, null, 'positional_mismatch', 'data[0]', 'row 0 A:A: the column name holds "B"'],
    [{ data: [{ symbol: 'A:A', name: 5 }] }, null, 'positional_mismatch', 'data[0]', 'row 0 A:A: the column name holds 5'],
    [{ data: [{ symbol: 'A:A', close: 'x' }] }, null, 'column_type', 'close', 'row 0 A:A: close is "x", not a number'],
    [{ data: [{ symbol: 'A:A', category: true }] }, null, 'column_type', 'category', 'row 0 A:A: category is true, no id and no text'],
    [{ data: [{ symbol: 'A:A' }, { symbol: 'A:B' }, { symbol: 'A:A' }] }, null, 'duplicate_row', 'A:A', 'A:A stands there twice'],
    ...[1.5, -1, 'x'].map((total): readonly [Json, null, string, string, string] => [
      { totalCount: total, data: [] },
      null,
      'total_count',
      'totalCount',
      `totalCount ${JSON.stringify(total)} is not a count`,
    ]),
    [{ total: 1, data: [{ symbol: 'A:A' }, { symbol: 'A:B' }] }, null, 'total_count', 'totalCount', 'totalCount 1 is less than the 2 rows'],
  ];

  test.each(rows)('%j, asked for as %j, is refused as %s at %s', (content, asked, fault, path, said) => {
    expect(whole(() => responseOf(content, null, asked))).toEqual({
      code: 'ScanResponseInvalid',
      message: `${fault}: ${said}`,
      evidence: { fault },
      at: { file, path },
    });
  });

  test('is refused without a path where it is no JSON', () => {
    expect(
      whole(() => {
        throw responseError('response_not_json', 'it ends early', file);
      }),
    ).toEqual({
      code: 'ScanResponseInvalid',
      message: 'response_not_json: it ends early',
      evidence: { fault: 'response_not_json' },
      at: { file },
    });
  });

  test('may have other columns than were asked for, and is read by its own', () => {
    const data = [{ s: 'A:A', d: [1, 'A'] }];
    expect(responseOf({ _columns: ['close', 'name'], data }, null, ['name', 'close', 'aum'])).toEqual({
      columns: ['close', 'name'],
      rows: [{ symbol: 'A:A', values: { close: 1, name: 'A' } }],
      totalCount: null,
    });
    expect(responseOf({ _columns: ['close', 'name'], data }, null, ['close', 'name']).columns).toEqual(['close', 'name']);
    expect(responseOf({ _columns: ['close', 'name'], data }, null, ['close', 'nav']).columns).toEqual(['close', 'name']);
    expect(responseOf({ data }, null, ['close', 'name']).rows[0]!.values).toEqual({ close: 1, name: 'A' });
    expect(responseOf({ _columns: ['close'], data: [] })).toEqual({ columns: ['close'], rows: [], totalCount: null });
  });

  test('knows how much of what the server counted is there', () => {
    const of = (content: JsonObject) => partialOf(responseOf({ data: [{ symbol: 'A:A', category: 5 }], ...content }));
    expect([of({}), of({ totalCount: 1 }), of({ totalCount: 2 }), of({ totalCount: null, total: 3 })]).toEqual([
      null,
      null,
      { rows: 1, total: 2 },
      { rows: 1, total: 3 },
    ]);
    expect(responseOf({ totalCount: 0, data: [] }).totalCount).toBe(0);
  });
});

describe('an export', () => {
  const file = 'export.json';
  const meta = { symbol: 'x' };
  const expected = 'meta and data are expected';
  const rows: readonly (readonly [Json, fault: string, path: string, said: string])[] = [
    [null, 'not_an_export', 'data', expected],
    [[], 'not_an_export', 'data', expected],
    [{ meta, data: {} }, 'not_an_export', 'data', expected],
    [{ data: [] }, 'not_an_export', 'meta.symbol', 'meta names no scanner'],
    [{ meta: { symbol: 5 }, data: [] }, 'not_an_export', 'meta.symbol', 'meta names no scanner'],
    [{ meta, data: [5] }, 'not_an_export', 'data[0]', 'row 0 has no symbol'],
    [{ meta, data: [{ symbol: 5 }] }, 'not_an_export', 'data[0]', 'row 0 has no symbol'],
    [{ meta, data: [{ symbol: 'A:A', selected: 1 }] }, 'not_an_export', 'data[0].selected', 'selected of A:A is not true or false'],
    [{ meta, data: [{ symbol: 'A:A' }, { symbol: 'A:A' }] }, 'duplicate_row', 'data[1]', 'A:A stands there twice'],
    [
      {
        meta,
        data: [
          { symbol: 'A:A', rank: 1 },
          { symbol: 'A:B', selected: false, rank: 7 },
          { symbol: 'A:C', rank: 3 },
        ],
      },
      'rank',
      'data[2].rank',
      'A:C is the 2th selected and has rank 3',
    ],
    [
      { meta, data: [{ symbol: 'A:A', passes: { liquidity: 1 } }] },
      'passes_type',
      'data[0].passes.liquidity',
      'liquidity is 1: true, false or null',
    ],
    [
      { meta, data: [{ symbol: 'A:A', passes: { combined: true, trend_combined: false } }] },
      'passes_conflict',
      'data[0].passes',
      'combined is true and trend_combined false',
    ],
  ];

  test.each(rows)('%j is refused as %s at %s', (content, fault, path, said) => {
    expect(whole(() => readExport(content, file))).toEqual({
      code: 'ScanExportInvalid',
      message: `${fault}: ${said}`,
      evidence: { fault },
      at: { file, path },
    });
  });

  test('is read with its values, without what is only told of them', () => {
    const rejection = { stage: 'rank' };
    const data = [
      { symbol: 'A:B', close: 2, passes: { all: true, combined: false }, selected: true, rank: 1, rejection: null, atr_pct: 3 },
      { symbol: 'A:A', close: null, passes: 5, selected: false, rank: null, rejection, atr_pct: null },
      { symbol: 'A:C', rank: 'second' },
    ];
    const passes = {
      trend_recommendation: null,
      trend_adx: null,
      trend_momentum: null,
      trend_combined: false,
      liquidity: null,
      volatility: null,
      all: true,
    };
    expect(readExport({ meta: { selector: 'a', symbol: 'b', as_of: '2026-05-01', generated_at: 'now' }, data }, file)).toEqual({
      scanner: 'a',
      asOf: '2026-05-01',
      generatedAt: 'now',
      rows: [
        { symbol: 'A:B', values: { close: 2 }, passes, selected: true, rank: 1 },
        { symbol: 'A:A', values: { close: null }, passes: null, selected: false, rank: null },
        { symbol: 'A:C', values: {}, passes: null, selected: true, rank: 2 },
      ],
    });
  });

  test.each([
    [{ symbol: 'b', export_symbol: 'c' }, 'b'],
    [{ export_symbol: 'c', as_of: 5 }, 'c'],
  ])('whose meta is %j is of the scanner %s, and not dated', (named, scanner) => {
    expect(readExport({ meta: named, data: [] }, file)).toEqual({ scanner, asOf: null, generatedAt: null, rows: [] });
  });

  test('may spell the combined key in both ways where they agree', () => {
    expect(readPasses({ combined: true, trend_combined: true }, file, 'x').trend_combined).toBe(true);
    expect(readPasses({ combined: null, trend_combined: null }, file, 'x').trend_combined).toBeNull();
  });

  const dated = { symbol: 'x', as_of: '2026-05-01', verdict: 'complete' };
  const notDated = 'meta says no as_of: the day of the rows, such as 2026-05-01';
  test.each([
    [{ ...dated, as_of: null }, [], 'not_dated', 'meta.as_of', notDated],
    [{ ...dated, as_of: '2026-5-1' }, [], 'not_dated', 'meta.as_of', notDated],
    [{ ...dated, verdict: 'fine' }, [], 'not_an_export', 'meta.verdict', 'verdict "fine"'],
    [dated, [{ symbol: 'A:A' }, { symbol: 'A:B', ADX: 'x' }], 'column_type', 'data[1].ADX', 'ADX of A:B is "x"'],
  ])('of %j with %j is refused as a universe: %s', (said, data, fault, path, sentence) => {
    expect(whole(() => universeOfExport({ meta: said, data }, file))).toEqual({
      code: 'ScanExportInvalid',
      message: `${fault}: ${sentence}`,
      evidence: { fault },
      at: { file, path },
    });
  });

  test.each([
    ['complete', []],
    ['partial', ['the export does not list what was not evaluated']],
    ['unknown', ['the export does not list what was not evaluated']],
  ])('whose verdict is %s lacks %j', (verdict, lacking) => {
    expect(universeOfExport({ meta: { ...dated, verdict }, data: [] }, file)).toEqual({
      scanner: 'x',
      asOf: '2026-05-01',
      verdict,
      lacking,
      selected: [],
      values: {},
    });
  });

  test('that is no JSON is refused with what the parser says', () => {
    const { message, at } = refusalOf(() => parseExport('{', file));
    expect([message, at]).toEqual([expect.stringMatching(/^not_json: .*JSON/), { file, path: '$' }]);
    expect(parseExport('{"a":[1]}', file)).toEqual({ a: [1] });
  });
});

describe('a category map', () => {
  const file = 'map.json';
  const object = 'an object with by_symbol and by_text is expected';
  test.each([null, [], 'x'])('%j is refused', (content) => {
    expect(whole(() => readCategoryMap(content, file))).toEqual({
      code: 'CategoryMapInvalid',
      message: `${file}: ${object}`,
      evidence: {},
      at: { file },
    });
  });

  test.each(['by_symbol', 'by_text'])('%s maps texts to digits', (key) => {
    for (const ids of [null, [], 'x', { a: 5 }, { a: '5x' }, { a: 'x5' }, { a: '1', b: '' }])
      expect(whole(() => readCategoryMap({ [key]: ids }, file))).toEqual({
        code: 'CategoryMapInvalid',
        message: `${file}: ${key} maps texts to category ids, which are digits in quotes`,
        evidence: {},
        at: { file, path: key },
      });
  });

  test('that says nothing maps nothing', () => {
    expect(readCategoryMap({}, file)).toEqual({ by_symbol: {}, by_text: {} });
    expect(readCategoryMap({ by_text: { a: '12' } }, file)).toEqual({ by_symbol: {}, by_text: { a: '12' } });
  });
});
