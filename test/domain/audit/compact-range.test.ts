import { describe, expect, test } from '@jest/globals';
import { array, assert, constantFrom, integer, property, uint8Array } from 'fast-check';
import {
  appendLeaf,
  type CompactRange,
  emptyRange,
  rangeHashes,
  rangeOf,
  rangeRoot,
  subtreeWidths,
} from '../../../domain/audit/compact-range.ts';
import { createMerkleTree, leafHash, rootOf } from '../../../domain/audit/merkle.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import vectors from '../../golden/audit/merkle-vectors.json' with { type: 'json' };
import { sha256 } from '../../support/audit-log.ts';

const numbered = (index: number): Uint8Array => sha256(new TextEncoder().encode(`leaf ${index}`));
const grown = (size: number, leaf: (index: number) => Uint8Array = numbered): CompactRange => {
  let range = emptyRange;
  for (let index = 0; index < size; index++) range = appendLeaf(sha256, range, leaf(index));
  return range;
};

describe('a compact range', () => {
  test('has the published roots of 0 to 8 leaves', () => {
    const leaves = vectors.leaves.map((text) => Buffer.from(text, 'hex'));
    expect(
      vectors.roots.map((_, size) =>
        toHex(
          rangeRoot(
            sha256,
            grown(size, (index) => leaves[index]!),
          ),
        ),
      ),
    ).toEqual(vectors.roots);
  });

  test('has the root of the tree at every size from 0 to 2,000, also once it was written and read', () => {
    const tree = createMerkleTree(sha256);
    let range = emptyRange;
    for (let size = 0; size <= 2_000; size++) {
      expect(toHex(rangeRoot(sha256, range))).toBe(toHex(tree.root()));
      const read = rangeOf(size, rangeHashes(range))!;
      expect(toHex(rangeRoot(sha256, read))).toBe(toHex(tree.root()));
      tree.append(numbered(size));
      range = appendLeaf(sha256, read, numbered(size));
    }
  });

  test('of any leaves, cut anywhere and gone on with, has the root of all leaves folded at once', () => {
    assert(
      property(array(uint8Array({ minLength: 0, maxLength: 40 }), { maxLength: 300 }), integer({ min: 0, max: 300 }), (leaves, cut) => {
        let range = emptyRange;
        for (const [index, leaf] of leaves.entries()) {
          if (index === cut) range = rangeOf(index, rangeHashes(range))!;
          range = appendLeaf(sha256, range, leaf);
        }
        expect(toHex(rangeRoot(sha256, range))).toBe(
          toHex(
            rootOf(
              sha256,
              leaves.map((leaf) => leafHash(sha256, leaf)),
            ),
          ),
        );
      }),
    );
  });

  test('is not changed by what is appended to it', () => {
    const before = grown(7);
    const hashes = rangeHashes(before);
    appendLeaf(sha256, before, numbered(7));
    expect(rangeHashes(before)).toEqual(hashes);
  });

  test('has one hash for each bit of its size: at most 20 up to 1,048,576 leaves', () => {
    assert(
      property(integer({ min: 0, max: 1_048_576 }), (size) => {
        const widths = subtreeWidths(size);
        expect(widths.length).toBeLessThanOrEqual(20);
        expect(widths.reduce((sum, width) => sum + width, 0)).toBe(size);
      }),
    );
    expect(subtreeWidths(1_048_575)).toHaveLength(20);
    expect(subtreeWidths(1_048_576)).toEqual([1_048_576]);
    expect(subtreeWidths(2 ** 53 - 1)).toHaveLength(53);
    expect(rangeHashes(grown(1_023))).toHaveLength(10);
  });

  test('is read from nothing but as many hashes as its size has bits', () => {
    const hashes = rangeHashes(grown(11));
    const wrong = constantFrom('', 'ab', 'g'.repeat(64), 'A'.repeat(64), `${'0'.repeat(64)}0`);
    assert(
      property(integer({ min: 0, max: 2 }), wrong, (at, text) => {
        expect(rangeOf(11, hashes.with(at, text))).toBeNull();
      }),
    );
    expect(rangeOf(11, hashes.slice(1))).toBeNull();
    expect(rangeOf(11, [...hashes, hashes[0]!])).toBeNull();
    for (const size of [-1, 0.5, Number.NaN, 12, 2 ** 53]) expect(rangeOf(size, hashes)).toBeNull();
  });

  test('with a bit of any hash flipped has another root', () => {
    const range = grown(2_000 - 1);
    const hashes = rangeHashes(range);
    assert(
      property(
        integer({ min: 0, max: hashes.length - 1 }),
        integer({ min: 0, max: 31 }),
        integer({ min: 0, max: 7 }),
        (index, byte, bit) => {
          const bytes = Buffer.from(hashes[index]!, 'hex');
          bytes[byte]! ^= 1 << bit;
          const other = rangeOf(range.size, hashes.with(index, bytes.toString('hex')))!;
          expect(toHex(rangeRoot(sha256, other))).not.toBe(toHex(rangeRoot(sha256, range)));
        },
      ),
    );
  });
});
