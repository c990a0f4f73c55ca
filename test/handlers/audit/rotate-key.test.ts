import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { signCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { parseVerifierKey } from '../../../domain/audit/signed-note.ts';
import { fromHex } from '../../../domain/shared/hashing.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { Files } from '../../../handlers/ports/ports.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { type RunOptions, Workbench } from '../../support/cli.ts';

const directory = scratchDirectory();
const crypto = createNodeCrypto();

interface StoredKey {
  readonly origin: string;
  readonly verifierKey: string;
  readonly privateSeedHex: string;
  readonly next?: { readonly verifierKey: string };
}

let bench: Workbench;
const keyFile = (): string => `${bench.store}.key`;
const stored = (file = keyFile()): StoredKey => JSON.parse(readFileSync(file, 'utf8')) as StoredKey;
const rotate = (options: RunOptions = {}) => bench.json(['ledger', 'key', 'rotate', '--why', 'a test'], options);
const verified = async () => bench.json(['ledger', 'verify']);
const typesOf = async () => (await bench.events()).map(({ type }) => type);

/** Lets a number of files be written, and then the machine stops. */
const stopsAfter = (count: number): RunOptions => {
  let left = count;
  return {
    tools: (tools) => {
      const writeWhole: Files['writeWhole'] = async (...args) => {
        if (left-- <= 0) throw new LedgerError('StoreIo', 'the machine stopped');
        await tools.files.writeWhole(...args);
      };
      return { ...tools, files: { ...tools.files, writeWhole } };
    },
  };
};
const rotations = async () => (await typesOf()).filter((type) => type === 'SigningKeyRotated').length;

beforeEach(async () => {
  bench = new Workbench(directory);
  expect((await bench.json(['ledger', 'init'])).exit).toBe(0);
  expect((await bench.json(['ledger', 'seal'])).exit).toBe(0);
});

describe('a rotation of the signing key', () => {
  test('is signed by the old key, keeps it aside, and seals with the new one; old seals and witnesses hold', async () => {
    const before = stored();
    const { exit, result } = await rotate();
    expect(exit).toBe(0);
    const after = stored();
    expect(result).toMatchObject({ verifierKeyBefore: before.verifierKey, verifierKeyAfter: after.verifierKey, completed: false });
    expect(after.verifierKey).not.toBe(before.verifierKey);
    expect(after.next).toBeUndefined();
    const retired = result['retiredFile'] as string;
    expect(retired).toBe(`${keyFile()}.${parseVerifierKey(crypto.sha256, before.verifierKey).keyId}.retired`);
    expect(stored(retired)).toEqual(before);
    expect([keyFile(), retired].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(await typesOf()).toEqual(['LedgerOpened', 'LedgerFormatRaised', 'LedgerSealed', 'SigningKeyRotated', 'LedgerSealed']);
    const newest = (await bench.json(['ledger', 'prove', 'ledger@2'])).result;
    expect(newest['verifierKey']).toBe(after.verifierKey);
    expect(await verified()).toMatchObject({ exit: 0, result: { sealedTo: 4, unsealed: 1, faults: [] } });
  });

  test('leaves exports of either time verifiable, with the right key and with the keys of the ledger', async () => {
    const before = stored();
    const [old, young] = [bench.path('old.jsonl'), bench.path('young.jsonl')];
    await bench.json(['audit', 'export', '--all', '-o', old]);
    await rotate();
    const after = stored();
    await bench.json(['audit', 'export', '--all', '-o', young]);
    for (const file of [old, young])
      expect(await bench.json(['audit', 'verify', file])).toMatchObject({ exit: 0, result: { faults: [], keyFrom: 'store', unsealed: 1 } });
    expect((await bench.json(['audit', 'verify', old, '--vkey', before.verifierKey])).exit).toBe(0);
    expect((await bench.json(['audit', 'verify', young, '--vkey', after.verifierKey])).exit).toBe(0);
    expect(await bench.json(['audit', 'verify', young, '--vkey', before.verifierKey])).toMatchObject({
      exit: 1,
      // The checkpoint, and what the export declares.
      result: { faults: [{ kind: 'signature_invalid' }, { kind: 'signature_invalid' }] },
    });
  });

  test('again and again gives a chain of keys', async () => {
    for (let time = 0; time < 3; time++) expect((await rotate()).exit).toBe(0);
    expect((await typesOf()).filter((type) => type === 'SigningKeyRotated')).toHaveLength(3);
    expect(await verified()).toMatchObject({ exit: 0, result: { faults: [] } });
  });

  test('lets the retired key seal nothing any more', async () => {
    const old = stored();
    await rotate();
    // Whoever holds the retired key signs a checkpoint over all there is, with the true root.
    const { treeSize, root } = (await bench.json(['ledger', 'prove', 'ledger@0'])).result as { treeSize: number; root: string };
    const key = parseVerifierKey(crypto.sha256, old.verifierKey);
    const forged = signCheckpoint({ origin: old.origin, size: treeSize, root: fromHex(root) }, key, (message) =>
      crypto.sign(fromHex(old.privateSeedHex), message),
    );
    const file = bench.write('ledger.sqlite.witness/000000000003.checkpoint', forged);
    expect(await verified()).toMatchObject({ exit: 1, result: { faults: [{ kind: 'checkpoint_invalid', file }] } });
  });

  test('needs a reason, and the key', async () => {
    expect((await bench.json(['ledger', 'key', 'rotate'])).exit).toBe(2);
    writeFileSync(keyFile(), 'no json');
    expect(await rotate()).toMatchObject({ exit: 2, error: { code: 'ConfigInvalid' } });
  });
});

describe('a rotation interrupted', () => {
  // Writes in order: key file with the next key, [event], retired key, key file.
  test('before the new key is written has not happened', async () => {
    const before = stored();
    expect((await rotate(stopsAfter(0))).exit).toBe(74);
    expect(stored()).toEqual(before);
    expect(await rotations()).toBe(0);
    expect((await rotate()).exit).toBe(0);
    expect(await rotations()).toBe(1);
  });

  test('before the event is recorded is begun again with the same new key', async () => {
    const before = stored();
    const refusing: RunOptions = {
      tools: (tools) => ({
        ...tools,
        crypto: {
          ...tools.crypto,
          sign: () => {
            throw new LedgerError('StoreIo', 'the machine stopped');
          },
        },
      }),
    };
    expect((await rotate(refusing)).exit).toBe(74);
    expect(stored().verifierKey).toBe(before.verifierKey);
    const next = stored().next!.verifierKey;
    expect(await rotations()).toBe(0);
    // The old key is still the key.
    expect((await bench.json(['ledger', 'seal'])).exit).toBe(0);
    expect((await rotate()).result).toMatchObject({ verifierKeyAfter: next, completed: false });
    expect(await rotations()).toBe(1);
    expect(await verified()).toMatchObject({ exit: 0, result: { faults: [] } });
  });

  test.each([
    ['before the old key is kept', 1],
    ['before the key file is replaced', 2],
  ])('after the event, %s, is completed by the next seal, and by the next rotation', async (_, files) => {
    for (const next of [
      ['ledger', 'seal'],
      ['ledger', 'key', 'rotate', '--why', 'again'],
    ]) {
      const before = stored();
      const recorded = await rotations();
      expect((await rotate(stopsAfter(files))).exit).toBe(74);
      expect(await rotations()).toBe(recorded + 1);
      expect(stored().verifierKey).toBe(before.verifierKey);
      const answer = await bench.json(next);
      expect(answer.exit).toBe(0);
      if (next[1] === 'key') {
        expect(answer.result).toMatchObject({ completed: true });
        expect(answer.warnings).toHaveLength(1);
      }
      expect(await rotations()).toBe(recorded + 1);
      expect(stored().verifierKey).not.toBe(before.verifierKey);
      expect(existsSync(`${keyFile()}.${parseVerifierKey(crypto.sha256, before.verifierKey).keyId}.retired`)).toBe(true);
      expect(await verified()).toMatchObject({ exit: 0, result: { faults: [] } });
    }
  });

  test('whose new key was lost is said to be: nothing is signed with the old one', async () => {
    const before = readFileSync(keyFile());
    await rotate();
    writeFileSync(keyFile(), before);
    expect(await bench.json(['manifest', 'apply'])).toMatchObject({ error: { code: 'KeyMissing' } });
    expect(await rotate()).toMatchObject({ exit: 66, error: { code: 'KeyMissing' } });
  });
});
