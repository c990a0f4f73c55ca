/** Seals found by what they cover or when they were recorded, those of release 0.1.0 among them, and the latest record behind the last. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { readUnverifiedCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { createMerkleTree } from '../../../domain/audit/merkle.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { fromHex, toHex } from '../../../domain/shared/hashing.ts';
import { holdingSeal, openedSeal } from '../../../handlers/ledger/holding-seal.ts';
import { KeyHistory } from '../../../handlers/ledger/keys.ts';
import { lastSeal } from '../../../handlers/ledger/last-seal.ts';
import { latestRecord } from '../../../handlers/ledger/latest-record.ts';
import { SealIndex } from '../../../handlers/ledger/seal-index.ts';
import { createSealer, type Sealer, type Sealing } from '../../../handlers/ledger/sealer.ts';
import { newestSeal, requireAgreement, type Seal, sealIn } from '../../../handlers/ledger/seals.ts';
import { leavesAfter } from '../../../handlers/read-models/leaves.ts';
import type { EventStore, Log } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { addRun, ledgerSession, type LedgerSession, storeLike } from '../../support/ledger-session.ts';
import { sampleEvents, sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { sealAsVersion1 } from '../../support/seal-v1.ts';

const directory = scratchDirectory();
const beyond = '99999';

/** Seals over 3, 5, 7 and 9 leaves at the positions 28, 42, 56 and 70, the first two in the stream of the ledger, as release 0.1.0 did. */
let ledger: LedgerSession;
beforeAll(async () => {
  ledger = await ledgerSession(join(directory, 'ledger'));
  const { store } = ledger.session.ports;
  const sealer = createSealer(ledger.session, ledger.settings);
  for (const run of ['a', 'b', 'c', 'd']) {
    await addRun(store, run, 1);
    if (run < 'c') await sealAsVersion1(ledger);
    else await sealer.seal();
  }
});

const storeOf = (): EventStore => ledger.session.ports.store;
const sizeOf = (seal: Seal | null): number | null => seal?.data.treeSize ?? null;

async function refusalOf(asked: () => unknown) {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence } = error;
    return { code, message, evidence };
  }
}

describe('an index of seals', () => {
  test.each([
    [beyond, 9],
    ['70', 9],
    ['69', 7],
    ['56', 7],
    ['55', 5],
    ['42', 5],
    ['41', 3],
    ['28', 3],
    ['27', null],
  ])('up to position %s has a newest seal of %s leaves', async (until, size) => {
    expect(sizeOf(await new SealIndex(storeOf(), until).newest())).toBe(size);
  });

  test.each([
    [0, 3],
    [2, 3],
    [3, 5],
    [4, 5],
    [5, 7],
    [6, 7],
    [7, 9],
    [8, 9],
    [9, null],
  ])('finds the first seal over leaf %i: it covers %s', async (leaf, size) => {
    const index = new SealIndex(storeOf(), beyond);
    expect([sizeOf(await index.firstOver(leaf)), sizeOf(await index.firstOver(leaf))]).toEqual([size, size]);
  });

  test('looks at no seal that was recorded later', async () => {
    const index = new SealIndex(storeOf(), '69');
    expect([sizeOf(await index.firstOver(6)), sizeOf(await index.firstOver(7))]).toEqual([7, null]);
    expect(sizeOf(await new SealIndex(storeOf(), '41').firstOver(4))).toBeNull();
  });

  test('of a ledger that is not sealed finds none', async () => {
    const { store } = createMemoryStore();
    await addRun(store, 'a');
    const index = new SealIndex(store, beyond);
    expect([await index.newest(), await index.firstOver(0)]).toEqual([null, null]);
  });
});

describe('the newest seal', () => {
  test('stands in the stream of seals, or where release 0.1.0 wrote it', async () => {
    const keys = await new KeyHistory(ledger.session.ports).refresh();
    expect(sizeOf(await newestSeal(storeOf(), keys))).toBe(9);
    const withoutSeals = storeLike(storeOf(), { readStream: async () => [] });
    expect(sizeOf(await newestSeal(withoutSeals, keys))).toBe(5);
    expect(await newestSeal(withoutSeals, { lastSealHere: null })).toBeNull();
  });

  test('is no event of another kind', async () => {
    const [opened] = await storeOf().readStream('ledger', { from: 0n, maxCount: 1, direction: 'forwards' });
    expect(await refusalOf(() => sealIn(opened!))).toEqual({
      code: 'ChainBroken',
      message: 'ledger@0 is not a seal',
      evidence: { stream: 'ledger', revision: 0, type: 'LedgerOpened' },
    });
  });

  test('says what its checkpoint does', async () => {
    const seal = (await new SealIndex(storeOf(), beyond).newest())!;
    const opened = readUnverifiedCheckpoint(seal.data.checkpoint);
    expect(await refusalOf(() => requireAgreement(seal, opened))).toBeUndefined();
    const contradiction = (size: number, root: string) => ({
      code: 'CheckpointInvalid',
      message: 'seals@1 says something else than its checkpoint',
      evidence: { expected: { size, root }, actual: { size: 9, root: seal.data.root } },
    });
    expect(await refusalOf(() => requireAgreement(seal, { ...opened, size: 8 }))).toEqual(contradiction(8, seal.data.root));
    expect(await refusalOf(() => requireAgreement(seal, { ...opened, root: new Uint8Array(32) }))).toEqual(
      contradiction(9, '0'.repeat(64)),
    );
  });
});

