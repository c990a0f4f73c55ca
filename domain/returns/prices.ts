import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { type CalendarId, calendarOfSymbol, isAllowedDay } from './calendar.ts';
import { parseDay } from './days.ts';
import type { PriceFile } from './price-file.ts';
import type { IsoDate, PriceTable } from './series.ts';

function refuseTwice(symbol: string, first: string, second: string): never {
  throw new LedgerError('SymbolTwice', `${symbol} has a column in ${first} and another in ${second}`, {
    evidence: { symbol, files: [first, second] },
    at: { file: second, path: symbol },
  });
}

/**
 * One table over the union of all dates, ascending; symbols in code-unit order, NaN where a file has no row.
 * Errors: SymbolTwice when two columns carry the same symbol.
 */
export function mergePriceTables(files: readonly Pick<PriceFile, 'file' | 'table'>[]): PriceTable {
  const dates = [...new Set(files.flatMap((source) => source.table.dates))].toSorted(byCodeUnits);
  const rowOf = new Map(dates.map((date, row) => [date, row]));
  const columns = new Map<string, { readonly file: string; readonly closes: Float64Array }>();
  for (const { file, table } of files) {
    const rows = table.dates.map((date) => rowOf.get(date)!);
    for (let column = 0; column < table.symbols.length; column++) {
      const symbol = table.symbols[column]!;
      const other = columns.get(symbol);
      if (other !== undefined) refuseTwice(symbol, other.file, file);
      const closes = new Float64Array(dates.length).fill(Number.NaN);
      const source = table.closes[column]!;
      for (let row = 0; row < rows.length; row++) closes[rows[row]!] = source[row]!;
      columns.set(symbol, { file, closes });
    }
  }
  const symbols = [...columns.keys()].toSorted(byCodeUnits);
  return { dates, symbols, closes: symbols.map((symbol) => columns.get(symbol)!.closes) };
}

/** A price that stood on a date on which its calendar allows none. */
export interface DroppedPrice {
  readonly symbol: string;
  readonly date: IsoDate;
  readonly value: number;
}

/**
 * Removes prices from dates that their symbol's calendar does not allow, before any return is taken: the return that ended on
 * such a row becomes part of the next session's. `dropped` lists them by date, then symbol; the input is left as it was.
 * Errors: ExchangeUnknown.
 */
export function repairOffCalendar(table: PriceTable): { readonly table: PriceTable; readonly dropped: readonly DroppedPrice[] } {
  const days = table.dates.map(parseDay);
  const allowedRows = new Map<CalendarId, readonly boolean[]>();
  const dropped: DroppedPrice[] = [];
  const closes = table.symbols.map((symbol, column) => {
    const calendar = calendarOfSymbol(symbol);
    let allowed = allowedRows.get(calendar);
    if (allowed === undefined) {
      // Of a date outside every calendar nothing can be said; a run that uses it is refused.
      allowed = days.map((day) => day === null || isAllowedDay(calendar, day));
      allowedRows.set(calendar, allowed);
    }
    const kept = table.closes[column]!.slice();
    for (let row = 0; row < kept.length; row++) {
      const value = kept[row]!;
      if (Number.isNaN(value) || allowed[row]!) continue;
      dropped.push({ symbol, date: table.dates[row]!, value });
      kept[row] = Number.NaN;
    }
    return kept;
  });
  dropped.sort((left, right) => byCodeUnits(left.date, right.date) || byCodeUnits(left.symbol, right.symbol));
  return { table: { dates: table.dates, symbols: table.symbols, closes }, dropped };
}
