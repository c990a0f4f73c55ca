/** Tiles are a projection of each node and nobody trusts them: what they prove is checked, and what they lose is folded again. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createMerkleTree, leafHash } from '../../../domain/audit/merkle.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import { proveEvent } from '../../../handlers/queries/prove-event.ts';
import { lastKnown } from '../../../handlers/read-models/last-known.ts';
import { leavesAfter } from '../../../handlers/read-models/leaves.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import type { EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';
import { catchUp, positionOfLeafRows, rebuild } from '../../../handlers/read-models/projector.ts';
import { type OpenTilesRow, treeTiles, type TileRow } from '../../../projections/tree-tiles.ts';
import { addRun, ledgerSession, type LedgerSession, storeLike } from '../../support/ledger-session.ts';
import { rowsWith, written } from '../../support/rows.ts';
import { sampleEvents, sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const instant = (minute: number): string => new Date(Date.UTC(2026, 10, 21, 8, minute)).toISOString();
let ledger: LedgerSession;
let leaves: StoredEvent[];

/** Oracle: a walk over all leaves. */
function scanned(isKnown: (event: StoredEvent) => boolean): string | null {
  const end = leaves.findIndex((event) => !isKnown(event));
  return leaves[(end < 0 ? leaves.length : end) - 1]?.position ?? null;
}

const rowsOf = async () => new Map((await rowsWith(ledger.session.ports.readModels, treeTiles, '')).map(({ key, value }) => [key, value]));
const verified = () => verifyLedger(ledger.session.ports, { witnessDirectory: ledger.settings.witness!, checkpoint: null });

async function overwrite(key: string, value: JsonObject | null): Promise<void> {
  const { readModels } = ledger.session.ports;
  const checkpoint = (await readModels.checkpoint(treeTiles))!;
  await readModels.commit(treeTiles, [written(key, value, positionOfLeafRows)], checkpoint, checkpoint);
}

/** The store, but for one event that has other bytes than those that were sealed. */
function withOtherBytes(store: EventStore, revision: bigint): EventStore {
  const other = sampleEvents({ stream: 'sleeveRun-r0', count: 1, commandId: 'other' })[0]!;
  const changed = (events: readonly StoredEvent[]): StoredEvent[] =>
    events.map((event) =>
      event.stream === 'sleeveRun-r0' && event.revision === revision ? { ...event, bytes: other.bytes, hash: other.hash } : event,
    );
  return storeLike(store, {
    readAll: async (options) => changed(await store.readAll(options)),
    readStream: async (stream, options) => changed(await store.readStream(stream, options)),
  });
}

beforeAll(async () => {
  ledger = await ledgerSession(join(directory, 'ledger'));
  const { session, settings } = ledger;
  for (let run = 0; run < 14; run++) {
    const stream = `sleeveRun-r${run}`;
    await session.ports.store.append(stream, sampleEvents({ stream, count: 50, now: instant(run === 9 ? 2 : run) }), {
      expectedRevision: 'none',
    });
  }
  await seal(session, settings);
  leaves = [];
  for await (const leaf of leavesAfter(session.ports.store, null)) leaves.push(leaf);
  await catchUp(session.ports, treeTiles);
});

describe('the projection of tiles', () => {
  test('holds the hashes of each tile of 16 leaves, where it begins, and how late it is by its end', async () => {
    const rows = await rowsOf();
    const leafHashes = leaves.map(({ hash }) => toHex(leafHash(sha256, fromHex(hash))));
    const rootOf = (from: number, count: number): string => {
      const tree = createMerkleTree(sha256);
      for (const { hash } of leaves.slice(from, from + count)) tree.append(fromHex(hash));
      return toHex(tree.root());
    };
    /** By levels, from nodes over `width` leaves each on: the roots over each two, each four and so on, side by side. */
    const levelsOver = (from: number, to: number, width = 1): string[] =>
      [1, 2, 4, 8]
        .map((count) => count * width)
        .filter((each) => each <= to - from)
        .map((each) =>
          Array.from({ length: Math.floor((to - from) / each) }, (_, index) =>
            each === 1 ? leafHashes[from + index]! : rootOf(from + each * index, each),
          ).join(''),
        );
    const times = (to: number): string =>
      leaves
        .slice(0, to)
        .map(({ recordedAt }) => recordedAt)
        .reduce((latest, time) => (time > latest ? time : latest));
    expect(rows.get('tile/0/000000000000')).toEqual({
      levels: levelsOver(0, 16),
      after: null,
      last: leaves[15]!.position,
      recordedAt: times(16),
    });
    expect(rows.get('tile/0/000000000001') as unknown as TileRow).toMatchObject({
      after: leaves[15]!.position,
      last: leaves[31]!.position,
      recordedAt: times(32),
    });
    expect(rows.get('open') as unknown as OpenTilesRow).toMatchObject({
      size: leaves.length,
      last: leaves.at(-1)!.position,
      tiers: [
        { after: leaves[687]!.position, levels: levelsOver(688, leaves.length) },
        { after: leaves[511]!.position, levels: levelsOver(512, 688, 16) },
        { after: null, levels: levelsOver(0, 512, 256) },
      ],
    });
    expect([...rows.keys()].filter((key) => key.startsWith('id/'))).toHaveLength(leaves.length);
    for (const [index, { id, stream, revision }] of leaves.entries())
      expect(rows.get(`id/${id}`)).toEqual({ leaf: index, stream, revision: Number(revision) });
  });

  test('is the same when it is folded at once and event by event', async () => {
    const before = await rowsOf();
    const { ports } = ledger.session;
    await rebuild(
      { ...ports, store: storeLike(ports.store, { readAll: (options) => ports.store.readAll({ ...options, maxCount: 1 }) }) },
      treeTiles,
    );
    expect(await rowsOf()).toEqual(before);
  });
});

