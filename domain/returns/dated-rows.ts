import { LedgerError } from '../shared/errors.ts';
import type { IsoDate, ReturnSeries } from './series.ts';

/** What the rows of a file did wrong; `line` is null where the format has no lines. */
export interface DateDefect {
  readonly kind: 'duplicate_date' | 'unsorted_date';
  readonly line: number | null;
  readonly date: IsoDate;
}

export interface OrderedRows {
  /** Index in the file of each row kept, dates ascending. */
  readonly rows: readonly number[];
  readonly defects: readonly DateDefect[];
}

/**
 * Brings rows into ascending order of their dates and keeps the first of those that share one. Every row that was out of
 * place or dropped is a defect, in the order of the file: a duplicate is reported as such even where it is unsorted too.
 */
export function orderDatedRows(dates: readonly IsoDate[], lineOf: ((row: number) => number) | null): OrderedRows {
  const seen = new Set<IsoDate>();
  const rows: number[] = [];
  const defects: DateDefect[] = [];
  let latest = '';
  for (let row = 0; row < dates.length; row++) {
    const date = dates[row]!;
    const line = lineOf === null ? null : lineOf(row);
    if (seen.has(date)) {
      defects.push({ kind: 'duplicate_date', line, date });
      continue;
    }
    if (date < latest) defects.push({ kind: 'unsorted_date', line, date });
    else latest = date;
    seen.add(date);
    rows.push(row);
  }
  if (defects.some((defect) => defect.kind === 'unsorted_date')) {
    rows.sort((left, right) => (dates[left]! < dates[right]! ? -1 : 1));
  }
  return { rows, defects };
}

/**
 * A series of returns as a finished run leaves it: dates strictly ascending, every value finite, at least one row.
 * A price file with disorder goes to the integrity audit; a series of results with disorder is not a result.
 * Errors: ReturnsFileUnreadable naming the date (and the line where there is one).
 */
export function returnSeriesOf(
  dates: readonly IsoDate[],
  values: Float64Array,
  source: { readonly file: string; readonly lineOf?: (row: number) => number },
): ReturnSeries {
  const refuse = (row: number, why: string): never => {
    throw new LedgerError('ReturnsFileUnreadable', `${source.file}: ${why}`, {
      evidence: { date: dates[row] ?? null },
      at: { file: source.file, ...(source.lineOf === undefined || row < 0 ? {} : { line: source.lineOf(row) }) },
    });
  };
  if (dates.length === 0) refuse(-1, 'holds no rows');
  for (let row = 0; row < dates.length; row++) {
    if (!Number.isFinite(values[row])) refuse(row, `the return of ${dates[row]} is ${values[row]}; every date needs a finite number`);
    const before = row > 0 ? dates[row - 1]! : '';
    if (dates[row] === before) refuse(row, `the date ${before} appears twice`);
    if (dates[row]! < before) refuse(row, `the date ${dates[row]} follows the later ${before}`);
  }
  return { dates, values };
}
