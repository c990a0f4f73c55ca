/** What Householder's reduction leaves of a least-squares problem. */
export interface Reduction {
  /** Diagonal of the triangle, one entry a column. */
  readonly diagonal: Float64Array;
  /** The target turned with the columns: its rows behind the columns hold the residual. */
  readonly turned: Float64Array;
}

/**
 * Reduces `columns` (each of `target.length` rows; overwritten) to a triangle by Householder reflections, and turns the target with them.
 * Residual squares of the problem that uses the first k columns alone are the squares of `turned` from row k on.
 */
export function reduceOrthogonally(columns: readonly Float64Array[], target: Float64Array): Reduction {
  const rows = target.length;
  const turned = target.slice();
  const diagonal = new Float64Array(columns.length);
  for (const [k, column] of columns.entries()) {
    let squares = 0;
    for (let i = k; i < rows; i++) squares += column[i]! * column[i]!;
    const length = Math.sqrt(squares);
    const head = column[k]!;
    const entry = head > 0 ? -length : length;
    diagonal[k] = entry;
    if (length === 0) continue;
    column[k] = head - entry;
    const norm = length * (length + Math.abs(head));
    for (let j = k + 1; j < columns.length; j++) reflect(column, columns[j]!, k, norm);
    reflect(column, turned, k, norm);
  }
  return { diagonal, turned };
}

/** Takes 2vv'/v'v of the other from the other, from row k on; `norm` = v'v / 2. */
function reflect(mirror: Float64Array, other: Float64Array, k: number, norm: number): void {
  let product = 0;
  for (let i = k; i < other.length; i++) product += mirror[i]! * other[i]!;
  const factor = product / norm;
  for (let i = k; i < other.length; i++) other[i] = other[i]! - factor * mirror[i]!;
}
