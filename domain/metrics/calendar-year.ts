/** Days of a year on the calendar, leap years spread. */
const daysPerYear = 365.25;
/** Rows a year that differ from the declared number by a larger share are flagged. */
const rowsPerYearTolerance = 0.05;

/** Rows that a calendar year brought, of some rows in some days. */
export function rowsPerCalendarYear(rows: number, days: number): number {
  return (rows * daysPerYear) / days;
}

/** Whether the rows that a calendar year brought are too many or too few for the declared number. */
export function isAnnualisationSuspected(rowsPerYear: number, annualisationDays: number): boolean {
  return Math.abs(rowsPerYear / annualisationDays - 1) > rowsPerYearTolerance;
}

/** W^(365.25/days) - 1, from the logarithm of the wealth that one unit became. */
export function growthPerCalendarYear(logWealth: number, days: number): number {
  return Math.expm1((daysPerYear / days) * logWealth);
}
