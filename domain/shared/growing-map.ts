import { canonicalJson } from './canonical-json.ts';

interface Table<Value> {
  readonly places: Map<string, number>;
  readonly values: Value[];
}

/**
 * An immutable map of plain JSON in order of insertion, all versions of which share one table. Adding to the newest version takes constant
 * time, something else to an older one a copy: folding a stream stays linear, where a copied array or map for each event would make it
 * quadratic.
 */
export class GrowingMap<Value> implements Iterable<Value> {
  readonly size: number;
  readonly #table: Table<Value>;

  private constructor(table: Table<Value>, size: number) {
    this.#table = table;
    this.size = size;
  }

  static empty<Value>(): GrowingMap<Value> {
    return new GrowingMap<Value>({ places: new Map(), values: [] }, 0);
  }

  get(key: string): Value | undefined {
    const place = this.#table.places.get(key);
    return place !== undefined && place < this.size ? this.#table.values[place] : undefined;
  }

  has(key: string): boolean {
    const place = this.#table.places.get(key);
    return place !== undefined && place < this.size;
  }

  /** This map with one entry more; a key that is there keeps its first value. */
  with(key: string, value: Value): GrowingMap<Value> {
    if (this.has(key)) return this;
    if (this.#isNext(key, value)) return new GrowingMap(this.#table, this.size + 1);
    // The empty map is a constant of its decider: nobody may fill its table.
    const newest = this.size > 0 && this.#table.values.length === this.size;
    const table = newest ? this.#table : this.#copy();
    table.places.set(key, this.size);
    table.values.push(value);
    return new GrowingMap(table, this.size + 1);
  }

  /** Whether a newer version continues just so: an event is folded ahead when it is decided, and once more when it is read back. */
  #isNext(key: string, value: Value): boolean {
    return this.#table.places.get(key) === this.size && canonicalJson(this.#table.values[this.size]) === canonicalJson(value);
  }

  #copy(): Table<Value> {
    const places = new Map<string, number>();
    for (const [key, place] of this.#table.places) if (place < this.size) places.set(key, place);
    return { places, values: this.#table.values.slice(0, this.size) };
  }

  *[Symbol.iterator](): Generator<Value, void> {
    for (let place = 0; place < this.size; place++) yield this.#table.values[place]!;
  }
}
