/** The key file: what it may hold, who may read it, and which of its keys the ledger signs with. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { signingOfExports } from '../../../handlers/audit/export-signer.ts';
import { heldKey } from '../../../handlers/ledger/held-key.ts';
import { createKeyFile, type KeyFile, keyFileIfAny, keyFileOf, readKeyFile, writeKeyFile } from '../../../handlers/ledger/key-file.ts';
import { keyInForce, replaceKeyFile, withNewKey } from '../../../handlers/ledger/key-in-force.ts';
import { rotationMessage } from '../../../handlers/ledger/keys.ts';
import type { Ports } from '../../../handlers/ports/ports.ts';
import { resolveSettings, type Settings } from '../../../handlers/runtime/settings.ts';
import { toBase64 } from '../../../domain/audit/base64.ts';
import { draftEvent } from '../../../domain/catalogue.ts';
import { appendBatch } from '../../support/grown-ledger.ts';
import { memorySession } from '../../support/imported-run.ts';
import { type NumberedKey, numberedKey } from '../../support/numbered-keys.ts';
import { sampleId } from '../../support/sample-events.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const ports: Ports = memorySession().ports;
const [first, second, third] = [numberedKey(1), numberedKey(2), numberedKey(3)];
const settingsOf = (name: string): Settings => resolveSettings({ store: join(directory, name) }, {}, null).settings;

const pairOf = ({ text, seed }: NumberedKey) => ({ verifierKey: text, privateSeedHex: toHex(seed) });
const fileOf = (key: NumberedKey, change: Partial<KeyFile> = {}): KeyFile => ({
  origin: 'desk.example',
  ...pairOf(key),
  witness: '/w',
  ...change,
});

async function refusalOf(asked: () => unknown) {
  try {
    return await asked();
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { code, message, evidence, at };
  }
}

describe('a key file', () => {
  test('stands beside the store, or where the settings say', () => {
    expect(keyFileOf(settingsOf('a'))).toBe(join(directory, 'a.key'));
    expect(keyFileOf({ ...settingsOf('a'), key: '/k' })).toBe('/k');
  });

  test('is read as it was written, and by its owner alone', async () => {
    const settings = settingsOf('written');
    const file = fileOf(first, { witnessQuorum: 2, next: pairOf(second) });
    await writeKeyFile(tools, settings, file);
    expect(await readKeyFile(tools, settings)).toEqual(file);
    expect(await keyFileIfAny(tools, settings)).toEqual(file);
    expect(readFileSync(keyFileOf(settings), 'utf8')).toBe(`${JSON.stringify(file, null, 2)}\n`);
    expect(statSync(keyFileOf(settings)).mode & 0o777).toBe(0o600);
  });

  test('is made once: whoever comes later finds the key that is there, where one that is written takes its place', async () => {
    const settings = settingsOf('made');
    await createKeyFile(tools, settings, fileOf(first));
    expect(statSync(keyFileOf(settings)).mode & 0o777).toBe(0o600);
    await createKeyFile(tools, settings, fileOf(second));
    expect(await readKeyFile(tools, settings)).toEqual(fileOf(first));
    await writeKeyFile(tools, settings, fileOf(second));
    expect(await readKeyFile(tools, settings)).toEqual(fileOf(second));
  });

  test('that is missing is none, or a refusal where a key is needed', async () => {
    const settings = settingsOf('missing');
    const file = keyFileOf(settings);
    expect(await keyFileIfAny(tools, settings)).toBeNull();
    expect(await refusalOf(() => readKeyFile(tools, settings))).toEqual({
      code: 'KeyMissing',
      message: `no signing key at ${file}`,
      evidence: {},
      at: { file },
    });
  });

  test.each([
    ['no JSON', '{'],
    ['another member', JSON.stringify({ ...fileOf(first), more: 1 })],
    ['no witness', JSON.stringify({ ...fileOf(first), witness: undefined })],
    ['a seed that is too short', JSON.stringify({ ...fileOf(first), privateSeedHex: 'a'.repeat(63) })],
    ['a seed that is too long', JSON.stringify({ ...fileOf(first), privateSeedHex: 'a'.repeat(65) })],
    ['a seed in capitals', JSON.stringify({ ...fileOf(first), privateSeedHex: 'A'.repeat(64) })],
    ['a next seed that is none', JSON.stringify({ ...fileOf(first), next: { ...pairOf(second), privateSeedHex: `${'a'.repeat(64)} ` } })],
    ['a next key with more', JSON.stringify({ ...fileOf(first), next: { ...pairOf(second), more: 1 } })],
    ['a quorum of nobody', JSON.stringify({ ...fileOf(first), witnessQuorum: 0 })],
  ])('with %s is no key file, and its content is not quoted', async (_, text) => {
    const settings = settingsOf('malformed');
    const file = keyFileOf(settings);
    writeFileSync(file, text);
    expect(await refusalOf(() => readKeyFile(tools, settings))).toEqual({
      code: 'ConfigInvalid',
      message: `${file} is not a key file`,
      evidence: {},
      at: { file },
    });
  });

  test('that is too large is refused as any settings file', async () => {
    const settings = settingsOf('large');
    writeFileSync(keyFileOf(settings), ' '.repeat(limits.settingsFileBytesMax + 1));
    expect(await refusalOf(() => readKeyFile(tools, settings))).toMatchObject({ code: 'LimitExceeded' });
  });
});

describe('a pair of a key file', () => {
  test('is held where the seed makes the key under the name of the file', () => {
    expect(heldKey(tools, '/k', fileOf(first))).toEqual(first.key);
  });

  test.each([
    ['another seed', fileOf(first, { privateSeedHex: toHex(second.seed) }), second],
    ['another origin', fileOf(first, { origin: 'other.example' }), first],
  ])('signs nothing with %s', async (_, file, ofSeed) => {
    expect(await refusalOf(() => heldKey(tools, '/k', file))).toEqual({
      code: 'KeyMismatch',
      message: `the seed or the origin in /k is not that of ${first.text}: nothing is signed with it`,
      evidence: { origin: file.origin, verifierKey: first.text, publicKeyOfSeed: toHex(ofSeed.key.publicKey) },
      at: { file: '/k' },
    });
  });
});

describe('the next key', () => {
  test('is a new one under the name of the file where it names none', () => {
    const keys = { ...tools.crypto, newKeyPair: () => ({ privateSeed: second.seed, publicKey: second.key.publicKey }) };
    expect(withNewKey({ crypto: keys }, fileOf(first))).toEqual({ ...fileOf(first), next: pairOf(second) });
  });

  test('is the one that a file names already', () => {
    expect(withNewKey(tools, fileOf(first, { next: pairOf(third) }))).toEqual(fileOf(first, { next: pairOf(third) }));
  });

  test('takes the place of the old one, which is kept aside, readable by its owner alone', async () => {
    const settings = settingsOf('replaced');
    const retired = await replaceKeyFile(tools, settings, fileOf(first, { witnessQuorum: 1, next: pairOf(second) }), pairOf(second));
    expect(retired).toBe(`${keyFileOf(settings)}.${first.key.keyId}.retired`);
    expect(readFileSync(retired, 'utf8')).toBe(`${JSON.stringify(fileOf(first, { witnessQuorum: 1 }), null, 2)}\n`);
    expect(statSync(retired).mode & 0o777).toBe(0o600);
    expect(await readKeyFile(tools, settings)).toEqual(fileOf(second, { witnessQuorum: 1 }));
  });
});

const foundInForce = async (name: string, read: KeyFile, keys: readonly NumberedKey[], there: KeyFile = read) => {
  const settings = settingsOf(name);
  await writeKeyFile(tools, settings, there);
  return refusalOf(() =>
    keyInForce(
      ports,
      settings,
      read,
      keys.map(({ key }) => key),
    ),
  );
};

describe('the key that the ledger signs with', () => {
  test('is that of the file', async () => {
    expect(await foundInForce('of-file', fileOf(first), [first])).toEqual({ keyFile: fileOf(first), completed: null });
    const withNext = fileOf(first, { next: pairOf(second) });
    expect(await foundInForce('of-file', withNext, [first])).toEqual({ keyFile: withNext, completed: null });
  });

  test('is put in its place where a rotation was interrupted after it was recorded', async () => {
    const file = keyFileOf(settingsOf('interrupted'));
    expect(await foundInForce('interrupted', fileOf(first, { next: pairOf(second) }), [first, second])).toEqual({
      keyFile: fileOf(second),
      completed: {
        verifierKeyBefore: first.text,
        verifierKeyAfter: second.text,
        keyFile: file,
        retiredFile: `${file}.${first.key.keyId}.retired`,
        completed: true,
      },
    });
    expect(await readKeyFile(tools, settingsOf('interrupted'))).toEqual(fileOf(second));
  });

  test('is read again where another process has rotated it since the file was read', async () => {
    expect(await foundInForce('again', fileOf(first), [first, second], fileOf(second))).toEqual({
      keyFile: fileOf(second),
      completed: null,
    });
  });

  test('is missing where the file holds neither it nor the next one', async () => {
    const file = keyFileOf(settingsOf('neither'));
    expect(await foundInForce('neither', fileOf(first, { next: pairOf(second) }), [third])).toEqual({
      code: 'KeyMissing',
      message: `${file} holds a key that the ledger does not sign with`,
      evidence: { inForce: third.text, inFile: first.text },
      at: { file },
    });
  });

  test('signs nothing with a seed that is not its own, and the file stays as it is', async () => {
    const wrongSeed = { ...pairOf(second), privateSeedHex: toHex(third.seed) };
    expect(await foundInForce('wrong', fileOf(first, { privateSeedHex: toHex(third.seed) }), [first])).toMatchObject({
      code: 'KeyMismatch',
    });
    const wrongNext = fileOf(first, { next: wrongSeed });
    expect(await foundInForce('wrong', wrongNext, [first, second])).toMatchObject({ code: 'KeyMismatch' });
    expect(await readKeyFile(tools, settingsOf('wrong'))).toEqual(wrongNext);
    expect(readdirSync(directory).filter((name) => name.startsWith('wrong'))).toEqual(['wrong.key']);
  });
});

/** A ledger that one key opened and another was handed over to. */
async function ledgerOf(rotated: boolean): Promise<Ports> {
  const session = memorySession().ports;
  const why = 'a test';
  const signature = toBase64(tools.crypto.sign(first.seed, rotationMessage(first.text, second.text, why)));
  const drafts = [
    draftEvent('LedgerOpened', { ledgerId: sampleId('ledger'), origin: 'desk.example', verifierKey: first.text }),
    ...(rotated ? [draftEvent('SigningKeyRotated', { verifierKeyBefore: first.text, verifierKeyAfter: second.text, signature, why })] : []),
  ];
  await appendBatch(session.store, { stream: 'ledger', drafts }, '2026-11-21T08:00:00.000Z');
  return session;
}

