import { describe, expect, test } from '@jest/globals';
import { assert, constant, integer, property, tuple } from 'fast-check';
import { createMerkleTree, leafHash, nodeHash, rootOf, verifyConsistency, verifyInclusion } from '../../../domain/audit/merkle.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import vectors from '../../golden/audit/merkle-vectors.json' with { type: 'json' };
import { sha256 } from '../../support/audit-log.ts';

const leaves = vectors.leaves.map(fromHex);
const treeOf = (items: readonly Uint8Array[]) => {
  const tree = createMerkleTree(sha256);
  for (const item of items) tree.append(item);
  return tree;
};

/** RFC 6962 section 2.1 word for word, by recursion over slices: the independent second implementation. */
function naiveRoot(items: readonly Uint8Array[]): Uint8Array {
  if (items.length === 0) return sha256(new Uint8Array());
  if (items.length === 1) return leafHash(sha256, items[0]!);
  const k = naiveSplit(items.length);
  return nodeHash(sha256, naiveRoot(items.slice(0, k)), naiveRoot(items.slice(k)));
}
const naiveSplit = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1);
function naivePath(m: number, items: readonly Uint8Array[]): Uint8Array[] {
  if (items.length === 1) return [];
  const k = naiveSplit(items.length);
  return m < k
    ? [...naivePath(m, items.slice(0, k)), naiveRoot(items.slice(k))]
    : [...naivePath(m - k, items.slice(k)), naiveRoot(items.slice(0, k))];
}
function naiveSubproof(m: number, items: readonly Uint8Array[], whole: boolean): Uint8Array[] {
  if (m === items.length) return whole ? [] : [naiveRoot(items)];
  const k = naiveSplit(items.length);
  return m <= k
    ? [...naiveSubproof(m, items.slice(0, k), whole), naiveRoot(items.slice(k))]
    : [...naiveSubproof(m - k, items.slice(k), false), naiveRoot(items.slice(0, k))];
}

describe('published vectors of RFC 6962 trees', () => {
  test('leaf hashes and the roots of 0 to 8 leaves are as published', () => {
    expect(leaves.map((leaf) => toHex(leafHash(sha256, leaf)))).toEqual(vectors.leafHashes);
    const tree = treeOf(leaves);
    expect(vectors.roots.map((_, size) => toHex(tree.root(size)))).toEqual(vectors.roots);
    expect(vectors.roots.map((_, size) => toHex(rootOf(sha256, vectors.leafHashes.slice(0, size).map(fromHex))))).toEqual(vectors.roots);
  });

  test('inclusion proofs are as published and verify', () => {
    const tree = treeOf(leaves);
    for (const { index, size, proof } of vectors.inclusionProofs) {
      expect(tree.inclusionProof(index, size).map(toHex)).toEqual(proof);
      const claim = { index, size, leafHash: fromHex(vectors.leafHashes[index]!), root: fromHex(vectors.roots[size]!) };
      expect(verifyInclusion(sha256, claim, proof.map(fromHex))).toBe(true);
    }
  });

  test('consistency proofs are as published and verify', () => {
    const tree = treeOf(leaves);
    for (const { from, to, proof } of vectors.consistencyProofs) {
      expect(tree.consistencyProof(from, to).map(toHex)).toEqual(proof);
      const claim = { from, to, fromRoot: fromHex(vectors.roots[from]!), toRoot: fromHex(vectors.roots[to]!) };
      expect(verifyConsistency(sha256, claim, proof.map(fromHex))).toBe(true);
    }
  });

  test("the reference suite's corruptions of each proof are all refused", () => {
    const garbage = new Uint8Array(0);
    const random = fromHex('abacaba000000000000000000000000000000000000000000060061e00123456');
    let tried = 0;
    for (const { index, size, proof } of vectors.inclusionProofs) {
      const claim = { index, size, leafHash: fromHex(vectors.leafHashes[index]!), root: fromHex(vectors.roots[size]!) };
      const path = proof.map(fromHex);
      const wrong = [
        [{ ...claim, index: index - 1 }, path],
        [{ ...claim, index: index + 1 }, path],
        [{ ...claim, index: index ^ 2 }, path],
        [{ ...claim, size: size * 2 }, path],
        [{ ...claim, size: Math.floor(size / 2) }, path],
        [{ ...claim, leafHash: garbage }, path],
        [{ ...claim, root: fromHex(vectors.roots[0]!) }, path],
        [{ ...claim, root: random }, path],
        [claim, [...path, garbage]],
        [claim, [...path, claim.root]],
        [claim, [garbage, ...path]],
        [claim, [claim.root, ...path]],
        ...path.map(
          (_, at) =>
            [claim, path.map((hash, other) => (other === at ? hash.map((byte, place) => (place === 0 ? byte ^ 8 : byte)) : hash))] as const,
        ),
        ...(path.length > 0 ? [[claim, path.slice(0, -1)] as const] : []),
        ...(path.length > 1 ? [[claim, [path[0]!, random, ...path.slice(1)]] as const] : []),
      ] as const;
      for (const [bad, badPath] of wrong) {
        tried++;
        expect(verifyInclusion(sha256, bad, badPath)).toBe(false);
      }
    }
    expect(tried).toBe(77);
  });

  test('corrupted consistency claims are refused', () => {
    for (const { from, to, proof } of vectors.consistencyProofs.filter((vector) => vector.proof.length > 0)) {
      const claim = { from, to, fromRoot: fromHex(vectors.roots[from]!), toRoot: fromHex(vectors.roots[to]!) };
      const path = proof.map(fromHex);
      const wrong = [
        [{ ...claim, from: from - 1 }, path],
        [{ ...claim, from: from + 1 }, path],
        [{ ...claim, from: from ^ 2 }, path],
        [{ ...claim, to: to * 2 }, path],
        [{ ...claim, to: Math.floor(to / 2) }, path],
        [{ ...claim, fromRoot: claim.toRoot, toRoot: claim.fromRoot }, path],
        [claim, []],
        [claim, [...path, claim.fromRoot]],
        [claim, [claim.fromRoot, ...path]],
        [claim, [path[0]!, ...path]],
        [claim, path.slice(0, -1)],
        ...path.map(
          (_, at) =>
            [
              claim,
              path.map((hash, other) => (other === at ? hash.map((byte, place) => (place === 0 ? byte ^ 16 : byte)) : hash)),
            ] as const,
        ),
      ] as const;
      for (const [bad, badPath] of wrong) expect(verifyConsistency(sha256, bad, badPath)).toBe(false);
    }
  });
});

