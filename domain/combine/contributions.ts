import type { Box } from './box.ts';
import type { NumberByName } from './request.ts';
import type { SpelledTable, SpelledTables } from './spelled-assets.ts';

export interface Contributions {
  readonly assets: readonly string[];
  /** In code-unit order: the order in which a row is summed. */
  readonly sleeves: readonly string[];
  /** Budget times position times scale, sleeve after sleeve: that of an asset and a sleeve stands at `sleeve * assets + asset`. */
  readonly contributions: Float64Array;
  /** Sum of each row, sleeve after sleeve. */
  readonly total: Float64Array;
  /** By asset; null where nothing is known of them. */
  readonly previous: Float64Array | null;
}

/** What each sleeve contributes to each asset, and the total that is to be projected. The request has been checked. */
export function contributionsOf(
  { assets, sleeves, positions, previous }: SpelledTables,
  budgets: NumberByName,
  scale: number,
): Contributions {
  const contributions = new Float64Array(assets.length * sleeves.length);
  const total = new Float64Array(assets.length);
  for (const [column, sleeve] of sleeves.entries()) {
    const factor = scale === 1 ? budgets[sleeve]! : scale * budgets[sleeve]!;
    const { values, rows } = positions[column]!;
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      const contribution = factor * values[at]! + 0;
      contributions[column * assets.length + row] = contribution;
      total[row] = total[row]! + contribution;
    }
  }
  return { assets, sleeves, contributions, total, previous: previous === null ? null : spread(previous, assets.length) };
}

function spread({ values, rows }: SpelledTable, size: number): Float64Array {
  const spreadOut = new Float64Array(size);
  for (let at = 0; at < rows.length; at++) spreadOut[rows[at]!] = values[at]! + 0;
  return spreadOut;
}

/**
 * Moves each weight to where the row with its projection column sums to it exactly: `total + projection` in doubles is the weight. It moves
 * by a rounding of the total at most, and leaves no bound. Answers with the projection column.
 */
export function projectionColumn(total: Float64Array, weights: Float64Array, box: Box | null): Float64Array {
  const column = new Float64Array(total.length);
  for (let i = 0; i < total.length; i++) {
    let moved = weights[i]! - total[i]!;
    const sum = total[i]! + moved;
    const bit = Math.max(Math.abs(moved), Math.abs(total[i]!)) * Number.EPSILON;
    if (box !== null && sum > box.upper[i]!) moved -= bit;
    else if (box !== null && sum < box.lower[i]!) moved += bit;
    column[i] = moved + 0;
    weights[i] = total[i]! + moved + 0;
  }
  return column;
}

/** What each sleeve contributes to one asset, in the order of the sleeves. */
export function contributionsTo(
  { assets, sleeves, contributions }: Pick<Contributions, 'assets' | 'sleeves' | 'contributions'>,
  row: number,
): number[] {
  return sleeves.map((_, column) => contributions[column * assets.length + row]!);
}
