/** A backtest of two small sleeves on simulated prices, and one that no append holds. */
import type { BacktestInput } from '../../domain/backtest/backtest.ts';
import { type ComputedBacktest, computeBacktest } from '../../domain/backtest-run/computed-run.ts';
import { draftBacktest } from '../../domain/backtest-run/slice.ts';
import { atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { createNodeCrypto } from '../../infra/crypto/node-crypto.ts';
import { priceFile, simulatedPrices } from './prices.ts';
import { smallManifest, smallSleeves } from './small-market.ts';

export const backtestOptions = { from: '2022-04-01', asOf: null, symbols: null, exclude: [], repair: 'none', map: {} } as const;

export function smallBacktestInput(change: Partial<BacktestInput> = {}): BacktestInput {
  const node = resolveMeta(parseManifest(smallManifest(), 'small.json'), 'pair');
  const sleeves = atomicSleeves(node).map(({ path, sleeve }) => {
    const symbols = smallSleeves[sleeve.id as keyof typeof smallSleeves];
    const file = priceFile(`${sleeve.id}.csv`, simulatedPrices({ symbols, first: '2022-04-01', last: '2022-09-30', seed: 7 }));
    return { path, sleeve, options: backtestOptions, files: [file], leftOut: [], sourceRunId: null };
  });
  return {
    node,
    options: { risks: ['hrp', 'equal_weight'], risksFrom: 'flag', join: null, projection: null },
    rules: rulesInForce,
    sleeves,
    ...change,
  };
}

/** The small backtest with its decisions repeated, one after the other, until there are so many. */
export async function largeBacktest(decisions: number): Promise<ComputedBacktest> {
  const computed = await computeBacktest(smallBacktestInput(), createNodeCrypto().sha256);
  const windows = computed.drafts.filter((draft) => draft.type === 'WindowAllocated');
  const repeated = Array.from({ length: decisions }, (_, index) =>
    draftBacktest('WindowAllocated', { ...windows[index % windows.length]!.data, index }),
  );
  return { ...computed, drafts: [computed.drafts[0]!, ...repeated, computed.drafts.at(-1)!] };
}
