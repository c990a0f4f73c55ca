/** Answers that are kept: the same to the bit, told when they were used, and no reason to fail. */
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { runSleeveJob, type SleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { atomicSleeves } from '../../../domain/manifest/resolve-meta.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import type { CacheUse } from '../../../domain/run/cache-used.ts';
import type { Compute, ResultCache } from '../../../handlers/ports/ports.ts';
import { cachingCompute } from '../../../handlers/runtime/caching-compute.ts';
import { createMemoryCache } from '../../../infra/cache/memory-cache.ts';
import { portfolioOf } from '../../support/backtests.ts';
import { WatchedSession } from '../../support/watched-session.ts';

const columns = ['NYSE:A', 'NYSE:B'];
const dates = Array.from({ length: 60 }, (_, day) => new Date(Date.UTC(2022, 0, 3 + day)).toISOString().slice(0, 10));
const values = Float64Array.from({ length: dates.length * columns.length }, (_, cell) => Math.sin(1 + 7.3 * cell * cell) / 50);
const node = portfolioOf(
  {
    whole: {
      sleeves: [
        { id: 'a', profile: 'a' },
        { id: 'b', profile: 'b' },
      ],
    },
  },
  { backtest: { train_window: 40, test_window: 10, step_size: 10 } },
);
const [{ sleeve }] = atomicSleeves(node) as [ReturnType<typeof atomicSleeves>[number]];
const { backtest, risk, features } = sleeve.resolved.blocks;

const job: SleeveJob = {
  risk: 'equal_weight',
  returns: { dates, columns, values },
  selecting: null,
  regime: null,
  rawPool: null,
  blocks: { backtest, risk, features },
  annualisationDays: 252,
  givenOrder: columns,
  rules: rulesInForce,
};

let watched: WatchedSession;
let cache: ResultCache;
let used: CacheUse[];
let asked: unknown[][];

beforeEach(() => {
  watched = new WatchedSession();
  cache = createMemoryCache('build');
  used = [];
  asked = [];
});

/** Computes behind the cache as a process of its own. */
function opened(onUse: ((use: CacheUse) => void) | null = (use) => used.push(use)): Compute {
  const compute = {
    parallelism: 3,
    run: async (...given: unknown[]) => {
      asked.push(given);
      return given[0] === 'backtest-sleeve' ? runSleeveJob(given[1] as SleeveJob) : 'other';
    },
    close: async () => void asked.push(['closed']),
  } as unknown as Compute;
  return cachingCompute({ ...watched.session.ports, compute }, onUse === null ? { cache } : { cache, onUse });
}

const walk = (compute: Compute): Promise<unknown> => compute.run('backtest-sleeve', job);

test('what is not kept is computed each time, and its cache is not asked', async () => {
  const read = jest.spyOn(cache, 'read');
  const { signal } = new AbortController();
  expect(await opened().run('unkept' as 'backtest-sleeve', job, { signal })).toBe('other');
  expect(asked).toEqual([['unkept', job, { signal }]]);
  expect(read).not.toHaveBeenCalled();
});

test('as many are computed at once as behind it, and closing it closes that', async () => {
  const compute = opened();
  expect(compute.parallelism).toBe(3);
  await compute.close();
  expect(asked).toEqual([['closed']]);
});

describe('an answer', () => {
  test('is computed once, and is the same for another process, which says that it was used', async () => {
    const expected = runSleeveJob(job);
    expect(await walk(opened())).toEqual(expected);
    expect([asked.length, used]).toEqual([1, []]);
    const later = opened();
    expect(await walk(later)).toEqual(expected);
    const { answers, tables } = await cache.size();
    const { key } = answers[0]!;
    expect([asked.length, answers.length, tables]).toEqual([1, 1, 1]);
    expect(used).toEqual([{ job: 'backtest-sleeve', key, data: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(await cache.table(used[0]!.data)).not.toBeNull();
    expect(await walk(opened(null))).toEqual(expected);
  });

  test('that this process computed itself is not said to be used', async () => {
    const compute = opened();
    await walk(compute);
    await walk(compute);
    expect([asked.length, used]).toEqual([1, []]);
  });

  test('of other settings is another one', async () => {
    const compute = opened();
    await walk(compute);
    await compute.run('backtest-sleeve', { ...job, annualisationDays: 365 });
    expect([asked.length, (await cache.size()).answers.length, (await cache.size()).tables]).toEqual([2, 2, 1]);
  });

  test('that is damaged is computed again, and the log says so', async () => {
    await walk(opened());
    jest.spyOn(cache, 'read').mockResolvedValueOnce({ kind: 'damaged', why: 'a page is torn' });
    await walk(opened());
    const { key } = (await cache.size()).answers[0]!;
    expect(asked.length).toBe(2);
    expect(watched.lines).toEqual([
      {
        level: 'warn',
        message: 'a cached answer is damaged and is computed again',
        fields: { job: 'backtest-sleeve', key, why: 'a page is torn' },
      },
    ]);
    expect(used).toEqual([]);
  });
});

describe('a disk that fails is no reason to fail', () => {
  const fault = new LedgerError('StoreIo', 'a bad sector');

  test('where it cannot be read', async () => {
    jest.spyOn(cache, 'read').mockRejectedValueOnce(fault);
    expect(await walk(opened())).toEqual(runSleeveJob(job));
    expect(watched.lines).toMatchObject([
      { level: 'warn', message: 'a cached answer is damaged and is computed again', fields: { why: 'a bad sector' } },
    ]);
  });

  test('where it cannot be written', async () => {
    jest.spyOn(cache, 'write').mockRejectedValueOnce(fault);
    expect(await walk(opened())).toEqual(runSleeveJob(job));
    expect(watched.lines).toEqual([
      {
        level: 'warn',
        message: 'an answer could not be kept in the cache',
        fields: { job: 'backtest-sleeve', key: expect.stringMatching(/^[0-9a-f]{64}$/), why: 'a bad sector' },
      },
    ]);
  });

  test.each(['read', 'write'] as const)('but another error of its %s is', async (method) => {
    jest.spyOn(cache, method).mockRejectedValueOnce(new TypeError('a fault of this program'));
    await expect(walk(opened())).rejects.toThrow(TypeError);
  });
});
