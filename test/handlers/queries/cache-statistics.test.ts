/** What a cache holds, by kind of computation. */
import { expect, test } from '@jest/globals';
import { cacheStatistics } from '../../../handlers/queries/cache-statistics.ts';
import type { CacheSize, ResultCache } from '../../../handlers/ports/ports.ts';

const unasked = async (): Promise<never> => {
  throw new Error('nothing but the size is asked for');
};
/** A cache of a size. */
const sized = (size: CacheSize): ResultCache => ({
  engine: () => 'tests',
  read: unasked,
  write: unasked,
  table: unasked,
  clear: unasked,
  size: async () => size,
});
const size = { folder: 'kept', tables: 3, bytes: 70, bytesMax: 1_000 };

test('the answers of a cache are counted and summed by their jobs, in the order of the names', async () => {
  const answers = [
    { key: 'a', job: 'sleeve', bytes: 10 },
    { key: 'b', job: 'profile', bytes: 20 },
    { key: 'c', job: 'sleeve', bytes: 5 },
  ];
  const cache = sized({ ...size, answers });
  expect(await cacheStatistics({ cache })).toEqual({
    ...size,
    answers: 3,
    jobs: [
      { job: 'profile', answers: 1, bytes: 20 },
      { job: 'sleeve', answers: 2, bytes: 15 },
    ],
  });
  expect(await cacheStatistics({ cache: sized({ ...size, answers: [] }) })).toEqual({ ...size, answers: 0, jobs: [] });
});
