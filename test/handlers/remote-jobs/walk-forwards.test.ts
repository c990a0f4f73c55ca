/** The computation that crosses for real. The oracle is the same job done here. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runSleeveJob, type SleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import type { Jobs } from '../../../domain/jobs/jobs.ts';
import { keyOf } from '../../../domain/jobs/recipe.ts';
import type { Compute } from '../../../handlers/ports/ports.ts';
import { backtestCrossing, parseRecipe } from '../../../handlers/remote-jobs/crossing.ts';
import { atomicSleeves } from '../../../domain/manifest/resolve-meta.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { canonicalBytes } from '../../../domain/shared/canonical-json.ts';
import { toHex } from '../../../domain/shared/hashing.ts';
import { firstDifference } from '../../../domain/shared/same-bits.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { portfolioOf } from '../../support/backtests.ts';
import { programCompute } from '../../support/compute/pools.ts';
import { Machines, place, type Worker } from '../../support/remote-jobs/machines.ts';

const { sha256 } = createNodeCrypto();
const columns = ['NYSE:A', 'NYSE:B', 'NYSE:C', 'NYSE:D'];
const dates = Array.from({ length: 160 }, (_, day) => new Date(Date.UTC(2022, 0, 3 + day)).toISOString().slice(0, 10));
// Deterministic, irregular, of no special shape.
const values = Float64Array.from({ length: dates.length * columns.length }, (_, cell) => Math.sin(1 + 7.3 * cell * cell) / 50);
const returns = { dates, columns, values };
const settings = { backtest: { train_window: 40, test_window: 10, step_size: 10 } };
const node = portfolioOf(
  {
    whole: {
      sleeves: [
        { id: 'a', profile: 'a' },
        { id: 'b', profile: 'b' },
      ],
    },
  },
  settings,
);
const [{ sleeve }] = atomicSleeves(node) as [ReturnType<typeof atomicSleeves>[number]];
const { backtest, risk, features } = sleeve.resolved.blocks;

const jobOf = (profile: SleeveJob['risk']): SleeveJob => ({
  risk: profile,
  returns,
  selecting: null,
  regime: null,
  rawPool: null,
  blocks: { backtest, risk, features },
  annualisationDays: 252,
  givenOrder: columns,
  rules: rulesInForce,
});

describe('the walk-forwards of a sleeve', () => {
  const crossing = backtestCrossing(sha256);

  test('cross as a recipe whose address is the key, and come back to the bit', () => {
    const job = jobOf('hrp');
    const packed = crossing.pack('backtest-sleeve', job, 'build');
    const document = canonicalBytes(packed.recipe);
    expect(toHex(sha256(document))).toBe(keyOf(sha256, packed.recipe));
    expect(toHex(sha256(packed.data))).toBe(packed.recipe.data);
    const again = crossing.unpack({ recipe: parseRecipe(document), data: packed.data });
    expect(firstDifference(again, job)).toBeNull();
  });

  test.each([
    ['text', 'date,NYSE:A\n'],
    ['JSON of another kind', '{"job":"backtest-sleeve"}'],
    ['half a document', '{"job":'],
  ])('are not read from %s', (_, text) => {
    expect(() => parseRecipe(Buffer.from(text))).toThrow('no recipe of a computation');
  });

  describe('by a worker', () => {
    const machines = new Machines<Jobs>(crossing, () => programCompute(0));
    let worker: Worker;
    let asker: Compute;
    beforeAll(() => {
      worker = machines.worker();
      asker = machines.asker();
    });
    afterAll(async () => {
      await asker.close();
      await worker.stop();
    });

    test.each(['hrp', 'min_variance', 'equal_weight', 'risk_parity'] as const)(
      'of %s are those that this process computes',
      async (profile) => {
        const walk = await asker.run('backtest-sleeve', jobOf(profile));
        expect(walk.status).toBe('walked');
        expect(firstDifference(walk, runSleeveJob(jobOf(profile)))).toBeNull();
      },
    );

    test('that are refused are refused in the same words', async () => {
      const short = { ...jobOf('hrp'), returns: { dates: dates.slice(0, 20), columns, values: values.slice(0, 20 * columns.length) } };
      const said = '20 returns hold no window of 40 training and 10 test rows; 51 price rows are needed';
      expect(() => runSleeveJob(short)).toThrow(said);
      await expect(asker.run('backtest-sleeve', short)).rejects.toMatchObject({ code: 'HistoryTooShort', message: said });
    });

    test('share one table of returns in the store, and messages stay small', async () => {
      const jobs = machines.topics.sent(place.jobsTopic);
      expect(jobs.length).toBeGreaterThanOrEqual(5);
      const recipes = await Promise.all(
        jobs.slice(0, 4).map(async ({ key }) => parseRecipe(await machines.store.artifacts.get(String(key)))),
      );
      expect(new Set(recipes.map(({ data }) => data)).size).toBe(1);
      expect(Math.max(...jobs.map((job) => JSON.stringify(job).length))).toBeLessThan(1_000);
    });
  });
});
