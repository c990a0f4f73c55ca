import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from '@jest/globals';
import { simulateWindow } from '../../../domain/walk-forward/execution.ts';
import { walkForwardSummarySchema, windowSchema } from '../../../domain/walk-forward/schemas.ts';
import { partialRowsOf, planWindows, type RebalanceMode, walkForward } from '../../../domain/walk-forward/walk-forward.ts';
import { addDays } from '../../../domain/returns/days.ts';
import type { ReturnMatrix } from '../../../domain/returns/series.ts';
import golden from '../../golden/returns/walk-forward.json' with { type: 'json' };

const returns: ReturnMatrix = { dates: golden.dates, columns: golden.columns, values: Float64Array.from(golden.returns.flat()) };
const plan = { trainWindow: golden.train, testWindow: golden.test, stepSize: golden.test };
const asSkfolio = { ...plan, rebalanceMode: 'daily', costFraction: 0 } as const;

function matrixOf(rows: readonly (readonly number[])[], columns = ['A', 'B']): ReturnMatrix {
  return { dates: rows.map((_, row) => addDays('2024-01-01', row)), columns, values: Float64Array.from(rows.flat()) };
}

function farthest(left: ArrayLike<number>, right: ArrayLike<number>): number {
  expect(left.length).toBe(right.length);
  return Math.max(...Array.from(left, (value, index) => Math.abs(value - right[index]!)));
}

/** Long-only minimum variance by trying every support: no solver of ours, exact for five columns. */
function minimumVariance(training: ReturnMatrix): number[] {
  const width = training.columns.length;
  const rows = training.dates.length;
  const x = new Matrix(Array.from({ length: rows }, (_, row) => [...training.values.subarray(row * width, (row + 1) * width)]));
  const centred = x.clone().subRowVector(x.mean('column'));
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(rows - 1);
  let best = { variance: Number.POSITIVE_INFINITY, weights: [] as number[] };
  for (let support = 1; support < 1 << width; support++) {
    const members = Array.from({ length: width }, (_, column) => column).filter((column) => (support >> column) & 1);
    const solved = inverse(covariance.selection(members, members)).mmul(Matrix.ones(members.length, 1)).to1DArray();
    const sum = solved.reduce((total, value) => total + value, 0);
    if (solved.some((value) => value < 0)) continue;
    if (1 / sum < best.variance)
      best = {
        variance: 1 / sum,
        weights: Array.from({ length: width }, (_, column) => (members.includes(column) ? solved[members.indexOf(column)]! / sum : 0)),
      };
  }
  return best.weights;
}

describe('walk-forward against skfolio (daily, cost 0, sample, shrink 0)', () => {
  test('equal weight reproduces its returns', () => {
    const { oos } = walkForward({ returns, ...asSkfolio, solve: () => ({ weights: [0.2, 0.2, 0.2, 0.2, 0.2] }) });
    expect(farthest(oos.values, golden.skfolio.equal_weight.returns)).toBeLessThan(1e-15);
  });

  test('minimum variance reproduces its weights and returns, solving on the same training rows', () => {
    const { oos, windows } = walkForward({ returns, ...asSkfolio, solve: (training) => ({ weights: minimumVariance(training) }) });
    expect(windows).toHaveLength(golden.skfolio.min_variance.weights.length);
    // skfolio's solver stops within 2.2e-6 of the exact weights.
    windows.forEach(({ weights }, index) => expect(farthest(weights, golden.skfolio.min_variance.weights[index]!)).toBeLessThan(5e-6));
    expect(farthest(oos.values, golden.skfolio.min_variance.returns)).toBeLessThan(1e-7);
    const stitched = walkForward({
      returns,
      ...asSkfolio,
      solve: (_, index) => ({ weights: golden.skfolio.min_variance.weights[index]! }),
    });
    expect(farthest(stitched.oos.values, golden.skfolio.min_variance.returns)).toBeLessThan(1e-15);
  });
});

