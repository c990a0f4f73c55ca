/** The key of a witness and its memory: made together, and never made anew beside the other. */
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { formatVerifierKey } from '../../../domain/audit/signed-note.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import type { LedgerError } from '../../../domain/shared/errors.ts';
import type { WitnessMemory } from '../../../handlers/ports/witness.ts';
import { rememberedIn, standardWitnessName, type WitnessKey, witnessKey } from '../../../handlers/witnessing/witness-key.ts';
import { createTools } from '../../../bin/adapters.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { SomeLog } from '../../support/witness-program.ts';

const scratch = scratchDirectory();
const ports = createTools({ logLevel: 'silent', isTerminal: false });
const { crypto } = ports;

let state: string;
let file: string;
const open: WitnessMemory[] = [];

beforeEach(() => {
  state = mkdtempSync(join(scratch, 'witness-'));
  file = `${state}/witness.key`;
});

afterEach(() => {
  for (const memory of open.splice(0)) memory.close();
});

async function remembered(): Promise<WitnessMemory> {
  const memory = await rememberedIn(ports, state);
  open.push(memory);
  return memory;
}

const keyOf = async (name: string | null = null): Promise<WitnessKey> => witnessKey(ports, state, await remembered(), name);

const changed = (change: Readonly<Record<string, unknown>>): ((content: object) => string) => {
  return (content) => JSON.stringify({ ...content, ...change });
};

describe('a witness that begins', () => {
  test.each([
    [null, 'sleeve-ledger.local/witness'],
    ['example.com/witness', 'example.com/witness'],
  ])('under the name %s is %s, and has its key in a file that nobody else reads', async (name, called) => {
    const { key, sign } = await keyOf(name);
    expect(key.name).toBe(called);
    const written = readFileSync(file, 'utf8');
    const content = JSON.parse(written) as { verifierKey: string; privateSeedHex: string };
    expect(written).toBe(
      `{\n  "version": 1,\n  "verifierKey": "${content.verifierKey}",\n  "privateSeedHex": "${content.privateSeedHex}"\n}\n`,
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(content.verifierKey).toBe(formatVerifierKey(key, 4));
    expect(toHex(crypto.publicKeyOf(Buffer.from(content.privateSeedHex, 'hex')))).toBe(toHex(key.publicKey));
    const message = Buffer.from('a checkpoint');
    expect(crypto.verify(key.publicKey, message, sign(message))).toBe(true);
    expect(existsSync(`${state}/witness.sqlite`)).toBe(true);
  });

  test('beside another process has the key of the one that was first', async () => {
    const { key } = await keyOf();
    const first = readFileSync(file, 'utf8');
    const late = { ...ports, files: { ...ports.files, exists: jest.fn(async () => false) } };
    expect((await witnessKey(late, state, await remembered(), null)).key).toEqual(key);
    expect(readFileSync(file, 'utf8')).toBe(first);
  });

  test('has the standard name that the documentation gives', () => {
    expect(standardWitnessName).toBe('sleeve-ledger.local/witness');
  });
});

describe('a witness that was there before', () => {
  test.each([null, 'example.com/witness'])('has its key again when it is asked for %s', async (name) => {
    const { key } = await keyOf('example.com/witness');
    expect((await keyOf(name)).key).toEqual(key);
  });

  test('is no other by another name', async () => {
    await keyOf('example.com/witness');
    await expect(keyOf('example.com/other')).rejects.toMatchObject({
      code: 'ConfigInvalid',
      message: `the witness in ${state} is example.com/witness, not example.com/other`,
      at: { path: '--name' },
    });
  });

  test('and has lost what it remembers is not made anew', async () => {
    writeFileSync(file, 'a key');
    await expect(rememberedIn(ports, state)).rejects.toMatchObject({
      code: 'WitnessMissing',
      message: `${file} is there and what the witness remembers is not: it would begin again`,
      at: { file: `${state}/witness.sqlite` },
    });
    expect(existsSync(`${state}/witness.sqlite`)).toBe(false);
  });

  test('and has lost its key is not given another one', async () => {
    const memory = await remembered();
    memory.replace('example.com/log', () => ({ note: 'a note', result: null }));
    await expect(witnessKey(ports, state, memory, null)).rejects.toMatchObject({
      code: 'KeyMissing',
      message: `no ${file}, but a memory of what was cosigned by it`,
      at: { file },
    });
    expect(existsSync(file)).toBe(false);
  });
});

describe('a file of the key', () => {
  test.each<[string, (content: object) => string]>([
    ['that is no JSON', () => 'a key'],
    ['of another version', changed({ version: 2 })],
    ['with a seed of 31 bytes', changed({ privateSeedHex: '0'.repeat(62) })],
    ['with a seed of 33 bytes', changed({ privateSeedHex: '0'.repeat(66) })],
    ['with a seed that is no hexadecimal', changed({ privateSeedHex: 'g'.repeat(64) })],
    ['with the seed of another key', changed({ privateSeedHex: '0'.repeat(64) })],
    ['with the key of a log, which is none of a witness', changed({ verifierKey: new SomeLog('example.com/log').vkey })],
    ['with a member that is not known', changed({ more: 1 })],
  ])('%s is refused, and nothing of it is told', async (_, written) => {
    const memory = await remembered();
    await witnessKey(ports, state, memory, null);
    const content = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify(content));
    expect((await witnessKey(ports, state, memory, null)).key.name).toBe(standardWitnessName);
    writeFileSync(file, written(content));
    const refused = await witnessKey(ports, state, memory, null).then(
      () => null,
      (error: LedgerError) => error,
    );
    expect(refused).toMatchObject({ code: 'ConfigInvalid', message: `${file} is not the key of a witness`, at: { file } });
    expect(refused!.cause).toBeUndefined();
  });
});
