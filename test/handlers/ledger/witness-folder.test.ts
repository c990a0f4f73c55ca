/** Which witnesses settings and key file name together: docs/cli.md says that no flag makes anything weaker. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { type KeyFile, writeKeyFile } from '../../../handlers/ledger/key-file.ts';
import {
  keptPlaces,
  namedWitnesses,
  newWitnessesOf,
  policyOf,
  witnessesOf,
  witnessFolder,
} from '../../../handlers/ledger/witness-folder.ts';
import type { WitnessAddress } from '../../../handlers/ports/ports.ts';
import { resolveSettings, type Settings } from '../../../handlers/runtime/settings.ts';
import { numberedCosigner, numberedKey } from '../../support/numbered-keys.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const [north, south] = [numberedCosigner(11, 'north.example'), numberedCosigner(12, 'south.example')];
const tlog = ({ key, text }: typeof north): WitnessAddress => ({
  kind: 'tlog',
  place: `https://${key.name}`,
  url: `https://${key.name}`,
  verifierKey: text,
});
const named = ({ key, text }: typeof north): string => `https://${key.name}#${text}`;
const repository: WitnessAddress = { kind: 'git', place: 'git+file:///r', url: 'file:///r', branch: 'main' };

function settingsOf(store: string, given: object = {}): Settings {
  return resolveSettings({ store: join(directory, store), ...given }, {}, null).settings;
}

function keyOf(witness: string, more: Partial<KeyFile> = {}): KeyFile {
  return { origin: 'desk.example', verifierKey: numberedKey(1).text, privateSeedHex: '01'.repeat(32), witness, ...more };
}

async function refusalOf(asked: Promise<unknown>) {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    const { code, message, evidence, at } = error;
    return { code, message, evidence, at };
  }
}

const none = { note: null, addresses: [], cosigners: new Map(), quorum: null };
const beside = join(directory, 'ledger.witness');

describe('the witnesses of a ledger', () => {
  test('are a folder beside the store where nobody names one, and then it is not expected to be there', async () => {
    expect(await witnessesOf(tools, settingsOf('ledger'), null)).toEqual({ ...none, directory: beside, expected: false });
    expect(await witnessesOf(tools, settingsOf('ledger'), keyOf(''))).toEqual({ ...none, directory: beside, expected: false });
  });

  test('are the folder of the settings before that of the key file', async () => {
    const asked = { ...none, expected: true };
    expect(await witnessesOf(tools, settingsOf('ledger', { witness: '/w' }), keyOf('/k'))).toEqual({ ...asked, directory: '/w' });
    expect(await witnessesOf(tools, settingsOf('ledger', { witness: 'w' }), keyOf('/k'))).toEqual({
      ...asked,
      directory: tools.files.absolute('w'),
    });
    expect(await witnessesOf(tools, settingsOf('ledger'), keyOf('/k'))).toEqual({ ...asked, directory: '/k' });
    expect(await witnessesOf(tools, settingsOf('ledger', { witness: named(north) }), keyOf('/k'))).toMatchObject({ directory: '/k' });
  });

  test('elsewhere are those of both, each once, with the keys of the servers among them', async () => {
    const both = settingsOf('ledger', { witness: `${named(south)} ${named(north)} git+file:///r` });
    expect(await witnessesOf(tools, both, keyOf(`/k ${named(north)}`))).toEqual({
      directory: '/k',
      expected: true,
      note: null,
      addresses: [tlog(north), tlog(south), repository],
      cosigners: new Map([
        ['https://north.example', north.key],
        ['https://south.example', south.key],
      ]),
      quorum: null,
    });
  });

  test.each([
    [1, 2, 2],
    [2, 1, 2],
    [1, undefined, 1],
    [undefined, 1, 1],
    [undefined, undefined, null],
  ])('must cosign by the larger of two demands: %s in the settings, %s in the key file', async (ofSettings, ofKey, quorum) => {
    const settings = settingsOf('ledger', ofSettings === undefined ? {} : { witnessQuorum: ofSettings });
    const key = keyOf(`/k ${named(north)} ${named(south)}`, ofKey === undefined ? {} : { witnessQuorum: ofKey });
    expect((await witnessesOf(tools, settings, key)).quorum).toBe(quorum);
  });
});

const refused = (message: string, path: string) => ({ code: 'ConfigInvalid', message, evidence: {}, at: { path } });

const policy = async (addresses: readonly WitnessAddress[], quorum: number | null): Promise<unknown> => policyOf(tools, addresses, quorum);

describe('a policy', () => {
  test('that nobody could meet is refused, for repositories cosign nothing', async () => {
    expect(await refusalOf(policy([tlog(north), repository], 2))).toEqual(
      refused('2 witnesses are to cosign, and 1 are named that can', 'witnessQuorum'),
    );
    expect(await policy([tlog(north), tlog(south)], 2)).toMatchObject({ quorum: 2 });
  });

  test('counts two places of one key as no two witnesses', async () => {
    const twice: WitnessAddress = {
      ...tlog(north),
      kind: 'tlog',
      place: 'https://elsewhere',
      url: 'https://elsewhere',
      verifierKey: north.text,
    };
    expect(await refusalOf(policy([tlog(north), twice], null))).toEqual(
      refused('two witnesses have one key: they are one witness', 'witness'),
    );
  });

  test('takes no key of a log for that of a witness', async () => {
    const ofLog: WitnessAddress = { kind: 'tlog', place: 'https://log', url: 'https://log', verifierKey: numberedKey(1).text };
    expect(await refusalOf(policy([ofLog], null))).toMatchObject({ code: 'CheckpointInvalid' });
  });
});

const isHere = async (path: string): Promise<boolean> => path === '/here/ledger.witness';

describe('a relative path of an older key file', () => {
  const store = 'old/ledger';
  const key = keyOf('ledger.witness');
  const settings = settingsOf(store, { key: join(directory, 'keys', 'ledger.key') });
  const [besideKey, besideStore] = [join(directory, 'keys', 'ledger.witness'), join(directory, 'old', 'ledger.witness')];
  const note = (place: string): string =>
    `${join(directory, 'keys', 'ledger.key')} names the witness as ledger.witness, a path that depends on the folder that the ledger was ` +
    `made in; it was taken for ${place}. --witness says which one is meant, and \`ledger witness\` writes it down`;

  test('is the folder beside the key file where there is none, then the one that is there, and not one of two', async () => {
    expect(await witnessesOf(tools, settings, key)).toMatchObject({ directory: besideKey, expected: true, note: note(besideKey) });
    mkdirSync(besideStore, { recursive: true });
    expect(await witnessesOf(tools, settings, key)).toMatchObject({ directory: besideStore, expected: true, note: note(besideStore) });
    mkdirSync(besideKey, { recursive: true });
    expect(await refusalOf(witnessesOf(tools, settings, key))).toEqual({
      code: 'ConfigInvalid',
      message: `the witness ledger.witness of ${join(directory, 'keys', 'ledger.key')} can mean two folders: say which with --witness`,
      evidence: { folders: [besideKey, besideStore] },
      at: { file: join(directory, 'keys', 'ledger.key'), path: 'witness' },
    });
  });

  test('is not looked for beside the store where it bears another name', async () => {
    mkdirSync(join(directory, 'other', 'mine'), { recursive: true });
    const other = settingsOf('other/ledger', { key: join(directory, 'other-keys', 'ledger.key') });
    expect(await witnessesOf(tools, other, keyOf('mine'))).toMatchObject({ directory: join(directory, 'other-keys', 'mine') });
  });

  test('needs no note where it is the folder that it names from here', async () => {
    const here = {
      ...tools.files,
      absolute: (path: string, file?: string) => (path.startsWith('/') ? path : `/${file ?? 'here'}/${path}`),
    };

    expect(await witnessesOf({ ...tools, files: { ...here, exists: isHere } }, settings, key)).toMatchObject({
      directory: '/here/ledger.witness',
      expected: true,
      note: null,
    });
  });
});

describe('the folder of a witness', () => {
  test('of the settings is absolute', () => {
    expect(namedWitnesses(tools, settingsOf('ledger', { witness: `w ${named(north)}` }))).toEqual({
      folder: tools.files.absolute('w'),
      addresses: [tlog(north)],
    });
    expect(namedWitnesses(tools, settingsOf('ledger'))).toEqual({ folder: null, addresses: [] });
  });

  test('is written into the key file of a new ledger with the places elsewhere', () => {
    expect(newWitnessesOf(tools, settingsOf('ledger'))).toBe(beside);
    expect(newWitnessesOf(tools, settingsOf('ledger', { witness: `/w ${named(north)}` }))).toBe(`/w ${named(north)}`);
    expect(newWitnessesOf(tools, settingsOf('ledger', { witness: named(north) }))).toBe(`${beside} ${named(north)}`);
  });

  test('is read from the key file where there is one', async () => {
    const settings = settingsOf('with-key');
    expect(await witnessFolder(tools, settings)).toMatchObject({ directory: join(directory, 'with-key.witness'), expected: false });
    await writeKeyFile(tools, settings, keyOf('/k'));
    expect(await witnessFolder(tools, settings)).toMatchObject({ directory: '/k', expected: true });
  });
});

describe('what belongs to a ledger', () => {
  test('in a file are the store, its keys, its witness and its cache', () => {
    const store = join(directory, 'ledger');
    expect(keptPlaces(settingsOf('ledger'))).toEqual({
      files: [store, `${store}.key`, `${store}.letter-keys`, `${store}.token-uses`],
      folders: [`${store}.witness`, `${store}.cache`],
    });
    expect(keptPlaces(settingsOf('ledger', { witness: `/w ${named(north)}`, key: '/k', cache: '/c' }))).toEqual({
      files: [store, '/k', `${store}.letter-keys`, `${store}.token-uses`],
      folders: ['/w', '/c'],
    });
  });

  test('on a server are the files here', () => {
    const settings = resolveSettings({ store: 'esdb://host:2113' }, {}, null).settings;
    expect(keptPlaces(settings)).toEqual({
      files: ['esdb-host-2113.key', 'esdb-host-2113.letter-keys', 'esdb-host-2113.token-uses'],
      folders: ['esdb-host-2113.witness', 'esdb-host-2113.cache'],
    });
  });
});