describe('walk-forward against amounts of money kept by pandas, costs and a tenth of cash included', () => {
  test.each(['window', 'daily'] as RebalanceMode[])('%s', (rebalanceMode) => {
    const { costFraction, weights } = golden.money;
    const expected = golden.money[rebalanceMode];
    const result = walkForward({ returns, ...plan, rebalanceMode, costFraction, solve: (_, index) => ({ weights: weights[index]! }) });
    expect(farthest(result.oos.values, expected.returns)).toBeLessThan(1e-14);
    expect(
      farthest(
        result.windows.map((window) => window.turnoverTwoSided),
        expected.turnovers,
      ),
    ).toBeLessThan(1e-13);
    expect(farthest(result.finalHoldings, expected.holdings)).toBeLessThan(1e-14);
    expect(result.summary.costFractionCharged).toBeCloseTo(
      costFraction * expected.turnovers.reduce((sum, turnover) => sum + turnover, 0),
      14,
    );
    expect(result.summary.netReturn).toBeCloseTo(expected.returns.reduce((wealth, value) => wealth * (1 + value), 1) - 1, 13);
    expect(result.summary.grossReturn).toBeGreaterThan(result.summary.netReturn);
  });
});

/** The plan of that many rows, training, test and step. */
const windowsOf = (rows: number, trainWindow: number, testWindow: number, stepSize: number) =>
  planWindows(rows, { trainWindow, testWindow, stepSize });

const tradingWindows = (rows: number) => planWindows(rows, { trainWindow: 60, testWindow: 20, stepSize: 20 }, 'trade');

