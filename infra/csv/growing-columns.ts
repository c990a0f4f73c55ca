import { limits } from '../../domain/shared/limits.ts';

/** Columns of numbers that grow with the rows put into them: a table takes 8 bytes a cell, whatever its texts took. */
export class GrowingColumns {
  readonly #columns: Float64Array[];

  /** `rows` is how many are to be expected. */
  constructor(columns: number, rows: number) {
    const capacity = Math.max(1, Math.min(rows, Math.floor(limits.priceCellsMax / columns)));
    this.#columns = Array.from({ length: columns }, () => new Float64Array(capacity));
  }

  put(column: number, row: number, value: number): void {
    const values = this.#columns[column]!;
    if (row < values.length) {
      values[row] = value;
      return;
    }
    const grown = new Float64Array(2 * row);
    grown.set(values);
    grown[row] = value;
    this.#columns[column] = grown;
  }

  /** The columns as long as their rows, in the memory that they have: a second copy of them would be as much again. */
  cut(rows: number): readonly Float64Array[] {
    return this.#columns.map((values) => values.subarray(0, rows));
  }
}
