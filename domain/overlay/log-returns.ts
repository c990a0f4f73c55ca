import { lastAtOrBefore } from '../execution/schedule.ts';
import { LedgerError } from '../shared/errors.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';

/** Log returns of some assets, each from its last close to its next; NaN where an asset has none. */
export class LogReturns {
  readonly dates: readonly IsoDate[];
  readonly columns: readonly string[];
  readonly #values: readonly Float64Array[];
  /** Rows on which every column has a return. */
  readonly #complete: readonly number[];

  /** `values` by column, NaN where an asset has no return. */
  constructor(dates: readonly IsoDate[], columns: readonly string[], values: readonly Float64Array[]) {
    this.dates = dates;
    this.columns = columns;
    this.#values = values;
    this.#complete = dates.flatMap((_, row) => (values.every((series) => !Number.isNaN(series[row]!)) ? [row] : []));
  }

  /** Errors: PricesMissing for a column without prices, IntegrityFailed for a price that is not above zero. */
  static ofPrices(closes: DatedTable, columns: readonly string[]): LogReturns {
    return new LogReturns(
      closes.dates,
      columns,
      columns.map((name) => logReturnsOf(closes, name)),
    );
  }

  /** The last complete rows up to the close of a date, at most `rowsMax`. */
  lastComplete(date: IsoDate, rowsMax: number): ReturnMatrix {
    const row = lastAtOrBefore(this.dates, date);
    const rows = this.#complete.filter((candidate) => candidate <= row).slice(-rowsMax);
    const values = new Float64Array(rows.length * this.columns.length);
    rows.forEach((source, target) => {
      for (const [column, series] of this.#values.entries()) values[target * this.columns.length + column] = series[source]!;
    });
    return { dates: rows.map((source) => this.dates[source]!), columns: this.columns, values };
  }

  /** The last returns of one column up to the close of a date, at most `rowsMax`. */
  lastOf(column: number, date: IsoDate, rowsMax: number): Float64Array {
    const values = this.#values[column]!;
    const last: number[] = [];
    for (let row = lastAtOrBefore(this.dates, date); row >= 0 && last.length < rowsMax; row--)
      if (!Number.isNaN(values[row]!)) last.push(values[row]!);
    return Float64Array.from(last.toReversed());
  }
}

function logReturnsOf(closes: DatedTable, name: string): Float64Array {
  const column = closes.columns.indexOf(name);
  if (column < 0)
    throw new LedgerError('PricesMissing', `the positions name ${name}, and there are no prices of it`, {
      evidence: { symbol: name },
      at: { path: name },
    });
  let before = Number.NaN;
  return closes.values[column]!.map((price, row) => {
    if (Number.isNaN(price)) return Number.NaN;
    if (!(price > 0) || !Number.isFinite(price))
      throw new LedgerError('IntegrityFailed', `the price of ${name} on ${closes.dates[row]} is ${price}: no return can be taken`, {
        evidence: { symbol: name, date: closes.dates[row] },
        at: { path: name },
      });
    const value = Math.log(price / before);
    before = price;
    return value;
  });
}
