/** The text of an export, whole: what a reader of the other system finds in it. */
import { expect, test } from '@jest/globals';
import { exportText } from '../../../domain/scan/export.ts';
import { emptiedAt } from '../../../domain/scan/funnel.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { scannerOf, scanOf } from '../../support/scanners.ts';

const stamp = { runId: 'r1', generatedAt: '2026-05-01T20:00:00.000Z', asOf: '2026-05-01', configSource: 'one.yaml' };
const tree = {
  id: 'one',
  export_symbol: 'ONE',
  markets: ['america', 'uk'],
  sort_by: 'Value.Traded',
  prefilter_limit: 300,
  final_sort_by: 'ADX',
  limit: 2,
  trend: { adx: { enabled: true, min: 10 }, momentum: [{ column: 'ROC', op: 'greater', value: 0 }] },
};
const row = (symbol: string, values: JsonObject): JsonObject => ({ symbol, name: symbol.slice(2), ROC: 1, ...values });
const content = {
  data: [
    row('B:X', { ADX: 20, close: 50, ATR: 1 }),
    row('A:Y', { ADX: 30, close: 0, ATR: 1 }),
    row('A:W', { ADX: 15, close: 1 }),
    row('A:V', { ADX: 5 }),
  ],
};

const metaOf = (markets: readonly string[], rows: readonly JsonObject[]) => {
  const scanner = scannerOf({ ...tree, markets: [...markets] });
  return (JSON.parse(exportText(scanner, scanOf(scanner, { data: [...rows] }), stamp)) as { meta: JsonObject }).meta;
};

test('an export has its settings, and every row: the selected in rank order, then the others by symbol', () => {
  const scanner = scannerOf(tree);
  const text = exportText(scanner, scanOf(scanner, content), stamp);
  const { meta, data } = JSON.parse(text) as { meta: JsonObject; data: JsonObject[] };
  expect(meta).toEqual({
    schema: 'universe_selector_export',
    schema_version: 1,
    run_id: 'r1',
    generated_at: '2026-05-01T20:00:00.000Z',
    as_of: '2026-05-01',
    selector: 'one',
    config_source: 'one.yaml',
    symbol: 'one',
    export_symbol: 'ONE',
    data_category: 'test',
    direction: 'long',
    product: 'STOCKS',
    primary_exchange: null,
    markets: ['america', 'uk'],
    exchanges: ['A', 'B'],
    verdict: 'complete',
    trend: {
      direction: 'long',
      logic: 'AND',
      recommendation_min: null,
      adx_min: 10,
      momentum: [{ column: 'ROC', op: 'greater', value: 0 }],
    },
  });
  const passes = { trend_recommendation: null, trend_adx: true, trend_momentum: true, trend_combined: true };
  const passed = { ...passes, liquidity: null, volatility: null, all: true };
  const nothing = Object.fromEntries(scanner.columns.map((column) => [column, null]));
  const of = (symbol: string, values: JsonObject): JsonObject => ({ ...nothing, symbol, name: symbol.slice(2), ROC: 1, ...values });
  expect(data).toEqual([
    of('A:Y', { close: 0, passes: passed, selected: true, rank: 1, rejection: null, atr_pct: null }),
    of('B:X', { close: 50, passes: passed, selected: true, rank: 2, rejection: null, atr_pct: 2 }),
    of('A:V', {
      passes: { ...passed, trend_adx: false, trend_combined: false, all: false },
      selected: false,
      rank: null,
      rejection: { stage: 'client', gate: 'trend_adx', column: 'ADX', operation: 'egreater', threshold: 10, value: 5 },
      atr_pct: null,
    }),
    of('A:W', {
      close: 1,
      passes: passed,
      selected: false,
      rank: null,
      rejection: { stage: 'rank', gate: 'limit', column: 'ADX', operation: 'eless', threshold: 2, value: 3 },
      atr_pct: null,
    }),
  ]);
  const lines = text.split('\n');
  expect(lines[0]).toBe('{"meta":{');
  expect(lines.slice(-7, -5)).toEqual(['"data":[', lines.at(-6)]);
  expect(text.endsWith('}\n]}\n')).toBe(true);
  expect(lines.filter((line) => line.startsWith('{"symbol":'))).toHaveLength(4);
});

test('an export of one exchange names it, and the product of a market that is known', () => {
  const one = [row('A:Y', { ADX: 30 })];
  expect(metaOf([], one)).toMatchObject({ product: null, primary_exchange: 'A', exchanges: ['A'] });
  expect(metaOf(['uk'], one)).toMatchObject({ product: null, markets: ['uk'] });
  expect(metaOf(['america'], [])).toMatchObject({ product: 'STOCKS', primary_exchange: null, exchanges: [], verdict: 'unknown' });
});

test('a funnel has every stage with what it costs, and names the one behind which nothing was left', () => {
  const scanner = scannerOf({ ...tree, filters: [{ left: 'close', operation: 'egreater', right: 0 }] });
  const { funnel } = scanOf(scanner, content);
  const plain = { state: null, alone: null, only: null };
  const off = { state: 'not_configured', alone: null, only: null };
  expect(funnel).toEqual({
    fetched: 4,
    included: 0,
    selected: 2,
    stages: [
      { stage: 'api', gate: 'filter[0]', column: 'close', in: 4, rejected: 1, out: 3, ...plain },
      { stage: 'api', gate: 'prefilter', column: 'Value.Traded', in: 3, rejected: 0, out: 3, ...plain },
      { stage: 'basic', gate: 'static_exchange', column: 'symbol', in: 3, rejected: 0, out: 3, ...plain },
      { stage: 'client', gate: 'volatility', column: 'Volatility.D', in: 3, rejected: 0, out: 3, ...off },
      { stage: 'client', gate: 'liquidity', column: 'Value.Traded', in: 3, rejected: 0, out: 3, ...off },
      { stage: 'client', gate: 'trend_recommendation', column: 'Recommend.All', in: 3, rejected: 0, out: 3, ...off },
      { stage: 'client', gate: 'trend_adx', column: 'ADX', in: 3, rejected: 0, out: 3, state: 'evaluated', alone: 0, only: 0 },
      { stage: 'client', gate: 'trend_momentum', column: null, in: 3, rejected: 0, out: 3, state: 'evaluated', alone: 0, only: 0 },
      { stage: 'client', gate: 'no_evidence', column: null, in: 3, rejected: 0, out: 3, ...plain },
      { stage: 'client', gate: 'dedupe', column: 'symbol', in: 3, rejected: 0, out: 3, ...plain },
      { stage: 'rank', gate: 'limit', column: null, in: 3, rejected: 1, out: 2, ...plain },
    ],
  });
  expect(emptiedAt(funnel)).toBeNull();
  const high = scannerOf({ ...tree, trend: { adx: { enabled: true, min: 25 }, momentum: [{ column: 'ROC', op: 'greater', value: 1 }] } });
  const emptied = scanOf(high, content).funnel;
  expect(emptied.stages.slice(5, 7).map(({ in: entering, rejected, out, alone, only }) => [entering, rejected, out, alone, only])).toEqual([
    [4, 3, 1, 3, 0],
    [1, 1, 0, 4, 1],
  ]);
  expect(emptiedAt(emptied)?.gate).toBe('trend_momentum');
  expect(emptiedAt(scanOf(high, { data: [] }).funnel)).toBeNull();
});
