/** The rule of parity whole, as docs/explanation/parity.md has it: exceptions, mandate, evidence, and how leaves are grouped. */
import { describe, expect, test } from '@jest/globals';
import { agreementBy, agreementOf, agreementText, countsOf, overlapBy, overlapOf } from '../../../domain/parity/counts.ts';
import { comparedLeaves, leavesToCompare } from '../../../domain/parity/leaves.ts';
import { checkParity, type ParitySleeve } from '../../../domain/parity/parity.ts';
import { blockOf, groupOf, namedPaths, parityPolicy, temporalIdParts, temporalPathsOutside } from '../../../domain/parity/policy.ts';
import type { ParityException, ParityLeaf } from '../../../domain/parity/schema.ts';
import { applyWaivers } from '../../../domain/parity/waiver.ts';

const crypto = (path: string, value: ParityException['value'], reference_value: ParityException['value'], rationale: string) => ({
  calendar: 'crypto',
  path,
  value,
  reference_value,
  rationale,
});
const stable = 'Regimes change quickly: a stable universe serves better.';
const exceptions1 = [
  crypto('features.entropy_max_threshold', 0.999, 0.95, 'Crypto microstructure is noisier: a higher entropy is tolerated.'),
  crypto('backtest.backtest_slippage', 0.001, 0.0005, 'More volatility, wider spreads.'),
  crypto('backtest.backtest_commission', 0.0004, 0.0001, 'Usual maker and taker fees of central exchanges.'),
  crypto('features.feat_dynamic_selection', false, true, stable),
  crypto(
    'backtest.benchmark_symbols',
    ['BINANCE:BTCUSDT', 'AMEX:SPY'],
    ['AMEX:SPY'],
    'Two benchmarks, for comparison across asset classes.',
  ),
];
const mandated = [
  { path: 'data.lookback_days', value: 500 },
  { path: 'backtest.train_window', value: 60 },
  { path: 'backtest.test_window', value: 20 },
  { path: 'backtest.step_size', value: 20 },
  { path: 'selection_mode', value: 'v4' },
  { path: 'features.entropy_max_threshold', value: 0.95 },
  { path: 'features.feat_dynamic_selection', value: true },
  { path: 'backtest.backtest_slippage', value: 0.0005 },
  { path: 'backtest.backtest_commission', value: 0.0001 },
  { path: 'backtest.benchmark_symbols', value: ['AMEX:SPY'] },
];
const alone = (path: string) => ({ path, anyOf: [path] });
const required = [
  alone('data.lookback_days'),
  alone('backtest.train_window'),
  alone('backtest.test_window'),
  alone('backtest.step_size'),
  { path: 'selection_mode', anyOf: ['features.selection_mode', 'selection.selection_mode'] },
  { path: 'backtest.backtest_simulator', anyOf: ['backtest.backtest_simulator', 'backtest.backtest_simulators'] },
  alone('backtest.backtest_slippage'),
  alone('backtest.backtest_commission'),
];

const leaf = (block: string, status: ParityLeaf['status'], wrongException = false): ParityLeaf => ({
  path: `${block}.x`,
  block,
  group: block === 'features' ? 'features' : 'fidelity',
  values: {},
  status,
  exceptionRef: null,
  wrongException,
});
const sleeve = (id: string, leaves: ParitySleeve['leaves'], more: Partial<ParitySleeve> = {}): ParitySleeve => ({
  id,
  calendarClass: 'tradfi',
  leaves,
  ...more,
});

const judged = (sleeves: readonly ParitySleeve[], exceptions: readonly ParityException[] = [], mandate: 'warn' | 'enforce' = 'warn') =>
  checkParity({ sleeves, policy: parityPolicy({ mandate, exceptions: [...exceptions] }, 1) });
const exception = (part: string): ParityException => ({ sleeve: 'a', path: part, value: 1, rationale: 'r' });
const mandateOf = (sleeves: readonly ParitySleeve[], which: string, exceptions: readonly ParityException[] = []) =>
  judged(sleeves, exceptions).mandated.find((finding) => finding.path === which);
const waiver = (waiverId: string, paths: readonly string[], until = '2025-01-31') => ({ waiverId, who: 'w', why: 'y', paths, until });