describe('windows', () => {
  test('500 price rows are 499 returns and 21 windows of 60/20/20, 19 rows being left', () => {
    const { windows, lastPartialRows } = windowsOf(499, 60, 20, 20);
    expect([windows.length, lastPartialRows]).toEqual([21, 19]);
    expect(windows[0]).toEqual({ trainFirst: 0, testFirst: 60, testEnd: 80 });
    expect(windows[20]).toEqual({ trainFirst: 400, testFirst: 460, testEnd: 480 });
  });

  test('the last full window is included', () => {
    expect(windowsOf(100, 60, 20, 20)).toMatchObject({ windows: [{ testEnd: 80 }, { testEnd: 100 }], lastPartialRows: 0 });
    expect(windowsOf(99, 60, 20, 20)).toMatchObject({ windows: [{ testEnd: 80 }], lastPartialRows: 19 });
  });

  test('a step shorter than the test truncates the test, so that no day is held twice', () => {
    const { windows, testWindowUsed, lastPartialRows } = windowsOf(90, 60, 20, 8);
    expect(windows.map(({ testFirst, testEnd }) => [testFirst, testEnd])).toEqual([
      [60, 68],
      [68, 76],
      [76, 84],
    ]);
    expect([testWindowUsed, lastPartialRows]).toEqual([8, 6]);
    const result = walkForward({ returns, ...asSkfolio, stepSize: 7, solve: () => ({ weights: [1, 0, 0, 0, 0] }) });
    expect(result).toMatchObject({ truncatedTestWindow: true, summary: { truncatedTestWindow: true, testWindow: 20, testWindowUsed: 7 } });
    expect(new Set(result.oos.dates).size).toBe(result.oos.dates.length);
  });

  test('the rows behind the last full window are a window of their own where partial windows are traded', () => {
    expect(tradingWindows(99)).toMatchObject({
      windows: [{ testEnd: 80 }, { trainFirst: 20, testFirst: 80, testEnd: 99 }],
      lastPartialRows: 19,
    });
    expect(tradingWindows(100).windows).toEqual(windowsOf(100, 60, 20, 20).windows);
    // One full window there must be.
    expect(() => tradingWindows(79)).toThrow(expect.objectContaining({ code: 'HistoryTooShort' }));
  });

  test('a partial last window continues the stream to the last row, and changes nothing before', () => {
    const common = { returns, ...asSkfolio, costFraction: 0.001, solve: () => ({ weights: [0.5, 0.5, 0, 0, 0] }) };
    // So that rows are left over.
    const cut = { ...common, stepSize: 7 };
    const [skipped, traded] = [walkForward(cut), walkForward({ ...cut, partialLastWindow: 'trade' })];
    expect(skipped.lastPartialRows).toBeGreaterThan(0);
    expect(traded.partialRows).toBe(skipped.lastPartialRows);
    expect(skipped.partialRows).toBe(0);
    expect(traded.oos.dates.at(-1)).toBe(returns.dates.at(-1));
    expect(traded.oos.values.slice(0, skipped.oos.values.length)).toEqual(skipped.oos.values);
    expect(traded.windows.slice(0, -1)).toEqual(skipped.windows);
    expect(traded.windows.at(-1)).toMatchObject({ rows: skipped.lastPartialRows, turnoverTwoSided: expect.any(Number) as unknown });
  });

  test('the rows of a partial window are known from the settings of a run and the length of its stream', () => {
    const trading = { 'backtest.partial_last_window': 'trade', 'backtest.step_size': 20 };
    expect([partialRowsOf(439, trading), partialRowsOf(440, trading)]).toEqual([19, 0]);
    expect(partialRowsOf(439, { ...trading, 'backtest.partial_last_window': 'skip' })).toBe(0);
    expect(partialRowsOf(439, { 'backtest.partial_last_window': 'trade' })).toBe(0);
  });

  test.each([
    [499, 60, 20, 21, 'ManifestInvalid', 'backtest.step_size'],
    [499, 60, 20, 0, 'ManifestInvalid', 'backtest.step_size'],
    [499, 60.5, 20, 20, 'ManifestInvalid', 'backtest.train_window'],
    [79, 60, 20, 20, 'HistoryTooShort', undefined],
  ])('%s rows of %s/%s/%s are refused: %s', (rows, train, held, step, code, path) => {
    expect(() => windowsOf(rows, train, held, step)).toThrow(expect.objectContaining({ code, at: path === undefined ? {} : { path } }));
  });

  test('say how many price rows would do', () => {
    expect(() => windowsOf(79, 60, 20, 20)).toThrow('81 price rows are needed');
    expect(windowsOf(80, 60, 20, 20).windows).toHaveLength(1);
  });

  test('train on the rows strictly before the test, without copying them', () => {
    const seen: ReturnMatrix[] = [];
    const { windows } = walkForward({
      returns,
      ...asSkfolio,
      solve: (training) => {
        seen.push(training);
        return { weights: [1, 0, 0, 0, 0] };
      },
    });
    seen.forEach((training, index) => {
      const window = windows[index]!;
      expect(training.dates).toHaveLength(60);
      expect(training.values.buffer).toBe(returns.values.buffer);
      expect([training.dates[0], training.dates.at(-1)]).toEqual([window.trainFirst, window.trainLast]);
      expect(window.trainLast < window.testFirst).toBe(true);
      expect(training.values[0]).toBe(golden.returns[index * 20]![0]);
    });
  });

  test('carry what the solver says, and are plain JSON', () => {
    const result = walkForward({
      returns,
      ...asSkfolio,
      solve: (_, index) => ({ weights: [0.2, 0.2, 0.2, 0.2, 0.2], certificate: index }),
    });
    expect(result.solutions.map(({ certificate }) => certificate)).toEqual(result.windows.map(({ index }) => index));
    for (const window of result.windows) expect(windowSchema.parse(window)).toEqual(window);
    expect(walkForwardSummarySchema.parse(result.summary)).toEqual(result.summary);
    expect(result.summary).toMatchObject({ windows: 7, rows: 140, lastPartialRows: 10, first: golden.dates[60], last: golden.dates[199] });
  });

  test('refuse a solver that answers with another number of weights', () => {
    for (const weights of [[1], [1, 0, 0, 0, Number.NaN]]) {
      expect(() => walkForward({ returns, ...asSkfolio, solve: () => ({ weights }) })).toThrow(
        expect.objectContaining({ code: 'Internal' }),
      );
    }
  });
});

const ruin = (value: number) => () =>
  walkForward({
    returns: matrixOf([
      [0, 0],
      [0, 0],
      [0, 0],
      [value, value],
    ]),
    trainWindow: 2,
    testWindow: 2,
    stepSize: 2,
    rebalanceMode: 'daily',
    costFraction: 0,
    solve: () => ({ weights: [0.5, 0.5] }),
  });

