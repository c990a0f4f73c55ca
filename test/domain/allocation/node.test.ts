/** One portfolio for one profile: what it says of its sleeves, and how it fails. */
import { describe, expect, test } from '@jest/globals';
import {
  allocateNode,
  byColumn,
  type NodeAllocation,
  NodeFailure,
  type NodeWork,
  portfolioStream,
} from '../../../domain/allocation/node.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { nestedPortfolio, runsOf, type SyntheticRun } from '../../support/delivered-runs.ts';
import { refusalOf } from '../../support/refusal.ts';

interface Case {
  readonly node?: MetaNode;
  readonly runs?: Readonly<Record<string, SyntheticRun>>;
  readonly work?: Partial<NodeWork>;
  readonly options?: Partial<NodeWork['options']>;
}

function allocate({ node = nestedPortfolio(), runs = {}, work = {}, options = {} }: Case = {}): NodeAllocation {
  const leaves = runsOf(node, runs);
  const asked: NodeWork['options'] = {
    risks: ['hrp'],
    risksFrom: 'flag',
    join: null,
    projection: null,
    proxies: {},
    asOf: null,
    ...options,
  };
  return allocateNode({ risk: 'hrp', options: asked, leaves, rules: rulesInForce, ...work }, node);
}

function failureOf(step: () => unknown): NodeFailure {
  try {
    step();
  } catch (error) {
    if (error instanceof NodeFailure) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

/** Runs whose streams end with a partial window of so many rows, by path. */
const withPartial = (leaves: NodeWork['leaves'], rows: Readonly<Record<string, number>>): NodeWork['leaves'] =>
  new Map(
    [...leaves].map(([path, run]) => [
      path,
      { ...run, streams: new Map([...run.streams].map(([risk, stream]) => [risk, { ...stream, partialRows: rows[path] ?? 0 }])) },
    ]),
  );

const trained = (train: number) => nestedPortfolio({}, { backtest: { train_window: train } });

describe('a portfolio of sleeves and portfolios', () => {
  test('has its sleeves once each, in the order of their columns, with what they contribute', () => {
    const node = nestedPortfolio();
    const leaves = withPartial(runsOf(node), { 'listed/coins': 2, 'listed/funds': 5, stocks: 1 });
    const { streams, below, leaves: held, meta, path, risk, degraded, warnings } = allocate({ node, work: { leaves } });
    expect({ meta, path, risk, degraded, warnings, streams }).toEqual({
      meta: 'whole',
      path: [],
      risk: 'hrp',
      degraded: false,
      warnings: [],
      // A portfolio below ends with the longest partial window of any stream of its own.
      streams: [
        { id: 'listed', risk: 'hrp', proxy: false, partialRows: 5 },
        { id: 'stocks', risk: 'hrp', proxy: false, partialRows: 1 },
      ],
    });
    expect(below.map((one) => [one.meta, one.path, one.streams])).toEqual([
      [
        'listed',
        ['listed'],
        [
          { id: 'coins', risk: 'hrp', proxy: false, partialRows: 2 },
          { id: 'funds', risk: 'hrp', proxy: false, partialRows: 5 },
        ],
      ],
    ]);
    expect(held.map(({ path: way, runId }) => [way, runId])).toEqual([
      [['stocks'], 'stocks-run'],
      [['listed', 'funds'], 'funds-run'],
      [['listed', 'coins'], 'coins-run'],
    ]);
  });

  test('has leaves with the weight at each step of the way, and what their runs hold', () => {
    const { leaves, bounded, below } = allocate();
    const [coins, funds] = below[0]!.bounded;
    expect(leaves).toEqual(
      [
        ['stocks', ['stocks'], [bounded[1]]],
        ['funds', ['listed', 'funds'], [bounded[0], funds]],
        ['coins', ['listed', 'coins'], [bounded[0], coins]],
      ].map(([name, path, weights]) => ({
        path,
        runId: `${String(name)}-run`,
        weights,
        portfolio: [
          { symbol: `NYSE:${String(name).toUpperCase()}`, weight: 0.75 },
          { symbol: 'NYSE:SHARED', weight: 0.25 },
        ],
      })),
    );
    expect(bounded.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  test('has the calendars of all of them, each once, and counts the year by them', () => {
    const mixed = allocate({ runs: { coins: { calendars: ['XCRY'] }, stocks: { calendars: ['XNYS', 'XCRY'] } } });
    expect([mixed.calendars, mixed.parameters.annualisationDays]).toEqual([['XCRY', 'XNYS'], 252]);
    const coins = { calendars: ['XCRY'] } as const;
    const always = allocate({ runs: { coins, funds: coins, stocks: coins } });
    expect([always.calendars, always.parameters.annualisationDays]).toEqual([['XCRY'], 365]);
  });

  test('warns of fewer common rows than a train window has, and not of as many', () => {
    expect(allocate({ node: trained(120) }).warnings).toEqual([]);
    expect(allocate({ node: trained(121) }).warnings).toEqual(['120 common rows are fewer than the train window of 121']);
  });

  test('takes the projection and the join of its definition, unless others are asked for', () => {
    const node = nestedPortfolio({ projection: 'proportional', join: 'drop' });
    expect([allocate({ node }).method, allocate({ node, options: { projection: 'euclidean' } }).method]).toEqual([
      'proportional',
      'euclidean',
    ]);
    const policies = [allocate({ node }), allocate({ node, options: { join: 'compound' } })].map(({ join }) => join.policy);
    expect(policies).toEqual(['drop', 'compound']);
  });

  test('delivers the first stand-in that each sleeve has, says so, and is degraded above it as well', () => {
    const node = nestedPortfolio();
    const runs = { coins: { risks: ['barbell', 'min_variance'] }, stocks: { risks: ['hrp', 'barbell'] } } as const;
    const whole = allocate({ node, runs, options: { proxies: { hrp: ['risk_parity', 'min_variance', 'barbell'] } } });
    expect([whole.degraded, whole.below[0]!.degraded]).toEqual([true, true]);
    expect(whole.streams.map(({ id, risk, proxy }) => [id, risk, proxy])).toEqual([
      ['listed', 'hrp', false],
      ['stocks', 'hrp', false],
    ]);
    expect(whole.below[0]!.streams.map(({ id, risk, proxy }) => [id, risk, proxy])).toEqual([
      ['coins', 'min_variance', true],
      ['funds', 'hrp', false],
    ]);
    expect([whole.warnings, whole.below[0]!.warnings]).toEqual([[], ['coins delivered min_variance in place of hrp, as asked for']]);
  });
});

describe('a portfolio that cannot be allocated', () => {
  test('fails its profile with the way to it where a sleeve has no returns', () => {
    const failure = failureOf(() => allocate({ runs: { coins: { risks: ['barbell'] } }, options: { proxies: { hrp: ['risk_parity'] } } }));
    const message = 'sleeve listed/coins (run coins-run) has no hrp returns';
    expect([failure.path, failure.meta, failure.message]).toEqual([['listed'], 'listed', message]);
    const { code, message: said, evidence, at } = failure.error;
    expect({ code, said, evidence, at }).toEqual({
      code: 'ProfileNotAvailable',
      said: message,
      evidence: { path: ['listed', 'coins'], runId: 'coins-run', wanted: ['hrp', 'risk_parity'], available: ['barbell'] },
      at: {},
    });
  });

  test('is refused with its name and its place where its bounds leave nothing', () => {
    const node = nestedPortfolio();
    const tight = { ...node, bounds: node.bounds.map((bound) => ({ ...bound, upper: 0.25 })) };
    const refusal = refusalOf(() => allocate({ node: tight }));
    expect(refusal).toBeInstanceOf(LedgerError);
    expect(refusal.message).toMatch(/^whole: /);
    expect([refusal.code, refusal.at]).toEqual(['BoundsInfeasible', { path: 'profiles.whole.meta_allocation' }]);
    expect(Object.keys(refusal.evidence)).not.toEqual([]);
  });

  test('passes on every other refusal as it is', () => {
    const refusal = refusalOf(() => allocate({ runs: { stocks: { rows: 1 } } }));
    expect([refusal.code, refusal.message.startsWith('whole')]).toEqual(['OverlapTooShort', false]);
  });
});

describe('the stream of a portfolio', () => {
  test('is, row by row, what its weights earn', () => {
    const dates = ['2024-01-02', '2024-01-03', '2024-01-04'];
    const matrix = { dates, columns: ['a', 'b'], values: Float64Array.of(0.5, 0.25, -0.5, 0.125, 0, 1) };
    expect(portfolioStream(matrix, [0.5, 2])).toEqual({ dates, values: Float64Array.of(0.75, 0, 2) });
    expect(portfolioStream({ dates: [], columns: ['a'], values: new Float64Array(0) }, [1])).toEqual({
      dates: [],
      values: new Float64Array(0),
    });
  });

  test('has values by the names of its columns', () => {
    expect(byColumn(['b', 'a'], [1, 2])).toEqual({ b: 1, a: 2 });
  });
});
