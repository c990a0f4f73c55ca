import type { EventStore } from '../ports/ports.ts';
import type { Happening } from './happening.ts';
import type { Watched } from './watched.ts';

/**
 * The newest happenings, numbered as they came. All readers share them: what a reader has of its own is a number. Lists that several
 * readers read are made once.
 */
export class Ring {
  readonly #comparePositions: EventStore['comparePositions'];
  readonly #places: Happening[] = [];
  readonly #heldMax: number;
  readonly #lists = new Map<string, readonly Happening[]>();
  #floor: string | null;
  #end = 0;

  /** Whatever comes behind `floor` will be added. */
  constructor(comparePositions: EventStore['comparePositions'], heldMax: number, floor: string | null) {
    this.#comparePositions = comparePositions;
    this.#heldMax = heldMax;
    this.#floor = floor;
  }

  /** Everything behind this position that was added is held. */
  get floor(): string | null {
    return this.#floor;
  }

  /** Number of the oldest that is held. */
  get start(): number {
    return Math.max(0, this.#end - this.#heldMax);
  }

  /** Number that the next one gets. */
  get end(): number {
    return this.#end;
  }

  /** Position of the newest; the floor where nothing was added. */
  get newest(): string | null {
    return this.#end === 0 ? this.#floor : this.positionOf(this.#end - 1);
  }

  add(happening: Happening): void {
    const place = this.#end % this.#heldMax;
    this.#floor = this.#places[place]?.position ?? this.#floor;
    this.#places[place] = happening;
    this.#end++;
    this.#lists.clear();
  }

  /** Whether nothing is missing behind a position. */
  reaches(after: string | null): boolean {
    return !this.isBehind(this.#floor, after);
  }

  /** Number of the first behind a position, at or after a number. */
  firstBehind(after: string | null, from: number): number {
    let number = Math.max(from, this.start);
    while (number < this.#end && !this.isBehind(this.positionOf(number), after)) number++;
    return number;
  }

  positionOf(number: number): string {
    return this.#at(number).position;
  }

  /** Of the numbers from one to another, without it, those that are watched. */
  list({ key, includes }: Watched, from: number, to: number): readonly Happening[] {
    const name = `${from}-${to} ${key}`;
    const listed = this.#lists.get(name);
    if (listed !== undefined) return listed;
    const found = Array.from({ length: to - from }, (_, index) => this.#at(from + index)).filter(includes);
    this.#lists.set(name, found);
    return found;
  }

  /** Whether one position stands behind another; null stands before everything. */
  isBehind(position: string | null, other: string | null): boolean {
    if (position === null) return false;
    return other === null || this.#comparePositions(position, other) > 0;
  }

  #at(number: number): Happening {
    return this.#places[number % this.#heldMax]!;
  }
}
