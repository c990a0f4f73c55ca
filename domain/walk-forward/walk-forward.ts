import { rowsOf } from '../returns/matrix.ts';
import type { IsoDate, ReturnMatrix, ReturnSeries } from '../returns/series.ts';
import { invariant, LedgerError } from '../shared/errors.ts';
import { type RebalanceMode, simulateWindow } from './execution.ts';

export type { RebalanceMode } from './execution.ts';

/** No parity leaf: where a stream ends is no difference of method. */
export const partialLastWindowPath = 'backtest.partial_last_window';

/** A day on which the portfolio moved by more than this, either way, is flagged. */
export const extremeReturn = 0.5;

/** Windows are counted in rows of the sleeve's own grid. */
export interface WindowPlan {
  readonly trainWindow: number;
  readonly testWindow: number;
  readonly stepSize: number;
}

export interface WalkForwardPlan extends WindowPlan {
  readonly rebalanceMode: RebalanceMode;
  /** Slippage plus commission, charged on two-sided turnover. */
  readonly costFraction: number;
}

/**
 * Rows of the partial window that a stream ends with, by what is known of the run that made it: its rows and its settings; 0 unless it is
 * known that partial windows were traded.
 */
export function partialRowsOf(rows: number, settings: Readonly<Record<string, unknown>>): number {
  const stepSize = settings['backtest.step_size'];
  if (settings[partialLastWindowPath] !== 'trade' || typeof stepSize !== 'number' || !(stepSize >= 1)) return 0;
  return rows % stepSize;
}

/** A solver's answer for one window; `weights` are aligned to the columns of the matrix. */
export interface WindowSolution {
  readonly weights: readonly number[];
}

/**
 * What becomes of the rows behind the last full window: `skip` leaves them untraded, so that the stream ends before the grid; `trade` holds
 * them as a window like any other, only shorter.
 */
export type PartialLastWindow = 'skip' | 'trade';

export interface WalkForwardInput<Solution extends WindowSolution> extends WalkForwardPlan {
  /** `skip` when left out. */
  readonly partialLastWindow?: PartialLastWindow;
  readonly returns: ReturnMatrix;
  /** Sees the training rows alone: a view that ends before the first test row. */
  readonly solve: (training: ReturnMatrix, windowIndex: number) => Solution;
}

export interface Window {
  readonly index: number;
  readonly trainFirst: IsoDate;
  readonly trainLast: IsoDate;
  readonly testFirst: IsoDate;
  readonly testLast: IsoDate;
  /** Test rows. */
  readonly rows: number;
  readonly weights: readonly number[];
  /** Σ|w - w_prev| over the trades of the window, w_prev being the drifted holdings. */
  readonly turnoverTwoSided: number;
  readonly costFractionCharged: number;
  /** Π(1+r)-1 over the window's days, before costs and after. */
  readonly grossReturn: number;
  readonly netReturn: number;
}

export interface WalkForwardSummary extends WalkForwardPlan {
  readonly columns: readonly string[];
  /** The test window in use: the smaller of testWindow and stepSize. */
  readonly testWindowUsed: number;
  readonly truncatedTestWindow: boolean;
  readonly windows: number;
  readonly rows: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
  /** Rows after the last full window; the last window holds them where partial windows are traded. */
  readonly lastPartialRows: number;
  readonly turnoverTwoSided: number;
  readonly costFractionCharged: number;
  readonly grossReturn: number;
  readonly netReturn: number;
  /** Days with a net return beyond ±50 %. */
  readonly extremeDays: readonly { readonly date: IsoDate; readonly value: number }[];
  /** Drifted weights after the last test row, aligned to the columns. */
  readonly finalHoldings: readonly number[];
}

export interface WalkForward<Solution extends WindowSolution> {
  /** Net out-of-sample returns, stitched over the windows. */
  readonly oos: ReturnSeries;
  /** The same before costs. */
  readonly gross: Float64Array;
  readonly windows: readonly Window[];
  /** What `solve` answered, per window. */
  readonly solutions: readonly Solution[];
  readonly lastPartialRows: number;
  /** Rows of the partial window that the stream ends with; 0 where it ends with a full one. */
  readonly partialRows: number;
  readonly truncatedTestWindow: boolean;
  readonly finalHoldings: readonly number[];
  /** Everything but the series and the windows, as plain JSON. */
  readonly summary: WalkForwardSummary;
}

/** Rows of a window's training and test stretch: [trainFirst, testFirst) and [testFirst, testEnd). */
export interface WindowRows {
  readonly trainFirst: number;
  readonly testFirst: number;
  readonly testEnd: number;
}

/**
 * Windows over a number of return rows, the last full one included, and the partial one behind it where it is traded: one full window there
 * must be. A step shorter than the test window truncates the test to
 * the step, so that no day is held twice; a longer one would leave days unheld and is refused (docs/explanation/windows.md#step-and-test).
 * Errors: ManifestInvalid, HistoryTooShort when not one window fits.
 */
