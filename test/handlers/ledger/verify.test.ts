/** A whole verification of a ledger in memory: what is found, and that damage of one part keeps no other from being looked at. */
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { draftEvent } from '../../../domain/catalogue.ts';
import { formatOfBuild } from '../../../domain/ledger/format.ts';
import type { JsonObject } from '../../../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../../../domain/shared/envelope.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { LedgerSealedV2 } from '../../../domain/shared/ledger-events.ts';
import { readKeyFile } from '../../../handlers/ledger/key-file.ts';
import { createSealer } from '../../../handlers/ledger/sealer.ts';
import { type Verification, type VerifyRequest, verifyLedger } from '../../../handlers/ledger/verify.ts';
import { leavesAt } from '../../../handlers/ledger/verify-scan.ts';
import type { EventStore, Ports, StoredEvent } from '../../../handlers/ports/ports.ts';
import { createMemoryStore } from '../../../infra/memory/memory-store.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { addRun, ledgerSession, type LedgerSession, storeLike } from '../../support/ledger-session.ts';
import { numberedKey } from '../../support/numbered-keys.ts';
import { sampleEvents } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const now = '2026-11-21T08:00:00.000Z';
const nowhere = { stream: null, revision: null, position: null };
// The ledger's own two events come first: leaf n stands at position 7 (n + 1) of the store in memory.
const atRun = (revision: number) => ({ stream: 'sleeveRun-a', revision, position: String(7 * (revision + 3)) });

/** A ledger of eight events, six of them of one run, sealed unless it is said otherwise. */
async function ledgerOf(name: string, isSealed = true): Promise<LedgerSession> {
  const ledger = await ledgerSession(join(directory, name));
  await addRun(ledger.session.ports.store, 'a', 6);
  if (isSealed) await createSealer(ledger.session, ledger.settings).seal();
  return ledger;
}

const verified = ({ session }: LedgerSession, request: Partial<VerifyRequest> = {}, change: Partial<Ports> = {}): Promise<Verification> =>
  verifyLedger({ ...session.ports, ...change }, { witnessDirectory: null, checkpoint: null, ...request });

/** The store with its pages changed, by whichever way they are read. */
function changedPages(store: EventStore, change: (event: StoredEvent) => StoredEvent): EventStore {
  return storeLike(store, {
    readAll: async (options) => (await store.readAll(options)).map(change),
    readStream: async (stream, options) => (await store.readStream(stream, options)).map(change),
  });
}
const changedAt =
  (revision: bigint, change: object) =>
  (event: StoredEvent): StoredEvent =>
    event.stream === 'sleeveRun-a' && event.revision === revision ? { ...event, ...change } : event;

const notCompared = 'the read models were not compared: the events they are folded from are damaged';
const nothing = {
  by: 'nothing',
  verifierKey: null,
  coveredTo: 0,
  statement: expect.stringContaining('Nothing outside the store anchors this verification'),
};

const cutStream = () => [{ kind: 'stream_cut' as const, detail: 'page 7' }];

