/** A seal carries what the next one goes on from. Nobody has signed that part, so it is believed only where it leads to what was signed. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../../domain/shared/envelope.ts';
import { proveEvent } from '../../../handlers/queries/prove-event.ts';
import { auditLines } from '../../../handlers/audit/audit-lines.ts';
import { everything } from '../../../handlers/audit/selection.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { createSealer } from '../../../handlers/ledger/sealer.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import type { EventStore, StoredEvent } from '../../../handlers/ports/ports.ts';
import { addRun, ledgerSession, type LedgerSession, storeLike } from '../../support/ledger-session.ts';
import { sha256 } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { sealAsVersion1 } from '../../support/seal-v1.ts';

const directory = scratchDirectory();
const at = (name: string): string => join(directory, name);
const withStore = ({ session, settings }: LedgerSession, store: EventStore): LedgerSession => ({
  session: { ...session, ports: { ...session.ports, store } },
  settings,
});
const verified = ({ session, settings }: LedgerSession) =>
  verifyLedger(session.ports, { witnessDirectory: settings.witness!, checkpoint: null });

type Data = Record<string, unknown>;

/** The event as somebody writes it who holds the store and not the key: every hash is made again. */
function rewritten(event: StoredEvent, change: (data: Data) => Data): StoredEvent {
  const envelope = JSON.parse(Buffer.from(event.bytes).toString('utf8')) as Parameters<typeof contentHashOf>[1] & {
    data: Data;
    contentHash: string;
  };
  envelope.data = change(envelope.data);
  envelope.contentHash = contentHashOf(sha256, envelope);
  const bytes = canonicalBytes(envelope);
  return { ...event, bytes, contentHash: envelope.contentHash, hash: Buffer.from(sha256(bytes)).toString('hex') };
}

function withSeal(store: EventStore, change: (data: Data) => Data): EventStore {
  const changed = (page: readonly StoredEvent[]): readonly StoredEvent[] =>
    page.map((event) => (event.type === 'LedgerSealed' ? rewritten(event, change) : event));
  return storeLike(store, {
    readAll: async (options) => changed(await store.readAll(options)),
    readStream: async (stream, options) => changed(await store.readStream(stream, options)),
  });
}

const flipped = (hash: string): string => `${hash.slice(0, 10)}${hash[10] === '0' ? '1' : '0'}${hash.slice(11)}`;

