/** Somebody changes or exchanges the key file: nothing is signed that verifies for nobody, and nothing is recorded under it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { toHex } from '../../domain/shared/hashing.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { type RunOptions, Workbench } from '../support/cli.ts';
import { newKey } from '../support/forger.ts';
import { scratchDirectory } from '../support/scratch.ts';

const directory = scratchDirectory();
const otherSeed = toHex(createNodeCrypto().newKeyPair().privateSeed);

interface StoredKey {
  readonly origin: string;
  readonly verifierKey: string;
  readonly privateSeedHex: string;
}

interface Check {
  readonly check: string;
  readonly status: string;
  readonly message: string;
}

let bench: Workbench;
const keyFile = (): string => `${bench.store}.key`;
const stored = (): StoredKey => JSON.parse(readFileSync(keyFile(), 'utf8')) as StoredKey;
const put = (change: Partial<StoredKey>): void => writeFileSync(keyFile(), JSON.stringify({ ...stored(), ...change }));
const quarantined = ['sleeve', 'quarantine', 'coins', '--why', 'a test'];

async function checkOf(name: string, now?: string): Promise<Check> {
  const { result } = await bench.json(['doctor'], now === undefined ? {} : { now });
  return (result['checks'] as Check[]).find(({ check }) => check === name)!;
}

beforeEach(async () => {
  bench = new Workbench(directory);
  expect((await bench.json(['ledger', 'init'])).exit).toBe(0);
  for (const argv of [['manifest', 'apply'], quarantined]) expect((await bench.json([...argv, '--no-seal'])).exit).toBe(0);
});

describe('a key file whose seed is not that of its key', () => {
  test('seals, rotates and exports nothing, says what to do, and leaves the ledger as it was', async () => {
    put({ privateSeedHex: otherSeed });
    const before = await bench.events();
    for (const argv of [
      ['ledger', 'seal'],
      ['ledger', 'key', 'rotate', '--why', 'a test'],
      ['audit', 'export', '--all', '-o', bench.path('audit.jsonl')],
    ]) {
      const { exit, error } = await bench.json(argv);
      expect({ argv, exit, code: error?.code, file: error?.at.file }).toEqual({ argv, exit: 2, code: 'KeyMismatch', file: keyFile() });
      expect(error!.advice).toContain('put back');
    }
    expect(await bench.events()).toEqual(before);
    expect((await bench.json(['ledger', 'verify'])).result).toMatchObject({ faults: [], sealedTo: 2 });
    expect(await checkOf('key')).toMatchObject({ status: 'failed', message: expect.stringContaining('KeyMismatch') as unknown });
  });

  test('is not needed for that: a signature that does not verify is recorded by no seal and no rotation', async () => {
    const before = await bench.events();
    const broken: RunOptions = { tools: (tools) => ({ ...tools, crypto: { ...tools.crypto, sign: () => new Uint8Array(64) } }) };
    expect(await bench.json(['ledger', 'seal'], broken)).toMatchObject({ exit: 1, error: { code: 'CheckpointInvalid' } });
    const rotated = await bench.json(['ledger', 'key', 'rotate', '--why', 'a test', '--no-seal'], broken);
    expect(rotated).toMatchObject({ exit: 1, error: { code: 'ChainBroken' } });
    expect(await bench.events()).toEqual(before);
  });

  test('begins no ledger', async () => {
    const other = bench.path('other.sqlite');
    put({ privateSeedHex: otherSeed });
    const begun = await bench.json(['ledger', 'init', '--store', other, '--key', keyFile()]);
    expect(begun).toMatchObject({ exit: 2, error: { code: 'KeyMismatch' } });
    expect(await bench.json(['ledger', 'verify', '--store', other])).toMatchObject({ exit: 66, error: { code: 'LedgerMissing' } });
  });

  test('control: the right one does all of it, and doctor says that it is in force', async () => {
    for (const argv of [
      ['ledger', 'seal'],
      ['ledger', 'key', 'rotate', '--why', 'a test'],
      ['audit', 'export', '--all', '-o', bench.path('a')],
    ])
      expect({ argv, exit: (await bench.json(argv)).exit }).toEqual({ argv, exit: 0 });
    expect(await checkOf('key')).toMatchObject({ status: 'passed', message: expect.stringContaining(stored().verifierKey) as unknown });
  });
});

describe('doctor', () => {
  test('tells a retired key and the key of another ledger from the one in force', async () => {
    const old = stored();
    expect((await bench.json(['ledger', 'key', 'rotate', '--why', 'a test'])).exit).toBe(0);
    put(old);
    expect(await checkOf('key')).toMatchObject({ status: 'failed', message: expect.stringContaining('retired') as unknown });
    const foreign = newKey(old.origin);
    put({ verifierKey: foreign.text, privateSeedHex: toHex(foreign.seed) });
    expect(await checkOf('key')).toMatchObject({ status: 'failed', message: expect.stringContaining('another ledger') as unknown });
  });

  test('holds the clock against the newest record, and not against the first', async () => {
    const [years, months] = ['2027-10-01T00:00:00.000Z', '2027-09-01T00:00:00.000Z'];
    expect((await checkOf('clock')).status).toBe('passed');
    expect((await bench.json(['sleeve', 'reinstate', 'coins', '--why', 'a test', '--no-seal'], { now: years })).exit).toBe(0);
    expect(await checkOf('clock', months)).toMatchObject({ status: 'warned', message: expect.stringContaining('sleeve-coins') as unknown });
    expect((await checkOf('clock', years)).status).toBe('passed');
  });
});
