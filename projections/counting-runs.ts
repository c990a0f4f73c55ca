import { latestRun } from '../domain/sleeve/decider.ts';
import { type Row, sortable } from './projection.ts';

/** A run that counts: of all runs of something, or of those of one date. */
export interface CountingRun {
  readonly runId: string;
  readonly asOf: string;
  readonly correction: number;
}

/**
 * `date/<of>/<as-of>/<correction>/<number in ledger order>`: the runs of something in the order in which they count, so that the one that
 * counts up to a date is the greatest key.
 */
export const datePrefix = (of: string): string => `date/${of}/`;

/** The greatest key of a date. */
export const endOfDate = (of: string, asOf: string): string => `${datePrefix(of)}${asOf}/\uffff`;

/** `number`: how many runs there were before. */
export function dateRow(of: string, number: number, { runId, asOf, correction }: CountingRun): Row {
  return { key: `${datePrefix(of)}${asOf}/${sortable(correction)}/${sortable(number)}`, value: { runId, asOf, correction } };
}

export function countingAfter(before: CountingRun | null, { runId, asOf, correction }: CountingRun): CountingRun {
  const run = { runId, asOf, correction };
  return latestRun(before === null ? [run] : [before, run], null)!;
}