describe('exports are signed', () => {
  const message = new TextEncoder().encode('a text');
  const signingBy = async (name: string, file: KeyFile, rotated: boolean) => {
    await writeKeyFile(tools, settingsOf(name), file);
    const { signer, unsignedBecause } = await signingOfExports(await ledgerOf(rotated), settingsOf(name));
    return {
      key: signer?.key,
      isSigned: signer !== null && tools.crypto.verify(signer.key.publicKey, message, signer.sign(message)),
      unsignedBecause,
    };
  };

  test('with the key in force, also where it stands in the file as the next one', async () => {
    expect(await signingBy('export', fileOf(first, { next: pairOf(third) }), false)).toEqual({
      key: first.key,
      isSigned: true,
      unsignedBecause: null,
    });
    expect(await signingBy('export', fileOf(second), true)).toEqual({ key: second.key, isSigned: true, unsignedBecause: null });
    expect(await signingBy('export', fileOf(first, { next: pairOf(second) }), true)).toEqual({
      key: second.key,
      isSigned: true,
      unsignedBecause: null,
    });
  });

  test('by nobody where the key is not at hand, or is another', async () => {
    const nobody = settingsOf('nobody');
    expect(await signingOfExports(await ledgerOf(false), nobody)).toEqual({
      signer: null,
      unsignedBecause: `there is no signing key at ${keyFileOf(nobody)}`,
    });
    const unsignedBecause = `${keyFileOf(settingsOf('retired'))} holds a key that the ledger does not sign with`;
    expect(await signingBy('retired', fileOf(first), true)).toEqual({ key: undefined, isSigned: false, unsignedBecause });
    expect(await signingBy('retired', fileOf(first, { next: pairOf(third) }), true)).toEqual({
      key: undefined,
      isSigned: false,
      unsignedBecause,
    });
  });

  test('with no seed that is not that of its key', async () => {
    await expect(signingBy('seed', fileOf(first, { privateSeedHex: toHex(third.seed) }), false)).rejects.toMatchObject({
      code: 'KeyMismatch',
    });
  });
});
