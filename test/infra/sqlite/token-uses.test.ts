import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Database from 'better-sqlite3';
import { keptKindOf } from '../../../domain/shared/kept-files.ts';
import { SqliteTokenUses } from '../../../infra/sqlite/token-uses.ts';
import { tokenUsesContract } from '../../contract/token-uses.contract.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
const fresh = (): string => join(mkdtempSync(join(scratch, 'uses-')), 'ledger.sqlite.token-uses');
const tokenId = '0123456789abcdef';
const hour = '2026-11-21T08:00:00.000Z';

tokenUsesContract('sqlite', () => new SqliteTokenUses(fresh()));

describe('the file of token uses', () => {
  test('is made with the first note, for its owner alone, and nothing stands beside it', async () => {
    const file = fresh();
    await new SqliteTokenUses(file).all();
    expect(existsSync(file)).toBe(false);
    await new SqliteTokenUses(file).note(tokenId, hour);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, '..'))).toEqual(['ledger.sqlite.token-uses']);
  });

  test('is one for all processes of a ledger', async () => {
    const file = fresh();
    const [serving, listing] = [new SqliteTokenUses(file), new SqliteTokenUses(file)];
    await serving.note(tokenId, hour);
    expect(await listing.all()).toEqual(new Map([[tokenId, hour]]));
  });

  test('is told by its content, so that no output replaces it under another name', async () => {
    const file = fresh();
    await new SqliteTokenUses(file).note(tokenId, hour);
    expect(keptKindOf(readFileSync(file))).toBe('database');
  });

  test('is no other database: one that stands there is refused and left as it is', async () => {
    const file = fresh();
    new Database(file).exec('CREATE TABLE notes (text)').close();
    const before = readFileSync(file);
    await expect(new SqliteTokenUses(file).note(tokenId, hour)).rejects.toMatchObject({ code: 'NotALedger' });
    await expect(new SqliteTokenUses(file).all()).rejects.toMatchObject({ code: 'NotALedger' });
    expect(readFileSync(file)).toEqual(before);
  });

  test('that is damaged says so', async () => {
    const file = fresh();
    writeFileSync(file, 'no database'.repeat(100));
    await expect(new SqliteTokenUses(file).all()).rejects.toMatchObject({ code: 'StoreIo' });
  });

  test('that another process holds is waited for no longer than a request may', async () => {
    const file = fresh();
    await new SqliteTokenUses(file).note(tokenId, hour);
    const holder = new Database(file);
    holder.exec('BEGIN EXCLUSIVE');
    try {
      await expect(new SqliteTokenUses(file).note(tokenId, '2026-11-21T09:00:00.000Z')).rejects.toMatchObject({ code: 'StoreBusy' });
    } finally {
      holder.close();
    }
  });
});
