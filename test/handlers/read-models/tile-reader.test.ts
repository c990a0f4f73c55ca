/** Proofs from tiles, each beside what the whole tree gives (oracle: the tree of RFC 6962 over all leaves, and its verifiers). */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createMerkleTree, type MerkleTree } from '../../../domain/audit/merkle.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { fromHex } from '../../../domain/shared/hashing.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { StoredEvent } from '../../../handlers/ports/ports.ts';
import { leavesAfter } from '../../../handlers/read-models/leaves.ts';
import { catchUp, positionOfLeafRows } from '../../../handlers/read-models/projector.ts';
import { throughTiles, type TilePorts, TileReader } from '../../../handlers/read-models/tile-reader.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { fixedClock } from '../../../infra/system/clock.ts';
import { type OpenTilesRow, treeTiles } from '../../../projections/tree-tiles.ts';
import { rowsLike, written } from '../../support/rows.ts';
import { sampleEvents, sha256 } from '../../support/sample-events.ts';

/** Seventeen tiles and half of one: a whole tile of the tier above, and one tile in the tier above that. */
const leafCount = 280;
const warnings: unknown[] = [];
const silent = { debug: () => undefined, info: () => undefined, error: () => undefined };
const log = { ...silent, warn: (fields: Record<string, unknown>, message: string) => void warnings.push([fields, message]) };

function emptyLedger(): TilePorts {
  const { store, readModels } = createMemoryStore();
  return { store, readModels, crypto: createNodeCrypto(), log, clock: fixedClock('2026-11-21T08:00:00.000Z') };
}

const ports = emptyLedger();
const leaves: StoredEvent[] = [];
let tree: MerkleTree;
const signedAt = (size: number) => ({ origin: 'a ledger', size, root: tree.root(size) });
const wrongRoot = { origin: 'a ledger', size: leafCount, root: new Uint8Array(32) };

/** The rows as they are, but for some; it counts what is asked of them. */
function rowsBut(changed: Readonly<Record<string, unknown>>): { readonly reader: TileReader; readonly asked: string[] } {
  const asked: string[] = [];
  const readModels = rowsLike(ports.readModels, {
    row: async (id, key, at) => {
      asked.push(key);
      return key in changed ? (changed[key] as JsonObject | null) : ports.readModels.row(id, key, at);
    },
  });
  return { reader: new TileReader({ ...ports, readModels }), asked };
}

beforeAll(async () => {
  for (const stream of ['sleeveRun-a', 'sleeveRun-b'])
    await ports.store.append(stream, sampleEvents({ stream, count: leafCount / 2 }), { expectedRevision: 'none' });
  await catchUp(ports, treeTiles);
  for await (const leaf of leavesAfter(ports.store, null)) leaves.push(leaf);
  tree = createMerkleTree(sha256);
  for (const { hash } of leaves) tree.append(fromHex(hash));
});

describe('the place of an event', () => {
  test.each([
    [0, 280],
    [0, 1],
    [15, 16],
    [16, 17],
    [255, 256],
    [256, 280],
    [279, 280],
  ])('of leaf %i under a checkpoint of %i leaves is proven as the tree proves it', async (index, size) => {
    const place = await new TileReader(ports).place(leaves[index]!, signedAt(size));
    expect(place).toEqual({ leafIndex: index, proof: tree.inclusionProof(index, size) });
  });

  test.each([
    [16, 16],
    [279, 279],
    [100, 0],
  ])('of leaf %i behind a checkpoint of %i leaves has no proof yet', async (index, size) => {
    expect(await new TileReader(ports).place(leaves[index]!, signedAt(size))).toEqual({ leafIndex: index, proof: null });
    expect(await new TileReader(ports).place(leaves[index]!, null)).toEqual({ leafIndex: index, proof: null });
  });

  test('is not given to an event that is not recorded, stands elsewhere, or has other bytes', async () => {
    const event = leaves[20]!;
    const other = leaves[21]!;
    for (const checkpoint of [null, signedAt(leafCount)])
      for (const change of [{ id: 'nobody' }, { stream: 'sleeveRun-b' }, { revision: 21n }, { bytes: other.bytes }])
        expect(await new TileReader(ports).place({ ...event, ...change }, checkpoint)).toBeNull();
  });

  test('is not given under another root', async () => {
    expect(await new TileReader(ports).place(leaves[20]!, wrongRoot)).toBeNull();
  });
});

describe('a proof of growth', () => {
  test.each([
    [1, 280],
    [16, 17],
    [100, 256],
    [256, 280],
    [279, 280],
  ])('from %i to %i leaves is the one of the tree, whoever has a root of the first', async (from, to) => {
    const expected = tree.consistencyProof(from, to);
    expect(await new TileReader(ports).consistency(signedAt(from), signedAt(to))).toEqual(expected);
    expect(await new TileReader(ports).growth(from, signedAt(to))).toEqual(expected);
  });

  test.each([0, 280])('from %i to 280 leaves needs no hash', async (from) => {
    expect(await new TileReader(emptyLedger()).growth(from, signedAt(280))).toEqual([]);
  });

  test('to another root, or from one, is not given', async () => {
    expect(await new TileReader(ports).growth(100, wrongRoot)).toBeNull();
    expect(await new TileReader(ports).consistency(signedAt(100), wrongRoot)).toBeNull();
    expect(await new TileReader(ports).consistency({ ...wrongRoot, size: 100 }, signedAt(leafCount))).toBeNull();
  });
});

