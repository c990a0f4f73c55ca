import { join } from 'node:path';
import { existsSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { createFiles } from '../../../infra/files/node-files.ts';
import { filesOfRequest } from '../../../presentation/api/request-files.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const directory = temporaryDirectory();
const file = join(directory, 'key');
writeFileSync(file, 'of the ledger');
const given = { holdings: new TextEncoder().encode('symbol,notional\n'), broken: Uint8Array.of(0xff) };
const files = filesOfRequest(createFiles(), given, null);

describe('files of a request', () => {
  test('are what the request brought, by its name', async () => {
    expect(await files.readText('holdings')).toBe('symbol,notional\n');
    expect(await files.readBytes('holdings')).toEqual(given.holdings);
    expect([await files.exists('holdings'), await files.exists('lots')]).toEqual([true, false]);
    await expect(files.readText('broken')).rejects.toMatchObject({ code: 'FileUnreadable' });
  });

  test('are beside it those of the ledger', async () => {
    expect(await files.readText(file)).toBe('of the ledger');
  });

  test('are never made on this machine', async () => {
    const target = join(directory, 'made');
    for (const make of [
      () => files.writeWhole(target, 'x'),
      () => files.makeFolder(target),
      () => files.writeFolder(target, async () => {}),
    ])
      await expect(make()).rejects.toMatchObject({ code: 'Internal' });
    expect(existsSync(target)).toBe(false);
    const heard: string[] = [];
    await filesOfRequest(createFiles(), {}, async (name) => void heard.push(name)).writeWhole(target, 'x');
    expect([heard, existsSync(target)]).toEqual([[target], false]);
  });
});
