import { invariant } from '../shared/errors.ts';
import type { Sha256 } from '../shared/hashing.ts';

/**
 * The Merkle tree of RFC 6962 section 2.1: a leaf is hashed behind a 0x00 byte, a node behind 0x01, and a tree of n leaves
 * splits at the largest power of two below n. Sizes and indices are plain integers up to 2^53 - 1, so no bit operators.
 */
export const merkleHashBytes = 32;

// Hashing is synchronous: one input of each kind serves all leaves and nodes, of which a large tree has millions.
const leafInput = new Uint8Array(1 + merkleHashBytes);
const nodeInput = Uint8Array.of(1, ...new Uint8Array(2 * merkleHashBytes));

export function leafHash(sha256: Sha256, leaf: Uint8Array): Uint8Array {
  const input = leaf.length === merkleHashBytes ? leafInput : new Uint8Array(1 + leaf.length);
  input.set(leaf, 1);
  return sha256(input);
}

export function nodeHash(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + merkleHashBytes);
  return sha256(nodeInput);
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** An append-only tree that keeps every complete node: appending costs two hashes on average, a root or a proof O(log² n). */
export interface MerkleTree {
  readonly size: number;
  /** Appends the raw bytes of a leaf (here the 32 bytes of an event's hash). */
  append(leaf: Uint8Array): void;
  /** Root at the present or any earlier size; at size 0 the hash of nothing. */
  root(size?: number): Uint8Array;
  /** RFC 6962 section 2.1.1: siblings from the leaf upwards. */
  inclusionProof(index: number, size?: number): Uint8Array[];
  /** RFC 6962 section 2.1.2: that the tree of `to` leaves extends the tree of `from` leaves. */
  consistencyProof(from: number, to?: number): Uint8Array[];
}

/** Largest power of two strictly below n (n at least 2). */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** Hashes of one level of the tree, side by side in one growing buffer. */
interface Level {
  bytes: Uint8Array;
  count: number;
}

function push(level: Level, hash: Uint8Array): void {
  const end = (level.count + 1) * merkleHashBytes;
  if (end > level.bytes.length) {
    const grown = new Uint8Array(2 * level.bytes.length);
    grown.set(level.bytes);
    level.bytes = grown;
  }
  level.bytes.set(hash, level.count * merkleHashBytes);
  level.count++;
}

const hashAt = (level: Level, index: number): Uint8Array => level.bytes.slice(index * merkleHashBytes, (index + 1) * merkleHashBytes);

/** Appends a leaf hash and every node that it completes. */
function appendTo(sha256: Sha256, levels: Level[], hash: Uint8Array): void {
  let carried = hash;
  for (let depth = 0; ; depth++) {
    const level = (levels[depth] ??= { bytes: new Uint8Array(16 * merkleHashBytes), count: 0 });
    push(level, carried);
    if (level.count % 2 === 1) return;
    carried = nodeHash(sha256, hashAt(level, level.count - 2), carried);
  }
}

