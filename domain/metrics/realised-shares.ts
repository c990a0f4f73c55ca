/**
 * Least sum of squares that is divided into shares. Smaller ones come near the smallest number that has all its digits (2.2e-308), where
 * the products of the parts are rounded to a few bits and no longer add up to their sum.
 */
export const squaresMin = 1e-290;

/**
 * Share of each leaf path in the variance of a book's gross returns: sum (c - mean c)(r - mean r) / sum (r - mean r)^2, where c is the
 * path's profit over a reported period divided by the wealth at its opening, so that the c of all paths sum to r. One pass, shifted by the
 * first row, whatever the number of rows.
 */
export class RealisedShares {
  readonly #period: Float64Array;
  readonly #first: Float64Array;
  readonly #sums: Float64Array;
  readonly #products: Float64Array;
  #firstReturn = 0;
  #rows = 0;
  #sum = 0;
  #squares = 0;

  constructor(paths: number) {
    this.#period = new Float64Array(paths);
    this.#first = new Float64Array(paths);
    this.#sums = new Float64Array(paths);
    this.#products = new Float64Array(paths);
  }

  /** A date of the period: wealth since its opening, the weights held into the date, their returns. */
  add(wealth: number, weights: Float64Array, returns: Float64Array): void {
    const period = this.#period;
    for (let path = 0; path < period.length; path++) period[path] = period[path]! + wealth * weights[path]! * returns[path]!;
  }

  /** Ends the period with its gross return. */
  close(gross: number): void {
    const period = this.#period;
    if (this.#rows === 0) {
      this.#first.set(period);
      this.#firstReturn = gross;
    }
    const apart = gross - this.#firstReturn;
    this.#rows += 1;
    this.#sum += apart;
    this.#squares += apart * apart;
    for (let path = 0; path < period.length; path++) {
      const change = period[path]! - this.#first[path]!;
      this.#sums[path] = this.#sums[path]! + change;
      this.#products[path] = this.#products[path]! + change * apart;
      period[path] = 0;
    }
  }

  /** Null where the returns do not vary, or by less than their squares can tell. */
  shares(): Float64Array | null {
    const variation = this.#squares - (this.#sum * this.#sum) / this.#rows;
    if (!(variation > squaresMin)) return null;
    return this.#sums.map((sum, path) => (this.#products[path]! - (sum * this.#sum) / this.#rows) / variation);
  }
}
