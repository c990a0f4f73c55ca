import { returnSeriesOf } from '../../domain/returns/dated-rows.ts';
import type { ReturnSeries } from '../../domain/returns/series.ts';
import { refusePickle } from './byte-cursor.ts';
import { pandasOf, type PickledFrame } from './pandas.ts';
import { readPickle } from './read-pickle.ts';

export type { PickledFrame } from './pandas.ts';

/**
 * A whole pickled Series or DataFrame of numbers on dates, as pandas 1.5 to 3 write it in protocols 0 to 5; values as they
 * stand (NaN included), dates in the file's order. Read as data: nothing that the pickle names is ever called.
 * Errors: PickleRefused.
 */
export function parsePickledFrame(bytes: Uint8Array, file: string): PickledFrame {
  return pandasOf(readPickle(bytes, file), file);
}

/**
 * One series of returns: a Series, the only column of a DataFrame, or the column asked for.
 * Errors: PickleRefused, also for several columns without one being named; ReturnsFileUnreadable for what the numbers say.
 */
export function parsePickledReturns(bytes: Uint8Array, file: string, options: { readonly column?: string } = {}): ReturnSeries {
  const frame = parsePickledFrame(bytes, file);
  const { column } = options;
  const at = column === undefined ? 0 : frame.columns.indexOf(column);
  if (column === undefined && frame.columns.length !== 1) {
    refusePickle(
      file,
      `a DataFrame of ${frame.columns.length} columns (${frame.columns.slice(0, 8).join(', ')}) where one series was expected`,
    );
  }
  const values = frame.values[at];
  if (values === undefined)
    return refusePickle(file, `no column ${JSON.stringify(column)}; there are ${frame.columns.slice(0, 8).join(', ')}`);
  return returnSeriesOf(frame.dates, values, { file });
}
