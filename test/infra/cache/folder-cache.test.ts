import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createFolderCache } from '../../../infra/cache/folder-cache.ts';
import { makeFolders } from '../../../infra/files/make-folders.ts';
import type { ResultCache } from '../../../handlers/ports/ports.ts';
import { cacheContract, keyOfNumber, sampleRecipe, tablesOf } from '../../contract/cache.contract.ts';
import { scratchDirectory } from '../../support/scratch.ts';

const scratch = scratchDirectory();
let minute = 0;
/** Each look at the clock is a minute later. */
const clock = { now: () => new Date(Date.UTC(2026, 10, 21, 8, minute++)).toISOString() };

function cacheIn(folder: string, bytesMax = 1_048_576): ResultCache {
  return createFolderCache({ folder: join(scratch, folder), bytesMax, engine: () => 'one', clock, makeFolder: makeFolders });
}

cacheContract('a folder', () => cacheIn('contract'));

const first = keyOfNumber(1);
const fileOf = (folder: string, key: string): string => join(scratch, folder, `sleeve-profile-${key}.answer`);

describe('a cache in a folder', () => {
  test('makes its folder with the first answer, for its owner alone', async () => {
    const cache = cacheIn('later');
    expect(await cache.read('sleeve-profile', first)).toEqual({ kind: 'nothing' });
    expect(await cache.size()).toMatchObject({ answers: [], bytes: 0 });
    expect(existsSync(join(scratch, 'later'))).toBe(false);
    await cache.write(first, sampleRecipe(), 1, tablesOf('NYSE:AAA'));
    expect(statSync(join(scratch, 'later')).mode & 0o777).toBe(0o700);
    expect(statSync(fileOf('later', first)).mode & 0o777).toBe(0o600);
  });

  test('finds every damaged byte, a cut and an entry of another name, by their own hash', async () => {
    const cache = cacheIn('damage');
    await cache.write(first, sampleRecipe(), { weights: Float64Array.of(0.25, 0.75) }, tablesOf('NYSE:AAA'));
    const file = fileOf('damage', first);
    const whole = readFileSync(file);
    for (let at = 0; at < whole.length; at++) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 1;
      writeFileSync(file, flipped);
      expect({ at, kind: (await cache.read('sleeve-profile', first)).kind }).toEqual({ at, kind: 'damaged' });
    }
    for (const length of [0, 1, 64, 65, whole.length - 1]) {
      writeFileSync(file, whole.subarray(0, length));
      expect({ length, kind: (await cache.read('sleeve-profile', first)).kind }).toEqual({ length, kind: 'damaged' });
    }
    writeFileSync(file, whole);
    expect((await cache.read('sleeve-profile', first)).kind).toBe('answer');
    renameSync(file, fileOf('damage', keyOfNumber(2)));
    expect(await cache.read('sleeve-profile', keyOfNumber(2))).toMatchObject({ kind: 'damaged', why: `it holds the answer of ${first}` });
  });

  test('gives no table that is not the one of its address', async () => {
    const cache = cacheIn('tables');
    await cache.write(first, sampleRecipe(), 1, tablesOf('NYSE:AAA'));
    const { data } = sampleRecipe();
    writeFileSync(join(scratch, 'tables', `${data}.table`), 'date,NYSE:AAA\n2024-01-02,0.02\n');
    expect(await cache.table(data)).toBeNull();
  });

  test('stays within its bound, and drops what was not used for the longest time', async () => {
    const cache = cacheIn('bound', 4_000);
    const recipe = sampleRecipe();
    for (const number of [1, 2, 3]) await cache.write(keyOfNumber(number), recipe, new Uint8Array(500), tablesOf('NYSE:AAA'));
    expect((await cache.size()).answers).toHaveLength(3);
    expect((await cache.read('sleeve-profile', first)).kind).toBe('answer');
    for (const number of [4, 5, 6]) {
      await cache.write(keyOfNumber(number), recipe, new Uint8Array(500), tablesOf('NYSE:AAA'));
      expect((await cache.size()).bytes).toBeLessThanOrEqual(4_000);
    }
    const kept = (await cache.size()).answers.map(({ key }) => Number.parseInt(key, 16));
    expect(kept).not.toContain(2);
    expect(kept).toEqual(expect.arrayContaining([1, 6]));
  });

  test('removes what it has written, and nothing else', async () => {
    const cache = cacheIn('clear');
    await cache.write(first, sampleRecipe(), 1, tablesOf('NYSE:AAA'));
    writeFileSync(join(scratch, 'clear', 'notes.txt'), 'mine');
    mkdirSync(join(scratch, 'clear', 'more'));
    await cache.clear();
    expect(readdirSync(join(scratch, 'clear')).toSorted()).toEqual(['more', 'notes.txt']);
  });

  test('lets several write the same at the same time: one whole answer is there', async () => {
    const caches = Array.from({ length: 8 }, () => cacheIn('together'));
    await Promise.all(caches.map((cache) => cache.write(first, sampleRecipe(), new Float64Array(10_000), tablesOf('NYSE:AAA'))));
    expect((await caches[0]!.read('sleeve-profile', first)).kind).toBe('answer');
    expect(readdirSync(join(scratch, 'together')).toSorted()).toEqual(
      [`${sampleRecipe().data}.table`, `sleeve-profile-${first}.answer`].toSorted(),
    );
  });

  test('says which file it cannot read or write', async () => {
    writeFileSync(join(scratch, 'file'), '');
    const cache = cacheIn('file');
    await expect(cache.write(first, sampleRecipe(), 1, tablesOf('NYSE:AAA'))).rejects.toMatchObject({
      code: 'FileUnreadable',
      at: { file: join(scratch, 'file') },
    });
    mkdirSync(fileOf('folder', first), { recursive: true });
    await expect(cacheIn('folder').read('sleeve-profile', first)).rejects.toMatchObject({ code: 'FileUnreadable' });
  });
});
