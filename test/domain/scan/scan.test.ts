/** Worked examples of a second implementation (test/golden/scan/gates.json, ranking.json, static.json): rows, rejections and funnels. */
import { describe, expect, test } from '@jest/globals';
import type { ScanResult } from '../../../domain/scan/scan-result.ts';
import gates from '../../golden/scan/gates.json' with { type: 'json' };
import ranking from '../../golden/scan/ranking.json' with { type: 'json' };
import statics from '../../golden/scan/static.json' with { type: 'json' };
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { scannerOf, scanOf, shippedScanner } from '../../support/scanners.ts';

const equity = shippedScanner('etf_equity_momentum');

interface Expected {
  readonly verdict: string;
  readonly not_evaluated: {
    readonly filters: readonly { readonly filter: string; readonly why: string }[];
    readonly gates: readonly string[];
  };
  readonly selected: readonly (readonly [number, string])[];
  readonly rows?: readonly object[];
  readonly funnel: { readonly fetched: number; readonly selected: number; readonly stages: readonly Readonly<Record<string, unknown>>[] };
}

type Data = { readonly s: string; readonly d: readonly Json[] }[];
const { _columns: columnsOfResponse, ...counted } = gates.response as { _columns: string[]; totalCount: number; data: Data };
const response = { ...counted, _columns: columnsOfResponse };
const withRows = (change: (values: Json[], columns: readonly string[]) => Json[], columns = columnsOfResponse): Json => ({
  ...response,
  _columns: columns,
  data: response.data.map(({ s, d }) => ({ s, d: change([...d], columnsOfResponse) })),
});
const recommend = columnsOfResponse.indexOf('Recommend.All');
const category = columnsOfResponse.indexOf('category');

const [ratingNull, , textToo, empty] = gates.variants as unknown as readonly { readonly expect: Expected }[];
const withoutRating = withRows((values) => values.with(recommend, null));
const inputs: readonly (readonly [string, Json, Expected])[] = [
  ['every gate', gates.response, gates.expect as unknown as Expected],
  ['a rating that is null in every row', withoutRating, ratingNull!.expect],
  [
    'a rating that is no column',
    withRows((values) => values.toSpliced(recommend, 1), columnsOfResponse.toSpliced(recommend, 1)),
    ratingNull!.expect,
  ],
  [
    'categories as text too',
    withRows((values) => values.with(recommend, null).with(category, values[category] === null ? null : 'Large Blend')),
    textToo!.expect,
  ],
  ['no row', { ...response, totalCount: 0, data: [] }, empty!.expect],
];

/** The stages in the words of the example: what it leaves out is null here. */
function stagesOf({ funnel }: ScanResult, like: Expected): object[] {
  return funnel.stages.map((stage, index) => {
    const keys = Object.keys(like.funnel.stages[index]!);
    return Object.fromEntries(Object.entries(stage).filter(([key]) => keys.includes(key)));
  });
}

describe.each(inputs)('a scan of %s', (name, content, expected) => {
  const result = scanOf(equity, content);

  test('selects the same rows in the same order', () => {
    expect(result.selected.map((symbol, index) => [index + 1, symbol])).toEqual(expected.selected);
    expect(result.verdict).toBe(expected.verdict);
  });

  test('lists the same filters and gates as not evaluated', () => {
    expect(result.notEvaluated.filters.map(({ filter, why }) => ({ filter, why }))).toEqual(expected.not_evaluated.filters);
    expect(result.notEvaluated.gates.map(({ gate }) => gate)).toEqual(expected.not_evaluated.gates);
  });

  test('judges every row in the same way', () => {
    const rows = result.rows.map(({ symbol, passes, rejection }) => ({ symbol, passes, first_rejection: rejection }));
    expect(rows).toHaveLength(expected.funnel.fetched);
    if (expected.rows !== undefined) expect(rows).toEqual(expected.rows);
  });

  test('has the same funnel', () => {
    expect([result.funnel.fetched, result.funnel.selected]).toEqual([expected.funnel.fetched, expected.funnel.selected]);
    // The example calls a gate evaluated where there is no row; here nothing is.
    const stages = expected.funnel.stages.map((stage) =>
      name === 'no row' && stage['state'] === 'evaluated' ? { ...stage, state: 'not_evaluated' } : stage,
    );
    expect(stagesOf(result, expected)).toEqual(stages);
  });
});

const rejectedBy = (result: ScanResult, gate: string): string[] =>
  result.rows.filter(({ rejection }) => rejection?.gate === gate).map(({ symbol }) => symbol);

describe('rank', () => {
  const rows = ranking.rows as unknown as readonly (readonly [string, number | null, number | null])[];
  const content = {
    _columns: ['name', 'Perf.3M', 'Value.Traded'],
    data: rows.map(([symbol, perf, traded]) => ({ s: symbol, d: [symbol.split(':')[1]!, perf, traded] })),
  };
  const scanner = { id: 'rank', sort_by: 'Value.Traded', final_sort_by: 'Perf.3M', prefilter_limit: 300, limit: 6 };

  test.each(['desc', 'asc'] as const)('%s, cut at 6', (order) => {
    const result = scanOf(scannerOf({ ...scanner, final_sort_order: order }), content);
    const [selected, cut] = ranking.expect[`limit 6 ${order}`];
    expect(result.selected).toEqual(selected);
    expect(rejectedBy(result, 'limit')).toEqual(cut!.toSorted());
  });

  test('the fetch is cut before any gate', () => {
    const result = scanOf(scannerOf({ ...scanner, prefilter_limit: 4 }), content);
    expect(result.selected).toEqual(ranking.expect['prefilter 4 then desc'][0]);
    expect(rejectedBy(result, 'prefilter')).toEqual(ranking.expect.prefiltered_out);
  });

  test('the order of the rows changes nothing', () => {
    const one = scanOf(equity, gates.response);
    expect(scanOf(equity, { ...response, data: response.data.toReversed() })).toEqual(one);
  });
});

