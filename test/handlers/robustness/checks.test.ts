/** What the checks of a backtest answer, and what they answer where there is too little to say. */
import { describe, expect, test } from '@jest/globals';
import { deflatedSharpe, observedSharpe } from '../../../domain/metrics/deflated-sharpe.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { bands, checked, deflated, figuresOf, offsetComparison, recordedTrials, trialsOf } from '../../../handlers/robustness/checks.ts';
import type { RecordedProfile } from '../../../handlers/robustness/recorded-profile.ts';
import type { TrialRow } from '../../../projections/backtest-trials.ts';
import { backtestFacts, noMetrics } from '../../support/backtest-facts.ts';
import { ledgerHolding } from '../../support/history-ledger.ts';
import { FactHistory } from '../../support/portfolio-events.ts';
import { syntheticSeries } from '../../support/delivered-runs.ts';

const tooShort = (): object => {
  throw new LedgerError('HistoryTooShort', 'only 1 row', {});
};
const failed = (offset: number, message: string) => ({ offset, status: 'failed' as const, code: 'Unbounded' as const, message });

describe('a check', () => {
  test('answers what it found', () => {
    expect(checked(() => ({ rows: 3 }))).toEqual({ status: 'evaluated', rows: 3 });
  });

  test('answers that inputs are too little to say', () => {
    expect(checked(tooShort)).toEqual({ status: 'not evaluated', reason: 'only 1 row' });
  });

  test.each([new Error('a fault of the program'), new LedgerError('Usage', 'no such check', {})])('does not answer for %p', (error) => {
    const failing = (): object => {
      throw error;
    };
    expect(() => checked(failing)).toThrow(error);
  });
});

const trial = (runId: string, tested: TrialRow['tested'], settings = 's'): TrialRow => ({ runId, data: 'd', settings, tested });
const returns = [0.01, -0.02, 0.03, 0.01, -0.005, 0.02];
const net = { values: Float64Array.from(returns) };

describe('what was tried', () => {
  test('is a trial for each profile, and one without variation has no stream', () => {
    const rows = [
      trial('b1', [
        { risk: 'hrp', figures: 'f1', sharpePerRow: 0.25 },
        { risk: 'market', figures: 'f2', sharpePerRow: null },
      ]),
      trial('b2', [{ risk: 'hrp', figures: 'f3', sharpePerRow: 0 }], 't'),
    ];
    expect(recordedTrials(rows)).toEqual([
      { data: 'd', settings: 's', profile: 'hrp', stream: { text: 'f1', sharpePerRow: 0.25 } },
      { data: 'd', settings: 's', profile: 'market', stream: null },
      { data: 'd', settings: 't', profile: 'hrp', stream: { text: 'f3', sharpePerRow: 0 } },
    ]);
    expect(recordedTrials([])).toEqual([]);
  });

  test('deflates a stream that is among it by the spread of all', () => {
    const rows = [
      trial('b1', [{ risk: 'hrp', figures: 'f1', sharpePerRow: 0.5 }]),
      trial('b2', [{ risk: 'hrp', figures: 'f2', sharpePerRow: 0.25 }], 't'),
    ];
    // Of 0.5 and 0.25 the variance with divisor n - 1 is 0.125² · 2 = 1/32.
    const expected = deflatedSharpe(observedSharpe(net.values), { count: 2, varianceOfSharpes: 1 / 32 });
    const { varianceOfSharpes: _, ...answer } = { varianceOfSharpes: 0, ...deflated({ risk: 'hrp', net }, 'b1', rows) };
    expect(answer).toMatchObject({ status: 'known', trials: 2, rows: 6 });
    expect(answer).toMatchObject({ deflated: expect.closeTo(expected.deflated, 12), probabilistic: expected.probabilistic });
  });

  test.each([
    ['another run', 'b9', 'hrp'],
    ['another profile', 'b1', 'equal_weight'],
  ])('does not know of %s', (_, runId, risk) => {
    const rows = [trial('b1', [{ risk: 'hrp', figures: 'f1', sharpePerRow: 0.5 }])];
    expect(deflated({ risk, net }, runId, rows)).toEqual({
      status: 'UNKNOWN',
      reason: 'the ledger does not list this backtest among the trials of its portfolio',
    });
  });

  test('has no Sharpe ratio of returns that do not vary', () => {
    const rows = [trial('b1', [{ risk: 'hrp', figures: 'f1', sharpePerRow: null }])];
    const flat = { values: Float64Array.of(0.01, 0.01) };
    expect(deflated({ risk: 'hrp', net: flat }, 'b1', rows)).toEqual({
      status: 'UNKNOWN',
      reason: 'returns that do not vary have no Sharpe ratio',
    });
  });
});

