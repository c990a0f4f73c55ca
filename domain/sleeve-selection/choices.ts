import { invariant } from '../shared/errors.ts';
import type { SelectionDecision, SleeveSelection } from './job.ts';
import { type StreamNames, streamName } from './streams.ts';

/** What a sleeve may hold, by places of columns in its matrix, ascending. */
export interface WindowChoices {
  /** For each window; null where its selection was aborted, and the sleeve holds cash. */
  readonly windows: readonly (readonly number[] | null)[];
  readonly live: readonly number[];
}

function placesOf({ record }: SelectionDecision, places: ReadonlyMap<string, number>, names: StreamNames): number[] {
  return record.winners
    .map((at) => places.get(streamName(record.symbols[at]!, record.directions[at]!, names))!)
    .toSorted((left, right) => left - right);
}

/** The columns that each of so many windows may hold, and those of the live weights. The selection must be usable. */
export function choicesOf(
  { decisions, verdict }: SleeveSelection,
  columns: readonly string[],
  windows: number,
  names: StreamNames,
): WindowChoices {
  invariant(verdict !== 'failed', 'an aborted selection chooses nothing', {});
  const places = new Map(columns.map((column, place) => [column, place]));
  const last = placesOf(decisions.at(-1)!, places, names);
  if (decisions.length === 1) return { windows: Array.from({ length: windows }, () => last), live: last };
  const chosen = decisions.slice(0, -1).map((decision) => (decision.record.aborts.length > 0 ? null : placesOf(decision, places, names)));
  invariant(chosen.length === windows, 'every window has a selection', { windows, selections: chosen.length });
  return { windows: chosen, live: last };
}