describe('against a naive recursive implementation', () => {
  const items = Array.from({ length: 130 }, (_, index) => sha256(Uint8Array.of(index)));
  const tree = treeOf(items);

  test('roots of every size up to 130 agree', () => {
    for (let size = 0; size <= items.length; size++) {
      const expected = toHex(naiveRoot(items.slice(0, size)));
      expect(toHex(tree.root(size))).toBe(expected);
      expect(
        toHex(
          rootOf(
            sha256,
            items.slice(0, size).map((item) => leafHash(sha256, item)),
          ),
        ),
      ).toBe(expected);
    }
  });

  test('inclusion proofs agree and verify for any leaf and size', () => {
    assert(
      property(
        integer({ min: 1, max: 130 }).chain((size) => tuple(constant(size), integer({ min: 0, max: size - 1 }))),
        ([size, index]) => {
          const proof = tree.inclusionProof(index, size);
          expect(proof.map(toHex)).toEqual(naivePath(index, items.slice(0, size)).map(toHex));
          expect(verifyInclusion(sha256, { index, size, leafHash: leafHash(sha256, items[index]!), root: tree.root(size) }, proof)).toBe(
            true,
          );
          const other = (index + 1) % size;
          expect(
            verifyInclusion(sha256, { index: other, size, leafHash: leafHash(sha256, items[index]!), root: tree.root(size) }, proof),
          ).toBe(size === 1);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('consistency proofs agree and verify for any pair of sizes, and no other root passes', () => {
    assert(
      property(
        integer({ min: 1, max: 130 }).chain((to) => tuple(integer({ min: 1, max: to }), constant(to))),
        ([from, to]) => {
          const proof = tree.consistencyProof(from, to);
          expect(proof.map(toHex)).toEqual(naiveSubproof(from, items.slice(0, to), true).map(toHex));
          const claim = { from, to, fromRoot: tree.root(from), toRoot: tree.root(to) };
          expect(verifyConsistency(sha256, claim, proof)).toBe(true);
          expect(verifyConsistency(sha256, { ...claim, fromRoot: tree.root(from - 1) }, proof)).toBe(false);
          expect(verifyConsistency(sha256, { ...claim, toRoot: tree.root(to - 1) }, proof)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a tree of no leaves is extended by any, and only from its own root', () => {
    const empty = tree.root(0);
    expect(verifyConsistency(sha256, { from: 0, to: 5, fromRoot: empty, toRoot: tree.root(5) }, tree.consistencyProof(0, 5))).toBe(true);
    expect(verifyConsistency(sha256, { from: 0, to: 5, fromRoot: tree.root(1), toRoot: tree.root(5) }, [])).toBe(false);
  });

  test('sizes and leaves outside the tree are refused', () => {
    expect(() => tree.root(131)).toThrow('beyond the tree');
    expect(() => tree.inclusionProof(5, 5)).toThrow('outside the tree');
    expect(() => tree.consistencyProof(6, 5)).toThrow('beyond the later');
    expect(tree.size).toBe(130);
  });
});

describe('a tree keeps the nodes of its whole subtrees', () => {
  test.each([1, 2, 64, 100, 1000, 1023, 1024])('so that a root or a proof of %i leaves hashes along one edge only', (count) => {
    let hashed = 0;
    const tree = createMerkleTree((bytes) => {
      hashed++;
      return sha256(bytes);
    });
    for (let leaf = 0; leaf < count; leaf++) tree.append(sha256(Uint8Array.of(leaf & 255, leaf >> 8)));
    const depth = Math.ceil(Math.log2(count));
    const costOf = (work: () => unknown): number => {
      const before = hashed;
      work();
      return hashed - before;
    };
    expect(costOf(() => tree.root(count))).toBeLessThanOrEqual(depth);
    expect(costOf(() => tree.inclusionProof(0, count))).toBeLessThanOrEqual(depth * depth);
    expect(costOf(() => tree.consistencyProof(Math.ceil(count / 2), count))).toBeLessThanOrEqual(depth * depth);
  });
});