describe('the trials of names', () => {
  const history = new FactHistory()
    .add('backtest-t1', 'BacktestStarted', backtestFacts.started('t1', { profile: 'plain' }))
    .add('backtest-t1', 'BacktestCompleted', backtestFacts.completed('t1', ['hrp']))
    .add('backtest-t2', 'BacktestStarted', backtestFacts.started('t2', { meta: 'plain', profile: 'plain' }))
    .add('backtest-t2', 'BacktestCompleted', backtestFacts.completed('t2', ['hrp', 'market']))
    .add('backtest-t3', 'BacktestStarted', backtestFacts.started('t3', { meta: 'other', profile: 'other' }))
    .add('backtest-t3', 'BacktestCompleted', backtestFacts.completed('t3', ['hrp']));

  test('are those under any of them, each run once', async () => {
    const { ports } = await ledgerHolding(history);
    const idsOf = async (...names: string[]): Promise<string[]> => (await trialsOf(ports, names)).map(({ runId }) => runId);
    expect(await idsOf('desk', 'plain', 'desk')).toEqual(['t1', 't2']);
    expect(await idsOf('other')).toEqual(['t3']);
    expect(await idsOf('nobody')).toEqual([]);
    expect((await trialsOf(ports, ['desk'], (name) => `sleeve-trial/${name}/`)).map(({ runId }) => runId)).toEqual([]);
  });
});

const joinedDates = syntheticSeries(1, 12).dates;

/** A recorded profile with no more than the checks read. */
const profileOf = (change: object = {}): RecordedProfile =>
  ({
    facts: { annualisationDays: 252 },
    net: { dates: joinedDates.slice(2), values: syntheticSeries(1, 12).values.slice(2) },
    joined: { dates: joinedDates },
    ...change,
  }) as unknown as RecordedProfile;

describe('later starts', () => {
  const later = { offset: 2, series: { dates: joinedDates.slice(4), values: syntheticSeries(1, 12).values.slice(4) } };

  test('are compared with the recorded run as the start at 0, on the dates of both', () => {
    const found = offsetComparison(profileOf(), [later]);
    if (found.status !== 'evaluated') throw new Error(found.reason);
    expect(found.dates).toEqual(joinedDates.slice(4));
    const total = found.spreads.find(({ figure }) => figure === 'total')!;
    // Both hold the same returns on these dates.
    const wealth = later.series.values.reduce((product, value) => product * (1 + value), 1) - 1;
    expect(total.perOffset.map(({ offset }) => offset)).toEqual([0, 2]);
    for (const { value } of total.perOffset) expect(value).toBeCloseTo(wealth, 12);
    expect(total.rankOfZero).toBe(1);
  });

  test('of which one has a single date in common are measured from the close before it', () => {
    const single = { offset: 9, series: { dates: joinedDates.slice(11), values: Float64Array.of(0.25) } };
    const found = offsetComparison(profileOf(), [single]);
    if (found.status !== 'evaluated') throw new Error(found.reason);
    expect(found.dates).toEqual(joinedDates.slice(11));
    expect(found.spreads.find(({ figure }) => figure === 'total')!.perOffset[1]).toEqual({ offset: 9, value: 0.25 });
  });

  test('of which one failed are not compared, and the first that did says why', () => {
    const runs = [later, failed(3, 'no weights'), failed(4, 'no rows')] as unknown as Parameters<typeof offsetComparison>[1];
    expect(offsetComparison(profileOf(), runs)).toEqual({ status: 'not evaluated', reason: 'from row 3: no weights' });
  });

  test('without a date in common say so', () => {
    const elsewhere = { offset: 1, series: { dates: ['2030-01-02'], values: Float64Array.of(0.01) } };
    expect(offsetComparison(profileOf(), [elsewhere])).toMatchObject({ status: 'not evaluated', reason: expect.any(String) });
  });
});

describe('bands', () => {
  test('of no decision at all are not evaluated, and say why', () => {
    const node = { blocks: { backtest: { step_size: 5 } } };
    const nothing = { dates: [], values: new Float64Array(0) };
    expect(bands(profileOf({ node, net: nothing }), 1n, 10)).toMatchObject({ status: 'not evaluated', reason: expect.any(String) });
  });
});

test('the figures of a profile are those that starts are compared by', () => {
  const { tested } = backtestFacts.completed('t', ['hrp']);
  const metrics = {
    ...noMetrics,
    total: 0.1,
    twrAnnualised: 0.2,
    volatility: 0.3,
    sharpe: 0.4,
    sortino: 0.5,
    maxDrawdown: -0.6,
    historicalCvar5: -0.7,
  };
  expect(figuresOf({ ...tested[0]!, metrics })).toEqual({
    total: 0.1,
    twrAnnualised: 0.2,
    volatility: 0.3,
    sharpe: 0.4,
    sortino: 0.5,
    maxDrawdown: -0.6,
    historicalCvar5: -0.7,
  });
});
