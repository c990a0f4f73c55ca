/**
 * Audit of prices before anything is computed from them: rows off the calendar, forward-filled stretches, missing sessions,
 * disorder in the file, impossible prices and returns, staleness. It only looks; it changes nothing and never throws.
 */
import { type CalendarId, isAllowedDay, isRoundTheClock, knownCalendarOf } from './calendar.ts';
import { isWeekend, parseDay } from './days.ts';
import { integrityKinds, integrityPolicy as policy } from './integrity-policy.ts';
import { auditSessions } from './missing-sessions.ts';
import { lineOfRow, type PriceFile } from './price-file.ts';
import type { IsoDate } from './series.ts';
import type { SymbolPrices } from './symbol-prices.ts';
import { Findings, type Verdict } from './verdict.ts';

export { mergePriceTables, repairOffCalendar } from './prices.ts';
export { policy as integrityPolicy };

export interface AuditInput {
  readonly files: readonly PriceFile[];
  /** As-of date of the run; null leaves freshness unevaluated. */
  readonly asOf: IsoDate | null;
  /** Rows outside are not judged, being cut before any return is taken; null leaves an end open. */
  readonly range: { readonly from: IsoDate | null; readonly to: IsoDate | null };
  /** Symbols to judge; left out or null judges every column. */
  readonly symbols?: readonly string[] | null;
  /** Symbols without a price in the coverage range: listed by the run, and not stale. */
  readonly inactive?: readonly string[];
}

export type IntegrityVerdict = Verdict<typeof policy>;

interface JudgedRows {
  readonly rows: readonly number[];
  readonly days: readonly number[];
}

function auditRows({ file, table, lines, defects }: PriceFile, input: AuditInput, findings: Findings): JudgedRows {
  const last = input.range.to ?? input.asOf;
  const rows: number[] = [];
  const days: number[] = [];
  findings.looked('row_order', table.dates.length);
  for (const { kind, line, date } of defects) {
    findings.add(kind, {
      file,
      line,
      date,
      message: kind === 'duplicate_date' ? `date ${date} stands twice` : `date ${date} is earlier than the row before it`,
    });
  }
  table.dates.forEach((date, row) => {
    const line = lineOfRow(lines, row);
    const day = parseDay(date);
    const previous = row > 0 ? table.dates[row - 1]! : '';
    if (day === null)
      findings.add('invalid_date', { file, line, date, message: `${JSON.stringify(date)} is no date that the calendars cover` });
    else if (date === previous) findings.add('duplicate_date', { file, line, date, message: `date ${date} stands twice` });
    else if (date < previous)
      findings.add('unsorted_date', { file, line, date, message: `date ${date} is earlier than the row before it` });
    else if ((input.range.from === null || date >= input.range.from) && (last === null || date <= last)) {
      rows.push(row);
      days.push(day);
    }
  });
  return { rows, days };
}

function presentPrices(source: PriceFile, column: number, calendar: CalendarId, judged: JudgedRows): SymbolPrices {
  const { file, table, lines } = source;
  const closes = table.closes[column]!;
  const present = judged.rows.map((row, index) => ({ row, day: judged.days[index]! })).filter(({ row }) => !Number.isNaN(closes[row]));
  return {
    file,
    symbol: table.symbols[column]!,
    calendar,
    dates: present.map(({ row }) => table.dates[row]!),
    days: Int32Array.from(present, ({ day }) => day),
    prices: Float64Array.from(present, ({ row }) => closes[row]!),
    lineAt: (index) => lineOfRow(lines, present[index]!.row),
  };
}

function auditCalendar(series: SymbolPrices, findings: Findings): void {
  const { file, symbol, calendar, dates, days, prices } = series;
  findings.looked('calendar', days.length);
  for (let index = 0; index < days.length; index++) {
    if (isAllowedDay(calendar, days[index]!)) continue;
    const at = { file, line: series.lineAt(index), symbol, date: dates[index]!, value: prices[index]! };
    findings.add('off_calendar_row', { ...at, message: `${symbol} has a price on ${dates[index]}, which is no session of ${calendar}` });
    if (index > 0 && prices[index] === prices[index - 1]) {
      findings.add('padding_suspected', {
        ...at,
        message: `the price of ${symbol} on ${dates[index]}, no session of ${calendar}, repeats the one before it`,
      });
    }
  }
}