describe('execution', () => {
  test('charges the first purchase whole, and drifts by the pnl before cost', () => {
    const outcome = simulateWindow({
      returns: matrixOf([
        [0.1, -0.1],
        [0, 0],
      ]),
      first: 0,
      end: 2,
      target: [0.6, 0.4],
      holdings: new Float64Array(2),
      mode: 'window',
      costFraction: 0.01,
    });
    expect(outcome.turnoverTwoSided).toBe(1);
    expect(outcome.gross[0]).toBeCloseTo(0.02, 15);
    expect([...outcome.net]).toEqual([outcome.gross[0]! - 0.01, 0]);
    expect(farthest(outcome.holdings, [0.66 / 1.02, 0.36 / 1.02])).toBeLessThan(1e-15);
  });

  test('turnover is two-sided: .6/.4 to .4/.6 is .4', () => {
    const outcome = simulateWindow({
      returns: matrixOf([[0, 0]]),
      first: 0,
      end: 1,
      target: [0.4, 0.6],
      holdings: Float64Array.of(0.6, 0.4),
      mode: 'window',
      costFraction: 0.5,
    });
    expect(outcome.turnoverTwoSided).toBeCloseTo(0.4, 15);
    expect(outcome.costFractionCharged).toBeCloseTo(0.2, 15);
  });

  test('window k trades from the drifted holdings of window k - 1', () => {
    const rows = [
      [0, 0],
      [0, 0],
      [0.5, 0],
      [0, 0],
    ];
    const result = walkForward({
      returns: matrixOf(rows),
      trainWindow: 2,
      testWindow: 1,
      stepSize: 1,
      rebalanceMode: 'window',
      costFraction: 0.001,
      solve: () => ({ weights: [0.5, 0.5] }),
    });
    // .5/.5 grows to .75/.5 of 1.25, that is .6/.4: back to the target is .2, not 0 and not 1.
    expect(result.windows[0]!.turnoverTwoSided).toBe(1);
    expect(result.windows[1]!.turnoverTwoSided).toBeCloseTo(0.2, 15);
    expect(result.oos.values[1]).toBeCloseTo(-0.0002, 15);
  });

  test('a long/short book drifts by 1 + pnl, not by the sum of its weights', () => {
    const outcome = simulateWindow({
      returns: matrixOf([[0.1, 0.05]]),
      first: 0,
      end: 1,
      target: [1, -1],
      holdings: new Float64Array(2),
      mode: 'window',
      costFraction: 0,
    });
    expect(farthest(outcome.holdings, [1.1 / 1.05, -1.05 / 1.05])).toBeLessThan(1e-15);
  });

  test('stops at bankruptcy and names the date', () => {
    expect(ruin(-1)).toThrow(
      expect.objectContaining({
        code: 'Bankruptcy',
        message: expect.stringContaining('2024-01-04'),
        evidence: { date: '2024-01-04', return: -1 },
      }),
    );
    expect(ruin(-0.99)).not.toThrow();
    expect(() =>
      simulateWindow({
        returns: matrixOf([[-0.995, -0.995]]),
        first: 0,
        end: 1,
        target: [0.5, 0.5],
        holdings: new Float64Array(2),
        mode: 'window',
        costFraction: 0.01,
      }),
    ).toThrow(expect.objectContaining({ code: 'Bankruptcy' }));
  });

  test('flags a day beyond 50 %, either way', () => {
    const { summary } = walkForward({
      returns: matrixOf([
        [0, 0],
        [0.5, 0.5],
        [0.6, 0.6],
        [-0.51, -0.51],
      ]),
      trainWindow: 1,
      testWindow: 3,
      stepSize: 3,
      rebalanceMode: 'window',
      costFraction: 0,
      solve: () => ({ weights: [0.5, 0.5] }),
    });
    expect(summary.extremeDays.map(({ date }) => date)).toEqual(['2024-01-03', '2024-01-04']);
    expect(summary.extremeDays[0]!.value).toBeCloseTo(0.6, 15);
  });

  test('leaves the holdings that it was given alone', () => {
    const holdings = Float64Array.of(0.3, 0.7);
    simulateWindow({ returns: matrixOf([[0.1, 0.2]]), first: 0, end: 1, target: [1, 0], holdings, mode: 'daily', costFraction: 0 });
    expect([...holdings]).toEqual([0.3, 0.7]);
  });
});
