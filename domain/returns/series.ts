/** Shapes that the mathematics passes around. Dates are ISO days (`2023-08-31`), never instants. */

export type IsoDate = string;

/** Daily closes: `closes[symbolIndex]` has one entry per date, NaN where the symbol had no session. */
export interface PriceTable {
  readonly dates: readonly IsoDate[];
  readonly symbols: readonly string[];
  readonly closes: readonly Float64Array[];
}

/** Simple returns on a common grid: `values[row * columns.length + column]`, every value finite. */
export interface ReturnMatrix {
  readonly dates: readonly IsoDate[];
  readonly columns: readonly string[];
  readonly values: Float64Array;
}

/** One series of simple returns; `dates.length === values.length`. */
export interface ReturnSeries {
  readonly dates: readonly IsoDate[];
  readonly values: Float64Array;
}

/** A weight as a decimal fraction of the equity of what it belongs to. */
export interface SymbolWeight {
  readonly symbol: string;
  readonly weight: number;
}
