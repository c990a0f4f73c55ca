import { type CalendarId, isAllowed } from '../returns/calendar.ts';
import { addDays } from '../returns/days.ts';
import type { IsoDate, ReturnMatrix } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import { type BookColumn, seriesOfAssets } from './columns.ts';

/** How the opening date is known: from the first prices, from the caller, or as the session before the first return. */
export type OpeningSource = 'prices' | 'given' | 'previous_session';

/** What the columns of a book earn, row by row. */
export interface Market {
  /** Streams of the columns; 0 where a column has no row that day. */
  readonly returns: ReturnMatrix;
  /** 1 where a column has a return of its own, row-major. */
  readonly present: Uint8Array;
  readonly openingDate: IsoDate;
  readonly openingFrom: OpeningSource;
  /** First row at whose close a column can be traded, -1 being the opening; null without prices, where it is not known. */
  readonly tradableFrom: readonly number[] | null;
}

/** A short stream earns the return of the asset with the sign turned, and can lose no more than everything: -min(r, 1). */
const streamOf = (value: number, sign: 1 | -1): number => (sign === 1 ? value : -Math.min(value, 1));

function previousSession(date: IsoDate, calendars: readonly CalendarId[]): IsoDate {
  let day = addDays(date, -1);
  while (!calendars.some((calendar) => isAllowed(calendar, day))) day = addDays(day, -1);
  return day;
}

function matrixOf(dates: readonly IsoDate[], columns: readonly BookColumn[]): Pick<Market, 'returns' | 'present'> {
  const cells = dates.length * columns.length;
  return {
    returns: { dates, columns: columns.map(({ name }) => name), values: new Float64Array(cells) },
    present: new Uint8Array(cells),
  };
}

function refuse(column: BookColumn, date: IsoDate, why: string): never {
  throw new LedgerError('IntegrityFailed', `${column.asset} on ${date}: ${why}`, {
    evidence: { symbol: column.asset, date },
    at: { path: column.asset },
  });
}

/** A market of returns as they are given. Errors: PricesMissing, IntegrityFailed for a return that is infinite, HistoryTooShort. */
export function marketOfReturns(
  table: DatedTable,
  columns: readonly BookColumn[],
  calendars: readonly CalendarId[],
  openingDate: IsoDate | null,
): Market {
  const { dates } = table;
  if (dates.length === 0) throw new LedgerError('HistoryTooShort', 'there is no row of returns to earn');
  const market = matrixOf(dates, columns);
  const width = columns.length;
  for (const [column, values] of seriesOfAssets(columns, table, 'returns').entries()) {
    for (let row = 0; row < dates.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      if (!Number.isFinite(value)) refuse(columns[column]!, dates[row]!, `its return is ${value}`);
      market.returns.values[row * width + column] = streamOf(value, columns[column]!.sign);
      market.present[row * width + column] = 1;
    }
  }
  const opened = openingDate ?? previousSession(dates[0]!, calendars);
  if (opened >= dates[0]!)
    throw new LedgerError('Usage', `the opening date ${opened} is not before the first return, on ${dates[0]}`, {
      evidence: { openingDate: opened, first: dates[0] },
      at: { path: 'openingDate' },
    });
  return { ...market, openingDate: opened, openingFrom: openingDate === null ? 'previous_session' : 'given', tradableFrom: null };
}

/**
 * A market of prices: a return goes from a symbol's last price to its next, over whatever days lie between, so that none is lost. The
 * first date is the opening, at whose close a decision can already be traded. Errors: PricesMissing, IntegrityFailed for a price that is
 * not above zero, HistoryTooShort.
 */
export function marketOfPrices(table: DatedTable, columns: readonly BookColumn[]): Market {
  if (table.dates.length < 2) throw new LedgerError('HistoryTooShort', `${table.dates.length} rows of prices have no return`);
  const dates = table.dates.slice(1);
  const market = matrixOf(dates, columns);
  const width = columns.length;
  const tradableFrom = seriesOfAssets(columns, table, 'prices').map((closes, column) => {
    let before = Number.NaN;
    let first = dates.length;
    for (let row = 0; row < closes.length; row++) {
      const price = closes[row]!;
      if (Number.isNaN(price)) continue;
      if (!(price > 0) || !Number.isFinite(price)) refuse(columns[column]!, table.dates[row]!, `its price is ${price}`);
      if (Number.isNaN(before)) first = row - 1;
      else {
        market.returns.values[(row - 1) * width + column] = streamOf(price / before - 1, columns[column]!.sign);
        market.present[(row - 1) * width + column] = 1;
      }
      before = price;
    }
    return first;
  });
  return { ...market, openingDate: table.dates[0]!, openingFrom: 'prices', tradableFrom };
}

/** Rows of a table between two dates on which some of the wanted columns has a value; null leaves an end open. */
export function rowsBetween(table: DatedTable, assets: readonly string[], from: IsoDate | null, to: IsoDate | null): DatedTable {
  const wanted = new Set(assets);
  const columns = table.columns.flatMap((name, column) => (wanted.has(name) ? [column] : []));
  const rows = table.dates.flatMap((date, row) => {
    const isInside = (from === null || date >= from) && (to === null || date <= to);
    return isInside && columns.some((column) => !Number.isNaN(table.values[column]![row]!)) ? [row] : [];
  });
  const isWhole = rows.length === table.dates.length;
  return {
    dates: isWhole ? table.dates : rows.map((row) => table.dates[row]!),
    columns: columns.map((column) => table.columns[column]!),
    values: columns.map((column) => {
      const values = table.values[column]!;
      return isWhole ? values : Float64Array.from(rows, (row) => values[row]!);
    }),
  };
}
