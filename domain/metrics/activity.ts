/** How often a stream won. */
export interface Activity {
  /** Rows with a return above 0. */
  readonly wins: number;
  /** Rows with a return other than 0. */
  readonly activeRows: number;
  /** Of the active rows; null without one. */
  readonly hitRateOfActive: number | null;
}

export function activityOf(values: Float64Array): Activity {
  let activeRows = 0;
  let wins = 0;
  for (const value of values) {
    if (value !== 0) activeRows += 1;
    if (value > 0) wins += 1;
  }
  return { wins, activeRows, hitRateOfActive: activeRows === 0 ? null : wins / activeRows };
}
