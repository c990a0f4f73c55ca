/**
 * A sealer keeps the tree between seals: it must answer as a seal that reads everything does, and refuse a store that changed behind it.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { rotateKey } from '../../../handlers/commands/rotate-key.ts';
import { seal } from '../../../handlers/commands/seal-ledger.ts';
import { createSealer } from '../../../handlers/ledger/sealer.ts';
import { verifyLedger } from '../../../handlers/ledger/verify.ts';
import { addRun, ledgerSession, storeLike } from '../../support/ledger-session.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const at = (name: string): string => join(directory, name);

describe('a sealer', () => {
  test('seals byte by byte what seals that read the whole ledger would, and repeats none that covers everything', async () => {
    const kept = await ledgerSession(at('kept'));
    const whole = await ledgerSession(at('whole'), { key: at('kept.key') });
    const sealer = createSealer(kept.session, kept.settings);
    for (let round = 0; round < 12; round++) {
      for (const { session } of [kept, whole])
        for (let run = 0; run < round % 4; run++) await addRun(session.ports.store, `${round}-${run}`);
      const { witnessFile: _, ...sealing } = await sealer.seal();
      expect(sealing.already).toBe(round % 4 === 0 && round > 0);
      const { witnessFile: __, ...expected } = await seal(whole.session, whole.settings);
      expect(sealing).toEqual(expected);
    }
    const all = { after: null, maxCount: 1_000, types: null };
    expect(await kept.session.ports.store.readAll(all)).toEqual(await whole.session.ports.store.readAll(all));
    const verified = await verifyLedger(kept.session.ports, { witnessDirectory: kept.settings.witness!, checkpoint: null });
    expect(verified).toMatchObject({ faults: [], unsealed: 1 });
    expect(verified.witnessedTo).toBe(verified.sealedTo);
  });

  test('reads what is new and the last event once more, however long the ledger', async () => {
    const { session, settings } = await ledgerSession(at('long'));
    const { store } = session.ports;
    let read = 0;
    const counting = storeLike(store, {
      readAll: async (options) => {
        const page = await store.readAll(options);
        read += page.length;
        return page;
      },
      readStream: async (...given) => {
        const page = await store.readStream(...given);
        read += page.length;
        return page;
      },
    });
    const sealer = createSealer({ ...session, ports: { ...session.ports, store: counting } }, settings);
    for (let run = 0; run < 30; run++) await addRun(store, `old-${run}`, 100);
    await sealer.seal();
    expect(read).toBeGreaterThan(3_000);
    read = 0;
    await addRun(store, 'new', 5);
    await sealer.seal();
    // Five new ones, the seal before (in global order and in its stream), and the last one once more.
    expect(read).toBeLessThanOrEqual(5 + 2 + 1);
  });

  test('signs nothing once the store no longer holds what it had read', async () => {
    const { session, settings } = await ledgerSession(at('changed'));
    const { store } = session.ports;
    let change: 'none' | 'hash' | 'cut' = 'none';
    const changing = storeLike(store, {
      readAll: async (options) => {
        const page = await store.readAll(options);
        return change === 'cut' ? [] : page;
      },
      readStream: async (stream, options) => {
        const page = await store.readStream(stream, options);
        return change === 'hash' && stream === 'sleeveRun-a' ? page.map((event) => ({ ...event, hash: 'ab'.repeat(32) })) : page;
      },
    });
    const sealer = createSealer({ ...session, ports: { ...session.ports, store: changing } }, settings);
    await addRun(store, 'a');
    await sealer.seal();
    const witnessed = readdirSync(settings.witness!);
    for (change of ['hash', 'cut'] as const)
      await expect(sealer.seal()).rejects.toMatchObject({ code: 'ChainBroken', evidence: { stream: 'sleeveRun-a', revision: 2 } });
    expect(readdirSync(settings.witness!)).toEqual(witnessed);
    change = 'none';
    await expect(sealer.seal()).resolves.toMatchObject({ treeSize: 5, already: true });
  });

  test('takes what another process sealed while it was reading for no cut tail', async () => {
    const { session, settings } = await ledgerSession(at('two'));
    const { store } = session.ports;
    let overtake = false;
    const overtaken = storeLike(store, {
      readAll: async (options) => {
        const page = await store.readAll(options);
        if (overtake) {
          overtake = false;
          await addRun(store, 'overtaking');
          await seal(session, settings);
        }
        return page;
      },
    });
    const sealer = createSealer({ ...session, ports: { ...session.ports, store: overtaken } }, settings);
    await addRun(store, 'a');
    await sealer.seal();
    await addRun(store, 'b');
    overtake = true;
    await expect(sealer.seal()).resolves.toMatchObject({ treeSize: 9 });
    const seals = await store.readAll({ after: null, maxCount: 100, types: ['LedgerSealed'] });
    // What the other one sealed was the wider tree: ours is witnessed and not recorded behind it.
    expect(seals).toHaveLength(2);
    await expect(sealer.seal()).resolves.toMatchObject({ treeSize: 12, already: true });
    expect((await verifyLedger(session.ports, { witnessDirectory: settings.witness!, checkpoint: null })).faults).toEqual([]);
  });

  test('told to stop while it reads signs and witnesses nothing, and seals the same afterwards', async () => {
    const { session, settings } = await ledgerSession(at('stopped'));
    const { store } = session.ports;
    for (let run = 0; run < 4; run++) await addRun(store, `stopped-${run}`);
    const stop = new AbortController();
    const stopping = storeLike(store, {
      readAll: async (options) => {
        stop.abort();
        return store.readAll(options);
      },
    });
    const sealer = createSealer({ ...session, ports: { ...session.ports, store: stopping } }, settings);
    await expect(sealer.seal(stop.signal)).rejects.toMatchObject({ code: 'Interrupted' });
    expect(await store.readAll({ after: null, maxCount: 100, types: ['LedgerSealed'] })).toEqual([]);
    expect(existsSync(settings.witness!) ? readdirSync(settings.witness!) : []).toEqual([]);
    await expect(sealer.seal()).resolves.toMatchObject({ already: false });
  });

  test('reads the key file once for each seal', async () => {
    const { session, settings } = await ledgerSession(at('key-once'));
    const { files } = session.ports;
    let read = 0;
    const counting = {
      ...files,
      readText: async (file: string, bytesMax?: number) => {
        if (file === settings.key || file.endsWith('.key')) read++;
        return files.readText(file, bytesMax);
      },
    };
    await createSealer({ ...session, ports: { ...session.ports, files: counting } }, settings).seal();
    expect(read).toBe(1);
  });

  test('asked several times at once seals one after the other', async () => {
    const { session, settings } = await ledgerSession(at('together'));
    const sealer = createSealer(session, settings);
    const sealings = await Promise.all([sealer.seal(), sealer.seal(), sealer.seal()]);
    expect(sealings.map(({ treeSize, already }) => [treeSize, already])).toEqual([
      [2, false],
      [2, true],
      [2, true],
    ]);
  });

  test('goes on with the new key after a rotation', async () => {
    const { session, settings } = await ledgerSession(at('rotated'));
    const sealer = createSealer(session, settings);
    await sealer.seal();
    const { verifierKeyAfter } = await rotateKey(session, settings, 'yearly');
    await addRun(session.ports.store, 'after');
    const { checkpoint } = await sealer.seal();
    const given = { file: 'given', note: checkpoint, verifierKey: verifierKeyAfter };
    const verified = await verifyLedger(session.ports, { witnessDirectory: settings.witness!, checkpoint: given });
    expect(verified).toMatchObject({ faults: [], sealedTo: 7, witnessedTo: 7 });
  });
});
