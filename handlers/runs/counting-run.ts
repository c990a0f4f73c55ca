import { type CountingRun, datePrefix, endOfDate } from '../../projections/counting-runs.ts';
import type { View } from '../read-models/views.ts';

/**
 * The run that counts up to a date: the newest one itself, else one look-up among those of earlier dates. A view as known at an early
 * point passes over the dates that were recorded later, so it looks among them only when the run that counted then is of a later date.
 */
export async function countingRun(view: View, of: string, newest: CountingRun | null, asOf: string | null): Promise<CountingRun | null> {
  if (newest === null || asOf === null || newest.asOf <= asOf) return newest;
  return view.last<CountingRun>({ prefix: datePrefix(of), to: endOfDate(of, asOf) });
}
