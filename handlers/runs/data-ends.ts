import { type PortfolioDataEnd, portfolioDataEnd, type SleeveDataEnd } from '../../domain/run/data-end.ts';
import { dataEndKey, type DataEndRow, runKey, type RunRow } from '../../projections/run-directory.ts';
import type { View } from '../read-models/views.ts';

/** Where the data of a sleeve run end, by the run directory; null for a run without a grid or a stream. */
export async function dataEndOf(runs: View, runId: string): Promise<Pick<DataEndRow, 'date' | 'shortenedBy'> | null> {
  const row = await runs.row<DataEndRow>(dataEndKey(runId));
  return row === null ? null : { date: row.date, shortenedBy: row.shortenedBy };
}

/** Where the data of a portfolio end by the runs of its sleeves; null where one of them is not known. */
export async function dataEndOfSleeves(
  runs: View,
  sleeves: readonly { readonly sleeve: string; readonly runId: string }[],
  asOf: string,
): Promise<PortfolioDataEnd | null> {
  const ends: SleeveDataEnd[] = [];
  for (const { sleeve, runId } of sleeves) {
    const end = await dataEndOf(runs, runId);
    if (end === null) return null;
    ends.push({ sleeve, ...end });
  }
  return ends.length === 0 ? null : portfolioDataEnd(ends, asOf);
}

/** The same of the runs that a meta run consumed. */
export async function dataEndOfRun(runs: View, runId: string): Promise<PortfolioDataEnd | null> {
  const run = await runs.row<RunRow>(runKey(runId));
  if (run === null || run.asOf === null) return null;
  const sleeves: { sleeve: string; runId: string }[] = [];
  for (const consumed of new Set(run.consumed)) {
    const row = await runs.row<RunRow>(runKey(consumed));
    if (row !== null) sleeves.push({ sleeve: row.name, runId: consumed });
  }
  return dataEndOfSleeves(runs, sleeves, run.asOf);
}