describe('a seal whose signature holds', () => {
  test('is opened with the key in force over its last leaf, of either version', async () => {
    const { ports } = ledger.session;
    const keys = await new KeyHistory(ports).refresh();
    for (const until of ['42', '70']) {
      const seal = (await new SealIndex(storeOf(), until).newest())!;
      expect(await openedSeal(ports, seal, keys)).toEqual({
        treeSize: seal.data.treeSize,
        root: seal.data.root,
        checkpoint: seal.data.checkpoint,
        key: keys.keys[0],
        opened: readUnverifiedCheckpoint(seal.data.checkpoint),
      });
    }
  });

  test('names a last leaf that is there', async () => {
    const { ports } = ledger.session;
    const keys = await new KeyHistory(ports).refresh();
    const seal = (await new SealIndex(storeOf(), beyond).newest())!;
    const last = { stream: 'sleeveRun-d', revision: 9 };
    expect(await refusalOf(() => openedSeal(ports, { ...seal, data: { ...seal.data, last } }, keys))).toEqual({
      code: 'ChainBroken',
      message: 'seals@1 seals up to sleeveRun-d@9, which is not there',
      evidence: { stream: 'seals', revision: 1, last },
    });
  });

  test('holds where the events as they are stored have its root', async () => {
    const { ports } = ledger.session;
    const keys = await new KeyHistory(ports).refresh();
    const seal = (await new SealIndex(storeOf(), beyond).newest())!;
    const [whole, short, other] = [createMerkleTree(sha256), createMerkleTree(sha256), createMerkleTree(sha256)];
    for await (const { hash } of leavesAfter(storeOf(), null)) {
      whole.append(fromHex(hash));
      if (short.size < 8) short.append(fromHex(hash));
      other.append(sha256(fromHex(hash)));
    }
    expect(await holdingSeal(ports, whole, seal, keys)).toEqual(await openedSeal(ports, seal, keys));
    const unlike = (actual: string) => ({
      code: 'CheckpointInconsistent',
      message: 'the seal over 9 events does not match what is stored',
      evidence: { treeSize: 9, expected: seal.data.root, actual },
    });
    expect(await refusalOf(() => holdingSeal(ports, short, seal, keys))).toEqual(unlike('8 events'));
    expect(await refusalOf(() => holdingSeal(ports, other, seal, keys))).toEqual(unlike(toHex(other.root(9))));
  });
});

const appendOne = (store: EventStore, stream: string, now: string) =>
  store.append(stream, sampleEvents({ stream, count: 1, now, ...(stream === 'seals' ? { type: 'LedgerSealed' } : {}) }), {
    expectedRevision: 'none',
  });

const streamOf = async (store: EventStore): Promise<string | undefined> => (await latestRecord(store))?.stream;

describe('the latest record', () => {
  const [early, late] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];

  test('is that with the latest time, the first of two of one time, and none in an empty store', async () => {
    const { store } = createMemoryStore();
    expect(await latestRecord(store)).toBeNull();
    await appendOne(store, 'sleeve-a', early);
    expect(await streamOf(store)).toBe('sleeve-a');
    await appendOne(store, 'sleeve-b', late);
    await appendOne(store, 'sleeve-c', early);
    await appendOne(store, 'sleeve-d', late);
    expect(await streamOf(store)).toBe('sleeve-b');
  });

  test('is looked for from the last seal on, which may be it', async () => {
    const { store } = createMemoryStore();
    await appendOne(store, 'sleeve-a', '2027-01-01T00:00:00.000Z');
    await appendOne(store, 'seals', late);
    expect(await streamOf(store)).toBe('seals');
    await appendOne(store, 'sleeve-b', early);
    expect(await streamOf(store)).toBe('seals');
    await appendOne(store, 'sleeve-c', '2026-01-03T00:00:00.000Z');
    expect(await streamOf(store)).toBe('sleeve-c');
  });
});

function logged(): { readonly log: Log; readonly warned: unknown[][] } {
  const warned: unknown[][] = [];
  return { log: { ...ledger.session.ports.log, warn: (...given) => warned.push(given) }, warned };
}

const sealerThat = (seal: Sealer['seal']): Sealer => ({ seal });

describe('the last seal of a process', () => {
  const sealing: Sealing = {
    treeSize: 9,
    root: '',
    checkpoint: '',
    already: false,
    witnessFile: '',
    witnesses: [],
    quorum: null,
  };

  test('answers how far the ledger is sealed', async () => {
    const { log, warned } = logged();
    expect(
      await lastSeal(
        sealerThat(async () => sealing),
        log,
      ),
    ).toBe(9);
    expect(warned).toEqual([]);
  });

  test('is given up after its time, and said to be', async () => {
    const { log, warned } = logged();
    const slow = sealerThat(
      (signal) =>
        new Promise((_, reject) => {
          signal!.addEventListener('abort', () => reject(new LedgerError('Interrupted', 'too slow')));
        }),
    );
    expect(await lastSeal(slow, log, 1)).toBeNull();
    expect(warned).toEqual([[{}, 'stopped before what is unsealed could be read: it is sealed by the next process that seals']]);
  });

  test('fails as sealing does', async () => {
    const refusal = new LedgerError('KeyMissing', 'no key');
    await expect(
      lastSeal(
        sealerThat(() => Promise.reject(refusal)),
        logged().log,
      ),
    ).rejects.toBe(refusal);
  });
});
