import { pivotFloorOf } from '../cholesky.ts';
import { dot } from '../cross-products.ts';

/** Rows kept free behind those in use, so that few columns that enter need a larger array. */
const spareRows = 64;

/**
 * Cholesky factor of the rows and columns of a matrix that are free, kept while columns enter and leave: one that enters is a new last row,
 * one that leaves is rotated away (Gill, Golub, Murray and Saunders 1974, method C1). Both take O(k²) for k free columns, where a new
 * factor takes O(k³).
 */
export class UpdatedFactor {
  readonly #matrix: Float64Array;
  readonly #size: number;
  #lower = new Float64Array(0);
  #stride = 0;
  #members: number[] = [];

  constructor(matrix: Float64Array, size: number) {
    this.#matrix = matrix;
    this.#size = size;
  }

  /** The free columns, in the order of the rows of the factor. */
  get members(): readonly number[] {
    return this.#members;
  }

  /** Begins anew with a factor of these columns: row-major, of their number squared. */
  restart(members: readonly number[], lower: Float64Array): void {
    const count = members.length;
    this.#members = [...members];
    this.#reserve(count + spareRows);
    for (let i = 0; i < count; i++) this.#lower.set(lower.subarray(i * count, i * count + i + 1), i * this.#stride);
  }

  #reserve(rows: number): void {
    const stride = Math.min(this.#size, rows);
    const lower = new Float64Array(stride * stride);
    for (let i = 0; i < Math.min(this.#members.length, this.#stride); i++)
      lower.set(this.#lower.subarray(i * this.#stride, i * this.#stride + i + 1), i * stride);
    this.#lower = lower;
    this.#stride = stride;
  }

  /** A column enters; false, with nothing changed, where it is a combination of the others to rounding. */
  enter(index: number): boolean {
    const count = this.#members.length;
    if (count === this.#stride) this.#reserve(count + spareRows);
    const lower = this.#lower;
    const row = count * this.#stride;
    for (let k = 0; k < count; k++) {
      const at = k * this.#stride;
      const entry = this.#matrix[index * this.#size + this.#members[k]!]!;
      lower[row + k] = (entry - dot(lower, row, lower, at, k)) / lower[at + k]!;
    }
    const variance = this.#matrix[index * this.#size + index]!;
    const pivot = variance - dot(lower, row, lower, row, count);
    if (!(pivot > pivotFloorOf(count + 1) * variance)) return false;
    lower[row + count] = Math.sqrt(pivot);
    this.#members.push(index);
    return true;
  }

  /** A column leaves: each row behind it moves up by one, and rotations turn what it then has too much into its pivot. */
  leave(index: number): void {
    const position = this.#members.indexOf(index);
    const last = this.#members.length - 1;
    const cosines = new Float64Array(last);
    const sines = new Float64Array(last);
    const lower = this.#lower;
    for (let row = position; row < last; row++) {
      const from = (row + 1) * this.#stride;
      const to = row * this.#stride;
      for (let k = 0; k < position; k++) lower[to + k] = lower[from + k]!;
      let carried = lower[from + position]!;
      for (let k = position; k < row; k++) {
        const next = lower[from + k + 1]!;
        lower[to + k] = cosines[k]! * carried + sines[k]! * next;
        carried = cosines[k]! * next - sines[k]! * carried;
      }
      const pivot = lower[from + row + 1]!;
      const length = Math.sqrt(carried * carried + pivot * pivot);
      cosines[row] = carried / length;
      sines[row] = pivot / length;
      lower[to + row] = length;
    }
    this.#members.splice(position, 1);
  }

  /** Solves for the free columns, in place; `right` is in the order of `members`. */
  solve(right: Float64Array): void {
    const lower = this.#lower;
    const count = this.#members.length;
    for (let i = 0; i < count; i++) {
      const row = i * this.#stride;
      right[i] = (right[i]! - dot(lower, row, right, 0, i)) / lower[row + i]!;
    }
    for (let i = count - 1; i >= 0; i--) {
      const row = i * this.#stride;
      const value = right[i]! / lower[row + i]!;
      right[i] = value;
      for (let k = 0; k < i; k++) right[k] = right[k]! - lower[row + k]! * value;
    }
  }
}