describe('a verification', () => {
  test('of a sealed ledger counts what it has read, and finds nothing wrong', async () => {
    const ledger = await ledgerOf('sound');
    const { settings, session } = ledger;
    const told: string[] = [];
    const progress = {
      start: (label: string, total: number) => told.push(`${label} of ${total}`),
      advance: (done: number) => told.push(String(done)),
      stop: () => told.push('stop'),
    };
    const request = {
      witnessDirectory: settings.witness!,
      witnessExpected: true,
      keyFile: { file: '/k', key: await readKeyFile(session.ports, settings) },
      integrity: () => [],
    };
    expect(await verified(ledger, request, { progress })).toEqual({
      events: 9,
      streams: 3,
      artifacts: 0,
      sealedTo: 8,
      unsealed: 1,
      witnessedTo: 8,
      anchor: { by: 'witness', verifierKey: null, coveredTo: 8, statement: expect.stringContaining('up to event 8') },
      cosigned: null,
      format: { recorded: expect.any(Object), build: formatOfBuild, lacking: [], gaining: [] },
      lettersUnopened: 0,
      faults: [],
      notes: [],
    });
    expect(told).toEqual(['verify of 0', '9', 'stop']);
  });

  test('of a ledger that is not sealed, and of none, covers nothing', async () => {
    expect(await verified(await ledgerOf('unsealed', false))).toMatchObject({
      events: 8,
      sealedTo: 0,
      unsealed: 8,
      witnessedTo: 0,
      anchor: nothing,
      faults: [],
    });
    const empty = { ...(await ledgerOf('empty', false)).session.ports, ...createMemoryStore() };
    expect(await verifyLedger(empty, { witnessDirectory: null, checkpoint: null })).toMatchObject({
      events: 0,
      streams: 0,
      artifacts: 0,
      sealedTo: 0,
      unsealed: 0,
      anchor: nothing,
      faults: [],
      notes: [],
    });
  });

  test('of events without a ledger finds no key, and says in which stream it should stand', async () => {
    const { store } = createMemoryStore();
    await addRun(store, 'a');
    expect((await verified(await ledgerOf('unopened', false), {}, { store })).faults).toEqual([
      {
        kind: 'ledger_unopened',
        stream: 'ledger',
        revision: null,
        position: null,
        expected: 'LedgerOpened',
        actual: 'no key of the ledger',
      },
    ]);
  });

  test('with the key file of another ledger finds it foreign, and none to compare with where the ledger has no key', async () => {
    const ledger = await ledgerOf('foreign');
    const { settings, session } = ledger;
    const own = await readKeyFile(session.ports, settings);
    const keyFile = { file: '/k', key: { ...own, verifierKey: numberedKey(1).text } };
    expect((await verified(ledger, { keyFile })).faults).toEqual([
      {
        kind: 'key_file_foreign',
        ...nowhere,
        file: '/k',
        expected: `a key of this ledger: ${own.verifierKey}`,
        actual: numberedKey(1).text,
      },
    ]);
    expect((await verified(ledger, { keyFile: null })).faults).toEqual([]);
    const { store } = createMemoryStore();
    expect((await verified(ledger, { keyFile }, { store })).faults).toEqual([]);
  });

  test('is anchored in the key that came with a checkpoint, unless one is given, and refuses one that is malformed', async () => {
    const ledger = await ledgerOf('anchored');
    const { verifierKey } = ledger.session.ledger;
    const note = await ledger.session.ports.files.readText(join(ledger.settings.witness!, 'latest.checkpoint'));
    const checkpoint = { file: '/kept', note, verifierKey };
    expect((await verified(ledger, { checkpoint })).anchor).toMatchObject({ by: 'key', verifierKey, coveredTo: 8 });
    expect((await verified(ledger, { checkpoint, verifierKey: numberedKey(1).text })).anchor).toMatchObject({
      by: 'key',
      verifierKey: numberedKey(1).text,
      coveredTo: 0,
    });
    expect((await verified(ledger, { checkpoint: { ...checkpoint, verifierKey: null } })).anchor).toMatchObject({
      by: 'checkpoint',
      coveredTo: 8,
    });
    await expect(verified(ledger, { verifierKey: 'no key' })).rejects.toMatchObject({ code: 'Usage' });
  });

  test('finds a witness missing only where one is expected', async () => {
    const ledger = await ledgerOf('missing');
    const gone = join(directory, 'gone');
    expect((await verified(ledger, { witnessDirectory: gone })).faults).toEqual([]);
    expect((await verified(ledger, { witnessDirectory: gone, witnessExpected: true })).faults).toMatchObject([
      { kind: 'witness_missing', file: gone },
    ]);
  });

  test('tells what the store finds below its events', async () => {
    expect((await verified(await ledgerOf('storage'), { integrity: cutStream })).faults).toEqual([
      { kind: 'stream_cut', ...nowhere, expected: 'storage as it was written', actual: 'page 7' },
    ]);
  });

  test('by an older build says that it knows no meaning of what is newer', async () => {
    const ledger = await ledgerOf('newer', false);
    const newer = { ...formatOfBuild, streams: [...formatOfBuild.streams, 'remark-'] };
    await appendBatch(ledger.session.ports.store, { stream: 'ledger', drafts: [draftEvent('LedgerFormatRaised', newer)] }, now);
    await addToken(ledger.session.ports.store);
    const { faults, notes, events } = await verified(ledger);
    expect({ faults, notes, events }).toEqual({
      faults: [],
      notes: [
        'the format of the ledger is newer than this build, which lacks streams remark-...: bytes, chains and seals were verified, their ' +
          'meaning was not; verify with the newer build',
      ],
      events: 10,
    });
  });
});

