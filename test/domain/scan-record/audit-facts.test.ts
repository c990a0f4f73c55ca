/** Every question of an audit with its whole answer, its one line, and what is kept of it; and a recorded scan, whole. */
/* oxlint-disable unicorn/consistent-function-scoping -- a helper stands beside the rows that it is for */
import { describe, expect, test } from '@jest/globals';
import { answerOf, auditConfigHash, auditFacts } from '../../../domain/scan-record/audit-facts.ts';
import type { AuditAsked } from '../../../domain/scan-record/audit-asked.ts';
import { scanQuestions } from '../../../domain/scan-record/events.ts';
import { configHashOf, scanFacts } from '../../../domain/scan-record/facts.ts';
import { responseOfStored, storedResponse } from '../../../domain/scan-record/stored-response.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { effectiveConfig } from '../../../domain/scan/inheritance.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { hashOfJson } from '../../../domain/shared/hashing.ts';
import { configFiles, responseOf } from '../../support/scanners.ts';
import { plannedScan, sha256 } from '../../support/scan-facts.ts';

const head = (id: string): string => `id: ${id}\ndata_category: test\nsort_by: Value.Traded\nprefilter_limit: 300\nlimit: 20\n`;
const configOf = (id: string, own = '') => effectiveConfig(configFiles({ [`${id}.yaml`]: head(id) + own }), `${id}.yaml`);
const filters = 'filters:\n- {left: category, operation: equal, right: "7"}\n- {left: category, operation: in_range, right: ["8"]}\n';
const notIn = '- {left: category, operation: not_in_range, right: ["9"]}\n- {left: ADX, operation: nempty}\n';

/** Four of category 9, which do well and trade, and one each of 7 and none. */
const row = (symbol: string, category: string | null, perf: number): JsonObject => ({
  symbol,
  category,
  'Perf.1M': perf,
  'Value.Traded': 4e6,
  close: 2,
  volume: 2e6,
  average_volume_30d_calc: 1e6,
});
const rows = [row('A:A', '9', 5), row('A:B', '9', 6), row('A:C', '9', 7), row('A:D', '7', 1), row('A:E', null, 1), row('A:F', '7', 1)];
const about = { asOf: '2026-05-01', response: storedResponse(responseOf({ totalCount: 9, data: rows })), categoryMap: null };
const sample = { rows: 6, partial: { rows: 6, total: 9 }, isBroad: false };