/** An empty tree over the given SHA-256. */
export function createMerkleTree(sha256: Sha256): MerkleTree {
  const levels: Level[] = [{ bytes: new Uint8Array(16 * merkleHashBytes), count: 0 }];
  const leaves = (): number => levels[0]!.count;

  /** Hash of the subtree over leaves [start, end): a stored node where it is complete, else folded along its right edge. */
  const subtree = (start: number, end: number): Uint8Array => {
    const count = end - start;
    let depth = 0;
    let width = 1;
    for (; width < count; width *= 2) depth++;
    if (width === count && start % width === 0) return hashAt(levels[depth]!, start / width);
    const split = splitOf(count);
    return nodeHash(sha256, subtree(start, start + split), subtree(start + split, end));
  };

  const requireSize = (size: number): void => {
    invariant(Number.isSafeInteger(size) && size >= 0 && size <= leaves(), 'a tree size beyond the tree', { size, leaves: leaves() });
  };

  const inclusion = (index: number, start: number, end: number): Uint8Array[] => {
    if (end - start === 1) return [];
    const middle = start + splitOf(end - start);
    return index < middle
      ? [...inclusion(index, start, middle), subtree(middle, end)]
      : [...inclusion(index, middle, end), subtree(start, middle)];
  };

  /** `whole`: the subtree's hash is known to the verifier, being the old root itself. */
  const consistency = (from: number, start: number, end: number, whole: boolean): Uint8Array[] => {
    if (from === end) return whole ? [] : [subtree(start, end)];
    const middle = start + splitOf(end - start);
    return from <= middle
      ? [...consistency(from, start, middle, whole), subtree(middle, end)]
      : [...consistency(from, middle, end, false), subtree(start, middle)];
  };

  return {
    get size() {
      return leaves();
    },
    append: (leaf) => appendTo(sha256, levels, leafHash(sha256, leaf)),
    root(size = leaves()) {
      requireSize(size);
      return size === 0 ? sha256(new Uint8Array(0)) : subtree(0, size);
    },
    inclusionProof(index, size = leaves()) {
      requireSize(size);
      invariant(Number.isSafeInteger(index) && index >= 0 && index < size, 'a leaf index outside the tree', { index, size });
      return inclusion(index, 0, size);
    },
    consistencyProof(from, to = leaves()) {
      requireSize(to);
      invariant(Number.isSafeInteger(from) && from >= 0 && from <= to, 'an earlier tree size beyond the later', { from, to });
      return from === 0 || from === to ? [] : consistency(from, 0, to, true);
    },
  };
}

/** Root over leaf hashes already computed with `leafHash`, in order. */
export function rootOf(sha256: Sha256, leafHashes: readonly Uint8Array[]): Uint8Array {
  if (leafHashes.length === 0) return sha256(new Uint8Array(0));
  const stack: { hash: Uint8Array; width: number }[] = [];
  for (const hash of leafHashes) {
    let top = { hash, width: 1 };
    while (stack.length > 0 && stack[stack.length - 1]!.width === top.width) {
      const left = stack.pop()!;
      top = { hash: nodeHash(sha256, left.hash, top.hash), width: 2 * top.width };
    }
    stack.push(top);
  }
  return stack.reduceRight<Uint8Array | null>((right, left) => (right === null ? left.hash : nodeHash(sha256, left.hash, right)), null)!;
}

const isHash = (bytes: Uint8Array): boolean => bytes.length === merkleHashBytes;

/** Whether a leaf hash stands at `index` in the tree of `size` leaves with that root (RFC 9162 section 2.1.3.2). */
export function verifyInclusion(
  sha256: Sha256,
  claim: { readonly index: number; readonly size: number; readonly leafHash: Uint8Array; readonly root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  const { index, size } = claim;
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (!isHash(claim.leafHash) || !isHash(claim.root) || !proof.every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = claim.leafHash;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sha256, sibling, hash);
      // A right-edge node without sibling at this level moves up until it is a right child.
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = nodeHash(sha256, hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(hash, claim.root);
}

/** Whether the tree of `to` leaves extends the tree of `from` leaves (RFC 9162 section 2.1.4.2). */
export function verifyConsistency(
  sha256: Sha256,
  claim: { readonly from: number; readonly to: number; readonly fromRoot: Uint8Array; readonly toRoot: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  const { from, to, fromRoot, toRoot } = claim;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to) return false;
  if (!isHash(fromRoot) || !isHash(toRoot) || !proof.every(isHash)) return false;
  if (from === to) return proof.length === 0 && sameBytes(fromRoot, toRoot);
  if (from === 0) return proof.length === 0 && sameBytes(fromRoot, sha256(new Uint8Array(0)));
  let node = from - 1;
  let last = to - 1;
  while (node % 2 === 1) {
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  // The old tree was complete when nothing is left of its index: its root starts the proof and is not sent.
  const path = node === 0 ? [fromRoot, ...proof] : proof;
  let oldHash = path[0];
  if (oldHash === undefined) return false;
  let newHash = oldHash;
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sha256, sibling, oldHash);
      newHash = nodeHash(sha256, sibling, newHash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      newHash = nodeHash(sha256, newHash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && sameBytes(oldHash, fromRoot) && sameBytes(newHash, toRoot);
}
