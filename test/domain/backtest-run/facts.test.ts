/** A backtest as facts: what is recorded of it, to the byte, and that nothing else decides it. */
import { describe, expect, test } from '@jest/globals';
import type { BacktestInput } from '../../../domain/backtest/backtest.ts';
import { runProfileJob } from '../../../domain/backtest/profile-job.ts';
import { runSleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { type JobRunner, runnerHere } from '../../../domain/backtest/job-runner.ts';
import { computeBacktest, identifiedBacktest } from '../../../domain/backtest-run/computed-run.ts';
import { draftBacktest } from '../../../domain/backtest-run/slice.ts';
import { selectForSleeve } from '../../../domain/sleeve-selection/job.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../../domain/shared/envelope.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import golden from '../../golden/backtest/events.json' with { type: 'json' };
import { backtestOptions, smallBacktestInput } from '../../support/small-backtest.ts';

const { sha256 } = createNodeCrypto();
/** Jobs and results as another thread would have them. */
const elsewhere: JobRunner = {
  lanes: 3,
  selection: async (job) => structuredClone(selectForSleeve(structuredClone(job))),
  sleeve: async (job) => structuredClone(runSleeveJob(structuredClone(job))),
  profile: async (job) => structuredClone(runProfileJob(structuredClone(job))),
};

const idOf = (input: BacktestInput): string => identifiedBacktest(input, sha256).runId;

describe('the facts of a backtest', () => {
  test('are these, to the byte: the golden line of each event', async () => {
    const { drafts } = await computeBacktest(smallBacktestInput(), sha256);
    const first = drafts.find(({ type }) => type === 'WindowAllocated')!;
    const uses = [{ job: 'backtest-sleeve', key: 'a'.repeat(64), data: 'd'.repeat(64) }];
    expect({
      types: drafts.map(({ type }) => type),
      window: canonicalJson(first),
      cacheUsed: canonicalJson(draftBacktest('CacheUsed', { runId: 'pair-2022-09-30-0123456789abcdef', uses })),
      contentHashes: drafts.map((draft) => contentHashOf(sha256, draft)),
    }).toEqual(golden);
  });

  test('do not depend on who runs the jobs, in which order they end, or on the clones that travel', async () => {
    const here = await computeBacktest(smallBacktestInput(), sha256, runnerHere);
    const later: JobRunner = {
      ...elsewhere,
      sleeve: async (job) => {
        // The first asked for ends last.
        await new Promise((resolve) => setTimeout(resolve, job.returns.columns.length === 3 ? 5 : 0));
        return elsewhere.sleeve(job);
      },
    };
    for (const runner of [elsewhere, later]) {
      const { runId, drafts, staged } = await computeBacktest(smallBacktestInput(), sha256, runner);
      expect(runId).toBe(here.runId);
      expect(drafts.map((draft) => contentHashOf(sha256, draft))).toEqual(here.drafts.map((draft) => contentHashOf(sha256, draft)));
      expect(staged.contents()).toEqual(here.staged.contents());
    }
  });

  test('have an id that follows from definition and prices, and not from where the prices came from or the rules', () => {
    const plain = smallBacktestInput();
    const same = plain.sleeves.map((sleeve) => ({
      ...sleeve,
      sourceRunId: 'some-run',
      files: sleeve.files.map((file) => ({ ...file, file: 'other.csv' })),
    }));
    expect(idOf({ ...plain, sleeves: same, rules: 2 })).toBe(idOf(plain));
    const cut = plain.sleeves.map((sleeve) => ({ ...sleeve, options: { ...backtestOptions, asOf: '2022-09-15' } }));
    expect(idOf({ ...plain, sleeves: cut })).not.toBe(idOf(plain));
    expect(idOf(smallBacktestInput({ options: { ...plain.options, join: 'drop' } }))).not.toBe(idOf(plain));
  });

  test.each([1, 2, 5])('are computed with no more than %i jobs in hand where their runner has so many lanes', async (lanes) => {
    let inHand = 0;
    let most = 0;
    const counted = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      most = Math.max(most, ++inHand);
      await new Promise((resolve) => setImmediate(resolve));
      inHand--;
      return work();
    };
    const runner: JobRunner = {
      lanes,
      selection: runnerHere.selection,
      sleeve: (job) => counted(() => runnerHere.sleeve(job)),
      profile: (job) => counted(() => runnerHere.profile(job)),
    };
    await computeBacktest(smallBacktestInput(), sha256, runner);
    // Two sleeves in two profiles.
    expect(most).toBe(Math.min(lanes, 4));
  });

  test('report each job that ended', async () => {
    let ended = 0;
    await computeBacktest(smallBacktestInput(), sha256, runnerHere, () => (ended += 1));
    // Two sleeves and the portfolio, for two profiles.
    expect(ended).toBe(6);
  });
});
