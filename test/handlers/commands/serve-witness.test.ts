/** A witness in a folder, and the logs that it is told to watch. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTools } from '../../../bin/adapters.ts';
import { formatVerifierKey, verifierKeyOf } from '../../../domain/audit/signed-note.ts';
import { type OpenedWitness, openWitness } from '../../../handlers/commands/serve-witness.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const directory = scratchDirectory();
const tools = createTools({ logLevel: 'silent', isTerminal: false });
const { crypto } = tools;
const vkey = (origin: string, digit: number): string =>
  formatVerifierKey(verifierKeyOf(crypto.sha256, origin, crypto.publicKeyOf(new Uint8Array(32).fill(digit))));
const state = join(directory, 'state', 'of-a-witness');
const opened: OpenedWitness[] = [];

async function open(logs: readonly string[], name: string | null = null, folder = state): Promise<OpenedWitness> {
  const witness = await openWitness(tools, { state: folder, name, logs });
  opened.push(witness);
  return witness;
}

beforeAll(async () => {
  (await open([])).close();
});
afterAll(() => {
  for (const { close } of opened) close();
});

describe('a witness', () => {
  test('has a key of its own, which it has again when it is opened again', async () => {
    const first = await open([], 'w.example', join(directory, 'named'));
    first.close();
    expect([first.name, first.origins]).toEqual(['w.example', []]);
    expect(first.verifierKey.startsWith('w.example+')).toBe(true);
    const again = await open([], null, join(directory, 'named'));
    expect([again.name, again.verifierKey]).toEqual([first.name, first.verifierKey]);
    again.close();
    await expect(open([], 'other.example', join(directory, 'named'))).rejects.toMatchObject({ code: 'ConfigInvalid' });
    expect(existsSync(join(directory, 'named', 'witness.key'))).toBe(true);
  });

  test('watches each log by its origin, under all of its keys', async () => {
    const logs = [vkey('a.example', 1), `b.example=${vkey('b.example', 2)}`, vkey('a.example', 3)];
    const { origins, close } = await open(logs);
    close();
    expect(origins).toEqual(['a.example', 'b.example']);
  });

  test.each([
    ['no key', 'a.example', '--log a.example: ORIGIN=VKEY, as `ledger init` prints it'],
    ['two origins', `x=a.example=${vkey('a.example', 1)}`, expect.stringContaining(': ORIGIN=VKEY, as `ledger init` prints it')],
    ['nothing', '', '--log : ORIGIN=VKEY, as `ledger init` prints it'],
  ])('is not told of a log by %s', async (_, log, message) => {
    await expect(open([log])).rejects.toMatchObject({ code: 'Usage', message, at: { path: '--log' } });
  });

  test('is not told of a log by the key of another one', async () => {
    const log = `b.example=${vkey('a.example', 1)}`;
    await expect(open([log])).rejects.toMatchObject({
      code: 'Usage',
      message: `--log ${log}: the key is of a.example, not of b.example`,
      at: { path: '--log' },
    });
  });
});
