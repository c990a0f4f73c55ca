/** What is told of a selection: battles, funnel, standings and comparisons, from selections that are written out by hand. */
import { describe, expect, test } from '@jest/globals';
import { namedStanding } from '../../../domain/selection/account.ts';
import { battlesOf, clusterName, funnelOf } from '../../../domain/selection/battles.ts';
import { compareSelections } from '../../../domain/selection/comparison.ts';
import { notEvaluated } from '../../../domain/selection/not-evaluated.ts';
import { concludedSignTest, signTest, testedColumn } from '../../../domain/selection/sign-test.ts';
import type { ExplainedSelection } from '../../../domain/selection/select.ts';
import { relaxationTarget } from '../../../domain/selection/stages.ts';
import { standingsOf } from '../../../domain/selection/standing.ts';

const veto = { code: 'eci', values: [], thresholds: [], missing: [] };
const vetoed = { vetoes: [veto], notEvaluated: [] };
const free = { vetoes: [], notEvaluated: [] };

/** Four symbols in two clusters: a winner and a gated one, a vetoed one, and a benchmark. */
function selection(change: object = {}): ExplainedSelection {
  return {
    symbols: ['A', 'B', 'C', 'D'],
    directions: ['LONG', 'SHORT', 'LONG', 'LONG'],
    scores: {
      score: Float64Array.of(0.5, 0.9, 0.5, 0.1),
      weights: [
        { component: 'momentum', weight: 1 },
        { component: 'adx', weight: 1 },
      ],
      probabilities: { momentum: Float64Array.of(0.5, 0.9, 1, 0.1), adx: Float64Array.of(1, 1, 0.5, 1) },
      multiplier: Float64Array.of(1, 1, 1, 1),
    },
    clusters: { labels: Int32Array.of(0, 0, 0, 1), members: [[0, 1, 2], [3]] },
    quotas: [
      { winnersMax: 2, meanCorrelation: 0.5 },
      { winnersMax: 1, meanCorrelation: null },
    ],
    cashLike: [false, true, false, false],
    standings: [
      { kind: 'won', stage: 1, isQuotaWaived: false, isWalkover: false },
      { kind: 'gated' },
      { kind: 'vetoed' },
      { kind: 'benchmark' },
    ],
    judgements: [free, free, vetoed, free],
    gates: [true, false, false, false],
    facts: [{ isBenchmark: false }, { isBenchmark: false }, { isBenchmark: false }, { isBenchmark: true }],
    vetoCount: { histogram: [{ code: 'eci', count: 1 }], share: 1 / 3 },
    staged: { afterStage: [1, 1, 3] },
    winners: [0],
    candidates: 3,
    ...change,
  } as unknown as ExplainedSelection;
}

const unasked = (...codes: string[]) => ({ vetoes: [], notEvaluated: codes });

const side = (symbol: string, change: object = {}) => ({
  direction: 'LONG',
  score: 0.5,
  rank: 2,
  passesGate: true,
  vetoes: [],
  cluster: 's1',
  members: ['A', 'B', 'C'],
  standing: { kind: 'won', stage: 1, isQuotaWaived: false, isWalkover: false },
  ...change,
});

const contestant = (symbol: number, change: object = {}) => ({
  symbol,
  cluster: 0,
  account: '0',
  identity: `i${symbol}`,
  isVetoed: false,
  isVetoedRelaxed: false,
  isVetoedHard: false,
  passesGate: true,
  isNoise: false,
  ...change,
});

const stream = (...values: number[]) => new Map(values.map((value, at) => [`d${at}`, value]));

const of = (id: string, found: ReadonlyMap<string, number>, raw: ReadonlyMap<string, number> | undefined, hasDirections = true) =>
  testedColumn(id, found, () => raw, hasDirections);

const problem = (level: string, code: string, symbol: string, rows: number | null = null, first: string | null = null) => ({
  findings: [{ level, code, symbol, rows, first }],
  isChecked: rows !== null,
  cells: 0,
});

