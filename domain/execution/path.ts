import type { IsoDate } from '../returns/series.ts';

/** Every series of an executed path, one value a row; weights and money are fractions of the equity at the opening of the row. */
export interface ExecutionSeries {
  /** P&L of the row, before anything is charged: Σ w r, or Σ w log(1+r). Never clipped. */
  readonly grossReturn: Float64Array;
  readonly cashInterest: Float64Array;
  readonly borrow: Float64Array;
  /** Slippage and commission. */
  readonly cost: Float64Array;
  readonly impact: Float64Array;
  /** grossReturn + cashInterest - borrow - cost - impact; -1 where that is -1 or less. */
  readonly net: Float64Array;
  /** What 1 has grown to at the close of the row. */
  readonly equity: Float64Array;
  /** Σ|w - w_prev| of the trade before the row. */
  readonly turnoverTwoSided: Float64Array;
  /** Σ|w|, Σ w and 1 - Σ w during the row, of physical weights. */
  readonly grossExposure: Float64Array;
  readonly netExposure: Float64Array;
  readonly cash: Float64Array;
  /** Trades that constant-notional shorts imply and that are not charged: Σ 2h|r|/(1+pnl). */
  readonly syntheticResetTurnover: Float64Array;
}

export interface Bankruptcy {
  readonly date: IsoDate;
  readonly row: number;
  /** Net return of that row as it would be without the floor at -1. */
  readonly unclippedNet: number;
}

export interface ExecutionPath extends ExecutionSeries {
  readonly dates: readonly IsoDate[];
  readonly bankrupt: Bankruptcy | null;
  /** Two-sided turnover of the first purchase; null when nothing was traded. */
  readonly firstPurchase: { readonly date: IsoDate; readonly turnoverTwoSided: number } | null;
  readonly tradeRows: number;
  readonly finalHoldings: Float64Array;
}

export function emptySeries(rows: number): ExecutionSeries {
  const series = (): Float64Array => new Float64Array(rows);
  return {
    grossReturn: series(),
    cashInterest: series(),
    borrow: series(),
    cost: series(),
    impact: series(),
    net: series(),
    equity: series(),
    turnoverTwoSided: series(),
    grossExposure: series(),
    netExposure: series(),
    cash: series().fill(1),
    syntheticResetTurnover: series(),
  };
}
