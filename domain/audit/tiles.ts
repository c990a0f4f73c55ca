import { invariant } from '../shared/errors.ts';
import { subtreeWidths } from './compact-range.ts';

/**
 * A tree is kept in tiles of 16 leaves: the root of a tile is a leaf of the tier above, where 16 roots make a tile again. Any perfect
 * subtree is a node of one tile, so that a proof reads as many tiles as the tree has tiers. Wider tiles are fewer, but then each tier more
 * that a larger tree has costs more: with 256 a proof in a tree of 100,000 leaves took twice as long as in one of 1,000.
 */
export const tileWidth = 16;
/** Levels of a tile below its root: 2^4 is 16. */
export const tileLevels = 4;

/** The leaves [index * 2^level, (index + 1) * 2^level). Sizes go up to 2^53 - 1: no bit operators. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** Perfect subtrees side by side, from left to right: one hash of a proof. */
export type ProofNode = readonly Subtree[];

/** Largest power of two strictly below n (n at least 2). */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** The perfect subtrees of leaves [start, end), where `start` is a place at which the tree itself splits. */
export function subtreesOf(start: number, end: number): ProofNode {
  let at = start;
  return subtreeWidths(end - start).map((width) => {
    const subtree = { level: Math.round(Math.log2(width)), index: at / width };
    at += width;
    return subtree;
  });
}

/** RFC 6962 section 2.1.1: what an inclusion proof consists of, from the leaf upwards. */
export function inclusionNodes(index: number, size: number): ProofNode[] {
  invariant(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size, 'a leaf index outside the tree', {
    index,
    size,
  });
  const nodes: ProofNode[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      nodes.push(subtreesOf(middle, end));
      end = middle;
    } else {
      nodes.push(subtreesOf(start, middle));
      start = middle;
    }
  }
  return nodes.toReversed();
}

/** RFC 6962 section 2.1.2: what a proof consists of that the tree of `to` leaves extends the tree of `from` leaves. */
export function consistencyNodes(from: number, to: number): ProofNode[] {
  invariant(Number.isSafeInteger(from) && Number.isSafeInteger(to) && from >= 0 && from <= to, 'an earlier tree size beyond the later', {
    from,
    to,
  });
  if (from === 0 || from === to) return [];
  const nodes: ProofNode[] = [];
  let start = 0;
  let end = to;
  /** The subtree is the old tree itself, whose root the verifier knows. */
  let whole = true;
  while (from !== end) {
    const middle = start + splitOf(end - start);
    if (from <= middle) {
      nodes.push(subtreesOf(middle, end));
      end = middle;
    } else {
      nodes.push(subtreesOf(start, middle));
      start = middle;
      whole = false;
    }
  }
  if (!whole) nodes.push(subtreesOf(start, end));
  return nodes.toReversed();
}

/** Where the root of a perfect subtree stands: in tier 0 on a level above leaves, above it on a level above roots of tiles. */
export interface TileNode {
  readonly tier: number;
  readonly tile: number;
  /** In the tile: level 0 is its bottom. */
  readonly level: number;
  readonly index: number;
}

export function tileNodeOf({ level, index }: Subtree): TileNode {
  const tier = Math.floor(level / tileLevels);
  const levelInTile = level % tileLevels;
  const perTile = tileWidth >> levelInTile;
  return { tier, tile: Math.floor(index / perTile), level: levelInTile, index: index % perTile };
}