describe('the policy of parity', () => {
  test('under rules 1 and 2, with the exceptions of the portfolio behind the seeded ones', () => {
    const own = { sleeve: 'a', path: 'backtest.train_window', value: 90, rationale: 'ours' };
    const common = { name: 'parity-constraint', mandated };
    expect(parityPolicy({ mandate: 'warn', exceptions: [] }, 1)).toEqual({
      ...common,
      version: 1,
      exceptions: exceptions1,
      mandate: 'warn',
      required: [],
    });
    const exceptions = [...exceptions1, crypto('backtest.dynamic_universe', false, true, stable), own];
    const policy2 = { ...common, version: 2, exceptions, mandate: 'enforce', required };
    for (const rules of [2, 3]) expect(parityPolicy({ mandate: 'enforce', exceptions: [own] }, rules)).toEqual(policy2);
    expect(parityPolicy({ mandate: 'enforce', exceptions: [own] })).toEqual(policy2);
  });

  test('names the leaves that are reported where no sleeve has one', () => {
    expect(namedPaths).toEqual([
      'data.lookback_days',
      'backtest.train_window',
      'backtest.test_window',
      'backtest.step_size',
      'backtest.backtest_simulator',
      'backtest.backtest_slippage',
      'backtest.backtest_commission',
      'backtest.benchmark_symbols',
      'features.entropy_max_threshold',
      'features.feat_dynamic_selection',
      'features.feat_predictability_vetoes',
      'features.feat_selection_logmps',
    ]);
    expect(temporalPathsOutside).toEqual(['data.lookback_days', 'temporal_id']);
  });

  test.each([
    ['temporal_id', 'temporal', 'temporal'],
    ['backtest.train_window', 'backtest', 'temporal'],
    ['data.lookback_days', 'data', 'temporal'],
    ['selection.top_n', 'selection', 'selection'],
    ['features.selection_mode', 'features', 'selection'],
    ['features.feat_selection_logmps', 'features', 'selection'],
    ['features.feat_predictability_vetoes', 'features', 'selection'],
    ['features.entropy_max_threshold', 'features', 'features'],
    ['backtest.backtest_slippage', 'backtest', 'fidelity'],
  ])('%s belongs to the block %s and the group %s', (path, block, group) => {
    expect([blockOf(path), groupOf(path)]).toEqual([block, group]);
  });

  test('compares the three blocks and two leaves beside them, and not where a stream ends', () => {
    const settings = {
      'features.a': 1,
      'selection.b': 2,
      'backtest.c': 3,
      'data.lookback_days': 4,
      temporal_id: 'x',
      'backtest.partial_last_window': 'trade',
      'backtest.meta_rows': 5,
      'backtest.universe': 6,
      'data.other': 7,
      'risk.ridge': 8,
      features: 9,
      backtesting: 10,
    };
    expect(comparedLeaves(settings)).toEqual({
      'features.a': 1,
      'selection.b': 2,
      'backtest.c': 3,
      'data.lookback_days': 4,
      temporal_id: 'x',
    });
  });

  test('compares a leaf as soon as one sleeve states it', () => {
    const [one, two] = leavesToCompare([
      { parityLeaves: { a: 1, b: 2, c: 3 }, unstated: ['a', 'b'] },
      { parityLeaves: { a: 1, b: 5, d: 4 }, unstated: ['a'] },
    ]);
    expect([one, two]).toEqual([
      { b: 2, c: 3 },
      { b: 5, d: 4 },
    ]);
  });
});

describe('the counts of leaves', () => {
  const leaves = [
    leaf('features', 'equal'),
    leaf('features', 'equal'),
    leaf('features', 'equal'),
    leaf('backtest', 'excepted'),
    leaf('backtest', 'excepted'),
    leaf('backtest', 'violated'),
    leaf('backtest', 'violated', true),
    leaf('backtest', 'absent_in_some'),
  ];

  test('tell what became of each, and the share that agrees', () => {
    const counts = { leaves: 8, equal: 3, excepted: 2, wrongException: 1, violated: 1, absentInSome: 1 };
    expect(countsOf(leaves)).toEqual(counts);
    expect([overlapOf(leaves), overlapOf([])]).toEqual([5 / 8, null]);
    expect(overlapBy(leaves, ({ block }) => block)).toEqual({ backtest: 2 / 5, features: 1 });
    expect(Object.keys(overlapBy(leaves, ({ block }) => block))).toEqual(['backtest', 'features']);
    expect(agreementOf(counts)).toEqual({ agreeing: 5, leaves: 8 });
    const absent = leaf('data', 'absent_everywhere');
    expect(agreementBy({ leaves: [...leaves, absent] }, 'block')).toEqual([
      ['backtest', { agreeing: 2, leaves: 5 }],
      ['features', { agreeing: 3, leaves: 3 }],
    ]);
    expect(agreementBy({ leaves: [...leaves, absent] }, 'group')).toEqual([
      ['features', { agreeing: 3, leaves: 3 }],
      ['fidelity', { agreeing: 2, leaves: 5 }],
    ]);
  });

  test.each([
    [0, 0, 'nothing compared'],
    [1, 1, '1 of 1 leaf'],
    [2, 7, '2 of 7 leaves'],
    [7, 8, '7 of 8 leaves (87.5 %)'],
    [52, 54, '52 of 54 leaves (96.2 %)'],
    [999, 1000, '999 of 1000 leaves (99.9 %)'],
    [9999, 10_000, '9999 of 10000 leaves (99.9 %)'],
    [8, 8, '8 of 8 leaves (100.0 %)'],
  ])('%i of %i reads %s', (agreeing, all, text) => {
    expect(agreementText({ agreeing, leaves: all })).toBe(text);
  });
});

