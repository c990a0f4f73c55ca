/** What a folder of answers counts, keeps and drops, to the byte. */
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ResultCache } from '../../../handlers/ports/ports.ts';
import { entryBytes } from '../../../infra/cache/entry.ts';
import { createFolderCache } from '../../../infra/cache/folder-cache.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import { makeFolders } from '../../../infra/files/make-folders.ts';
import { keyOfNumber, sampleRecipe, tableOf, tablesOf } from '../../contract/cache.contract.ts';
import { scratchDirectory } from '../../support/scratch.ts';
import { toldBy } from '../../support/told.ts';

const scratch = scratchDirectory();
const recipe = sampleRecipe();
const tables = tablesOf('NYSE:AAA');
const table = tableOf('NYSE:AAA');
const answerBytes = (answer: unknown): number => entryBytes(keyOfNumber(1), recipe, answer).length;
const nameOf = (number: number): string => `sleeve-profile-${keyOfNumber(number)}.answer`;
const tableName = `${recipe.data}.table`;

/** A cache whose clock stands where it is put, in seconds. */
function cacheIn(name: string, bytesMax = 1_048_576): { readonly cache: ResultCache; readonly folder: string; at(seconds: number): void } {
  const folder = join(scratch, name);
  let seconds = 1_000;
  const clock = { now: () => new Date(seconds * 1_000).toISOString() };
  return {
    cache: createFolderCache({ folder, bytesMax, engine: () => 'one', clock, makeFolder: makeFolders }),
    folder,
    at: (now) => void (seconds = now),
  };
}

const usedAt = (folder: string, name: string): number => statSync(join(folder, name)).mtimeMs / 1_000;

const unreadable = (path: string): unknown => ({ code: 'FileUnreadable', message: `${path}: ENOTDIR`, evidence: {}, at: { file: path } });