describe('a selection tells', () => {
  test('each cluster as a battle, best score first, equal ones in their order', () => {
    const { standings } = selection();
    const member = (symbol: string, direction: string, score: number, isCashLike: boolean, at: number) => ({
      symbol,
      direction,
      score,
      isCashLike,
      standing: standings[at],
    });
    expect(battlesOf(selection())).toEqual([
      {
        id: 's1',
        winnersMax: 2,
        meanCorrelation: 0.5,
        isWalkover: false,
        contenders: [member('B', 'SHORT', 0.9, true, 1), member('A', 'LONG', 0.5, false, 0), member('C', 'LONG', 0.5, false, 2)],
      },
      { id: 's2', winnersMax: 1, meanCorrelation: null, isWalkover: true, contenders: [member('D', 'LONG', 0.1, false, 3)] },
    ]);
    expect(clusterName(0)).toBe('s1');
  });

  test('how many candidates were left after each step', () => {
    expect(funnelOf(selection())).toEqual({
      candidates: 3,
      excluded: 0,
      vetoed: [{ code: 'eci', count: 1 }],
      gated: 1,
      admittedByStage: [1, 0, 2],
      winners: 1,
    });
    const { standings } = selection();
    const excluded = { standings: [...standings.slice(0, 3), { kind: 'excluded', because: 'cash_like' }], gates: [true, true, true, true] };
    expect(funnelOf(selection(excluded))).toMatchObject({ excluded: 1, gated: 0 });
  });

  test('standings by name', () => {
    const standings = [{ kind: 'identity_taken', by: 1 }, { kind: 'outscored', by: [2, 3] }, { kind: 'vetoed' }];
    const named = [0, 1, 2].map((at) => namedStanding(selection({ standings }), at));
    expect(named).toEqual([{ kind: 'identity_taken', by: 'B' }, { kind: 'outscored', by: ['C', 'D'] }, { kind: 'vetoed' }]);
  });

  test('what could not be looked at, of all or of some', () => {
    const evaluated = {
      judgements: [unasked('eci', 'roc'), unasked('roc'), unasked('roc'), free],
      scores: { absentEverywhere: ['liquidity'], absentSome: [{ component: 'adx', symbols: [1, 3] }] },
    };
    expect(notEvaluated(selection(evaluated))).toEqual({
      components: [
        { name: 'liquidity', symbols: 'all' },
        { name: 'adx', symbols: ['B', 'D'] },
        { name: 'fragility', symbols: 'all' },
      ],
      vetoes: [
        { name: 'eci', symbols: ['A'] },
        { name: 'roc', symbols: 'all' },
      ],
    });
  });
});

describe('two selections', () => {
  test('tell of a symbol that came what moved it', () => {
    const before = selection();
    const { scores } = before;
    const after = selection({
      winners: [2],
      clusters: {
        labels: Int32Array.of(0, 0, 1, 1),
        members: [
          [0, 1],
          [2, 3],
        ],
      },
      judgements: [vetoed, free, free, free],
      scores: {
        ...scores,
        score: Float64Array.of(0.5, 0.9, 0.25, 0.1),
        weights: scores.weights.slice(0, 1),
        multiplier: Float64Array.of(1, 1, 0.25, 1),
      },
    });
    const { jaccard, kept, came, left, turned } = compareSelections(before, after);
    expect([jaccard, kept, turned, left.map(({ symbol }) => symbol)]).toEqual([0, [], [], ['A']]);
    expect(came).toEqual([
      {
        symbol: 'C',
        before: side('C', { rank: 3, passesGate: false, vetoes: ['eci'], standing: { kind: 'vetoed' } }),
        after: side('C', { score: 0.25, rank: 3, passesGate: false, cluster: 's2', members: ['C', 'D'], standing: { kind: 'vetoed' } }),
        factors: [
          { factor: 'multiplier', before: 1, after: 0.25, logChange: Math.log(0.25) },
          { factor: 'adx', before: 0.5, after: 1, logChange: -Math.log(0.5) },
        ],
        logScoreChange: Math.log(0.25) - Math.log(0.5),
        vetoesCame: [],
        vetoesLeft: ['eci'],
        clusterCame: ['D'],
        clusterLeft: ['A', 'B'],
      },
    ]);
    expect(left[0]).toMatchObject({ vetoesCame: ['eci'], vetoesLeft: [], clusterCame: [], clusterLeft: ['C'] });
    expect(left[0]!.factors).toEqual([{ factor: 'momentum', before: 0.5, after: 0.5, logChange: 0 }]);
  });

  test('tell of a winner whose direction turned, and of one that the other has not', () => {
    const turned = compareSelections(selection(), selection({ directions: ['SHORT', 'LONG', 'LONG', 'LONG'] }));
    expect([turned.kept, turned.came, turned.left, turned.turned.map(({ symbol }) => symbol)]).toEqual([['A'], [], [], ['A']]);
    const { came, left } = compareSelections(selection(), selection({ symbols: ['X', 'B', 'C', 'D'] }));
    const nothing = { factors: [], logScoreChange: null, vetoesCame: [], vetoesLeft: [], clusterCame: [], clusterLeft: [] };
    expect(left).toEqual([{ symbol: 'A', before: side('A'), after: null, ...nothing }]);
    expect(came).toEqual([{ symbol: 'X', before: null, after: side('X', { members: ['X', 'B', 'C'] }), ...nothing }]);
  });
});

