import type { ReturnMatrix } from './series.ts';

/** Columns one after the other, `values[column * rows + row]`: every kernel here reads a symbol from its first to its last row. */
export interface Streams {
  readonly rows: number;
  readonly symbols: readonly string[];
  readonly values: Float64Array;
}

export function streamAt({ rows, values }: Streams, column: number): Float64Array {
  return values.subarray(column * rows, (column + 1) * rows);
}

/** Tiles keep both sides of a transposition in the cache. */
const tile = 32;

export function rawStreams({ dates, columns, values }: ReturnMatrix): Streams {
  const [rows, count] = [dates.length, columns.length];
  const turned = new Float64Array(rows * count);
  for (let left = 0; left < count; left += tile) {
    const right = Math.min(count, left + tile);
    for (let row = 0; row < rows; row++)
      for (let column = left; column < right; column++) turned[column * rows + row] = values[row * count + column]!;
  }
  return { rows, symbols: columns, values: turned };
}
