/** What keeps verification within bounds: packed references, trees lately seen, seals that come late. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { array, assert, integer, property, record } from 'fast-check';
import { signCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { parseVerifierKey } from '../../../domain/audit/signed-note.ts';
import { draftEvent } from '../../../domain/catalogue.ts';
import { emptyTail } from '../../../domain/shared/envelope.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import { readKeyFile } from '../../../handlers/ledger/key-file.ts';
import { leavesAfter } from '../../../handlers/read-models/leaves.ts';
import { PackedReferences } from '../../../handlers/ledger/packed-references.ts';
import { RecentTrees } from '../../../handlers/ledger/recent-trees.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import { partitionPoint } from '../../../handlers/runtime/partition-point.ts';
import { appendAtTail } from '../../../handlers/runtime/record.ts';
import { appendLeaf, emptyRange, rangeHashes } from '../../../domain/audit/compact-range.ts';
import { addRun, ledgerSession } from '../../support/ledger-session.ts';
import { sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const address = (number: number): string => toHex(sha256(Uint8Array.of(number % 256, Math.floor(number / 256))));

describe('packed references', () => {
  test('come out once each, in ascending order, with the first leaf that refers to them', () => {
    assert(
      property(
        array(record({ number: integer({ min: 0, max: 3_000 }), leafIndex: integer({ min: 0, max: 2 ** 40 }) }), {
          maxLength: 6_000,
          size: 'max',
        }),
        (given) => {
          const packed = new PackedReferences();
          const expected = new Map<string, number>();
          for (const { number, leafIndex } of given) {
            const sha = address(number);
            packed.add(sha, leafIndex);
            expected.set(sha, Math.min(expected.get(sha) ?? Infinity, leafIndex));
          }
          const inOrder = [...expected]
            .toSorted(([left], [right]) => (left < right ? -1 : 1))
            .map(([sha, leafIndex]) => ({ sha256: sha, leafIndex }));
          expect([...packed.inOrder()]).toEqual(inOrder);
          expect([...packed.inOrder()]).toEqual(inOrder);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('trees lately seen', () => {
  test('have the root of the tree at each size that is remembered or was asked for, and no other', () => {
    const tree = createMerkleTree(sha256);
    const recent = new RecentTrees(sha256, new Set([0, 7, 100]));
    for (let size = 0; size <= 5_000; size++) {
      if (size % 500 === 0) {
        for (const back of [0, 1, 2, 77, 255])
          if (back <= size) expect(toHex(recent.at(size - back)!.root)).toBe(toHex(tree.root(size - back)));
      }
      const hash = sha256(Uint8Array.of(size % 256));
      tree.append(hash);
      recent.append(hash, { stream: 'a', revision: BigInt(size) });
    }
    for (const size of [0, 7, 100]) expect(toHex(recent.at(size)!.root)).toBe(toHex(tree.root(size)));
    expect(recent.at(100)!.last).toEqual({ stream: 'a', revision: 99n });
    expect([recent.at(8), recent.at(6_000)]).toEqual([null, null]);
  });
});

test('a partition point is the first index that does, of all that do not before it', async () => {
  for (let count = 0; count <= 20; count++) {
    for (let first = 0; first <= count; first++) expect(await partitionPoint(count, async (index) => index >= first)).toBe(first);
  }
});

test.each([[false], [true]])(
  'a seal that stands thousands of events behind what it covers is judged like any other (wrong: %s)',
  async (wrong) => {
    const { session, settings } = await ledgerSession(join(directory, `late-${wrong}`));
    const { ports } = session;
    await addRun(ports.store, 'a', 9);
    const tree = createMerkleTree(sha256);
    let [range, before] = [emptyRange, emptyRange];
    for await (const { hash } of leavesAfter(ports.store, null)) {
      tree.append(fromHex(hash));
      [before, range] = [range, appendLeaf(sha256, range, fromHex(hash))];
    }
    const keyFile = await readKeyFile(ports, settings);
    const root = wrong ? sha256(Uint8Array.of(1)) : tree.root();
    const checkpoint = signCheckpoint(
      { origin: keyFile.origin, size: 11, root },
      parseVerifierKey(sha256, keyFile.verifierKey),
      (message) => ports.crypto.sign(fromHex(keyFile.privateSeedHex), message),
    );
    for (let run = 0; run < 5; run++) await addRun(ports.store, `more-${run}`, 1_000);
    const data = { treeSize: 11, root: toHex(root), checkpoint, range: rangeHashes(before), last: { stream: 'sleeveRun-a', revision: 8 } };
    await appendAtTail(session, emptyTail, {
      stream: 'seals',
      drafts: [draftEvent('LedgerSealed', data)],
      command: ['late'],
      correlation: 'seals',
    });
    const { faults, sealedTo } = await verifyLedger(ports, { witnessDirectory: null, checkpoint: null });
    expect({ kinds: faults.map(({ kind, stream }) => [kind, stream]), sealedTo }).toEqual(
      wrong ? { kinds: [['root_mismatch', 'seals']], sealedTo: 0 } : { kinds: [], sealedTo: 11 },
    );
  },
);
