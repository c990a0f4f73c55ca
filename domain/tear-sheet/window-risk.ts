import { rowsOf } from '../returns/matrix.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import { riskContributions } from '../risk/contribution.ts';
import type { EstimatorParameters } from '../risk/covariance.ts';
import { covarianceOf } from '../risk/profiles.ts';
import { invariant } from '../shared/errors.ts';
import { type RebalanceMode, simulateWindow } from '../walk-forward/execution.ts';
import { realisedShares } from '../metrics/contribution.ts';
import type { ContributionHistory } from './tear-sheet-input.ts';

/** A window of a walk-forward with what was held. */
export interface WeighedWindow {
  readonly trainFirst: IsoDate;
  readonly trainLast: IsoDate;
  readonly testFirst: IsoDate;
  readonly testLast: IsoDate;
  /** Targets, in the order of the columns. */
  readonly weights: readonly number[];
  /** Of the solve, which may be stronger than what was asked for. */
  readonly correlationShrinkage: number;
}

function rowFinder({ dates }: ReturnMatrix): (date: IsoDate) => number {
  const rows = new Map(dates.map((date, row) => [date, row]));
  return (date) => {
    const row = rows.get(date);
    invariant(row !== undefined, 'a window lies on the grid', { date });
    return row;
  };
}

/**
 * What each asset brought to the risk that the optimiser saw, window by window: by its own covariance of the training rows, at the weights
 * that it set. A window whose weights have no variance is left out.
 */
export function exAnteByWindow(
  returns: ReturnMatrix,
  windows: readonly WeighedWindow[],
  estimator: EstimatorParameters,
): ContributionHistory {
  const rowOf = rowFinder(returns);
  const rows = windows.flatMap(({ trainFirst, trainLast, weights, correlationShrinkage }) => {
    const training = rowsOf(returns, rowOf(trainFirst), rowOf(trainLast) + 1);
    const { columns, covariance } = covarianceOf(training, { ...estimator, correlationShrinkage });
    const byName = new Map(returns.columns.map((column, at) => [column, weights[at]!]));
    const { shares } = riskContributions(
      covariance,
      columns.map((column) => byName.get(column)!),
    );
    if (shares === null) return [];
    const shareOf = new Map(columns.map((column, at) => [column, shares[at]!]));
    return [{ date: trainLast, shares: returns.columns.map((column) => shareOf.get(column)!) }];
  });
  return { kind: 'optimiser', of: 'assets', ids: returns.columns, rows };
}

/**
 * What each asset brought to the variance of the gross returns that came about, its holdings drifting as the walk-forward let them. Null
 * where these returns do not vary.
 */
export function realisedOverWindows(
  returns: ReturnMatrix,
  windows: readonly WeighedWindow[],
  mode: RebalanceMode,
): ContributionHistory | null {
  const rowOf = rowFinder(returns);
  const { columns, values } = returns;
  const first = rowOf(windows[0]!.testFirst);
  const last = windows.at(-1)!.testLast;
  const pnl = columns.map(() => new Float64Array(rowOf(last) + 1 - first));
  const onRow = (row: number, held: Float64Array): void => {
    for (const [column, series] of pnl.entries()) series[row - first] = held[column]! * values[row * columns.length + column]!;
  };
  let holdings: Float64Array = new Float64Array(columns.length);
  for (const { testFirst, testLast, weights } of windows) {
    const span = { first: rowOf(testFirst), end: rowOf(testLast) + 1 };
    ({ holdings } = simulateWindow({ returns, ...span, target: weights, holdings, mode, costFraction: 0, onRow }));
  }
  const realised = realisedShares({ paths: columns.map((symbol) => ({ sleeve: '', symbol })), pnl });
  if (realised === null) return null;
  return { kind: 'realised', of: 'assets', ids: columns, rows: [{ date: last, shares: realised.assets.map(({ share }) => share) }] };
}