async function addToken(store: EventStore): Promise<void> {
  await store.append('remark-a', sampleEvents({ stream: 'remark-a', count: 1 }), { expectedRevision: 'none' });
}

describe('damage of an event', () => {
  test('is told where it stands with what its bytes are, and the read models are not compared', async () => {
    const ledger = await ledgerOf('hash');
    const store = changedPages(ledger.session.ports.store, changedAt(3n, { hash: 'f'.repeat(64) }));
    const { faults, notes, events } = await verified(ledger, {}, { store });
    expect(faults[0]).toEqual({ kind: 'hash_mismatch', ...atRun(3), expected: expect.any(String), actual: expect.any(String) });
    expect({ notes, events }).toEqual({ notes: [notCompared], events: 9 });
  });

  test('of a column names the column', async () => {
    const ledger = await ledgerOf('column');
    const store = changedPages(ledger.session.ports.store, changedAt(3n, { type: 'Other' }));
    expect((await verified(ledger, {}, { store })).faults).toEqual([
      { kind: 'column_mismatch:type', column: 'type', ...atRun(3), expected: 'SampleRecorded', actual: 'Other' },
    ]);
  });

  test.each([
    ['a number for its revision', { revision: 3 }, { revision: 3 }],
    ['no text for its position', { position: null }, { position: 'unreadable' }],
    ['a large number for its position', { position: 7n }, { position: '7' }],
    ['a number for its stream', { stream: 7 }, { stream: 'unreadable' }],
    ['no type', { type: null }, {}],
    ['no id', { id: null }, {}],
    ['no time', { recordedAt: null }, {}],
    ['no content hash', { contentHash: null }, {}],
    ['no hash', { hash: null }, {}],
    ['text for its bytes', { bytes: 'text' }, {}],
  ])('that holds %s is a row that cannot be read', async (name, change, place) => {
    const ledger = await ledgerOf(`typed-${name}`, false);
    const store = changedPages(ledger.session.ports.store, changedAt(5n, change));
    expect((await verified(ledger, {}, { store })).faults).toContainEqual({
      kind: 'row_unreadable',
      ...atRun(5),
      ...place,
      expected: 'a stored event',
      actual: 'values of other types',
    });
  });

  test('that cannot even be judged is a row that cannot be read, and the events behind it are looked at', async () => {
    const ledger = await ledgerOf('thrown', false);
    const { store, crypto } = ledger.session.ports;
    const bad = (await store.readStream('sleeveRun-a', { from: 3n, maxCount: 1, direction: 'forwards' }))[0]!.bytes;
    const sha256Hex = (bytes: Uint8Array): string => {
      if (Buffer.compare(bytes, bad) === 0) throw new Error('the page is gone');
      return crypto.sha256Hex(bytes);
    };
    const { faults } = await verified(ledger, {}, { crypto: { ...crypto, sha256Hex } });
    expect(faults[0]).toEqual({ kind: 'row_unreadable', ...atRun(3), expected: 'a stored event', actual: 'the page is gone' });
    expect(faults.length).toBeGreaterThan(1);
  });

  test('of the store ends the events with what was read, and the rest is looked at', async () => {
    const ledger = await ledgerOf('store');
    const { store } = ledger.session.ports;
    let pages = 0;
    const failing = storeLike(store, {
      readAll: async (options) => {
        if (options.types !== null) return store.readAll(options);
        if (pages++ > 0) throw new LedgerError('StoreIo', 'the disk says no');
        return (await store.readAll(options)).slice(0, 100);
      },
    });
    for (let run = 0; run < 3; run++) await addRun(store, `more-${run}`, 50);
    const { faults, events } = await verified(ledger, {}, { store: failing });
    expect({ faults, events }).toEqual({
      faults: [
        {
          kind: 'database_damaged',
          ...nowhere,
          position: '700',
          expected: 'events to the end of the store',
          actual: 'the disk says no',
        },
      ],
      events: 100,
    });
  });

  test('of the stream of the ledger keeps no event from being looked at', async () => {
    const ledger = await ledgerOf('stream', false);
    const { store } = ledger.session.ports;
    const failing = storeLike(store, {
      readStream: (stream, options) =>
        stream === 'ledger' ? Promise.reject(new LedgerError('StoreIo', 'the disk says no')) : store.readStream(stream, options),
    });
    const unreadable = { kind: 'ledger_stream_unreadable', ...nowhere, actual: 'the disk says no' };
    const { faults, events, format } = await verified(ledger, {}, { store: failing });
    expect({ faults, events, format }).toEqual({
      faults: [
        { ...unreadable, expected: 'the format of the ledger' },
        { ...unreadable, expected: 'LedgerOpened and rotations' },
        { kind: 'ledger_unopened', ...nowhere, stream: 'ledger', expected: 'LedgerOpened', actual: 'no key of the ledger' },
      ],
      events: 8,
      format: null,
    });
  });

  test('is none where another process holds the store: the verification ends', async () => {
    const ledger = await ledgerOf('busy', false);
    const busy = new LedgerError('StoreBusy', 'another process writes');
    const store = storeLike(ledger.session.ports.store, { readAll: () => Promise.reject(busy) });
    await expect(verified(ledger, {}, { store })).rejects.toBe(busy);
  });
});