function auditValues(series: SymbolPrices, findings: Findings): void {
  const { file, symbol, dates, prices } = series;
  findings.looked('prices', prices.length);
  for (let index = 0; index < prices.length; index++) {
    const price = prices[index]!;
    const at = { file, line: series.lineAt(index), symbol, date: dates[index]! };
    if (!Number.isFinite(price))
      findings.add('non_finite_price', { ...at, message: `the price of ${symbol} on ${dates[index]} is ${price}` });
    else if (price <= 0)
      findings.add('non_positive_price', { ...at, value: price, message: `the price of ${symbol} on ${dates[index]} is ${price}` });
    const previous = index > 0 ? prices[index - 1]! : Number.NaN;
    // A return is defined from a positive price only; the price itself was found above.
    if (!(previous > 0) || !Number.isFinite(previous) || !Number.isFinite(price)) continue;
    findings.looked('returns', 1);
    const value = price / previous - 1;
    if (value <= -1)
      findings.add('ruinous_return', {
        ...at,
        value,
        message: `the return of ${symbol} on ${dates[index]} is ${value}, a loss of everything or more`,
      });
    else if (value > policy.absoluteReturnMax)
      findings.add('extreme_return', {
        ...at,
        value,
        message: `the return of ${symbol} on ${dates[index]} is ${value}, beyond ${policy.absoluteReturnMax}`,
      });
  }
}

function auditFlatness(series: SymbolPrices, findings: Findings): void {
  const { file, symbol, dates, days, prices } = series;
  let weekdays = 0;
  let zeros = 0;
  let run = 0;
  const closeRun = (next: number): void => {
    if (run >= policy.zeroRunMin) {
      const first = next - run;
      const message = `the price of ${symbol} repeats itself ${run} times in a row from ${dates[first]}`;
      findings.add('flat_fill_suspected', { file, line: series.lineAt(first), symbol, date: dates[first]!, value: run, message });
    }
    run = 0;
  };
  for (let index = 1; index < prices.length; index++) {
    const zero = prices[index] === prices[index - 1];
    if (!isWeekend(days[index]!)) {
      weekdays += 1;
      if (zero) zeros += 1;
    }
    if (zero) run += 1;
    else closeRun(index);
  }
  closeRun(prices.length);
  findings.looked('flat_fill', weekdays);
  if (weekdays === 0) return;
  const share = zeros / weekdays;
  if (share > policy.zeroShareMax) {
    findings.add('flat_fill_suspected', {
      file,
      symbol,
      value: share,
      message: `${zeros} of ${weekdays} weekday returns of ${symbol} are exactly zero`,
    });
  }
}

function auditFreshness(series: SymbolPrices, asOf: IsoDate | null, findings: Findings): void {
  const asOfDay = asOf === null ? null : parseDay(asOf);
  const count = series.days.length;
  if (asOfDay === null || count === 0) return;
  findings.looked('freshness', 1);
  const limit = isRoundTheClock(series.calendar) ? policy.staleDaysMaxRoundTheClock : policy.staleDaysMaxSessions;
  const lag = asOfDay - series.days[count - 1]!;
  if (lag <= limit) return;
  const { file, symbol } = series;
  const date = series.dates[count - 1]!;
  findings.add('stale', {
    file,
    line: series.lineAt(count - 1),
    symbol,
    date,
    value: lag,
    message: `the last price of ${symbol} is of ${date}, ${lag} days before ${asOf}; at most ${limit} are allowed`,
  });
}

/**
 * Judges prices by `integrityPolicy`. Errors and warnings count every occurrence; the findings list the first few of each
 * kind and symbol and say how many more there are, so that the verdict stays small enough for an event.
 */
export function auditPrices(input: AuditInput): IntegrityVerdict {
  const findings = new Findings(integrityKinds, policy);
  const wanted = input.symbols === undefined || input.symbols === null ? null : new Set(input.symbols);
  const inactive = new Set(input.inactive);
  for (const source of input.files) {
    const judged = auditRows(source, input, findings);
    source.table.symbols.forEach((symbol, column) => {
      if (wanted !== null && !wanted.has(symbol)) return;
      findings.looked('exchanges', 1);
      const calendar = knownCalendarOf(symbol);
      if (calendar === null) {
        findings.add('exchange_unknown', {
          file: source.file,
          symbol,
          message: `the exchange of ${JSON.stringify(symbol)} has no calendar`,
        });
        return;
      }
      const series = presentPrices(source, column, calendar, judged);
      auditCalendar(series, findings);
      auditValues(series, findings);
      auditFlatness(series, findings);
      auditSessions(series, findings);
      if (!inactive.has(symbol)) auditFreshness(series, input.asOf, findings);
    });
  }
  return findings.close(policy);
}
