import { sessionsBetween, type CalendarId } from '../../domain/returns/calendar.ts';
import { addDays } from '../../domain/returns/days.ts';
import { calendarIds } from '../../domain/returns/exchanges.ts';
import type { IsoDate } from '../../domain/returns/series.ts';

/** Whether all calendars of a recorded table expect a row on a date. */
export function sessionsOf(recorded: readonly string[]): (date: IsoDate) => boolean {
  const calendars: CalendarId[] = calendarIds.filter((calendar) => recorded.includes(calendar));
  return (date) => sessionsBetween(calendars, addDays(date, -1), date) === 1;
}