export function planWindows(
  rows: number,
  plan: WindowPlan,
  partialLastWindow: PartialLastWindow = 'skip',
): { readonly windows: readonly WindowRows[]; readonly lastPartialRows: number; readonly testWindowUsed: number } {
  const { trainWindow, testWindow, stepSize } = plan;
  for (const [name, value] of Object.entries({ train_window: trainWindow, test_window: testWindow, step_size: stepSize })) {
    if (!Number.isInteger(value) || value < 1)
      throw new LedgerError('ManifestInvalid', `${name} is ${value}; a positive whole number of rows is needed`, {
        at: { path: `backtest.${name}` },
      });
  }
  if (stepSize > testWindow) {
    throw new LedgerError(
      'ManifestInvalid',
      `step_size ${stepSize} is longer than test_window ${testWindow}: the days between would be held by no window`,
      {
        evidence: { stepSize, testWindow },
        at: { path: 'backtest.step_size' },
      },
    );
  }
  const windows: WindowRows[] = [];
  let testFirst = trainWindow;
  for (; testFirst + stepSize <= rows; testFirst += stepSize)
    windows.push({ trainFirst: testFirst - trainWindow, testFirst, testEnd: testFirst + stepSize });
  if (windows.length === 0) {
    throw new LedgerError(
      'HistoryTooShort',
      `${rows} returns hold no window of ${trainWindow} training and ${stepSize} test rows; ${trainWindow + stepSize + 1} price ` +
        `rows are needed`,
      {
        evidence: { rows, trainWindow, testWindow, stepSize },
      },
    );
  }
  if (partialLastWindow === 'trade' && testFirst < rows) windows.push({ trainFirst: testFirst - trainWindow, testFirst, testEnd: rows });
  return { windows, lastPartialRows: rows - testFirst, testWindowUsed: stepSize };
}

function compounded(values: Float64Array): number {
  let wealth = 1;
  for (const value of values) wealth *= 1 + value;
  return wealth - 1;
}

function extremeDaysOf({ dates, values }: ReturnSeries): { date: IsoDate; value: number }[] {
  const days: { date: IsoDate; value: number }[] = [];
  values.forEach((value, row) => {
    if (Math.abs(value) > extremeReturn) days.push({ date: dates[row]!, value });
  });
  return days;
}

interface Outcome {
  readonly gross: Float64Array;
  readonly oos: ReturnSeries;
  readonly holdings: Float64Array;
}

function summaryOf(
  input: WalkForwardInput<WindowSolution>,
  plan: ReturnType<typeof planWindows>,
  windows: readonly Window[],
  { gross, oos, holdings }: Outcome,
): WalkForwardSummary {
  const { trainWindow, testWindow, stepSize, rebalanceMode, costFraction } = input;
  return {
    trainWindow,
    testWindow,
    stepSize,
    rebalanceMode,
    costFraction,
    columns: [...input.returns.columns],
    testWindowUsed: plan.testWindowUsed,
    truncatedTestWindow: stepSize < testWindow,
    windows: windows.length,
    rows: oos.dates.length,
    first: oos.dates[0]!,
    last: oos.dates[oos.dates.length - 1]!,
    lastPartialRows: plan.lastPartialRows,
    turnoverTwoSided: windows.reduce((sum, window) => sum + window.turnoverTwoSided, 0),
    costFractionCharged: windows.reduce((sum, window) => sum + window.costFractionCharged, 0),
    grossReturn: compounded(gross),
    netReturn: compounded(oos.values),
    extremeDays: extremeDaysOf(oos),
    finalHoldings: [...holdings],
  };
}

/**
 * Walk-forward over a grid of simple returns: solve on the training rows, hold over the test rows, carry the drifted holdings
 * into the next window. Holdings are zero before the first window, so the first purchase is charged; nothing is liquidated at
 * the end (docs/explanation/windows.md).
 *
 * Errors: ManifestInvalid, HistoryTooShort, Bankruptcy (naming the date), and whatever `solve` throws.
 */
export function walkForward<Solution extends WindowSolution>(input: WalkForwardInput<Solution>): WalkForward<Solution> {
  const { returns, rebalanceMode, costFraction } = input;
  const { dates, columns } = returns;
  const plan = planWindows(dates.length, input, input.partialLastWindow);
  const firstTest = plan.windows[0]!.testFirst;
  const endTest = plan.windows[plan.windows.length - 1]!.testEnd;
  const gross = new Float64Array(endTest - firstTest);
  const oos: ReturnSeries = { dates: dates.slice(firstTest, endTest), values: new Float64Array(endTest - firstTest) };
  const solutions: Solution[] = [];
  let holdings: Float64Array = new Float64Array(columns.length);
  const windows = plan.windows.map(({ trainFirst, testFirst, testEnd }, index): Window => {
    const solution = input.solve(rowsOf(returns, trainFirst, testFirst), index);
    const { weights } = solution;
    invariant(weights.length === columns.length && weights.every(Number.isFinite), 'a window needs one finite weight per column', {
      window: index,
      columns: columns.length,
      weights,
    });
    solutions.push(solution);
    const outcome = simulateWindow({
      returns,
      first: testFirst,
      end: testEnd,
      target: weights,
      holdings,
      mode: rebalanceMode,
      costFraction,
    });
    gross.set(outcome.gross, testFirst - firstTest);
    oos.values.set(outcome.net, testFirst - firstTest);
    holdings = outcome.holdings;
    return {
      index,
      trainFirst: dates[trainFirst]!,
      trainLast: dates[testFirst - 1]!,
      testFirst: dates[testFirst]!,
      testLast: dates[testEnd - 1]!,
      rows: testEnd - testFirst,
      weights: [...weights],
      turnoverTwoSided: outcome.turnoverTwoSided,
      costFractionCharged: outcome.costFractionCharged,
      grossReturn: compounded(outcome.gross),
      netReturn: compounded(outcome.net),
    };
  });
  const summary = summaryOf(input, plan, windows, { gross, oos, holdings });
  return {
    oos,
    gross,
    windows,
    solutions,
    lastPartialRows: plan.lastPartialRows,
    partialRows: input.partialLastWindow === 'trade' ? plan.lastPartialRows : 0,
    truncatedTestWindow: summary.truncatedTestWindow,
    finalHoldings: summary.finalHoldings,
    summary,
  };
}
