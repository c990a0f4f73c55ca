import { describe, expect, test } from '@jest/globals';
import { assert, integer, property } from 'fast-check';
import { createMerkleTree, leafHash, rootOf, verifyConsistency, verifyInclusion } from '../../../domain/audit/merkle.ts';
import { consistencyNodes, inclusionNodes, type ProofNode, tileNodeOf, tileWidth } from '../../../domain/audit/tiles.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { sha256 } from '../../support/audit-log.ts';

const sizeMax = tileWidth ** 4 + 700;
const leaves = Array.from({ length: sizeMax }, (_, index) => sha256(new TextEncoder().encode(`leaf ${index}`)));
const tree = createMerkleTree(sha256);
for (const leaf of leaves) tree.append(leaf);

/** By tier the nodes of its tiles: leaf hashes, then roots of 16 of the tier below, whole tiles only. */
const tiers: Uint8Array[][] = [leaves.map((leaf) => leafHash(sha256, leaf))];
while (tiers.at(-1)!.length >= tileWidth) {
  const below = tiers.at(-1)!;
  tiers.push(
    Array.from({ length: Math.floor(below.length / tileWidth) }, (_, tile) =>
      rootOf(sha256, below.slice(tile * tileWidth, (tile + 1) * tileWidth)),
    ),
  );
}

const hashOf = (node: ProofNode): Uint8Array =>
  node
    .map((subtree) => {
      const { tier, tile, level, index } = tileNodeOf(subtree);
      const [from, count] = [index * 2 ** level, 2 ** level];
      const nodes = tiers[tier]!.slice(tile * tileWidth + from, tile * tileWidth + from + count);
      if (nodes.length !== count || from + count > tileWidth)
        throw new Error(`tier ${tier}, tile ${tile}: nodes ${from} to ${from + count} are not all in it`);
      return rootOf(sha256, nodes);
    })
    .reduceRight((right, left) => sha256(Uint8Array.of(1, ...left, ...right)));
const hex = (proof: readonly Uint8Array[]): string[] => proof.map(toHex);

describe('proofs from tiles', () => {
  test('of inclusion are those of the tree, for every leaf of every size to 40', () => {
    for (let size = 1; size <= 40; size++) {
      for (let index = 0; index < size; index++)
        expect(hex(inclusionNodes(index, size).map(hashOf))).toEqual(hex(tree.inclusionProof(index, size)));
    }
  });

  test('of consistency are those of the tree, for every pair of sizes to 40', () => {
    for (let to = 0; to <= 40; to++) {
      for (let from = 0; from <= to; from++)
        expect(hex(consistencyNodes(from, to).map(hashOf))).toEqual(hex(tree.consistencyProof(from, to)));
    }
  });

  test('of any leaf and size, over five tiers, are those of the tree and verify', () => {
    assert(
      property(integer({ min: 1, max: sizeMax }), integer({ min: 0, max: sizeMax - 1 }), (size, any) => {
        const index = any % size;
        const proof = inclusionNodes(index, size).map(hashOf);
        expect(hex(proof)).toEqual(hex(tree.inclusionProof(index, size)));
        expect(verifyInclusion(sha256, { index, size, leafHash: leafHash(sha256, leaves[index]!), root: tree.root(size) }, proof)).toBe(
          true,
        );
      }),
    );
  });

  test('of any two sizes, over five tiers, are those of the tree and verify', () => {
    assert(
      property(integer({ min: 1, max: sizeMax }), integer({ min: 1, max: sizeMax }), (one, other) => {
        const [from, to] = [Math.min(one, other), Math.max(one, other)];
        const proof = consistencyNodes(from, to).map(hashOf);
        expect(hex(proof)).toEqual(hex(tree.consistencyProof(from, to)));
        expect(verifyConsistency(sha256, { from, to, fromRoot: tree.root(from), toRoot: tree.root(to) }, proof)).toBe(true);
      }),
    );
  });

  test('read one tile for each subtree, and no more subtrees than twice the bits of the size', () => {
    assert(
      property(integer({ min: 1, max: 2 ** 53 - 1 }), integer({ min: 0, max: 2 ** 53 - 1 }), (size, any) => {
        const subtrees = inclusionNodes(any % size, size).flat();
        expect(subtrees.length).toBeLessThanOrEqual(2 * 53);
        for (const subtree of subtrees) {
          const { level, index } = tileNodeOf(subtree);
          expect((index + 1) * 2 ** level).toBeLessThanOrEqual(tileWidth);
        }
      }),
    );
  });

  test('of what is outside the tree are refused', () => {
    for (const [index, size] of [
      [-1, 3],
      [3, 3],
      [0, 0],
      [0.5, 3],
    ] as const)
      expect(() => inclusionNodes(index, size)).toThrow();
    for (const [from, to] of [
      [-1, 3],
      [4, 3],
      [0.5, 3],
    ] as const)
      expect(() => consistencyNodes(from, to)).toThrow();
  });
});