describe('a folder of answers', () => {
  test('counts what it has written, in bytes, and nothing else that lies there', async () => {
    const { cache, folder } = cacheIn('counted');
    expect(await cache.size()).toEqual({ folder, answers: [], tables: 0, bytes: 0, bytesMax: 1_048_576 });
    await cache.write(keyOfNumber(1), recipe, 'one', tables);
    await cache.write(keyOfNumber(2), recipe, 'second', tables);
    const part = `.${'0'.repeat(64)}.12-3.part`;
    writeFileSync(join(folder, part), 'seven b');
    for (const name of [
      'notes.txt',
      `x${tableName}`,
      `${nameOf(1)}x`,
      `-${nameOf(1)}`,
      `A${nameOf(1)}`,
      `x${part}`,
      `${part}x`,
      `${tableName}x`,
    ])
      writeFileSync(join(folder, name), 'not ours');
    const [one, two] = [answerBytes('one'), answerBytes('second')];
    const { answers, ...rest } = await cache.size();
    expect(rest).toEqual({ folder, tables: 1, bytes: one + two + table.length + 7, bytesMax: 1_048_576 });
    expect(answers.toSorted((left, right) => left.bytes - right.bytes)).toEqual([
      { key: keyOfNumber(1), job: 'sleeve-profile', bytes: one },
      { key: keyOfNumber(2), job: 'sleeve-profile', bytes: two },
    ]);
    expect(await cache.clear()).toEqual({ bytes: rest.bytes, answers: 2 });
    expect(readdirSync(folder)).toHaveLength(8);
    expect(cache.engine()).toBe('one');
  });

  test('marks as used what is written, written again and read, by the clock it is given', async () => {
    const { cache, folder, at } = cacheIn('used');
    at(2_000);
    await cache.write(keyOfNumber(1), recipe, 1, tables);
    expect([usedAt(folder, nameOf(1)), usedAt(folder, tableName)]).toEqual([2_000, 2_000]);
    at(3_000);
    await cache.write(keyOfNumber(2), recipe, 1, tables);
    expect([usedAt(folder, nameOf(1)), usedAt(folder, nameOf(2)), usedAt(folder, tableName)]).toEqual([2_000, 3_000, 3_000]);
    at(4_000);
    expect((await cache.read('sleeve-profile', keyOfNumber(1))).kind).toBe('answer');
    expect(usedAt(folder, nameOf(1))).toBe(4_000);
    writeFileSync(join(folder, nameOf(1)), 'damaged');
    utimesSync(join(folder, nameOf(1)), 100, 100);
    expect((await cache.read('sleeve-profile', keyOfNumber(1))).kind).toBe('damaged');
    expect(usedAt(folder, nameOf(1))).toBe(100);
  });

  test('is full only beyond its bound, and then drops the oldest until a tenth is free', async () => {
    const bytes = answerBytes(new Uint8Array(500));
    const bound = 4 * bytes + table.length;
    const { cache, folder, at } = cacheIn('full', bound);
    const names = (): string[] =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.answer'))
        .toSorted();
    for (const number of [1, 2, 3, 4]) {
      at(1_000 * number);
      await cache.write(keyOfNumber(number), recipe, new Uint8Array(500), tables);
    }
    expect([(await cache.size()).bytes, names()]).toEqual([bound, [1, 2, 3, 4].map(nameOf)]);
    at(5_000);
    await cache.write(keyOfNumber(5), recipe, new Uint8Array(500), tables);
    // Five are too many; four are more than nine tenths of the bound.
    expect(names()).toEqual([3, 4, 5].map(nameOf));
    at(6_000);
    await cache.write(keyOfNumber(6), recipe, new Uint8Array(500), tables);
    expect(names()).toEqual([3, 4, 5, 6].map(nameOf));
  });

  test('counts what another process has written once it looks, and drops parts that a crash has left', async () => {
    const bytes = answerBytes(new Uint8Array(500));
    const { cache, folder, at } = cacheIn('others', 3 * bytes);
    mkdirSync(folder);
    const part = `.${'0'.repeat(64)}.12-3.part`;
    writeFileSync(join(folder, part), Buffer.alloc(3 * bytes));
    utimesSync(join(folder, part), 1, 1);
    at(2_000);
    await cache.write(keyOfNumber(1), recipe, new Uint8Array(500), new Map());
    expect(readdirSync(folder)).toEqual([nameOf(1)]);
  });

  test('keeps the bytes of an answer and of a table as they are', async () => {
    const { cache, folder } = cacheIn('kept');
    await cache.write(keyOfNumber(1), recipe, 'one', tables);
    expect(Buffer.compare(readFileSync(join(folder, nameOf(1))), entryBytes(keyOfNumber(1), recipe, 'one'))).toBe(0);
    expect(Buffer.compare(readFileSync(join(folder, tableName)), table)).toBe(0);
    expect(statSync(join(folder, tableName)).mode & 0o777).toBe(0o600);
  });

  test('that cannot be read or written says which file, and why', async () => {
    const file = join(scratch, 'file');
    writeFileSync(file, '');
    const { cache } = cacheIn('file');
    expect(await toldBy(cache.size())).toEqual(unreadable(file));
    expect(await toldBy(cache.table(recipe.data))).toEqual(unreadable(join(file, tableName)));
    const full = createFolderCache({
      folder: join(scratch, 'none'),
      bytesMax: 1,
      engine: () => 'one',
      clock: { now: () => '2026-01-01T00:00:00.000Z' },
      makeFolder: () => Promise.reject(Object.assign(new Error('said'), { code: 'ENOSPC' })),
    });
    expect(await toldBy(full.write(keyOfNumber(1), recipe, 1, tables))).toEqual({
      code: 'StoreFull',
      message: `${join(scratch, 'none')}: ENOSPC`,
      evidence: {},
      at: { file: join(scratch, 'none') },
    });
  });
});

test('a cache in memory counts bytes as one in a folder does, and has no folder', async () => {
  const cache = createMemoryCache('one');
  await cache.write(keyOfNumber(1), recipe, 'one', tables);
  const bytes = answerBytes('one') + table.length;
  expect(await cache.size()).toEqual({
    folder: null,
    answers: [{ key: keyOfNumber(1), job: 'sleeve-profile', bytes: answerBytes('one') }],
    tables: 1,
    bytes,
    bytesMax: Number.MAX_SAFE_INTEGER,
  });
  expect([cache.engine(), await cache.clear(), await cache.table(recipe.data)]).toEqual(['one', { answers: 1, bytes }, null]);
});
