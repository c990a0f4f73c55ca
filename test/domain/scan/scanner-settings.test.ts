/** Settings of a scanner file beside its filters: how each is read, what an absent one means, how a wrong one is refused. */
import { describe, expect, test } from '@jest/globals';
import { requiredColumns } from '../../../domain/scan/columns.ts';
import { codeDefaults } from '../../../domain/scan/read-scanner.ts';
import { requestOf, withoutColumns } from '../../../domain/scan/scanner.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scannerOf } from '../../support/scanners.ts';

const sound = { id: 'one', sort_by: 'ADX', prefilter_limit: 300, limit: 20 };
const required = [
  'name',
  'close',
  'volume',
  'change',
  'Recommend.All',
  'Recommend.MA',
  'Recommend.Other',
  'Volatility.D',
  'volume_change',
  'ROC',
  'type',
];

describe('a scanner', () => {
  test('that says only what it must has the standard values of everything else', () => {
    expect(scannerOf(sound)).toStrictEqual({
      id: 'one',
      exportSymbol: 'one',
      dataCategory: 'test',
      markets: [],
      isStatic: false,
      staticMissing: 'list',
      symbols: [],
      filters: [],
      columns: required,
      gates: {
        valueTradedMin: null,
        volatilityMax: null,
        direction: 'long',
        logic: 'AND',
        recommendationMin: null,
        adxMin: null,
        momentum: [],
      },
      sort: { column: 'ADX', order: 'desc' },
      prefilterLimit: 300,
      finalSort: null,
      limit: 20,
    });
    expect(requiredColumns).toEqual(required);
    expect(codeDefaults).toEqual({
      '/static_mode': false,
      '/static_missing': 'list',
      '/sort_order': 'desc',
      '/final_sort_order': 'desc',
      '/trend/direction': 'long',
      '/trend/logic': 'AND',
    });
  });

  test('that says everything has what it says', () => {
    const scanner = scannerOf({
      id: 'two_2-B',
      export_symbol: 'TWO',
      data_category: 'etf',
      markets: ['america', 'uk'],
      static_mode: false,
      static_missing: 'include',
      symbols: [],
      filters: [{ left: 'ADX', operation: 'greater', right: 5 }],
      columns: ['aum', 'close', 'aum', 'nav'],
      volume: { value_traded_min: 2e6 },
      volatility: { max: 3 },
      trend: {
        direction: 'long',
        logic: 'OR',
        adx: { enabled: true, min: 15 },
        recommendation: { enabled: true, min: 0.1 },
        momentum: [{ column: 'ROC', op: 'greater', value: 0 }],
      },
      sort_by: 'Value.Traded',
      sort_order: 'asc',
      prefilter_limit: 1,
      final_sort_by: 'Perf.3M',
      final_sort_order: 'asc',
      limit: 1,
    });
    expect(scanner).toStrictEqual({
      id: 'two_2-B',
      exportSymbol: 'TWO',
      dataCategory: 'etf',
      markets: ['america', 'uk'],
      isStatic: false,
      staticMissing: 'include',
      symbols: [],
      filters: [{ left: 'ADX', operation: 'greater', right: 5 }],
      columns: [...required, 'aum', 'nav'],
      gates: {
        valueTradedMin: 2e6,
        volatilityMax: 3,
        direction: 'long',
        logic: 'OR',
        recommendationMin: 0.1,
        adxMin: 15,
        momentum: [{ column: 'ROC', op: 'greater', value: 0 }],
      },
      sort: { column: 'Value.Traded', order: 'asc' },
      prefilterLimit: 1,
      finalSort: { column: 'Perf.3M', order: 'asc' },
      limit: 1,
    });
    expect(requestOf(scanner)).toStrictEqual({
      columns: [...required, 'aum', 'nav'],
      options: { lang: 'en' },
      range: [0, 1],
      filter: [{ left: 'ADX', operation: 'greater', right: 5 }],
      sort: { sortBy: 'Value.Traded', sortOrder: 'asc' },
    });
  });

  test('of a static list asks for its tickers first, and for no more rows than it lists', () => {
    const scanner = scannerOf({
      id: 'three',
      static_mode: true,
      symbols: ['AMEX:SPY', 'X_1:BRK.B'],
      filters: [{ left: 'ADX', operation: 'nempty' }],
      limit: 5,
    });
    expect(scanner).toMatchObject({ isStatic: true, symbols: ['AMEX:SPY', 'X_1:BRK.B'], sort: null, prefilterLimit: null });
    expect(requestOf(scanner)).toStrictEqual({
      columns: required,
      options: { lang: 'en' },
      range: [0, 2],
      filter: [
        { left: 'name', operation: 'in_range', right: ['SPY', 'BRK.B'] },
        { left: 'ADX', operation: 'nempty' },
      ],
    });
  });

  test('that does not ask for a column has no filter on it', () => {
    const filters = [
      { left: 'aum', operation: 'greater', right: 5 },
      { left: 'ADX', operation: 'greater', right: 5 },
    ];
    const scanner = scannerOf({ ...sound, columns: ['aum', 'nav'], filters });
    expect(withoutColumns(scanner, ['aum'])).toStrictEqual({ ...scanner, columns: [...required, 'nav'], filters: [filters[1]] });
    expect(withoutColumns(scanner, [])).toBe(scanner);
  });

  test.each([null, undefined])('has no final order where it says %p', (value) => {
    expect(scannerOf({ ...sound, ...(value === undefined ? {} : { final_sort_by: value }) }).finalSort).toBeNull();
  });

  test.each([
    [{ volume: {} }, { valueTradedMin: null }],
    [{ volume: { value_traded_min: 0 } }, { valueTradedMin: null }],
    [{ volume: { value_traded_min: 1 } }, { valueTradedMin: 1 }],
    [{ volatility: {} }, { volatilityMax: null }],
    [{ volatility: { max: 0 } }, { volatilityMax: 0 }],
    [{ trend: { adx: { enabled: false, min: 15 } } }, { adxMin: null }],
    [{ trend: { adx: { enabled: false } } }, { adxMin: null }],
    [{ trend: { recommendation: { enabled: true, min: -1 } } }, { recommendationMin: -1 }],
  ])('with %j has the gates %j', (tree, gates) => {
    expect(scannerOf({ ...sound, ...tree }).gates).toMatchObject(gates);
  });

  test('has an id of letters, digits, lines and hyphens', () => {
    expect(scannerOf({ ...sound, id: 'aZ09_-' }).id).toBe('aZ09_-');
    expect(scannerOf({ ...sound, id: 'audits2' }).id).toBe('audits2');
    expect(scannerOf({ ...sound, id: 'my_audits' }).id).toBe('my_audits');
  });
});

