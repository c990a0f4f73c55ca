import { type CalendarId, calendarOfSymbol, countExpected, isExpectedDay } from './calendar.ts';
import { dayNumberOf } from './days.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { IsoDate, PriceTable } from './series.ts';

export interface CoverageInput {
  readonly table: PriceTable;
  readonly universe: readonly string[];
  /** First price row to use; null takes the last `lookbackDays` rows instead. */
  readonly from: IsoDate | null;
  /** Last price row to use; null is the end of the table. */
  readonly asOf: IsoDate | null;
  readonly lookbackDays: number;
}

export interface SymbolCoverage {
  readonly symbol: string;
  /** present / expected; 0 when no session was expected. */
  readonly coverage: number;
  /** Expected sessions of the symbol's calendar in the range. */
  readonly expected: number;
  /** Prices on those sessions. */
  readonly present: number;
}

export interface Coverage {
  /** First and last date of the range that was judged; null when no symbol has a price in it. */
  readonly range: { readonly first: IsoDate; readonly last: IsoDate } | null;
  /** Symbols with a price in the range, in code-unit order. */
  readonly symbols: readonly SymbolCoverage[];
  /** Symbols without one. */
  readonly inactive: readonly string[];
}

/** Column of each symbol of the universe, in code-unit order. Errors: PricesMissing. */
export function columnsOf(table: PriceTable, universe: readonly string[]): { readonly symbol: string; readonly closes: Float64Array }[] {
  const columnOf = new Map(table.symbols.map((symbol, column) => [symbol, column]));
  return [...new Set(universe)].toSorted(byCodeUnits).map((symbol) => {
    const column = columnOf.get(symbol);
    if (column === undefined)
      throw new LedgerError('PricesMissing', `no price file has a column ${symbol}`, { evidence: { symbol }, at: { path: symbol } });
    return { symbol, closes: table.closes[column]! };
  });
}

/** Rows between `from` and the as-of date that count; without `from` the last `lookbackDays` of them. */
export function rowsUsed(
  { table, from, asOf, lookbackDays }: Pick<CoverageInput, 'table' | 'from' | 'asOf' | 'lookbackDays'>,
  counts: (row: number) => boolean,
): number[] {
  const rows: number[] = [];
  table.dates.forEach((date, row) => {
    if ((from === null || date >= from) && (asOf === null || date <= asOf) && counts(row)) rows.push(row);
  });
  return from === null ? rows.slice(-lookbackDays) : rows;
}

/**
 * How much of its own calendar each symbol covers, measured once for a run (docs/explanation/windows.md). The range runs from the first
 * to the last row between `from` and `asOf` on which any symbol of the universe has a price; without `from` it holds the last
 * `lookbackDays` such rows. Errors: PricesMissing, ExchangeUnknown.
 */
export function measureCoverage(input: CoverageInput): Coverage {
  const { table } = input;
  const columns = columnsOf(table, input.universe);
  const rows = rowsUsed(input, (row) => columns.some(({ closes }) => !Number.isNaN(closes[row])));
  if (rows.length === 0) return { range: null, symbols: [], inactive: columns.map(({ symbol }) => symbol) };
  const days = rows.map((row) => dayNumberOf(table.dates[row]!));
  const expectedRows = new Map<CalendarId, { readonly rows: readonly number[]; readonly expected: number }>();
  const symbols: SymbolCoverage[] = [];
  const inactive: string[] = [];
  for (const { symbol, closes } of columns) {
    const calendar = calendarOfSymbol(symbol);
    let sessions = expectedRows.get(calendar);
    if (sessions === undefined) {
      sessions = {
        rows: rows.filter((_, index) => isExpectedDay(calendar, days[index]!)),
        expected: countExpected(calendar, days[0]!, days[days.length - 1]!),
      };
      expectedRows.set(calendar, sessions);
    }
    if (rows.every((row) => Number.isNaN(closes[row]))) {
      inactive.push(symbol);
      continue;
    }
    const present = sessions.rows.filter((row) => !Number.isNaN(closes[row])).length;
    const { expected } = sessions;
    symbols.push({ symbol, coverage: expected === 0 ? 0 : present / expected, expected, present });
  }
  return { range: { first: table.dates[rows[0]!]!, last: table.dates[rows[rows.length - 1]!]! }, symbols, inactive };
}
