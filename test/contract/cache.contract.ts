import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Recipe } from '../../domain/jobs/recipe.ts';
import { firstDifference } from '../../domain/shared/same-bits.ts';
import type { ResultCache } from '../../handlers/ports/ports.ts';

export const tableOf = (name: string): Uint8Array => new TextEncoder().encode(`date,${name}\n2024-01-02,0.01\n`);
const addressOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
export const tablesOf = (...names: string[]): Map<string, Uint8Array> =>
  new Map(names.map((name) => [addressOf(tableOf(name)), tableOf(name)]));
export const keyOfNumber = (number: number): string => number.toString(16).padStart(64, '0');

export function sampleRecipe(name = 'NYSE:AAA'): Recipe {
  const data = addressOf(tableOf(name));
  return {
    job: 'sleeve-profile',
    engine: 'one',
    data,
    tables: {},
    window: { rows: 1, first: '2024-01-02', last: '2024-01-02' },
    settings: { risk: 'hrp' },
  };
}

const answer = {
  values: Float64Array.of(Number.NaN, -0, 5e-324, 0.1 + 0.2),
  bytes: Uint8Array.of(0, 255),
  streams: new Map([['hrp', [1, -0]]]),
  nothing: null,
};

/** What every cache does. */
export function cacheContract(name: string, make: () => ResultCache): void {
  describe(`${name}: the cache`, () => {
    let cache: ResultCache;
    beforeEach(async () => {
      cache = make();
      await cache.clear();
    });

    test('gives back what was kept, every bit of it, with its recipe', async () => {
      await cache.write(keyOfNumber(1), sampleRecipe(), answer, tablesOf('NYSE:AAA'));
      const found = await cache.read('sleeve-profile', keyOfNumber(1));
      expect(found.kind).toBe('answer');
      if (found.kind !== 'answer') return;
      expect(firstDifference(found.answer, answer)).toBeNull();
      expect(found.recipe).toEqual(sampleRecipe());
    });

    test('knows nothing of other keys and other computations', async () => {
      await cache.write(keyOfNumber(1), sampleRecipe(), answer, tablesOf('NYSE:AAA'));
      expect(await cache.read('sleeve-profile', keyOfNumber(2))).toEqual({ kind: 'nothing' });
      expect(await cache.read('meta-profile', keyOfNumber(1))).toEqual({ kind: 'nothing' });
      expect(await cache.table('0'.repeat(64))).toBeNull();
    });

    test('keeps a table once, however many answers rest on it', async () => {
      for (const number of [1, 2, 3]) await cache.write(keyOfNumber(number), sampleRecipe(), answer, tablesOf('NYSE:AAA'));
      await cache.write(keyOfNumber(4), sampleRecipe('NYSE:BBB'), answer, tablesOf('NYSE:BBB'));
      const { answers, tables, bytes } = await cache.size();
      expect({ answers: answers.length, tables }).toEqual({ answers: 4, tables: 2 });
      expect(answers.map(({ job }) => job)).toEqual(Array.from({ length: 4 }, () => 'sleeve-profile'));
      expect(bytes).toBeGreaterThan(answers.reduce((sum, kept) => sum + kept.bytes, 0));
      expect(await cache.table(sampleRecipe().data)).toEqual(Uint8Array.from(tableOf('NYSE:AAA')));
    });

    test('keeps every table that an answer rests on', async () => {
      const recipe = { ...sampleRecipe(), tables: { prices: sampleRecipe('NYSE:BBB').data } };
      await cache.write(keyOfNumber(1), recipe, answer, tablesOf('NYSE:AAA', 'NYSE:BBB'));
      expect(await cache.table(recipe.data)).toEqual(Uint8Array.from(tableOf('NYSE:AAA')));
      expect(await cache.table(recipe.tables.prices)).toEqual(Uint8Array.from(tableOf('NYSE:BBB')));
    });

    test('keeps the newer of two answers under one key', async () => {
      await cache.write(keyOfNumber(1), sampleRecipe(), 'older', tablesOf('NYSE:AAA'));
      await cache.write(keyOfNumber(1), sampleRecipe(), 'newer', tablesOf('NYSE:AAA'));
      expect(await cache.read('sleeve-profile', keyOfNumber(1))).toMatchObject({ kind: 'answer', answer: 'newer' });
      expect((await cache.size()).answers).toHaveLength(1);
    });

    test('holds nothing once it is cleared, and says what was removed', async () => {
      await cache.write(keyOfNumber(1), sampleRecipe(), answer, tablesOf('NYSE:AAA'));
      const { bytes } = await cache.size();
      expect(await cache.clear()).toEqual({ answers: 1, bytes });
      expect(await cache.size()).toMatchObject({ answers: [], tables: 0, bytes: 0 });
      expect(await cache.clear()).toEqual({ answers: 0, bytes: 0 });
    });
  });
}
