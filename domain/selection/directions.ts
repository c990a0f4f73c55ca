import type { ReturnMatrix } from '../returns/series.ts';
import { streamAt, type Streams } from '../returns/streams.ts';

export type Direction = 'LONG' | 'SHORT';

/** Rows whose compounded return decides on direction and gate. */
export const directionRows = 60;

/** Compounded simple return of the last rows, as many as there are up to 60. */
export function recentReturn(returns: Float64Array): number {
  let wealth = 1;
  for (let row = Math.max(0, returns.length - directionRows); row < returns.length; row++) wealth *= 1 + returns[row]!;
  return wealth - 1;
}

/** A day of a short position: -min(r, 1). A rise above 100 % costs the whole position and no more. */
export function shortReturn(value: number): number {
  return -Math.min(value, 1);
}

/** The stream of a short position. */
export function shortStream(returns: Float64Array): Float64Array {
  return returns.map(shortReturn);
}

/** A day on which a short stream lost everything because the asset at least doubled. */
export interface ClippedShort {
  readonly symbol: string;
  readonly date: string;
}

/** The sign of the recent return, 0 counting as LONG; LONG for all without shorts. */
export function directionsOf(raw: Streams, allowShort: boolean): Direction[] {
  return raw.symbols.map((_, column) => (allowShort && recentReturn(streamAt(raw, column)) < 0 ? 'SHORT' : 'LONG'));
}

/** Streams with the sign of their direction. */
export function directionalStreams(raw: Streams, directions: readonly Direction[]): Streams {
  if (!directions.includes('SHORT')) return raw;
  const values = raw.values.slice();
  directions.forEach((direction, column) => {
    if (direction === 'SHORT') values.set(shortStream(streamAt(raw, column)), column * raw.rows);
  });
  return { ...raw, values };
}

/** Where a short stream was clipped; a warning, for -1 is what such a stream can lose at most. */
export function clippedShorts({ dates, columns, values }: ReturnMatrix, directions: readonly Direction[]): ClippedShort[] {
  return columns.flatMap((symbol, column) =>
    directions[column] === 'SHORT'
      ? dates.filter((_, row) => values[row * columns.length + column]! >= 1).map((date) => ({ symbol, date }))
      : [],
  );
}