const noId = (id: string): string => `id "${id}": letters, digits, _ and - only, and not audits`;
const statics = { id: 's', static_mode: true, limit: 5 };
const bothSorts = 'sort_by and base_universe_sort_by are one setting: write one of them';
const refused: readonly (readonly [JsonObject, fault: string, path: string, said: string])[] = [
  [{ ...sound, id: 'audits' }, 'value_type', 'id', noId('audits')],
  [{ ...sound, id: '!a' }, 'value_type', 'id', noId('!a')],
  [{ ...sound, id: 'a b' }, 'value_type', 'id', noId('a b')],
  [{ ...sound, id: 7 }, 'value_type', 'id', 'id 7 is not a text'],
  [{ ...sound, limits: 7 }, 'unknown_key', 'limits', 'limits is no key of a scanner: did you mean limit?'],
  [{ ...sound, export_symbol: 7 }, 'value_type', 'export_symbol', 'export_symbol 7 is not a text'],
  [{ ...sound, data_category: 7 }, 'value_type', 'data_category', 'data_category 7 is not a text'],
  [{ ...sound, markets: 'uk' }, 'value_type', 'markets', 'markets "uk" is not a list'],
  [{ ...sound, markets: ['uk', 7] }, 'value_type', 'markets[1]', 'markets[1] 7 is not a text'],
  [{ ...sound, columns: 'aum' }, 'value_type', 'columns', 'columns "aum" is not a list'],
  [{ ...sound, columns: ['aum', ''] }, 'value_type', 'columns[1]', 'columns[1] "" is not a text'],
  [{ ...sound, static_mode: 'yes' }, 'value_type', 'static_mode', 'static_mode "yes": true or false'],
  [{ ...sound, static_missing: 'drop' }, 'value_type', 'static_missing', 'static_missing "drop": one of list, include'],
  [{ ...sound, symbols: 'A:B' }, 'value_type', 'symbols', 'symbols "A:B" is not a list'],
  [{ ...statics, symbols: ['A:B', 7] }, 'static_symbols', 'symbols[1]', 'symbols[1] 7 is not EXCHANGE:TICKER'],
  ...['a:B', '!A:B', 'A:', ':B', 'A:B C', 'A:B:C', 'A:B '].map((symbol): readonly [JsonObject, string, string, string] => [
    { ...statics, symbols: [symbol] },
    'static_symbols',
    'symbols[0]',
    `symbols[0] "${symbol}" is not EXCHANGE:TICKER`,
  ]),
  [{ ...statics, symbols: [] }, 'static_symbols', 'symbols', 'symbols is empty: a static scanner lists its symbols'],
  [{ ...sound, symbols: ['A:B'] }, 'static_symbols', 'symbols', 'symbols belong to a static scanner: static_mode is false'],
  [{ ...sound, volume: 7 }, 'value_type', 'volume', 'volume 7 is not an object'],
  [{ ...sound, volume: { min: 7 } }, 'unknown_key', 'volume.min', 'volume.min is no key of a scanner; there is value_traded_min'],
  [{ ...sound, volume: { value_traded_min: '7' } }, 'gate_type', 'volume.value_traded_min', 'volume.value_traded_min "7" is not a number'],
  [{ ...sound, volatility: [] }, 'value_type', 'volatility', 'volatility [] is not an object'],
  [{ ...sound, volatility: { most: 7 } }, 'unknown_key', 'volatility.most', 'volatility.most is no key of a scanner; there is max'],
  [{ ...sound, volatility: { max: null } }, 'gate_type', 'volatility.max', 'volatility.max null is not a number'],
  [{ ...sound, trend: 7 }, 'value_type', 'trend', 'trend 7 is not an object'],
  [{ ...sound, trend: { adxs: 7 } }, 'unknown_key', 'trend.adxs', 'trend.adxs is no key of a scanner: did you mean adx?'],
  [{ ...sound, trend: { direction: 'short' } }, 'value_type', 'trend.direction', 'trend.direction "short": one of long'],
  [{ ...sound, trend: { logic: 'XOR' } }, 'value_type', 'trend.logic', 'trend.logic "XOR": one of AND, OR'],
  ...(['adx', 'recommendation'] as const).flatMap((gate): (readonly [JsonObject, string, string, string])[] => [
    [{ ...sound, trend: { [gate]: 7 } }, 'value_type', `trend.${gate}`, `trend.${gate} 7 is not an object`],
    [
      { ...sound, trend: { [gate]: { enable: true } } },
      'unknown_key',
      `trend.${gate}.enable`,
      `trend.${gate}.enable is no key of a scanner: did you mean enabled?`,
    ],
    [{ ...sound, trend: { [gate]: { min: 1 } } }, 'gate_type', `trend.${gate}.enabled`, `trend.${gate}.enabled nothing: say true or false`],
    [{ ...sound, trend: { [gate]: { enabled: true } } }, 'gate_type', `trend.${gate}.min`, `trend.${gate}.min nothing is not a number`],
    [
      { ...sound, trend: { [gate]: { enabled: false, min: 'x' } } },
      'gate_type',
      `trend.${gate}.min`,
      `trend.${gate}.min "x" is not a number`,
    ],
  ]),
  ...[0, -1, 1.5, '5', null].flatMap((value): (readonly [JsonObject, string, string, string])[] => [
    [{ ...sound, limit: value }, 'limit_type', 'limit', `limit ${JSON.stringify(value)} is not a whole number above 0`],
    [
      { ...sound, prefilter_limit: value },
      'limit_type',
      'prefilter_limit',
      `prefilter_limit ${JSON.stringify(value)} is not a whole number above 0`,
    ],
  ]),
  [{ ...sound, sort_by: null }, 'missing_key', 'sort_by', 'sort_by: a dynamic scanner says by what its rows are cut'],
  [{ ...sound, sort_by: 7 }, 'value_type', 'sort_by', 'sort_by 7 is not a text'],
  [{ ...sound, sort_order: 'up' }, 'value_type', 'sort_order', 'sort_order "up": one of asc, desc'],
  [{ ...sound, base_universe_sort_by: 'aum' }, 'value_type', 'sort_by', bothSorts],
  [{ ...sound, final_sort_by: 7 }, 'value_type', 'final_sort_by', 'final_sort_by 7 is not a text'],
  [{ ...sound, final_sort_by: 'ADX', final_sort_order: 'up' }, 'value_type', 'final_sort_order', 'final_sort_order "up": one of asc, desc'],
];

test.each(refused)('%j is refused as %s at %s', (tree, fault, path, said) => {
  const { code, message, evidence, at } = refusalOf(() => scannerOf(tree));
  expect({ code, message, evidence, at }).toEqual({
    code: 'ScannerConfigInvalid',
    message: `${fault}: ${said}`,
    evidence: { fault },
    at: { file: 'test.yaml', path },
  });
});