describe('a proof', () => {
  test('of any event is the one that the whole tree gives', async () => {
    const tree = createMerkleTree(sha256);
    for (const { hash } of leaves) tree.append(fromHex(hash));
    for (const index of [0, 1, 15, 16, 17, 255, 256, 257, 511, 512, 600, 687, 688, 700]) {
      const { id, stream, revision } = leaves[index]!;
      const proof = await proveEvent(ledger.session.ports, id);
      expect(proof).toMatchObject({
        leafIndex: index,
        treeSize: 702,
        root: toHex(tree.root(702)),
        proof: tree.inclusionProof(index, 702).map(toHex),
      });
      expect(await proveEvent(ledger.session.ports, `${stream}@${revision}`)).toEqual(proof);
    }
  });

  test('reads no event of the ledger but the one asked for', async () => {
    const { ports } = ledger.session;
    let read = 0;
    const counting = storeLike(ports.store, {
      readAll: async (options) => {
        const page = await ports.store.readAll(options);
        read += page.length;
        return page;
      },
    });
    await proveEvent({ ...ports, store: counting }, 'sleeveRun-r0@7');
    expect(read).toBe(0);
  });

  const damages: readonly (readonly [string, string, (row: JsonObject) => JsonObject | null])[] = [
    ['other hashes of a tile', 'tile/0/000000000000', (row) => ({ ...row, levels: [16, 8, 4, 2].map((count) => 'ab'.repeat(32 * count)) })],
    [
      'too few hashes of a tile',
      'tile/0/000000000000',
      (row) => ({ ...row, levels: (row as unknown as TileRow).levels.map((hashes) => hashes.slice(0, 64)) }),
    ],
    ['no row of a tile', 'tile/0/000000000000', () => null],
    ['no place where a tile begins', 'tile/0/000000000000', (row) => ({ ...row, after: '300' })],
    ['a row without members', 'tile/0/000000000000', () => ({})],
    ['another leaf of an event', 'id', (row) => ({ ...row, leaf: 9 })],
    ['another name of an event', 'id', (row) => ({ ...row, revision: 9 })],
    ['another state of what is not whole yet', 'open', (row) => ({ ...row, size: 600 })],
  ];
  test.each(damages)(
    'from tiles with %s is right all the same: the tiles are folded again, and verification had found them wrong',
    async (_, key, damage) => {
      const { id } = leaves[8]!;
      const expected = await proveEvent(ledger.session.ports, `${leaves[8]!.stream}@${leaves[8]!.revision}`);
      const before = await rowsOf();
      const at = key === 'id' ? `id/${id}` : key;
      await overwrite(at, damage(before.get(at)!));
      expect((await verified()).faults).toContainEqual(expect.objectContaining({ kind: 'read_model_differs', stream: `tree-tiles:${at}` }));
      expect(await proveEvent(ledger.session.ports, `${leaves[8]!.stream}@${leaves[8]!.revision}`)).toEqual(expected);
      await rebuild(ledger.session.ports, treeTiles);
      expect(await rowsOf()).toEqual(before);
      expect((await verified()).faults).toEqual([]);
    },
  );

  test('of an event whose bytes are not those that were sealed is not given', async () => {
    const { ports } = ledger.session;
    const damaged = { ...ports, store: withOtherBytes(ports.store, 7n) };
    await expect(proveEvent(damaged, 'sleeveRun-r0@7')).rejects.toMatchObject({ code: 'ChainBroken' });
    await rebuild(ports, treeTiles);
  });

  test('from tiles of a ledger that does not lead to the signed root is not given', async () => {
    const { ports } = ledger.session;
    const damaged = { ...ports, store: withOtherBytes(ports.store, 8n) };
    await rebuild(damaged, treeTiles);
    await expect(proveEvent(damaged, 'sleeveRun-r0@7')).rejects.toMatchObject({ code: 'ChainBroken' });
    await rebuild(ports, treeTiles);
    expect(await proveEvent(ports, 'sleeveRun-r0@7')).toMatchObject({ leafIndex: 9 });
  });
});

describe('what was known', () => {
  test('at every position, and at every instant, ends where a scan says', async () => {
    // Asked late enough for every instant to have come.
    const ports = { ...ledger.session.ports, clock: { now: () => instant(60) } };
    for (let position = 0; position <= leaves.length; position += 17) {
      expect(await lastKnown(ports, String(position))).toBe(scanned((event) => Number(event.position) <= position));
    }
    for (const minute of [-1, 0, 1, 2, 5, 8, 9, 10, 13, 60]) {
      const at = instant(minute);
      expect(await lastKnown(ports, at)).toBe(scanned((event) => event.recordedAt <= at));
    }
  });
});

test('a projector that has nothing to project writes nothing', async () => {
  const empty = await ledgerSession(join(directory, 'empty'));
  await addRun(empty.session.ports.store, 'a');
  const reached = await catchUp(empty.session.ports, treeTiles);
  expect(await catchUp(empty.session.ports, treeTiles)).toBe(reached);
});
