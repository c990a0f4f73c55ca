/** A backtest as facts: what is recorded of it, to the byte, and that nothing else decides it. */
import { describe, expect, test } from '@jest/globals';
import type { BacktestInput } from '../../../domain/backtest/backtest.ts';
import { runProfileJob } from '../../../domain/backtest/profile-job.ts';
import { runSleeveJob } from '../../../domain/backtest/sleeve-job.ts';
import { computeBacktest, identifiedBacktest, type JobRunner, runnerHere } from '../../../domain/backtest-run/computed-run.ts';
import { atomicSleeves, resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import { canonicalJson } from '../../../domain/shared/canonical-json.ts';
import { contentHashOf } from '../../../domain/shared/envelope.ts';
import { rulesInForce } from '../../../domain/run/rules.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import golden from '../../golden/backtest/events.json' with { type: 'json' };
import { priceFile, simulatedPrices } from '../../support/prices.ts';
import { smallManifest, smallSleeves } from '../../support/small-market.ts';

const { sha256 } = createNodeCrypto();
const options = { from: '2022-04-01', asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;

function inputOf(change: Partial<BacktestInput> = {}): BacktestInput {
  const node = resolveMeta(parseManifest(smallManifest(), 'small.json'), 'pair');
  const sleeves = atomicSleeves(node).map(({ path, sleeve }) => {
    const symbols = smallSleeves[sleeve.id as keyof typeof smallSleeves];
    const file = priceFile(`${sleeve.id}.csv`, simulatedPrices({ symbols, first: '2022-04-01', last: '2022-09-30', seed: 7 }));
    return { path, sleeve, options, files: [file], leftOut: [], sourceRunId: null };
  });
  return {
    node,
    options: { risks: ['hrp', 'equal_weight'], risksFrom: 'flag', join: null, projection: null },
    rules: rulesInForce,
    sleeves,
    ...change,
  };
}

/** Jobs and results as another thread would have them. */
const elsewhere: JobRunner = {
  sleeve: async (job) => structuredClone(runSleeveJob(structuredClone(job))),
  profile: async (job) => structuredClone(runProfileJob(structuredClone(job))),
};

const idOf = (input: BacktestInput): string => identifiedBacktest(input, sha256).runId;

describe('the facts of a backtest', () => {
  test('are these, to the byte: the golden line of each event', async () => {
    const { drafts } = await computeBacktest(inputOf(), sha256);
    const first = drafts.find(({ type }) => type === 'WindowAllocated')!;
    expect({
      types: drafts.map(({ type }) => type),
      window: canonicalJson(first),
      contentHashes: drafts.map((draft) => contentHashOf(sha256, draft)),
    }).toEqual(golden);
  });

  test('do not depend on who runs the jobs, in which order they end, or on the clones that travel', async () => {
    const here = await computeBacktest(inputOf(), sha256, runnerHere);
    const later: JobRunner = {
      ...elsewhere,
      sleeve: async (job) => {
        // The first asked for ends last.
        await new Promise((resolve) => setTimeout(resolve, job.returns.columns.length === 3 ? 5 : 0));
        return elsewhere.sleeve(job);
      },
    };
    for (const runner of [elsewhere, later]) {
      const { runId, drafts, staged } = await computeBacktest(inputOf(), sha256, runner);
      expect(runId).toBe(here.runId);
      expect(drafts.map((draft) => contentHashOf(sha256, draft))).toEqual(here.drafts.map((draft) => contentHashOf(sha256, draft)));
      expect(staged.contents()).toEqual(here.staged.contents());
    }
  });

  test('have an id that follows from definition and prices, and not from where the prices came from or the rules', () => {
    const plain = inputOf();
    const same = plain.sleeves.map((sleeve) => ({
      ...sleeve,
      sourceRunId: 'some-run',
      files: sleeve.files.map((file) => ({ ...file, file: 'other.csv' })),
    }));
    expect(idOf({ ...plain, sleeves: same, rules: 2 })).toBe(idOf(plain));
    const cut = plain.sleeves.map((sleeve) => ({ ...sleeve, options: { ...options, asOf: '2022-09-15' } }));
    expect(idOf({ ...plain, sleeves: cut })).not.toBe(idOf(plain));
    expect(idOf(inputOf({ options: { ...plain.options, join: 'drop' } }))).not.toBe(idOf(plain));
  });

  test('report each job that ended', async () => {
    let ended = 0;
    await computeBacktest(inputOf(), sha256, runnerHere, () => (ended += 1));
    // Two sleeves and the portfolio, for two profiles.
    expect(ended).toBe(6);
  });
});
