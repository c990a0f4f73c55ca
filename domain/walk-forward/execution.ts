import { LedgerError } from '../shared/errors.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';

/** `window`: trade on the first day of a window and let weights drift; `daily`: trade back to the target every day. */
export type RebalanceMode = 'window' | 'daily';

export interface WindowTrade {
  readonly returns: ReturnMatrix;
  /** Rows [first, end) of the matrix are held. */
  readonly first: number;
  readonly end: number;
  /** Weights to hold, aligned to the columns. */
  readonly target: readonly number[];
  /** Drifted weights on entry; all zero before the first purchase. */
  readonly holdings: Float64Array;
  readonly mode: RebalanceMode;
  /** Slippage plus commission, as a fraction of the value traded. */
  readonly costFraction: number;
  /** Told what is held through each row: after its trade, before its returns. The holdings are the simulation's own and change. */
  readonly onRow?: (row: number, holdings: Float64Array) => void;
}

export interface WindowOutcome {
  /** Portfolio return of each day before costs. */
  readonly gross: Float64Array;
  /** After costs: gross minus costFraction times the turnover of that day. */
  readonly net: Float64Array;
  /** Drifted weights after the last day. */
  readonly holdings: Float64Array;
  /** Σ|w - w_prev| over the window's trades. */
  readonly turnoverTwoSided: number;
  /** Costs of the window, each as a fraction of the equity of its day, summed. */
  readonly costFractionCharged: number;
}

function refuseBankruptcy(date: IsoDate, value: number): never {
  throw new LedgerError('Bankruptcy', `the portfolio loses everything on ${date}: its return is ${value}`, {
    evidence: { date, return: value },
  });
}

/** Moves `holdings` to the target, in place; answers the two-sided turnover. */
export function moveTo(holdings: Float64Array, target: ArrayLike<number>): number {
  let turnover = 0;
  for (let column = 0; column < holdings.length; column++) {
    turnover += Math.abs(target[column]! - holdings[column]!);
    holdings[column] = target[column]!;
  }
  return turnover;
}

/** Σ w r over the row that begins at `offset`. */
export function pnlOf(holdings: Float64Array, values: Float64Array, offset: number): number {
  let pnl = 0;
  for (let column = 0; column < holdings.length; column++) pnl += holdings[column]! * values[offset + column]!;
  return pnl;
}

/** Lets weights drift over one row, in place: w(1+r) over what the whole book has grown by. */
export function drift(holdings: Float64Array, values: Float64Array, offset: number, growth: number): void {
  for (let column = 0; column < holdings.length; column++) holdings[column] = (holdings[column]! * (1 + values[offset + column]!)) / growth;
}

/**
 * Holds a target over one window. A day's return is pnl - cost with pnl = Σ w r and cost = costFraction Σ|w - w_prev|; weights
 * drift by w(1+r)/(1+pnl) with the pnl before cost, so that what is not invested stays cash. Nothing is liquidated at the
 * end: the next window trades from the holdings returned (docs/explanation/windows.md#costs).
 *
 * Errors: Bankruptcy, naming the date, when a day's return is -100 % or worse.
 */
export function simulateWindow({ returns, first, end, target, holdings: entry, mode, costFraction, onRow }: WindowTrade): WindowOutcome {
  const width = returns.columns.length;
  const { values } = returns;
  const holdings = entry.slice();
  const gross = new Float64Array(end - first);
  const net = new Float64Array(end - first);
  let turnoverTwoSided = 0;
  let costFractionCharged = 0;
  for (let row = first; row < end; row++) {
    let cost = 0;
    if (row === first || mode === 'daily') {
      const turnover = moveTo(holdings, target);
      cost = costFraction * turnover;
      turnoverTwoSided += turnover;
      costFractionCharged += cost;
    }
    onRow?.(row, holdings);
    const offset = row * width;
    const pnl = pnlOf(holdings, values, offset);
    if (!(pnl - cost > -1) || !(pnl > -1)) refuseBankruptcy(returns.dates[row]!, pnl - cost);
    gross[row - first] = pnl;
    net[row - first] = pnl - cost;
    drift(holdings, values, offset, 1 + pnl);
  }
  return { gross, net, holdings, turnoverTwoSided, costFractionCharged };
}
