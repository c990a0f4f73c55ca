import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { ReturnMatrix } from '../returns/series.ts';

/** Indices that put the columns in code-unit order of their names; two columns of one name are refused. */
export function nameOrder(columns: readonly string[]): number[] {
  const order = columns.map((_, index) => index).toSorted((left, right) => byCodeUnits(columns[left]!, columns[right]!));
  for (let k = 1; k < order.length; k++) {
    const name = columns[order[k]!]!;
    if (name === columns[order[k - 1]!])
      throw new LedgerError('SchemaViolation', `column ${name} appears twice`, { evidence: { column: name }, at: { path: name } });
  }
  return order;
}

function isIdentity(order: readonly number[], count: number): boolean {
  return order.length === count && order.every((from, to) => from === to);
}

/** The columns named by their indices, in that order. */
export function selectColumns(matrix: ReturnMatrix, order: readonly number[]): ReturnMatrix {
  const width = matrix.columns.length;
  if (isIdentity(order, width)) return matrix;
  const rows = matrix.dates.length;
  const values = new Float64Array(rows * order.length);
  for (let row = 0; row < rows; row++) {
    for (let to = 0; to < order.length; to++) values[row * order.length + to] = matrix.values[row * width + order[to]!]!;
  }
  return { dates: matrix.dates, columns: order.map((from) => matrix.columns[from]!), values };
}

/** The same returns with columns in code-unit order of their names, so that the order given changes no bit of a result. */
export function sortColumns(matrix: ReturnMatrix): ReturnMatrix {
  return selectColumns(matrix, nameOrder(matrix.columns));
}

/** Rows and columns of a square row-major matrix, in the order given. */
export function selectSquare(matrix: Float64Array, size: number, order: readonly number[]): Float64Array {
  if (isIdentity(order, size)) return matrix;
  const count = order.length;
  const selected = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const from = order[i]! * size;
    for (let j = 0; j < count; j++) selected[i * count + j] = matrix[from + order[j]!]!;
  }
  return selected;
}

/** Row-major values of a square matrix given as rows. */
export function squareOf(rows: readonly (readonly number[])[]): Float64Array {
  const count = rows.length;
  const square = new Float64Array(count * count);
  rows.forEach((row, i) => {
    if (row.length !== count)
      throw new LedgerError('NotACovariance', `row ${i} has ${row.length} entries, ${count} are needed`, {
        evidence: { row: i, entries: row.length },
      });
    square.set(row, i * count);
  });
  return square;
}
