/** The folder of a witness: what is kept there under which name, and which of its files is the newest. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { openCheckpoint } from '../../../domain/audit/checkpoint.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { folderWitness, newestNote, openWithAnyKey, widestNote, witness, witnessFiles } from '../../../handlers/ledger/witness.ts';
import { noteBy, numberedCosigner, numberedKey } from '../../support/numbered-keys.ts';
import { refusalOf } from '../../support/refusal.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const tools = createTools({ logLevel: 'silent', isTerminal: false });
const directory = scratchDirectory();
const log = numberedKey(1);
const north = numberedCosigner(11, 'north.example');

function contentsOf(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const readText = (): Promise<string> => Promise.reject(new TypeError('a fault of the program'));

describe('the folder of a witness', () => {
  test('keeps a checkpoint under its size, in twelve digits, and as the latest', async () => {
    const folder = join(directory, 'kept');
    expect(await witness(tools, folder, 8, noteBy(log, 8))).toBe(`${folder}/000000000008.checkpoint`);
    expect(contentsOf(folder)).toEqual({ '000000000008.checkpoint': noteBy(log, 8), 'latest.checkpoint': noteBy(log, 8) });
  });

  test('has the widest as the latest, and of two of one size the later', async () => {
    const folder = join(directory, 'widest');
    await witness(tools, folder, 8, noteBy(log, 8));
    await witness(tools, folder, 7, noteBy(log, 7));
    expect(contentsOf(folder)['latest.checkpoint']).toBe(noteBy(log, 8));
    await witness(tools, folder, 8, noteBy(log, 8, 77));
    expect(contentsOf(folder)['latest.checkpoint']).toBe(noteBy(log, 8, 77));
    await witness(tools, folder, 10, noteBy(log, 10));
    expect(contentsOf(folder)).toEqual({
      '000000000007.checkpoint': noteBy(log, 7),
      '000000000008.checkpoint': noteBy(log, 8, 77),
      '000000000010.checkpoint': noteBy(log, 10),
      'latest.checkpoint': noteBy(log, 10),
    });
  });

  test('keeps what others had signed of a checkpoint that is kept again', async () => {
    const folder = join(directory, 'again');
    const cosigned = noteBy(log, 8) + north.line(noteBy(log, 8), 1_700_000_000);
    await witness(tools, folder, 8, cosigned);
    await witness(tools, folder, 8, noteBy(log, 8));
    expect(contentsOf(folder)).toEqual({ '000000000008.checkpoint': cosigned, 'latest.checkpoint': cosigned });
  });

  test('puts a checkpoint in the place of a file that holds none', async () => {
    const folder = join(directory, 'damaged');
    mkdirSync(folder);
    writeFileSync(join(folder, '000000000008.checkpoint'), 'no note');
    await witness(tools, folder, 8, noteBy(log, 8));
    expect(contentsOf(folder)['000000000008.checkpoint']).toBe(noteBy(log, 8));
  });

  test('that cannot be read is a fault of this machine', async () => {
    const folder = join(directory, 'unread');
    await witness(tools, folder, 8, noteBy(log, 8));

    await expect(witness({ files: { ...tools.files, readText } }, folder, 8, noteBy(log, 8))).rejects.toThrow('a fault of the program');
  });

  test('lists its checkpoints in ascending size and nothing else, and none where it is missing', async () => {
    const folder = join(directory, 'listed');
    for (const size of [120, 9, 30]) await witness(tools, folder, size, noteBy(log, size));
    for (const name of ['.000000000040.checkpoint', 'readme.txt', 'checkpoint']) writeFileSync(join(folder, name), 'x');
    expect(await witnessFiles(tools, folder)).toEqual(
      ['000000000009', '000000000030', '000000000120', 'latest'].map((name) => `${folder}/${name}.checkpoint`),
    );
    expect(await witnessFiles(tools, join(directory, 'missing'))).toEqual([]);
  });

  test('has its widest note by the names of its files, and its newest by the file of the latest', async () => {
    const folder = join(directory, 'found');
    for (const size of [9, 30]) await witness(tools, folder, size, noteBy(log, size));
    writeFileSync(join(folder, 'latest.checkpoint'), noteBy(log, 9));
    expect(await widestNote(tools, folder)).toEqual({ file: `${folder}/000000000030.checkpoint`, note: noteBy(log, 30) });
    expect(await newestNote(tools, folder)).toEqual({ file: `${folder}/latest.checkpoint`, note: noteBy(log, 9) });
  });

  test('has its newest note by the names where there is no latest, and its widest by the latest where nothing else is', async () => {
    const old = join(directory, 'old');
    mkdirSync(old);
    for (const size of [9, 30]) writeFileSync(join(old, `${String(size).padStart(12, '0')}.checkpoint`), noteBy(log, size));
    expect(await newestNote(tools, old)).toEqual({ file: `${old}/000000000030.checkpoint`, note: noteBy(log, 30) });
    const left = join(directory, 'left');
    mkdirSync(left);
    writeFileSync(join(left, 'latest.checkpoint'), noteBy(log, 9));
    expect(await widestNote(tools, left)).toEqual({ file: `${left}/latest.checkpoint`, note: noteBy(log, 9) });
  });

  test('has no note where it is missing or empty', async () => {
    const empty = join(directory, 'empty');
    mkdirSync(empty);
    for (const folder of [empty, join(directory, 'missing')])
      expect([await widestNote(tools, folder), await newestNote(tools, folder)]).toEqual([null, null]);
  });

  test('is asked like any other witness', async () => {
    const folder = join(directory, 'asked');
    const asked = folderWitness(tools, folder);
    expect(await asked.show('desk.example')).toEqual({ kind: 'shown', newest: null });
    const taken = await asked.take({ old: 0, size: 8, proof: [], note: noteBy(log, 8) }, 'desk.example');
    expect(taken).toEqual({ kind: 'kept', lines: '' });
    expect(await asked.show('desk.example')).toEqual({
      kind: 'shown',
      newest: { file: `${folder}/latest.checkpoint`, note: noteBy(log, 8) },
    });
    expect(statSync(folder).isDirectory()).toBe(true);
  });
});

describe('a checkpoint of any of the keys', () => {
  const [retired, inForce, stranger] = [numberedKey(1), numberedKey(2), numberedKey(3)];
  const keys = [retired.key, inForce.key];

  test.each([
    ['the retired key', retired],
    ['the key in force', inForce],
  ])('opens where %s has signed it', (_, by) => {
    expect(openWithAnyKey(tools, { file: '/w/8', note: noteBy(by, 8) }, keys)).toEqual({
      origin: 'desk.example',
      size: 8,
      root: new Uint8Array(32).fill(8),
    });
  });

  const refusedWith = (note: string) => refusalOf(() => openWithAnyKey(tools, { file: '/w/8', note }, keys));

  test('does not open for a key of nobody, and the refusal is that of the key in force', () => {
    const { code, message, at } = refusedWith(noteBy(stranger, 8));
    expect({ code, message, at }).toEqual({
      code: 'CheckpointInvalid',
      message: '/w/8: the note is not signed by the verifier key given',
      at: { file: '/w/8' },
    });
    const changed = noteBy(inForce, 8).replace('\n8\n', '\n9\n');
    const ofInForce = refusalOf(() => openCheckpoint(changed, inForce.key, tools.crypto.verify)).message;
    expect(ofInForce).not.toBe('the note is not signed by the verifier key given');
    expect(refusedWith(changed).message).toBe(`/w/8: ${ofInForce}`);
  });

  test('does not open where there is no key at all', () => {
    expect(refusalOf(() => openWithAnyKey(tools, { file: '/w/8', note: noteBy(stranger, 8) }, []))).toEqual(
      new LedgerError('CheckpointInvalid', '/w/8: no key', { at: { file: '/w/8' } }),
    );
  });
});