describe('an event of the life of the ledger', () => {
  test('in a stream of its own kind alone: elsewhere it is misplaced, and a second opening is no opening', async () => {
    const ledger = await ledgerOf('misplaced', false);
    const { store } = ledger.session.ports;
    const sample = { stream: 'sleeve-x', data: (): JsonObject => ({}) };
    const [opening] = sampleEvents({ ...sample, count: 1, type: 'LedgerOpened' });
    await store.append('sleeve-x', [opening!], { expectedRevision: 'none' });
    const [seal] = sampleEvents({ stream: 'sleeve-y', count: 1, type: 'LedgerSealed', data: () => ({}) });
    await store.append('sleeve-y', [seal!], { expectedRevision: 'none' });
    expect((await verified(ledger)).faults).toEqual([
      {
        kind: 'ledger_opened_again',
        stream: 'sleeve-x',
        revision: 0,
        position: '63',
        expected: 'one LedgerOpened, the first event, ledger@0',
        actual: 'another, leaf 8',
      },
      {
        kind: 'event_misplaced',
        stream: 'sleeve-y',
        revision: 0,
        position: '70',
        expected: 'LedgerSealed in stream ledger or seals',
        actual: 'in stream sleeve-y',
      },
    ]);
  });

  test('that seals with a range that is not that of the tree covers what it signed all the same', async () => {
    const ledger = await ledgerOf('range');
    const { store } = ledger.session.ports;
    const [seal] = await store.readStream('seals', { from: 0n, maxCount: 1, direction: 'forwards' });
    const { data } = decodeEnvelope(seal!.bytes);
    const other = await ledgerSession(join(directory, 'range-other'), { key: `${ledger.settings.store}.key` });
    await addRun(other.session.ports.store, 'a', 6);
    const drafts = [draftEvent('LedgerSealed', { ...(data as LedgerSealedV2), last: { stream: 'sleeveRun-a', revision: 4 } })];
    await appendBatch(other.session.ports.store, { stream: 'seals', drafts }, now);
    const { faults, sealedTo } = await verified(other);
    expect({ faults, sealedTo }).toEqual({
      faults: [
        { kind: 'seal_last_wrong', stream: 'seals', revision: 0, position: '63', expected: 'sleeveRun-a@5', actual: 'sleeveRun-a@4' },
      ],
      sealedTo: 8,
    });
  });

  test('that seals and is no seal is a row that cannot be read', async () => {
    const ledger = await ledgerOf('no-seal', false);
    const { store } = ledger.session.ports;
    const [seal] = sampleEvents({ stream: 'seals', count: 1, type: 'LedgerSealed', data: () => ({ treeSize: 'many' }) });
    await store.append('seals', [seal!], { expectedRevision: 'none' });
    expect((await verified(ledger)).faults).toMatchObject([
      { kind: 'row_unreadable', stream: 'seals', revision: 0, position: '63', expected: 'a stored event' },
    ]);
  });
});