describe('a seal', () => {
  test('by a process of its own reads the seal before, the leaf that it ends with, and what is new', async () => {
    const ledger = await ledgerSession(at('costs'));
    const { store } = ledger.session.ports;
    const counts = { events: 0 };
    const counted = async (page: Promise<readonly StoredEvent[]>): Promise<readonly StoredEvent[]> => {
      counts.events += (await page).length;
      return page;
    };
    const counting = withStore(
      ledger,
      storeLike(store, {
        readAll: (options) => counted(store.readAll(options)),
        readStream: (...given) => counted(store.readStream(...given)),
      }),
    );
    const costs: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (let run = 0; run < 10 ** round; run++) await addRun(store, `old-${round}-${run}`, 20);
      await seal(ledger.session, ledger.settings);
      await addRun(store, `new-${round}`, 1);
      counts.events = 0;
      await seal(counting.session, counting.settings);
      costs.push(counts.events);
    }
    // The ledger's own stream (two events, once for its format and once for its keys), the last seal, its last leaf, the seal once more in
    // global order, and the new event.
    expect(costs).toEqual([8, 8, 8]);
  });

  test('carries the range of all leaves but the last, and the name of that', async () => {
    const ledger = await ledgerSession(at('carries'));
    const { store } = ledger.session.ports;
    await addRun(store, 'a', 6);
    await seal(ledger.session, ledger.settings);
    const [event] = await store.readStream('seals', { from: 0n, maxCount: 1, direction: 'forwards' });
    const { schemaVersion, data } = JSON.parse(Buffer.from(event!.bytes).toString('utf8')) as { schemaVersion: number; data: Data };
    expect(schemaVersion).toBe(2);
    expect(data).toMatchObject({ treeSize: 8, last: { stream: 'sleeveRun-a', revision: 5 } });
    expect(data['range']).toHaveLength(3);
  });

  const lies: readonly (readonly [string, (data: Data) => Data, string, string])[] = [
    [
      'a hash of its range changed',
      (data) => ({ ...data, range: (data['range'] as string[]).with(0, flipped((data['range'] as string[])[0]!)) }),
      'ChainBroken',
      'seal_range_wrong',
    ],
    ['a range of another size', (data) => ({ ...data, range: (data['range'] as string[]).slice(1) }), 'ChainBroken', 'seal_range_wrong'],
    [
      'the name of an earlier leaf',
      (data) => ({ ...data, last: { stream: 'sleeveRun-a', revision: 1 } }),
      'ChainBroken',
      'seal_last_wrong',
    ],
    [
      'the name of a leaf that is not there',
      (data) => ({ ...data, last: { stream: 'sleeveRun-a', revision: 99 } }),
      'ChainBroken',
      'seal_last_wrong',
    ],
    [
      'the name of a leaf behind it',
      (data) => ({ ...data, last: { stream: 'sleeveRun-b', revision: 0 } }),
      'ChainBroken',
      'seal_last_wrong',
    ],
    [
      'another root beside its checkpoint',
      (data) => ({ ...data, root: flipped(data['root'] as string) }),
      'CheckpointInvalid',
      'seal_contradicts_itself',
    ],
    [
      'another size beside its checkpoint',
      (data) => ({ ...data, treeSize: 6, range: (data['range'] as string[]).slice(0, 2) }),
      'CheckpointInvalid',
      'seal_contradicts_itself',
    ],
  ];
  // A tree of seven leaves ends in a single one, a tree of eight does not: the last leaf is bound to the root in either.
  test.each([7, 8].flatMap((size) => lies.map((lie) => [size, ...lie] as const)))(
    'over %i leaves, with %s, is gone on from by nobody, and verification finds it',
    async (size, what, change, code, kind) => {
      const ledger = await ledgerSession(at(`${what.replaceAll(' ', '-')}-${size}`));
      const { store } = ledger.session.ports;
      await addRun(store, 'a', size - 2);
      await seal(ledger.session, ledger.settings);
      await addRun(store, 'b');
      const before = readdirSync(ledger.settings.witness!);
      const lying = withStore(ledger, withSeal(store, change));
      await expect(seal(lying.session, lying.settings)).rejects.toMatchObject({ code });
      expect(readdirSync(ledger.settings.witness!)).toEqual(before);
      expect((await verified(lying)).faults.map((fault) => [fault.kind, fault.stream, fault.revision])).toContainEqual([kind, 'seals', 0]);
      expect((await verified(ledger)).faults).toEqual([]);
    },
  );

  test('with another signature is gone on from by nobody', async () => {
    const ledger = await ledgerSession(at('forged'));
    await addRun(ledger.session.ports.store, 'a');
    await seal(ledger.session, ledger.settings);
    const forged = withStore(
      ledger,
      withSeal(ledger.session.ports.store, (data) => ({
        ...data,
        checkpoint: (data['checkpoint'] as string).replace(/(.)=?\n$/, (end) =>
          end.startsWith('A') ? `B${end.slice(1)}` : `A${end.slice(1)}`,
        ),
      })),
    );
    await expect(seal(forged.session, forged.settings)).rejects.toMatchObject({ code: 'CheckpointInvalid' });
    expect((await verified(forged)).faults).toContainEqual(
      expect.objectContaining({ kind: 'signature_invalid', stream: 'seals', revision: 0 }),
    );
  });
});

describe('bytes that no longer match their hash', () => {
  test('are not sealed', async () => {
    const ledger = await ledgerSession(at('bytes'));
    const { store } = ledger.session.ports;
    await seal(ledger.session, ledger.settings);
    await addRun(store, 'a');
    const damaged = withStore(
      ledger,
      storeLike(store, {
        readAll: async (options) =>
          (await store.readAll(options)).map((event) =>
            event.stream === 'sleeveRun-a' && event.revision === 1n
              ? { ...event, bytes: Uint8Array.from(event.bytes).fill(0x20, 40, 41) }
              : event,
          ),
      }),
    );
    await expect(seal(damaged.session, damaged.settings)).rejects.toMatchObject({
      code: 'ChainBroken',
      evidence: { stream: 'sleeveRun-a', revision: 1 },
    });
  });
});

