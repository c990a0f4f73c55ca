import { invariant } from './errors.ts';

/** Ids in 16 bytes each, and where each stands: open addressing, at most half full. */
interface Table {
  /** Four words an id, in order of insertion. */
  words: Uint32Array;
  /** By hash: place + 1; 0 where nothing is. */
  slots: Uint32Array;
  count: number;
}

const wordsPerId = 4;
const slotsFirst = 16;
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function wordsOf(id: string): readonly number[] {
  const written = id.toLowerCase();
  invariant(uuidForm.test(written), 'a set of UUIDs is asked for something else', { id: id.slice(0, 80) });
  const digits = written.replaceAll('-', '');
  return [0, 8, 16, 24].map((from) => Number.parseInt(digits.slice(from, from + 8), 16));
}

/** Words of an id spread over the slots: ids that derive from a hash are spread already, others may share their first digits. */
function hashOf(words: ArrayLike<number>, from: number): number {
  let hash = 0;
  for (let word = 0; word < wordsPerId; word++) hash = Math.imul(hash ^ words[from + word]!, 0x9e3779b1) ^ (hash >>> 15);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function isAt(table: Table, place: number, words: ArrayLike<number>, from: number): boolean {
  for (let word = 0; word < wordsPerId; word++) if (table.words[wordsPerId * place + word] !== words[from + word]) return false;
  return true;
}

/** The slot of an id, or the free one where it would stand. */
function slotOf(table: Table, words: ArrayLike<number>, from = 0): number {
  const mask = table.slots.length - 1;
  for (let slot = hashOf(words, from) & mask; ; slot = (slot + 1) & mask) {
    const place = table.slots[slot]! - 1;
    if (place < 0 || isAt(table, place, words, from)) return slot;
  }
}

function tableOf(count: number): Table {
  let slots = slotsFirst;
  while (slots < 4 * count) slots *= 2;
  return { words: new Uint32Array((wordsPerId * slots) / 2), slots: new Uint32Array(slots), count: 0 };
}

function append(table: Table, words: ArrayLike<number>, from = 0): void {
  if (2 * (table.count + 1) > table.slots.length) {
    const wider = copyOf(table, table.count);
    table.words = wider.words;
    table.slots = wider.slots;
  }
  for (let word = 0; word < wordsPerId; word++) table.words[wordsPerId * table.count + word] = words[from + word]!;
  table.slots[slotOf(table, words, from)] = table.count + 1;
  table.count++;
}

/** The first so many ids in a table with room for as many again. */
function copyOf(table: Table, count: number): Table {
  const copy = tableOf(count + 1);
  for (let place = 0; place < count; place++) append(copy, table.words, wordsPerId * place);
  return copy;
}

function textOf(words: Uint32Array, place: number): string {
  let digits = '';
  for (let word = 0; word < wordsPerId; word++) digits += words[wordsPerId * place + word]!.toString(16).padStart(8, '0');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

/**
 * An immutable set of UUIDs in order of insertion, all versions of which share one table, as those of `GrowingMap` do: a few dozen bytes an
 * id, where a map of texts takes hundreds. What a flood leaves in a state for good is counted in ids.
 */
export class GrowingIds implements Iterable<string> {
  readonly size: number;
  readonly #table: Table;

  private constructor(table: Table, size: number) {
    this.#table = table;
    this.size = size;
  }

  static empty(): GrowingIds {
    return new GrowingIds(tableOf(0), 0);
  }

  has(id: string): boolean {
    const place = this.#table.slots[slotOf(this.#table, wordsOf(id))]! - 1;
    return place >= 0 && place < this.size;
  }

  /** The id at a place in the order of insertion. */
  at(place: number): string {
    invariant(place >= 0 && place < this.size, 'an id is asked for at a place that has none', { place, size: this.size });
    return textOf(this.#table.words, place);
  }

  /** This set with one id more. */
  with(id: string): GrowingIds {
    const words = wordsOf(id);
    const place = this.#table.slots[slotOf(this.#table, words)]! - 1;
    if (place >= 0 && place < this.size) return this;
    if (place === this.size) return new GrowingIds(this.#table, this.size + 1);
    // The empty set is a constant of its decider: nobody may fill its table.
    const isNewest = this.size > 0 && this.#table.count === this.size;
    const table = isNewest ? this.#table : copyOf(this.#table, this.size);
    append(table, words);
    return new GrowingIds(table, this.size + 1);
  }

  *[Symbol.iterator](): Generator<string, void> {
    for (let place = 0; place < this.size; place++) yield this.at(place);
  }
}