const referenceTo = (sha256: string): JsonObject => ({ bytes: 3, kind: 'document', mediaType: 'text/plain', sha256 });

describe('the artifacts of a ledger', () => {
  test('are all there and as they were stored, or told with the first event that refers to them', async () => {
    const held = new Map<string, Uint8Array>();
    const memory = createMemoryStore({ artifacts: held, cut: new Map() });
    const { artifacts } = memory;
    const put = async (text: string): Promise<string> => (await artifacts.put(Buffer.from(text))).sha256;
    const [sound, damaged, unreferenced] = [await put('sound'), await put('damaged'), await put('unreferenced')];
    const [missing, later] = ['0'.repeat(64), 'f'.repeat(64)];
    const ledger = await ledgerSession(join(directory, 'artifacts'), { store: memory.store, artifacts });
    const referred = [sound, damaged, missing, damaged, later];
    const data = (index: number): JsonObject => ({ document: referenceTo(referred[index]!) });
    await memory.store.append('sleeveRun-a', sampleEvents({ stream: 'sleeveRun-a', count: 5, data }), { expectedRevision: 'none' });
    expect((await verified(ledger)).faults.map(({ kind }) => kind)).toEqual(['artifact_missing', 'artifact_missing']);
    for (const address of [damaged, unreferenced]) held.set(address, Buffer.from('altered'));
    const { sha256: altered } = await createMemoryStore().artifacts.put(Buffer.from('altered'));
    const { faults, artifacts: count } = await verified(ledger);
    const lost = (expected: string, revision: number) => ({ kind: 'artifact_missing', ...atRun(revision), expected, actual: 'nothing' });
    const expected = [
      lost(missing, 2),
      { kind: 'artifact_damaged', ...atRun(1), expected: damaged, actual: altered },
      { kind: 'artifact_damaged', ...nowhere, expected: unreferenced, actual: altered },
      lost(later, 4),
    ].toSorted((left, right) => (left.expected < right.expected ? -1 : 1));
    expect({ faults, count }).toEqual({ faults: expected, count: 3 });
  });

  test('that cannot be listed are one fault, and the rest is looked at', async () => {
    const ledger = await ledgerOf('listed');
    const { artifacts } = createMemoryStore();
    artifacts.list = () => Promise.reject(new LedgerError('StoreIo', 'the disk says no'));
    const { faults, artifacts: count } = await verified(ledger, {}, { artifacts });
    expect({ faults, count }).toEqual({
      faults: [{ kind: 'database_damaged', ...nowhere, expected: 'artifacts', actual: 'the disk says no' }],
      count: 0,
    });
  });
});

test('leaves are found again by their index, without rows that cannot be read; none is read where none is asked for', async () => {
  const ledger = await ledgerOf('leaves', false);
  const { ports } = ledger.session;
  const store = changedPages(ports.store, changedAt(1n, { hash: null }));
  expect([...(await leavesAt({ ...ports, store }, new Set([2, 3, 99])))]).toEqual([
    [2, atRun(0)],
    [3, atRun(2)],
  ]);
  const unread = storeLike(ports.store, { readAll: () => Promise.reject(new Error('nothing is read')) });
  expect((await leavesAt({ ...ports, store: unread }, new Set())).size).toBe(0);
});