describe('the latest checkpoint of the witness folder', () => {
  test('stands beside those by size, is replaced by a wider one only, and is all that a seal reads there', async () => {
    const ledger = await ledgerSession(at('latest'));
    const { session, settings } = ledger;
    const latest = join(settings.witness!, 'latest.checkpoint');
    await seal(session, settings);
    await addRun(session.ports.store, 'a');
    await seal(session, settings);
    expect(readFileSync(latest, 'utf8')).toBe(readFileSync(join(settings.witness!, '000000000006.checkpoint'), 'utf8'));
    const files = { ...session.ports.files, list: () => Promise.reject(new Error('the folder was listed')) };
    await addRun(session.ports.store, 'b');
    await expect(seal({ ...session, ports: { ...session.ports, files } }, settings)).resolves.toMatchObject({ treeSize: 10 });
  });

  test('that is missing is found by the names of the others, and written again', async () => {
    const { session, settings } = await ledgerSession(at('no-latest'));
    const latest = join(settings.witness!, 'latest.checkpoint');
    await seal(session, settings);
    rmSync(latest);
    await addRun(session.ports.store, 'a');
    await seal(session, settings);
    expect(existsSync(latest)).toBe(true);
  });

  test('of a tree that the store does not hold is not sealed over', async () => {
    const one = await ledgerSession(at('one'));
    const other = await ledgerSession(at('other'), { key: at('one.key') });
    for (const run of ['a', 'b', 'c']) await addRun(one.session.ports.store, run);
    await seal(one.session, one.settings);
    await addRun(other.session.ports.store, 'x');
    // Longer than the store: the tail that was witnessed is gone.
    await expect(seal(other.session, { ...other.settings, witness: one.settings.witness })).rejects.toMatchObject({
      code: 'CheckpointInconsistent',
    });
    // Between the last seal and the end: another tree of that size.
    for (const run of ['y', 'z', 'u', 'v']) await addRun(other.session.ports.store, run);
    await expect(seal(other.session, { ...other.settings, witness: one.settings.witness })).rejects.toMatchObject({
      code: 'CheckpointInconsistent',
    });
    // Before the last seal: the tiles prove no extension.
    await seal(other.session, other.settings);
    await addRun(other.session.ports.store, 'w');
    await expect(seal(other.session, { ...other.settings, witness: one.settings.witness })).rejects.toMatchObject({
      code: 'CheckpointInconsistent',
    });
  });

  test('that is narrower than the last seal is shown by tiles to be extended by it', async () => {
    const { session, settings } = await ledgerSession(at('behind'));
    const latest = join(settings.witness!, 'latest.checkpoint');
    await addRun(session.ports.store, 'a', 300);
    await seal(session, settings);
    const earlier = readFileSync(latest);
    await addRun(session.ports.store, 'b', 300);
    await seal(session, settings);
    writeFileSync(latest, earlier);
    await addRun(session.ports.store, 'c');
    await expect(seal(session, settings)).resolves.toMatchObject({ treeSize: 607, already: false });
  });
});

describe('a ledger that was sealed by version 0.1.0', () => {
  test('is sealed on, verified, proven and exported with seals of both versions', async () => {
    const ledger = await ledgerSession(at('old'));
    const { session, settings } = ledger;
    const { store } = session.ports;
    await addRun(store, 'a', 5);
    expect(await sealAsVersion1(ledger)).toBe(7);
    expect(await seal(session, settings)).toMatchObject({ treeSize: 7, already: true });
    expect(await proveEvent(session.ports, 'sleeveRun-a@4')).toMatchObject({ leafIndex: 6, treeSize: 7 });
    await addRun(store, 'b', 5);
    expect(await sealAsVersion1(ledger)).toBe(13);
    await addRun(store, 'c', 5);
    expect(await seal(session, settings)).toMatchObject({ treeSize: 19, already: false });
    await addRun(store, 'd', 5);
    expect(await seal(session, settings)).toMatchObject({ treeSize: 25, already: false });
    expect(await verified(ledger)).toMatchObject({ faults: [], sealedTo: 25, witnessedTo: 25, unsealed: 1 });
    for (const wanted of ['ledger@0', 'sleeveRun-b@2', 'ledger@2', 'sleeveRun-d@4'])
      expect(await proveEvent(session.ports, wanted)).toMatchObject({ treeSize: 25 });
    const lines: string[] = [];
    const plainly = {
      knownAt: null,
      seal: 'newest',
      origin: session.ledger.origin,
      signer: null,
      positions: false,
      filesOf: null,
    } as const;
    for await (const line of auditLines(session.ports, { ...everything, ...plainly })) lines.push(line);
    expect(lines.filter((line) => line.includes('"step":"ledger_seal"'))).toHaveLength(4);
  });

  test('is not sealed on when its last seal has another root than what is stored', async () => {
    const ledger = await ledgerSession(at('old-lies'));
    await addRun(ledger.session.ports.store, 'a', 5);
    await sealAsVersion1(ledger);
    await addRun(ledger.session.ports.store, 'b', 5);
    const lying = withStore(
      ledger,
      withSeal(ledger.session.ports.store, (data) => ({ ...data, root: flipped(data['root'] as string) })),
    );
    await expect(createSealer(lying.session, lying.settings).seal()).rejects.toMatchObject({ code: 'CheckpointInvalid' });
  });
});