describe('the verdict', () => {
  const path = 'selection.top_n';
  const leafOf = (sleeves: readonly ParitySleeve[], exceptions: readonly ParityException[]) => {
    const { status, exceptionRef, wrongException } = judged(sleeves, exceptions).leaves.find((one) => one.path === path)!;
    return [status, exceptionRef, wrongException];
  };
  const forA = (value: number, more: object = {}): ParityException => ({ sleeve: 'a', path, value, rationale: 'r', ...more });
  const values = (...all: readonly (number | null)[]): readonly ParitySleeve[] =>
    all.map((value, index) => sleeve('abc'[index]!, value === null ? {} : { [path]: value }));
  const first = exceptions1.length;

  test.each<[string, readonly (number | null)[], readonly ParityException[], readonly unknown[]]>([
    ['equal values', [3, 3], [forA(3)], ['equal', null, false]],
    ['a difference', [3, 4], [], ['violated', null, false]],
    ['an exception that is taken', [3, 4], [forA(3)], ['excepted', first, false]],
    ['an exception of another path', [3, 4], [{ ...forA(3), path: 'selection.other' }], ['violated', null, false]],
    ['an exception of a sleeve that is not there', [3, 4], [{ ...forA(3), sleeve: 'z' }], ['violated', null, false]],
    ['an exception for another value', [3, 4], [forA(5)], ['violated', first, true]],
    ['an exception whose reference the rest has', [3, 4], [forA(3, { reference_value: 4 })], ['excepted', first, false]],
    ['an exception whose reference the rest has not', [3, 4], [forA(3, { reference_value: 5 })], ['violated', first, true]],
    ['a rest that disagrees', [3, 4, 5], [forA(3)], ['violated', first, false]],
    ['a rest that agrees', [3, 4, 4], [forA(3)], ['excepted', first, false]],
    ['a rest that lacks it', [3, null], [forA(3)], ['absent_in_some', first, false]],
    ['a sleeve that lacks it', [3, null], [], ['absent_in_some', null, false]],
    ['the second of two exceptions', [3, 4], [forA(9), forA(3)], ['excepted', first + 1, false]],
    ['the second of two, whose reference fits', [3, 4], [forA(3, { reference_value: 9 }), forA(3)], ['excepted', first + 1, false]],
    ['everybody by an exception', [3, 4], [forA(3), { ...forA(4), sleeve: 'b' }], ['excepted', first, false]],
    ['an exception not taken beside one taken', [3, 4, 5], [forA(3), { ...forA(9), sleeve: 'b' }], ['violated', first, true]],
  ])('on %s', (_, given, exceptions, expected) => {
    expect(leafOf(values(...given), exceptions)).toEqual(expected);
  });

  test('excuses the temporal id when each of its parts that differ is excepted, by the first of these exceptions', () => {
    const parts = temporalIdParts.slice(0, 2);
    const leaves = (value: number, id: string) => ({ [parts[0]!]: value, [parts[1]!]: value, temporal_id: id });
    const sleeves = [sleeve('a', leaves(1, 'one')), sleeve('b', leaves(2, 'two'))];
    const idOf = (exceptions: readonly ParityException[]) => {
      const { status, exceptionRef } = judged(sleeves, exceptions).leaves.find((one) => one.path === 'temporal_id')!;
      return [status, exceptionRef];
    };
    expect(idOf([])).toEqual(['violated', null]);
    expect(idOf([exception(parts[0]!)])).toEqual(['violated', null]);
    const refs = idOf(parts.map(exception));
    expect(refs[0]).toBe('excepted');
    expect([first, first + 1]).toContain(refs[1]);
    const inOrder = parts.toSorted()[0] === parts[0] ? first : first + 1;
    expect(refs[1]).toBe(inOrder);
  });

  test('says which sleeves have which mandated value', () => {
    const window = 'backtest.train_window';
    const two = [sleeve('a', { [window]: 60 }), sleeve('b', {})];
    expect(mandateOf(two, window)).toEqual({ path: window, mandated: 60, values: { a: 60 }, status: 'deviates', deviating: ['b'] });
    expect(mandateOf([sleeve('a', { [window]: 60 })], window)).toEqual({
      path: window,
      mandated: 60,
      values: { a: 60 },
      status: 'met',
      deviating: [],
    });
    expect(mandateOf([sleeve('a', {})], window)).toEqual({ path: window, mandated: 60, values: {}, status: 'absent', deviating: ['a'] });
    const both = { 'features.selection_mode': 'v3', 'selection.selection_mode': 'v2' };
    const modeOf = (one: ParitySleeve) => mandateOf([one], 'selection_mode')!.values;
    expect(modeOf(sleeve('a', both, { selectionMode: 'v4' }))).toEqual({ a: 'v4' });
    expect(modeOf(sleeve('a', both))).toEqual({ a: 'v3' });
    expect(modeOf(sleeve('a', { 'selection.selection_mode': 'v2' }))).toEqual({ a: 'v2' });
    expect(modeOf(sleeve('a', {}))).toEqual({});
  });

  test('is whole: the paths that reject, the shares and the counts', () => {
    const verdict = judged([sleeve('b', { [path]: 4, 'features.x': 1 }), sleeve('a', { [path]: 3, 'features.x': 1 })], [], 'enforce');
    const { policy: _policy, leaves: _leaves, mandated: _mandated, ...said } = verdict;
    expect(said).toEqual({
      sleeves: [
        { id: 'a', calendarClass: 'tradfi' },
        { id: 'b', calendarClass: 'tradfi' },
      ],
      verdict: 'NON_CONFORMANT',
      rejects: true,
      rejectedPaths: [path, ...mandated.map((one) => `mandate:${one.path}`)],
      missing: [],
      overlap: { all: 0.5, byBlock: { features: 1, selection: 0 }, byGroup: { features: 1, selection: 0 } },
      counts: {
        all: { leaves: 2, equal: 1, excepted: 0, wrongException: 0, violated: 1, absentInSome: 0 },
        blocks: { leaves: 2, equal: 1, excepted: 0, wrongException: 0, violated: 1, absentInSome: 0 },
        absentEverywhere: namedPaths.length,
      },
    });
    expect(verdict.leaves.map((one) => one.path)).toEqual([...namedPaths, 'features.x', path].toSorted());
  });

  test('of two sleeves of one name is a fault of the program', () => {
    expect(() => judged([sleeve('a', {}), sleeve('a', {})])).toThrow(
      expect.objectContaining({ code: 'Internal', message: 'two sleeves compared have one id', evidence: { ids: ['a', 'a'] } }),
    );
  });

  test('is waived path by path, and the mandate by its own name', () => {
    const windows = judged([
      sleeve('a', { 'backtest.train_window': 60, temporal_id: 'x' }),
      sleeve('b', { 'backtest.train_window': 61, temporal_id: 'y' }),
    ]);
    expect(
      applyWaivers(
        windows,
        [waiver('2', ['temporal_id', 'backtest.train_window', 'backtest.train_window']), waiver('1', ['x'])],
        '2025-01-31',
      ),
    ).toEqual({
      outcome: 'waived',
      used: [{ waiverId: '2', paths: ['backtest.train_window', 'temporal_id'] }],
      expired: [],
      uncovered: [],
    });
    expect(applyWaivers(windows, [waiver('2', ['temporal_id'])], '2025-02-01')).toEqual({
      outcome: 'rejected',
      used: [],
      expired: [{ waiverId: '2', until: '2025-01-31' }],
      uncovered: ['backtest.train_window', 'temporal_id'],
    });
    expect(applyWaivers(windows, [waiver('2', ['temporal_id'])], '2025-01-31').uncovered).toEqual(['backtest.train_window']);
    const enforced = judged([sleeve('a', { 'backtest.train_window': 61 })], [], 'enforce');
    const all = enforced.rejectedPaths;
    expect(applyWaivers(enforced, [waiver('1', all)], '2025-01-31')).toEqual({
      outcome: 'waived',
      used: [{ waiverId: '1', paths: all.toSorted() }],
      expired: [],
      uncovered: [],
    });
    expect(
      applyWaivers(
        enforced,
        [
          waiver(
            '1',
            all.map((one) => one.replace('mandate:', '')),
          ),
        ],
        '2025-01-31',
      ).uncovered,
    ).toEqual(all);
  });
});