test('standings follow from admissions, vetoes, gate, identity and quota, in this order', () => {
  const ranked = [
    contestant(2),
    contestant(1, { account: '1' }),
    contestant(0, { isVetoed: true, passesGate: false }),
    contestant(3, { passesGate: false, identity: 'i2' }),
    contestant(4, { identity: 'i2' }),
    contestant(5),
  ];
  const admissions = [
    { symbol: 2, stage: 1, isQuotaWaived: false },
    { symbol: 1, stage: 5, isQuotaWaived: true },
  ];
  const excluded = new Map([[7, 'score_rank' as const]]);
  expect(standingsOf(8, { ranked, admissions, isBenchmark: (at) => at === 6, excluded, isAlone: (at) => at === 1 })).toEqual([
    { kind: 'vetoed' },
    { kind: 'won', stage: 5, isQuotaWaived: true, isWalkover: true },
    { kind: 'won', stage: 1, isQuotaWaived: false, isWalkover: false },
    { kind: 'gated' },
    { kind: 'identity_taken', by: 2 },
    { kind: 'outscored', by: [2] },
    { kind: 'benchmark' },
    { kind: 'excluded', because: 'score_rank' },
  ]);
  expect([
    relaxationTarget(0, 0, false),
    relaxationTarget(9, 0, false),
    relaxationTarget(9, 20, false),
    relaxationTarget(2, 1, true),
  ]).toEqual([0, 5, 15, 15]);
});

describe('the sign test', () => {
  test('of a column compares each date, a short held to losing everything', () => {
    expect(of('A:A_x_LONG', stream(0.1, 2), stream(0.1, 2))).toEqual({ findings: [], isChecked: true, cells: 2 });
    expect(of('A:A_x_SHORT', stream(-0.1, -1, 0), stream(0.1, 2, 0))).toEqual({ findings: [], isChecked: true, cells: 3 });
    const wrong = problem('error', 'SIGNTEST_SHORT_NOT_INVERTED', 'A:A_x_SHORT', 2, 'd1');
    expect(of('A:A_x_SHORT', stream(-0.1, -2, 1), stream(0.1, 2, 1))).toEqual({ ...wrong, cells: 3 });
    const long = problem('error', 'SIGNTEST_LONG_MISMATCH', 'A:A_x_LONG', 1, 'd1');
    expect(of('A:A_x_LONG', stream(1, 2), stream(1))).toEqual({ ...long, cells: 1 });
    expect(of('A:A_x_LONG', stream(1), stream(1, 2))).toEqual({ ...long, cells: 1 });
  });

  test('of a column that cannot be compared says why', () => {
    expect(of('A', stream(1), stream(1))).toEqual(problem('error', 'SIGNTEST_NOT_AN_ATOM', 'A'));
    expect(of('A', stream(1), stream(1), false)).toEqual(problem('warning', 'SIGNTEST_NOT_AN_ATOM', 'A'));
    expect(of('A:A_x_LONG', stream(1), undefined)).toEqual(problem('error', 'SIGNTEST_MISSING_PHYSICAL_COL', 'A:A_x_LONG'));
    expect(of('A:A_x_LONG', stream(1), stream())).toEqual(problem('error', 'SIGNTEST_EMPTY_RAW', 'A:A_x_LONG'));
    expect(of('A:A_x_LONG', stream(), stream(1))).toEqual(problem('error', 'SIGNTEST_EMPTY_SYNTHETIC', 'A:A_x_LONG'));
  });

  test('as a whole passes, fails, or does not know', () => {
    const good = { findings: [], isChecked: true, cells: 2 };
    expect(concludedSignTest([good, good], [{ symbol: 'A', direction: 'LONG', netWeight: 0 }])).toEqual({
      verdict: 'pass',
      checkedAtoms: 2,
      checkedCells: 4,
      findings: [],
    });
    expect(concludedSignTest([], [])).toEqual({
      verdict: 'unknown',
      checkedAtoms: 0,
      checkedCells: 0,
      findings: [{ level: 'warning', code: 'SIGNTEST_NO_ATOMS', symbol: '', rows: null, first: null }],
    });
    const turned = { level: 'error', code: 'SIGNTEST_OPTIMIZER_NOT_NORMALIZED', rows: null, first: null };
    const optimised = [
      { symbol: 'A', direction: 'SHORT', netWeight: 1 },
      { symbol: 'B', direction: 'LONG', netWeight: -1 },
      { symbol: 'C', direction: 'LONG', netWeight: Number.NaN },
    ];
    expect(concludedSignTest([good], optimised)).toMatchObject({
      verdict: 'fail',
      findings: ['A', 'B', 'C'].map((symbol) => ({ ...turned, symbol })),
    });
    const atoms = new Map([
      ['B:B', stream(1)],
      ['A:A_x_LONG', stream(1)],
      ['A:A', stream(1)],
    ]);
    const whole = signTest({ raw: new Map([['A:A', stream(1)]]), atoms, optimised: null, hasDirections: false });
    expect([whole.verdict, whole.checkedAtoms, ...whole.findings.map(({ symbol }) => symbol)]).toEqual(['pass', 1, 'A:A', 'B:B']);
  });
});
