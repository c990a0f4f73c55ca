/** The portfolio of a recorded backtest with other settings: which tier each setting reaches. */
import { describe, expect, test } from '@jest/globals';
import type { ResolvedBlocks } from '../../../domain/manifest/blocks.ts';
import type { MetaNode } from '../../../domain/manifest/resolved-meta-schema.ts';
import { resolveMeta } from '../../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../../domain/manifest/validate.ts';
import type { Json } from '../../../domain/shared/canonical-json.ts';
import { overrideBacktest } from '../../../handlers/comparison/override-backtest.ts';
import { overrideNode, settablePaths } from '../../../handlers/comparison/override-node.ts';
import { refusalOf } from '../../support/refusal.ts';
import { smallManifest } from '../../support/small-market.ts';

const node = resolveMeta(parseManifest(smallManifest(), 'small.json'), 'nested');

const withBacktest = (blocks: ResolvedBlocks, key: string, value: Json): ResolvedBlocks => ({
  ...blocks,
  backtest: { ...blocks.backtest, [key]: value },
});

/** The same portfolio with a setting in the blocks of every level, and of every sleeve where it reaches them. */
function expected(of: MetaNode, key: string, value: Json, reachesSleeves: boolean): MetaNode {
  return {
    ...of,
    blocks: withBacktest(of.blocks, key, value),
    sleeves: of.sleeves.map((sleeve) => {
      if (sleeve.kind === 'nested') return { ...sleeve, meta: expected(sleeve.meta, key, value, reachesSleeves) };
      const blocks = reachesSleeves ? withBacktest(sleeve.resolved.blocks, key, value) : sleeve.resolved.blocks;
      return { ...sleeve, resolved: { ...sleeve.resolved, blocks } };
    }),
  };
}

describe('a setting of a backtest', () => {
  test.each([
    ['backtest_slippage', 0.003],
    ['backtest_commission', 0.002],
    ['rebalance_mode', 'daily'],
  ])('%s holds for the portfolio and all of its sleeves', (key, value) => {
    expect(overrideBacktest(node, { [`backtest.${key}`]: value })).toEqual(expected(node, key, value, true));
  });

  test.each([
    ['train_window', 40],
    ['test_window', 5],
    ['step_size', 5],
    ['partial_last_window', 'trade'],
    ['meta_rows', 'expanding'],
    ['universe', 'as_of_start'],
  ])('%s holds for the decisions of every level, and leaves the sleeves as they were', (key, value) => {
    expect(overrideBacktest(node, { [`backtest.${key}`]: value })).toEqual(expected(node, key, value, false));
  });

  test('goes with those of any recorded portfolio', () => {
    const path = 'sleeves.listed.meta_allocation.max_weight';
    const both = overrideBacktest(node, { [path]: 0.7, 'backtest.train_window': 40 });
    expect(both).toEqual(expected(overrideNode(node, { [path]: 0.7 }), 'train_window', 40, false));
    expect(overrideBacktest(node, {})).toEqual(node);
  });

  test('is refused by name where there is none, or where its value is none', () => {
    const own = ['backtest_slippage', 'backtest_commission', 'rebalance_mode'];
    const decided = ['train_window', 'test_window', 'step_size', 'partial_last_window', 'meta_rows', 'universe'];
    const error = refusalOf(() => overrideBacktest(node, { 'backtest.train_windw': 40 }));
    expect(error).toMatchObject({
      code: 'Usage',
      message: '--set backtest.train_windw: no such setting of a recorded backtest: did you mean backtest.train_window?',
      at: { path: 'backtest.train_windw' },
    });
    expect(error.evidence).toEqual({ known: [...[...own, ...decided].map((key) => `backtest.${key}`), ...settablePaths(node)] });
    const wrong = refusalOf(() => overrideBacktest(node, { 'backtest.train_window': 'long' }));
    const [first] = wrong.evidence['problems'] as readonly { readonly path: string; readonly message: string }[];
    expect(first!.path).toBe('backtest.train_window');
    expect(wrong).toMatchObject({
      code: 'Usage',
      message: `--set backtest.train_window: ${first!.message}`,
      at: { path: 'backtest.train_window' },
    });
  });
});
