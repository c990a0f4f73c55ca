import { type CalendarId, isAllowed, knownCalendarOf } from '../returns/calendar.ts';
import type { IsoDate } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';

/** The calendar of a column; `fallback` is that of names without an exchange. Errors: ExchangeUnknown. */
export function calendarOfColumn(name: string, fallback: CalendarId | null): CalendarId {
  const calendar = knownCalendarOf(name) ?? (name.includes(':') ? null : fallback);
  if (calendar !== null) return calendar;
  throw new LedgerError('ExchangeUnknown', `${name} names no known exchange; name its calendar for it, such as CMES`, {
    evidence: { symbol: name },
    at: { path: name },
  });
}

type Allowed = (column: number, row: number) => boolean;

function allowedIn({ dates }: DatedTable, calendars: readonly CalendarId[]): Allowed {
  const byCalendar = new Map<CalendarId, readonly boolean[]>();
  for (const calendar of calendars)
    if (!byCalendar.has(calendar))
      byCalendar.set(
        calendar,
        dates.map((date) => isAllowed(calendar, date)),
      );
  const rows = calendars.map((calendar) => byCalendar.get(calendar)!);
  return (column, row) => rows[column]![row]!;
}

/** Dates on which some column has a value though its calendar allows none. `calendars` stand in the order of the columns. */
export function offCalendarDates(table: DatedTable, calendars: readonly CalendarId[]): IsoDate[] {
  const allowed = allowedIn(table, calendars);
  return table.dates.filter((_, row) => table.values.some((values, column) => !Number.isNaN(values[row]!) && !allowed(column, row)));
}

/**
 * Returns with those of off-calendar rows compounded into the next session of the same column, so that no wealth is lost; rows that are
 * empty then are left out. A value behind the last session of its column has no next one, and stays where it is.
 */
export function foldOffCalendar(table: DatedTable, calendars: readonly CalendarId[]): DatedTable {
  const allowed = allowedIn(table, calendars);
  const folded = table.values.map((values, column) => {
    const kept = values.slice();
    let growth = 1;
    let pending: number[] = [];
    for (let row = 0; row < values.length; row++) {
      const value = values[row]!;
      if (Number.isNaN(value)) continue;
      if (!allowed(column, row)) {
        growth *= 1 + value;
        pending.push(row);
      } else if (pending.length > 0) {
        kept[row] = growth * (1 + value) - 1;
        for (const early of pending) kept[early] = Number.NaN;
        growth = 1;
        pending = [];
      }
    }
    return kept;
  });
  const rows = table.dates.flatMap((_, row) => (folded.every((values) => Number.isNaN(values[row]!)) ? [] : [row]));
  return {
    dates: rows.map((row) => table.dates[row]!),
    columns: table.columns,
    values: folded.map((values) => Float64Array.from(rows, (row) => values[row]!)),
  };
}
