/** The checks of one symbol's prices. Each only looks, changes nothing and never throws. */
import { isAllowedDay, isRoundTheClock } from './calendar.ts';
import { isWeekend, parseDay } from './days.ts';
import { integrityPolicyV1 as policy } from './integrity-policy.ts';
import type { IsoDate } from './series.ts';
import type { SymbolPrices } from './symbol-prices.ts';
import type { FindingSink } from './verdict.ts';

export function auditCalendar(series: SymbolPrices, findings: FindingSink): void {
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

export function auditValues(series: SymbolPrices, findings: FindingSink): void {
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

export function auditFlatness(series: SymbolPrices, findings: FindingSink): void {
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

export function auditFreshness(series: SymbolPrices, asOf: IsoDate | null, findings: FindingSink): void {
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
