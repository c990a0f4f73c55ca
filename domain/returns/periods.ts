import { civilOfDay, dayNumberOf, weekdayOf } from './days.ts';
import type { IsoDate } from './series.ts';

/** Periods that rows are grouped by; a week is named by the weekday on which it ends. */
export const periodNames = ['W-MON', 'W-TUE', 'W-WED', 'W-THU', 'W-FRI', 'month', 'quarter'] as const;
export type PeriodName = (typeof periodNames)[number];

const weekdayByName: Readonly<Record<string, number>> = { 'W-MON': 0, 'W-TUE': 1, 'W-WED': 2, 'W-THU': 3, 'W-FRI': 4 };

/** A number that all dates of one period share, and no date of another. */
export function periodOf(date: IsoDate, period: PeriodName): number {
  const day = dayNumberOf(date);
  const weekday = weekdayByName[period];
  if (weekday !== undefined) return day + ((weekday - weekdayOf(day) + 7) % 7);
  const { year, month } = civilOfDay(day);
  return period === 'month' ? year * 12 + month - 1 : year * 4 + Math.floor((month - 1) / 3);
}

/** Rows that are the last of their period, the very last row included: whether its period goes on is not known. */
export function periodEnds(dates: readonly IsoDate[], period: PeriodName): number[] {
  const keys = dates.map((date) => periodOf(date, period));
  return keys.flatMap((key, row) => (key === keys[row + 1] ? [] : [row]));
}
