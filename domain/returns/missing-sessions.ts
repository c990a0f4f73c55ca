import { type CalendarId, countExpected, isExpectedDay } from './calendar.ts';
import { isoOfDay } from './days.ts';
import { integrityPolicyV1 as policy } from './integrity-policy.ts';
import type { SymbolPrices } from './symbol-prices.ts';
import type { FindingSink } from './verdict.ts';

function firstExpected(calendar: CalendarId, from: number): number {
  let day = from;
  while (!isExpectedDay(calendar, day)) day += 1;
  return day;
}

/**
 * Sessions without a price between a symbol's first and last one. Outside these two a symbol was not listed yet or no longer,
 * which is coverage's business, not a gap.
 */
export function auditSessions({ file, symbol, calendar, dates, days, lineAt }: SymbolPrices, findings: FindingSink): void {
  if (days.length === 0) return;
  const first = days[0]!;
  const last = days[days.length - 1]!;
  const expected = countExpected(calendar, first, last);
  findings.looked('missing_sessions', expected);
  let missing = 0;
  let run = 0;
  let runFirst = 0;
  for (let index = 1; index < days.length; index++) {
    const day = days[index]!;
    const absent = countExpected(calendar, days[index - 1]! + 1, day - 1);
    if (absent > 0 && run === 0) runFirst = firstExpected(calendar, days[index - 1]! + 1);
    run += absent;
    // A price on a day on which none is expected does not end a run of missing sessions.
    if (index < days.length - 1 && !isExpectedDay(calendar, day)) continue;
    missing += run;
    if (run > policy.missingRunMax) {
      const date = isoOfDay(runFirst);
      findings.add('missing_sessions', {
        file,
        line: lineAt(index),
        symbol,
        date,
        value: run,
        message: `${symbol} misses ${run} sessions in a row from ${date}`,
      });
    }
    run = 0;
  }
  const share = expected === 0 ? 0 : missing / expected;
  if (share > policy.missingShareMax) {
    findings.add('missing_sessions_share', {
      file,
      symbol,
      value: share,
      message: `${symbol} misses ${missing} of its ${expected} sessions between ${dates[0]} and ${dates[days.length - 1]}`,
    });
  }
}
