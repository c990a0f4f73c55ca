import { appendLeaf, type CompactRange, emptyRange, rangeRoot } from '../../domain/audit/compact-range.ts';
import type { Sha256 } from '../../domain/shared/hashing.ts';
import type { StoredEvent } from '../ports/ports.ts';

type Name = Pick<StoredEvent, 'stream' | 'revision'>;

/** A tree at some size: its root, the range of all leaves but the last, and the name of that. */
export interface TreeAt {
  readonly root: Uint8Array;
  readonly before: CompactRange;
  readonly last: Name | null;
}

interface Remembered {
  readonly range: CompactRange;
  readonly before: CompactRange;
  readonly last: Name | null;
}

/** Seals stand close behind what they cover: this many sizes back are answered without reading again. */
const sizesRemembered = 256;

/**
 * A growing tree with the trees that it lately was, and those of sizes asked for beforehand. A range shares most of itself with the one
 * before.
 */
export class RecentTrees {
  readonly #sha256: Sha256;
  readonly #remembered: Remembered[] = [];
  readonly #wanted: ReadonlySet<number>;
  readonly #kept = new Map<number, TreeAt>();
  #newest: Remembered = { range: emptyRange, before: emptyRange, last: null };

  constructor(sha256: Sha256, wanted: ReadonlySet<number>) {
    this.#sha256 = sha256;
    this.#wanted = wanted;
    this.#remember(this.#newest);
  }

  get size(): number {
    return this.#newest.range.size;
  }

  append(hash: Uint8Array, { stream, revision }: Name): void {
    const { range: before } = this.#newest;
    this.#newest = { range: appendLeaf(this.#sha256, before, hash), before, last: { stream, revision } };
    this.#remember(this.#newest);
  }

  /** Null for a size that the tree has not reached, or left behind long ago. */
  at(size: number): TreeAt | null {
    const remembered = this.#remembered[size % sizesRemembered];
    return remembered?.range.size === size ? this.#treeOf(remembered) : (this.#kept.get(size) ?? null);
  }

  #remember(tree: Remembered): void {
    const { size } = tree.range;
    this.#remembered[size % sizesRemembered] = tree;
    if (this.#wanted.has(size)) this.#kept.set(size, this.#treeOf(tree));
  }

  #treeOf({ range, before, last }: Remembered): TreeAt {
    return { root: rangeRoot(this.#sha256, range), before, last };
  }
}