const open = async (): Promise<OpenTilesRow> => (await new TileReader(ports).open())!;

describe('the rows', () => {
  test('are read once, however much is asked', async () => {
    const { reader, asked } = rowsBut({});
    for (let round = 0; round < 2; round++) {
      await reader.growth(100, signedAt(leafCount));
      await reader.consistency(signedAt(17), signedAt(leafCount));
    }
    // Tile 1 begins with leaf 16, and tile 6 with leaf 96; what stands above them is in tiles that are not whole, or in one of tier 1.
    expect(asked.toSorted()).toEqual(['open', 'tile/0/000000000001', 'tile/0/000000000006', 'tile/1/000000000000']);
  });

  test('of a tile give its events, as far as they are recorded', async () => {
    const reader = new TileReader(ports);
    const positions = async (tile: number) => (await reader.eventsOf(tile)).map(({ position }) => position);
    const expected = leaves.map(({ position }) => position);
    expect(await positions(0)).toEqual(expected.slice(0, 16));
    expect(await positions(16)).toEqual(expected.slice(256, 272));
    expect(await positions(17)).toEqual(expected.slice(272));
  });

  test('of what is not there are null, and say which tile is missing where one is needed', async () => {
    const { reader } = rowsBut({});
    expect(await reader.tile(0, 17)).toBeNull();
    expect(await reader.tile(0, 16)).toMatchObject({ after: leaves[255]!.position, last: leaves[271]!.position });
    expect(await reader.open()).toMatchObject({ size: leafCount, last: leaves.at(-1)!.position });
    expect(await new TileReader(emptyLedger()).open()).toBeNull();
    await expect(new TileReader(emptyLedger()).eventsOf(3)).rejects.toThrow(
      new LedgerError('ChainBroken', 'tile 3 of tier 0 is not there', { evidence: { tier: 0, tile: 3 } }),
    );
  });

  test.each([
    ['no row of a tile', async () => ({ 'tile/0/000000000001': null }), { tier: 0, tile: 1 }],
    ['a row without levels', async () => ({ 'tile/0/000000000001': { last: '1' } }), { tier: 0, tile: 1 }],
    ['a row with too few hashes', async () => ({ 'tile/0/000000000001': { levels: ['ab'.repeat(32)] } }), { tier: 0, tile: 1 }],
    ['no tile above', async () => ({ 'tile/1/000000000000': null }), { tier: 1, tile: 0 }],
    ['fewer tiers', async () => ({ open: { ...(await open()), tiers: (await open()).tiers.slice(0, 1) } }), { tier: 1, tile: 1 }],
    ['no open tiles', async () => ({ open: null }), { tier: 0, tile: 1 }],
  ])('with %s are named in the refusal', async (_, changed, evidence) => {
    const { reader } = rowsBut(await changed());
    const refused = reader.place(leaves[20]!, signedAt(leafCount));
    await expect(refused).rejects.toMatchObject({
      code: 'ChainBroken',
      message: `tile ${evidence.tile} of tier ${evidence.tier} is not there`,
      evidence,
    });
  });
});

describe('whoever asks through the tiles', () => {
  const folded = 'the tiles of the tree gave no proof: they are folded anew';

  test('is answered from tiles that are brought up to date first, without a word', async () => {
    const fresh = emptyLedger();
    await fresh.store.append('sleeveRun-a', sampleEvents({ stream: 'sleeveRun-a', count: 3 }), { expectedRevision: 'none' });
    warnings.length = 0;
    expect(await throughTiles(fresh, 'it', async (tiles) => (await tiles.open())!.size)).toBe(3);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['gave no answer', async () => null, 'the proof does not lead to the signed root'],
    ['could not be read', async (tiles: TileReader) => (await tiles.eventsOf(99)).length, 'tile 99 of tier 0 is not there'],
  ])('is refused where they %s twice, and is told so once in between', async (_, ask, why) => {
    warnings.length = 0;
    const refused = throughTiles(ports, 'the leaf', ask);
    await expect(refused).rejects.toMatchObject({
      code: 'ChainBroken',
      message: `the leaf is not proven by what is stored: ${why}`,
      evidence: { what: 'the leaf', why },
    });
    expect(warnings).toEqual([[{ what: 'the leaf', why }, folded]]);
  });

  test('is answered from tiles that were folded anew where they were damaged', async () => {
    const checkpoint = (await ports.readModels.checkpoint(treeTiles))!;
    await ports.readModels.commit(treeTiles, [written('tile/0/000000000001', null, positionOfLeafRows)], checkpoint, checkpoint);
    warnings.length = 0;
    const place = await throughTiles(ports, 'the leaf', async (tiles) => tiles.place(leaves[20]!, signedAt(leafCount)));
    expect(place).toEqual({ leafIndex: 20, proof: tree.inclusionProof(20, leafCount) });
    expect(warnings).toEqual([[{ what: 'the leaf', why: 'tile 1 of tier 0 is not there' }, folded]]);
  });
});
