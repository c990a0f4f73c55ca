import { type CalendarId, isRoundTheClock } from './calendar.ts';
import { dayNumberOf, isWeekend } from './days.ts';
import { commonDates, type JoinPolicy, joinWealthTolerance, type NamedSeries } from './join.ts';
import { columnOf } from './matrix.ts';
import type { ReturnMatrix, ReturnSeries } from './series.ts';
import { Findings, type FindingKinds, type Verdict } from './verdict.ts';

export const joinAuditPolicy = {
  name: 'join-integrity',
  version: 1,
  wealthRelativeTolerance: joinWealthTolerance,
  findingsPerSymbolMax: 3,
  findingsPerCodeMax: 25,
} as const;

const kinds = {
  date_not_common: { check: 'common_dates', level: 'error' },
  common_date_missing: { check: 'common_dates', level: 'error' },
  weekend_row: { check: 'weekends', level: 'error' },
  weekends_missing: { check: 'weekends', level: 'error' },
  wealth_changed: { check: 'wealth', level: 'error' },
} as const satisfies FindingKinds;

export interface JoinSource extends NamedSeries {
  /** The calendars of the sleeve's symbols. */
  readonly calendars: readonly CalendarId[];
}

export type JoinVerdict = Verdict<typeof joinAuditPolicy>;

function auditDates(matrix: ReturnMatrix, sources: readonly JoinSource[], findings: Findings): void {
  const common = new Set(commonDates(sources.map(({ series }) => series)));
  const joined = new Set(matrix.dates);
  findings.looked('common_dates', matrix.dates.length);
  for (const date of matrix.dates) {
    if (common.has(date)) continue;
    const without = sources.filter(({ series }) => !series.dates.includes(date)).map(({ id }) => id);
    findings.add('date_not_common', {
      file: 'joined',
      date,
      message: `${date} stands in the joined matrix, but not in ${without.join(', ')}`,
    });
  }
  for (const date of common)
    if (!joined.has(date))
      findings.add('common_date_missing', {
        file: 'joined',
        date,
        message: `${date} is a date of every sleeve and not in the joined matrix`,
      });
}

/** Weekend rows stand in the matrix if and only if every calendar trades on weekends and the range spans one. */
function auditWeekends(matrix: ReturnMatrix, sources: readonly JoinSource[], findings: Findings): void {
  const { dates } = matrix;
  const days = dates.map(dayNumberOf);
  const always = sources.every(({ calendars }) => calendars.length > 0 && calendars.every(isRoundTheClock));
  findings.looked('weekends', dates.length);
  if (!always) {
    days.forEach((day, row) => {
      if (isWeekend(day))
        findings.add('weekend_row', {
          file: 'joined',
          date: dates[row]!,
          message: `${dates[row]} is on a weekend, and not every sleeve trades then`,
        });
    });
    return;
  }
  const spansWeek = days.length > 0 && days[days.length - 1]! - days[0]! >= 6;
  if (spansWeek && !days.some(isWeekend))
    findings.add('weekends_missing', { file: 'joined', message: 'every sleeve trades on weekends, and the joined matrix has none' });
}

function logWealth({ values }: ReturnSeries, from: number, end: number): number {
  let sum = 0;
  for (let row = from; row < end; row++) sum += Math.log1p(values[row]!);
  return sum;
}

function auditWealth(matrix: ReturnMatrix, sources: readonly JoinSource[], findings: Findings): void {
  const first = matrix.dates[0];
  const last = matrix.dates[matrix.dates.length - 1];
  if (first === undefined || last === undefined) return;
  for (const { id, series } of sources) {
    const from = series.dates.indexOf(first);
    const end = series.dates.indexOf(last) + 1;
    const column = matrix.columns.indexOf(id);
    findings.looked('wealth', 1);
    if (from === -1 || end === 0 || column === -1) {
      findings.add('wealth_changed', {
        file: 'joined',
        symbol: id,
        message: `${id} cannot be compared: its column or the ends of the range are missing`,
      });
      continue;
    }
    const after = logWealth(columnOf(matrix, column), 0, matrix.dates.length);
    const value = Math.expm1(logWealth(series, from, end) - after);
    if (!(Math.abs(value) <= joinAuditPolicy.wealthRelativeTolerance)) {
      findings.add('wealth_changed', {
        file: 'joined',
        symbol: id,
        value,
        message: `the wealth of ${id} over ${first} to ${last} changed by ${value} in the join`,
      });
    }
  }
}

/**
 * Audits a joined matrix against the series it came from (docs/explanation/joins.md#join-audit): its dates are exactly the common ones,
 * weekends stand in it if and only if every calendar trades then, and wealth over the common range is what it was. The last is
 * not evaluated for `drop`, which loses returns by its nature and says so in its statistics.
 */
export function auditJoined(input: {
  readonly matrix: ReturnMatrix;
  readonly policy: JoinPolicy;
  readonly sources: readonly JoinSource[];
}): JoinVerdict {
  const findings = new Findings(kinds, joinAuditPolicy);
  auditDates(input.matrix, input.sources, findings);
  auditWeekends(input.matrix, input.sources, findings);
  if (input.policy === 'compound') auditWealth(input.matrix, input.sources, findings);
  return findings.close(joinAuditPolicy);
}
