import { fromHex, type Sha256, toHex } from '../shared/hashing.ts';
import { leafHash, nodeHash } from './merkle.ts';

/** A perfect subtree at the right edge of a range; `below` is the next one to its left, which is wider. */
interface Subtree {
  readonly hash: Uint8Array;
  readonly width: number;
  readonly below: Subtree | null;
}

/**
 * All that is needed to go on with a tree of RFC 6962: the roots of the perfect subtrees that it consists of, one for each bit of its size.
 * Ranges never change: appending gives another one that shares what both have.
 */
export interface CompactRange {
  readonly size: number;
  readonly right: Subtree | null;
}

export const emptyRange: CompactRange = { size: 0, right: null };

function withSubtree(sha256: Sha256, right: Subtree | null, hash: Uint8Array, width: number): Subtree {
  let merged = hash;
  let wide = width;
  let below = right;
  for (; below !== null && below.width === wide; below = below.below) {
    merged = nodeHash(sha256, below.hash, merged);
    wide *= 2;
  }
  return { hash: merged, width: wide, below };
}

/** The range with one more leaf, given as its raw bytes (here the 32 bytes of an event's hash). */
export function appendLeaf(sha256: Sha256, range: CompactRange, leaf: Uint8Array): CompactRange {
  return appendNode(sha256, range, leafHash(sha256, leaf));
}

/** The range with one more leaf whose hash is known already: a leaf hash, or the root of a tile where the leaves are tiles. */
export function appendNode(sha256: Sha256, range: CompactRange, hash: Uint8Array): CompactRange {
  return { size: range.size + 1, right: withSubtree(sha256, range.right, hash, 1) };
}

/** Root over the leaves of the range; of no leaves the hash of nothing. */
export function rangeRoot(sha256: Sha256, { right }: CompactRange): Uint8Array {
  if (right === null) return sha256(new Uint8Array(0));
  let root = right.hash;
  for (let left = right.below; left !== null; left = left.below) root = nodeHash(sha256, left.hash, root);
  return root;
}

/** The hashes of the subtrees in hexadecimal, the largest subtree first. */
export function rangeHashes({ right }: CompactRange): string[] {
  const hashes: string[] = [];
  for (let subtree = right; subtree !== null; subtree = subtree.below) hashes.push(toHex(subtree.hash));
  return hashes.toReversed();
}

/** Widths of the perfect subtrees of a tree, the largest first. */
export function subtreeWidths(size: number): number[] {
  const widths: number[] = [];
  let width = 1;
  // Sizes go up to 2^53 - 1: no bit operators.
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2), width *= 2) if (rest % 2 === 1) widths.push(width);
  return widths.toReversed();
}

const hexHash = /^[0-9a-f]{64}$/;

/**
 * Reads what `rangeHashes` wrote; null when these are not the hashes of a range of that size. Whether they are the right ones, its root
 * tells.
 */
export function rangeOf(size: number, hashes: readonly string[]): CompactRange | null {
  if (!Number.isSafeInteger(size) || size < 0) return null;
  const widths = subtreeWidths(size);
  if (widths.length !== hashes.length || !hashes.every((hash) => hexHash.test(hash))) return null;
  const right = widths.reduce<Subtree | null>((below, width, index) => ({ hash: fromHex(hashes[index]!), width, below }), null);
  return { size, right };
}
