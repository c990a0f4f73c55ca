/** Scales a median absolute deviation to the standard deviation of a normal distribution: 1 / its 0.75 quantile. */
const normalScale = 1.482602218505602;

/** First place in an ascending list whose value is not less than the one given. */
function placeOf(sorted: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function medianOf(sorted: Float64Array, count: number): number {
  const half = count >>> 1;
  return count % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Median distance from a value: the distances ascend to both sides of it, so walking outwards meets them in order. */
function medianDistance(sorted: Float64Array, count: number, from: number): number {
  let right = placeOf(sorted, count, from);
  let left = right - 1;
  let before = 0;
  let distance = 0;
  for (let step = 0; step <= count >>> 1; step++) {
    before = distance;
    const below = left >= 0 ? from - sorted[left]! : Number.POSITIVE_INFINITY;
    const above = right < count ? sorted[right]! - from : Number.POSITIVE_INFINITY;
    if (below <= above) {
      distance = below;
      left -= 1;
    } else {
      distance = above;
      right += 1;
    }
  }
  return count % 2 === 1 ? distance : (before + distance) / 2;
}

/**
 * Robust standard deviation of the values around a place, itself left out: the scaled median absolute deviation of up to `reach` values on
 * either side. The window slides in sorted order, so that going through a series in order costs little at each place. Values that are not
 * numbers count for nothing.
 */
export class RobustDeviation {
  readonly #values: Float64Array;
  readonly #reach: number;
  readonly #sorted: Float64Array;
  #count = 0;
  /** The window holds places from here ... */
  #from = 0;
  /** ... up to and without this one. */
  #end = 0;

  constructor(values: Float64Array, reach: number) {
    this.#values = values;
    this.#reach = reach;
    this.#sorted = new Float64Array(2 * reach + 2);
  }

  #insert(value: number): void {
    if (Number.isNaN(value)) return;
    const place = placeOf(this.#sorted, this.#count, value);
    this.#sorted.copyWithin(place + 1, place, this.#count);
    this.#sorted[place] = value;
    this.#count += 1;
  }

  #remove(value: number): void {
    if (Number.isNaN(value)) return;
    const place = placeOf(this.#sorted, this.#count, value);
    this.#sorted.copyWithin(place, place + 1, this.#count);
    this.#count -= 1;
  }

  #slideTo(from: number, end: number): void {
    if (from >= this.#end) {
      this.#sorted.set(
        this.#values
          .subarray(from, end)
          .filter((value) => !Number.isNaN(value))
          .toSorted(),
      );
      this.#count = this.#values.subarray(from, end).reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
    } else {
      for (let place = this.#from; place < from; place++) this.#remove(this.#values[place]!);
      for (let place = this.#end; place < end; place++) this.#insert(this.#values[place]!);
    }
    this.#from = from;
    this.#end = end;
  }

  /** Places must not descend from one call to the next. NaN where fewer values than `countMin`, or none, stand around the place. */
  at(place: number, countMin: number): number {
    this.#slideTo(Math.max(0, place - this.#reach), Math.min(this.#values.length, place + this.#reach + 1));
    const value = this.#values[place]!;
    this.#remove(value);
    const deviation =
      this.#count === 0 || this.#count < countMin
        ? Number.NaN
        : normalScale * medianDistance(this.#sorted, this.#count, medianOf(this.#sorted, this.#count));
    this.#insert(value);
    return deviation;
  }
}