describe('a static list', () => {
  const result = scanOf(shippedScanner(statics.scanner), statics.response);

  test('keeps its order, and matches exchange and ticker', () => {
    expect(result.selected).toEqual(statics.expect.selected);
    expect(result.notReturned).toEqual(statics.expect.not_returned);
    expect(result.exchangeMismatch).toEqual(statics.expect.exchange_mismatch);
    expect(result.verdict).toBe('partial');
  });

  test('rejects homonyms', () => {
    const rejections = result.rows.map(({ symbol, rejection }) => [symbol, rejection?.gate ?? null]);
    expect(Object.fromEntries(rejections)).toEqual(statics.expect.rejections);
    expect(result.rows.find(({ symbol }) => symbol === 'AMEX:SPY')!.passes).toEqual(statics.expect.passes_SPY);
  });

  test('a response without any of it is unknown, never a bare list', () => {
    const foreign = { _columns: ['name'], data: [{ s: 'OTC:SPY', d: ['SPY'] }] };
    expect(
      scanOf(scannerOf({ id: 's', static_mode: true, symbols: ['AMEX:SPY'], static_missing: 'include', limit: 5 }), foreign),
    ).toMatchObject({
      verdict: 'unknown',
      selected: [],
    });
  });

  test('what was not returned is selected by choice only, as a bare row that meets the gates', () => {
    const symbols = ['AMEX:SPY', 'AMEX:IWM'];
    const content = { _columns: ['name', 'Value.Traded'], data: [{ s: 'AMEX:SPY', d: ['SPY', 5] }] };
    const listed = { id: 's', static_mode: true, symbols, static_missing: 'include', limit: 5 };
    const included = scanOf(scannerOf(listed), content);
    expect(included).toMatchObject({
      selected: symbols,
      notReturned: ['AMEX:IWM'],
      verdict: 'partial',
      funnel: { fetched: 1, included: 1 },
    });
    expect(scanOf(scannerOf({ ...listed, volume: { value_traded_min: 1 } }), content).selected).toEqual(['AMEX:SPY']);
  });
});

const rowsOf = (columns: string[], values: Readonly<Record<string, Json[]>>): Json => ({
  _columns: columns,
  data: Object.entries(values).map(([symbol, d]) => ({ s: symbol, d })),
});

describe('gates', () => {
  const base = { id: 'g', sort_by: 'Value.Traded', prefilter_limit: 300, limit: 20 };

  test('volatility is that of the day, and the average true range only where there is none', () => {
    const scanner = scannerOf({ ...base, volatility: { max: 2 } });
    const result = scanOf(
      scanner,
      rowsOf(['Volatility.D', 'ATR', 'close'], { 'A:A': [2, 9, 10], 'A:B': [null, 1, 100], 'A:C': [null, 5, 100], 'A:D': [null, null, 1] }),
    );
    expect(result.rows.map(({ passes }) => passes.volatility)).toEqual([true, true, false, false]);
    expect(result.rows.map(({ rejection }) => rejection?.value ?? null)).toEqual([null, null, 5, null]);
  });

  test('with OR one trend gate is enough, and the first that fails is named where none passes', () => {
    const trend = { logic: 'OR', adx: { enabled: true, min: 20 }, recommendation: { enabled: true, min: 0.1 } };
    const result = scanOf(
      scannerOf({ ...base, trend }),
      rowsOf(['ADX', 'Recommend.All'], { 'A:A': [25, 0], 'A:B': [1, 0.5], 'A:C': [1, 0] }),
    );
    expect(result.selected).toEqual(['A:A', 'A:B']);
    expect(result.rows[2]!.rejection!.gate).toBe('trend_recommendation');
  });

  test('a momentum condition on an absent column is left out and named; with none left the gate is not evaluated', () => {
    const momentum = [
      { column: 'Perf.W', op: 'greater', value: 0 },
      { column: 'Perf.1M', op: 'greater', value: 0 },
    ];
    const scanner = scannerOf({ ...base, trend: { momentum } });
    const result = scanOf(scanner, rowsOf(['Perf.W'], { 'A:A': [1], 'A:B': [-1] }));
    expect(result).toMatchObject({
      verdict: 'partial',
      selected: ['A:A'],
      notEvaluated: { conditions: [{ gate: 'trend_momentum', column: 'Perf.1M' }] },
    });
    expect(scanOf(scanner, rowsOf(['close'], { 'A:A': [1] }))).toMatchObject({ verdict: 'unknown', selected: [] });
  });

  test('gates of which none could be evaluated are no evidence', () => {
    const result = scanOf(scannerOf({ ...base, trend: { adx: { enabled: true, min: 20 } } }), rowsOf(['close'], { 'A:A': [1] }));
    expect(result.rows[0]).toMatchObject({ passes: { all: null }, rejection: { gate: 'no_evidence' } });
  });
});
