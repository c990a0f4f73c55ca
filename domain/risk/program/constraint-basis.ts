/** Below this share of its length, squared, a normal is a combination of those in the basis. */
const dependentShare = 1e-24;

/** How a point moves when a constraint is made to hold. */
export interface Directions {
  /** Of the point, per unit of the new multiplier. */
  readonly along: Float64Array;
  /** By how much the multipliers that there are fall, per unit of the new one. */
  readonly falls: Float64Array;
  /** Of the new constraint's value, per unit; 0 where its normal is a combination of those in the basis. */
  readonly gain: number;
}

/**
 * Normals N of the constraints that hold, as Goldfarb and Idnani keep them: J with J'QJ = I and J'N = (R, 0), R upper triangular. Entering
 * and leaving are plane rotations.
 */
export class ConstraintBasis {
  readonly #size: number;
  /** Columns of J one after the other. */
  readonly #columns: Float64Array[];
  /** Columns of R, of growing length. */
  readonly #triangle: Float64Array[] = [];

  /** From the Cholesky factor of Q: J is the inverse of its transpose. */
  constructor(lower: Float64Array, size: number) {
    this.#size = size;
    this.#columns = Array.from({ length: size }, (_, column) => {
      const solved = new Float64Array(size);
      for (let i = column; i >= 0; i--) {
        let value = i === column ? 1 : 0;
        for (let k = i + 1; k <= column; k++) value -= lower[k * size + i]! * solved[k]!;
        solved[i] = value / lower[i * size + i]!;
      }
      return solved;
    });
  }

  #turned(normal: Float64Array): Float64Array {
    return Float64Array.from(this.#columns, (column) => column.reduce((sum, value, i) => sum + value * normal[i]!, 0));
  }

  /** Solves R y = b for the first entries of b. */
  #back(right: Float64Array): Float64Array {
    const count = this.#triangle.length;
    const answer = right.slice(0, count);
    for (let k = count - 1; k >= 0; k--) {
      const column = this.#triangle[k]!;
      answer[k] = answer[k]! / column[k]!;
      for (let i = 0; i < k; i++) answer[i] = answer[i]! - column[i]! * answer[k]!;
    }
    return answer;
  }

  #combined(weights: Float64Array, from: number): Float64Array {
    const sum = new Float64Array(this.#size);
    for (let k = from; k < this.#size; k++) {
      const column = this.#columns[k]!;
      for (let i = 0; i < this.#size; i++) sum[i] = sum[i]! + weights[k]! * column[i]!;
    }
    return sum;
  }

  directionsFor(normal: Float64Array): Directions {
    const turned = this.#turned(normal);
    const count = this.#triangle.length;
    let gain = 0;
    let length = 0;
    for (let k = 0; k < this.#size; k++) {
      const square = turned[k]! * turned[k]!;
      length += square;
      if (k >= count) gain += square;
    }
    const isDependent = gain <= dependentShare * length;
    return { along: this.#combined(turned, count), falls: this.#back(turned), gain: isDependent ? 0 : gain };
  }

  /** Turns columns k - 1 and k of J so that entry k of a vector goes to zero. */
  #rotate(vector: Float64Array, k: number): void {
    const [above, below] = [vector[k - 1]!, vector[k]!];
    if (below === 0) return;
    const length = Math.hypot(above, below);
    const [cosine, sine] = [above / length, below / length];
    vector[k - 1] = length;
    vector[k] = 0;
    const [left, right] = [this.#columns[k - 1]!, this.#columns[k]!];
    for (let i = 0; i < this.#size; i++) {
      const [a, b] = [left[i]!, right[i]!];
      left[i] = cosine * a + sine * b;
      right[i] = cosine * b - sine * a;
    }
  }

  /** Takes in a normal that is no combination of the others. */
  add(normal: Float64Array): void {
    const turned = this.#turned(normal);
    const count = this.#triangle.length;
    for (let k = this.#size - 1; k > count; k--) this.#rotate(turned, k);
    this.#triangle.push(turned.slice(0, count + 1));
  }

  /** Lets go of the normal at a place. */
  drop(place: number): void {
    this.#triangle.splice(place, 1);
    for (let at = place; at < this.#triangle.length; at++) {
      // Each column behind has one entry too many; the rotation that removes it turns the columns behind it too.
      const column = this.#triangle[at]!;
      const [above, below] = [column[at]!, column[at + 1]!];
      const length = Math.hypot(above, below);
      const [cosine, sine] = length === 0 ? [1, 0] : [above / length, below / length];
      for (let behind = at; behind < this.#triangle.length; behind++) {
        const turned = this.#triangle[behind]!;
        const [a, b] = [turned[at]!, turned[at + 1]!];
        turned[at] = cosine * a + sine * b;
        turned[at + 1] = cosine * b - sine * a;
      }
      const [left, right] = [this.#columns[at]!, this.#columns[at + 1]!];
      for (let i = 0; i < this.#size; i++) {
        const [a, b] = [left[i]!, right[i]!];
        left[i] = cosine * a + sine * b;
        right[i] = cosine * b - sine * a;
      }
      this.#triangle[at] = column.slice(0, at + 1);
    }
  }

  /**
   * The move of the point and the change of the multipliers that take away what is left: of stationarity, and of each constraint in the
   * basis.
   */
  correction(stationarity: Float64Array, missed: Float64Array): { move: Float64Array; change: Float64Array } {
    const count = this.#triangle.length;
    const turned = this.#turned(stationarity);
    const inside = new Float64Array(count);
    for (let k = 0; k < count; k++) {
      const column = this.#triangle[k]!;
      let value = missed[k]!;
      for (let i = 0; i < k; i++) value -= column[i]! * inside[i]!;
      inside[k] = value / column[k]!;
    }
    const change = this.#back(Float64Array.from(inside, (value, k) => value - turned[k]!));
    turned.set(inside);
    return { move: this.#combined(turned, 0), change };
  }
}
