import { describe, expect, test } from '@jest/globals';
import { cacheUsed, cacheUsedSchema } from '../../../domain/run/cache-used.ts';

const use = (key: string) => ({ job: 'sleeve-profile', key: key.repeat(64), data: 'd'.repeat(64) });

describe('the use of the cache, as a fact', () => {
  test('names each answer once, in the order of the keys, in whichever order workers asked', () => {
    const fact = cacheUsed('run', [use('b'), use('a'), use('b'), use('0')]);
    expect(fact).toEqual({ runId: 'run', uses: [use('0'), use('a'), use('b')] });
    expect(cacheUsed('run', [use('0'), use('b'), use('a')])).toEqual(fact);
    expect(cacheUsedSchema.parse(fact)).toEqual(fact);
  });

  test('is none where nothing came from the cache', () => {
    expect(cacheUsed('run', [])).toBeNull();
    expect(cacheUsedSchema.safeParse({ runId: 'run', uses: [] }).success).toBe(false);
  });

  test('holds no time, machine or number of workers', () => {
    expect(cacheUsedSchema.safeParse({ ...cacheUsed('run', [use('a')])!, workers: 2 }).success).toBe(false);
  });
});