describe('a question of an audit', () => {
  test('about the map counts categories and rows', () => {
    const { answer, finding } = answerOf({ question: 'map', ...about });
    expect(finding).toBe('3 categories in 6 rows');
    const line = (category: string | null, count: number, perf: number, symbols: readonly string[]) => ({
      category,
      count,
      medianValueTraded: 4e6,
      medianAum: null,
      totalAum: 0,
      aumNulls: count,
      medianPerf1m: perf,
      perf1mNulls: 0,
      examples: symbols.map((symbol) => ({ symbol, description: null })),
    });
    expect(answer).toEqual({
      sample,
      categories: [line('9', 3, 6, ['A:A', 'A:B', 'A:C']), line('7', 2, 1, ['A:D', 'A:F']), line(null, 1, 1, ['A:E'])],
    });
  });

  test('about gaps names what no scanner asks for', () => {
    const gaps = { question: 'gaps', ...about, configs: [configOf('one', filters + notIn)] } as const;
    const { answer, finding } = answerOf(gaps);
    expect(finding).toBe('1 gaps');
    expect(answer).toMatchObject({ sample, state: 'evaluated', perfCut: 3, valueTradedMin: 2_000_000, rowsMin: 3 });
    expect(answer).toMatchObject({
      categories: [{ category: '9', isGap: true, isTargeted: false, isHighAndLiquid: true, selectedBy: [] }],
    });
    const all = { ...gaps, configs: [configOf('one'), configOf('two')] };
    expect(answerOf(all).answer).toMatchObject({ categories: [{ selectedBy: ['one', 'two'] }] });
    const targeted = { ...gaps, configs: [configOf('one', filters.replace('"8"', '"9"'))] };
    expect(answerOf(targeted).finding).toBe('0 gaps');
    const equal = { ...gaps, configs: [configOf('one', filters.replace('"7"', '"9"'))] };
    expect(answerOf(equal).answer).toMatchObject({ categories: [{ isTargeted: true, isGap: false }] });
    const texts = { ...about, response: storedResponse(responseOf({ data: [row('A:A', 'Bond', 1)] })) };
    expect(answerOf({ question: 'gaps', ...texts, configs: [] }).finding).toBe('not evaluated: categories are texts');
    const categoryMap = { by_symbol: {}, by_text: { Bond: '61' } };
    expect(answerOf({ question: 'gaps', ...texts, categoryMap, configs: [] }).finding).toBe('0 gaps');
  });

  test('about attributes names columns that are asked for and have no value', () => {
    const { answer, finding } = answerOf({
      question: 'attributes',
      ...about,
      configs: [configOf('one', 'columns: [nav]\n'), configOf('two')],
    });
    expect(finding).toBe('10 columns that are asked for have no value');
    const lines = (answer as { columns: readonly { column: string; requestedBy: readonly string[]; state: string }[] }).columns;
    const said = lines.map(({ column, requestedBy, state }) => [column, state, ...requestedBy]);
    expect(said).toContainEqual(['nav', 'absent', 'one']);
    expect(said).toContainEqual(['close', 'ok', 'one', 'two']);
    expect(said).toContainEqual(['category', 'ok']);
    expect(answer).toMatchObject({ sample });
  });

  test('about liquidity says the median of days, or that there is no average volume', () => {
    const liquidity = { question: 'liquidity', ...about, notional: 1e6, advBySymbol: {} } as const;
    const { answer, finding } = answerOf(liquidity);
    expect(finding).toBe('6 in the cohort, median of 5.00 days to liquidate');
    expect(answer).toMatchObject({ sample, notional: 1e6, count: 6, participation: 0.1 });
    const without = { ...about, response: storedResponse(responseOf({ data: [{ symbol: 'A:A', 'Value.Traded': 4e6 }] })) };
    expect(answerOf({ ...liquidity, ...without }).finding).toBe('1 in the cohort, no average volume');
  });

  test('about an overlap says whether two scanners are distinct', () => {
    const side = (scanner: string, selected: readonly string[]) => ({
      scanner,
      snapshot: 'x',
      selected,
      passing: selected,
      fetched: selected,
    });
    const same = { a: 1, b: 1, intersection: ['A:A'], jaccard: 1, aInB: 1, bInA: 1 };
    expect(answerOf({ question: 'overlap', asOf: '2026-05-01', a: side('one', ['A:A']), b: side('two', ['A:A']) })).toEqual({
      question: 'overlap',
      finding: 'not_distinct',
      answer: { a: 'one', b: 'two', selected: same, passing: same, fetched: same, finding: 'not_distinct' },
    });
  });

  const specRow = (id: string) => ({
    id,
    export_symbol: id,
    data_category: 'test',
    filters: [],
    columns: [],
    gates: { recommendation: null, adx: null, momentum: [], value_traded_min: null, volatility_max: null, logic: 'AND', direction: 'long' },
    sort: null,
    final_sort: null,
    prefilter_limit: null,
    limit: 20,
  });

  test('about the specification counts the scanners that match, and names gates that are only inherited', () => {
    const files = configFiles({ 'b.yaml': 'volatility: {max: 2}\n', 'two.yaml': `base_preset: b.yaml\n${head('two')}` });
    const found = [
      { id: 'one', broken: 'merge_type' },
      { id: 'two', config: effectiveConfig(files, 'two.yaml') },
    ] as const;
    const table = { scanners: [specRow('one'), specRow('two'), specRow('three')], never_implemented: ['x'] };
    const asked: AuditAsked = { question: 'audit', asOf: null, table, found };
    const { answer, finding } = answerOf(asked);
    expect(finding).toBe('0 of 3 scanners match');
    expect(answer).toMatchObject({
      matching: 0,
      of: 3,
      neverImplemented: ['x'],
      silentInheritance: [{ scanner: 'two', said: 'volatility is in force and not written in two.yaml: /volatility/max 2 of b.yaml' }],
      scanners: [
        { scanner: 'one', verdict: 'broken', differences: [], why: 'merge_type' },
        { scanner: 'two', verdict: 'differs', why: null },
        { scanner: 'three', verdict: 'absent', differences: [], why: null },
      ],
    });
    const { differences } = (answer as { scanners: readonly { differences: readonly { part: string }[] }[] }).scanners[1]!;
    expect(differences.map(({ part }) => part)).toEqual(['columns', 'gates', 'sort', 'limits']);
    expect(auditConfigHash(sha256, asked)).toBe(hashOfJson(sha256, [found[1].config.effective]));
  });

  test('about candidates counts them and those with warnings', () => {
    const imported = (symbol: string, values: JsonObject, rank: number | null) => ({ symbol, values, passes: null, selected: true, rank });
    const clean = { aum: 1e9, expense_ratio: 0.1, 'Value.Traded': 1e7, 'Perf.1M': 1, description: 'Gold' };
    const exports = [{ scanner: 'one', asOf: null, generatedAt: null, rows: [imported('A:A', clean, 1), imported('A:B', {}, 2)] }];
    const { answer, finding } = answerOf({ question: 'candidates', asOf: null, exports });
    expect(finding).toBe('2 candidates, 1 with warnings');
    const unknown = (code: string) => ({ level: 'unknown', code, value: null });
    const found = { dividendYield: null };
    expect(answer).toEqual({
      asOf: [null],
      byYield: ['A:A', 'A:B'],
      byPerformance: [
        {
          ...found,
          symbol: 'A:A',
          description: 'Gold',
          perf1m: 1,
          valueTraded: 1e7,
          aum: 1e9,
          expenseRatio: 0.1,
          foundBy: [{ scanner: 'one', rank: 1 }],
          warnings: [],
        },
        {
          ...found,
          symbol: 'A:B',
          description: null,
          perf1m: null,
          valueTraded: null,
          aum: null,
          expenseRatio: null,
          foundBy: [{ scanner: 'one', rank: 2 }],
          warnings: ['aum_null', 'expense_null', 'value_traded_null', 'perf_1m_null'].map(unknown),
        },
      ],
    });
  });

  test('about orphans counts them and what is broken', () => {
    const files = [
      { path: 'a.yaml', tree: { base_preset: 'b.yaml' } },
      { path: 'b.yaml', why: 'a tab' },
      { path: 'c.yaml', tree: {} },
    ];
    expect(answerOf({ question: 'orphans', asOf: null, files, scanners: ['a.yaml'] })).toEqual({
      question: 'orphans',
      finding: '2 orphans, 1 broken',
      answer: {
        files: 3,
        reachable: 1,
        orphans: ['b.yaml', 'c.yaml'],
        broken: [{ scanner: 'a.yaml', code: 'ScannerConfigInvalid', message: 'yaml: a tab' }],
      },
    });
  });

  test('is one of these', () => {
    expect(scanQuestions).toEqual(['map', 'gaps', 'overlap', 'liquidity', 'attributes', 'audit', 'candidates', 'orphans']);
  });

  test('is broad from five hundred rows on', () => {
    const wide = (count: number) =>
      storedResponse(responseOf({ data: Array.from({ length: count }, (_, at) => ({ symbol: `A:A${at}` })) }));
    const broad = (count: number) => answerOf({ question: 'map', ...about, response: wide(count) }).answer as { sample: object };
    expect([broad(499).sample, broad(500).sample]).toEqual([
      { rows: 499, partial: null, isBroad: false },
      { rows: 500, partial: null, isBroad: true },
    ]);
  });

  test('is kept with what it was asked about and what was answered', () => {
    const configs = [configOf('one')];
    const asked = { question: 'gaps', ...about, configs } as const;
    const { audit, answer, staged } = auditFacts(asked, rulesInForce, sha256);
    const { inputs, answer: kept, ...rest } = audit;
    expect(rest).toEqual({
      question: 'gaps',
      auditId: hashOfJson(sha256, ['scan-audit', inputs.sha256]),
      asOf: '2026-05-01',
      rules: rulesInForce,
      configHash: hashOfJson(sha256, [configs[0]!.effective]),
      finding: '1 gaps',
    });
    expect(inputs.sha256).not.toBe(kept.sha256);
    expect(answer.question).toBe('gaps');
    const read = (address: string): JsonObject => JSON.parse(new TextDecoder().decode(staged.get(address))) as JsonObject;
    expect(read(inputs.sha256)).toMatchObject({ question: 'gaps', content: { question: 'gaps', asOf: '2026-05-01' } });
    expect(read(kept.sha256)).toMatchObject({ question: 'gaps', content: { state: 'evaluated', perfCut: 3 } });
    expect([
      auditConfigHash(sha256, { question: 'map', ...about }),
      auditFacts({ question: 'map', ...about }, rulesInForce, sha256).audit.configHash,
    ]).toEqual([null, null]);
  });
});

