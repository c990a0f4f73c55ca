import type { DateDefect } from './dated-rows.ts';
import { firstYear, lastYear, parseDay } from './days.ts';
import { lineOfRow, type PriceFile } from './price-file.ts';
import type { IsoDate } from './series.ts';
import type { FindingSink } from './verdict.ts';

/** Rows of a file that an audit looks at, and their days. */
export interface JudgedRows {
  readonly rows: readonly number[];
  readonly days: readonly number[];
  /** Rows, and faults of order, that are left alone because the run does not use them. */
  readonly outside: { readonly rows: number; readonly defects: number };
}

/** Dates, both inclusive; null leaves an end open. */
export interface JudgedRange {
  readonly from: IsoDate | null;
  readonly to: IsoDate | null;
}

/** The calendars of rules 1 began here. */
const firstDateOfRules1 = '1971-01-01';

function within({ from, to }: JudgedRange, date: IsoDate): boolean {
  return (from === null || date >= from) && (to === null || date <= to);
}

function reportDefect({ kind, line, date }: DateDefect, file: string, findings: FindingSink): void {
  const message = kind === 'duplicate_date' ? `date ${date} stands twice` : `date ${date} is earlier than the row before it`;
  findings.add(kind, { file, line, date, message });
}

/** Rules 1: faults of order and impossible dates count wherever they stand. */
export function judgedRowsOfRules1({ file, table, lines, defects }: PriceFile, range: JudgedRange, findings: FindingSink): JudgedRows {
  const rows: number[] = [];
  const days: number[] = [];
  findings.looked('row_order', table.dates.length);
  for (const defect of defects) reportDefect(defect, file, findings);
  table.dates.forEach((date, row) => {
    const line = lineOfRow(lines, row);
    const day = date < firstDateOfRules1 ? null : parseDay(date);
    const previous = row > 0 ? table.dates[row - 1]! : '';
    if (day === null)
      findings.add('invalid_date', { file, line, date, message: `${JSON.stringify(date)} is no date that the calendars cover` });
    else if (date === previous) reportDefect({ kind: 'duplicate_date', line, date }, file, findings);
    else if (date < previous) reportDefect({ kind: 'unsorted_date', line, date }, file, findings);
    else if (within(range, date)) {
      rows.push(row);
      days.push(day);
    }
  });
  return { rows, days, outside: { rows: 0, defects: 0 } };
}

/**
 * Faults of order among the rows that are used. A date that stands twice counts where the date is used. A row out of order counts where a
 * later row that is used stands before it in the file; without lines nobody can tell, and it counts where its date is used.
 */
function defectsWithin({ table, lines, defects }: PriceFile, range: JudgedRange): DateDefect[] {
  const used = table.dates.flatMap((date, row) => (within(range, date) ? [{ date, line: lineOfRow(lines, row) }] : []));
  const inFile = used.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0));
  let next = 0;
  let latest = '';
  return defects.filter(({ kind, line, date }) => {
    if (!within(range, date)) return false;
    if (kind === 'duplicate_date' || line === null) return true;
    for (; next < inFile.length && (inFile[next]!.line ?? 0) < line; next++) if (inFile[next]!.date > latest) latest = inFile[next]!.date;
    return latest > date;
  });
}

/** Only what the run uses is judged: older rows may be of years without a calendar, and their faults move no number. */
export function judgedRows(source: PriceFile, range: JudgedRange, findings: FindingSink): JudgedRows {
  const { file, table, lines, defects } = source;
  const rows: number[] = [];
  const days: number[] = [];
  const counted = defectsWithin(source, range);
  for (const defect of counted) reportDefect(defect, file, findings);
  let used = 0;
  let previous = '';
  table.dates.forEach((date, row) => {
    if (!within(range, date)) return;
    used += 1;
    const line = lineOfRow(lines, row);
    const day = parseDay(date);
    if (day === null) {
      const message =
        `${JSON.stringify(date)} is no date that the calendars cover, which is ${firstYear} to ${lastYear}: ` +
        `correct it, or leave the row out with a later --from or a smaller data.lookback_days`;
      findings.add('invalid_date', { file, line, date, message });
      return;
    }
    if (date === previous) reportDefect({ kind: 'duplicate_date', line, date }, file, findings);
    else if (date < previous) reportDefect({ kind: 'unsorted_date', line, date }, file, findings);
    else {
      rows.push(row);
      days.push(day);
      previous = date;
    }
  });
  findings.looked('row_order', used);
  return { rows, days, outside: { rows: table.dates.length - used, defects: defects.length - counted.length } };
}