describe('a recorded scan', () => {
  test('says everything that was decided', () => {
    const { scan, scanner, result } = scanFacts(plannedScan(), rulesInForce, sha256);
    const { snapshot, configHash, response, config, rows: kept, request, funnel, ...rest } = scan;
    expect(rest).toEqual({
      scanner: 'trend',
      asOf: '2026-05-01',
      rules: rulesInForce,
      source: { kind: 'saved', file: 'response.json' },
      droppedColumns: [],
      categoryMap: null,
      verdict: 'complete',
      notEvaluated: { filters: [], gates: [], conditions: [] },
      notReturned: [],
      exchangeMismatch: {},
      partialResponse: null,
      ignoredFilters: [],
      selected: ['A:X'],
    });
    expect(configHash).toBe(configHashOf(sha256, plannedScan().config));
    expect(configHash).toBe(hashOfJson(sha256, ['scan-config', plannedScan().config.effective]));
    expect(snapshot).toBe(
      hashOfJson(sha256, ['scan', { asOf: '2026-05-01', configHash, response: response.sha256, categoryMap: null, droppedColumns: [] }]),
    );
    expect([scanner.id, request.range, funnel]).toEqual(['trend', [0, 300], result.funnel]);
    expect(new Set([response.sha256, config.sha256, kept.sha256]).size).toBe(3);
  });

  test('of a live server names the filters that it ignored, and of a saved response none', () => {
    const { config } = plannedScan();
    const filter = { left: 'ADX', operation: 'greater', right: 20 };
    const filtered = { ...config, effective: { ...config.effective, filters: [filter], limit: 1 } };
    const live = { kind: 'live' as const, url: 'https://x', pages: [] };
    const ignored = (source: Parameters<typeof plannedScan>[0]) =>
      scanFacts(plannedScan({ config: filtered, ...source }), rulesInForce, sha256).scan.ignoredFilters;
    expect([ignored({ source: live }), ignored({})]).toEqual([[{ gate: 'filter[0]', rows: 1 }], []]);
    expect(scanFacts(plannedScan({ source: live }), rulesInForce, sha256).scan.ignoredFilters).toEqual([]);
    const dropped = scanFacts(plannedScan({ config: filtered, droppedColumns: ['ADX'] }), rulesInForce, sha256).scan;
    expect([dropped.request.filter, dropped.droppedColumns]).toEqual([[], ['ADX']]);
  });

  test('keeps a response by the order of its columns', () => {
    const response = responseOf({
      totalCount: 3,
      data: [
        { symbol: 'A:B', close: 1 },
        { symbol: 'A:A', aum: 2 },
      ],
    });
    const stored = storedResponse(response);
    expect(stored).toEqual({
      columns: ['aum', 'close'],
      rows: [
        { symbol: 'A:A', values: [2, null] },
        { symbol: 'A:B', values: [null, 1] },
      ],
      totalCount: 3,
    });
    expect(responseOfStored(stored)).toEqual({
      columns: ['aum', 'close'],
      rows: [
        { symbol: 'A:A', values: { aum: 2, close: null } },
        { symbol: 'A:B', values: { aum: null, close: 1 } },
      ],
      totalCount: 3,
    });
  });
});
