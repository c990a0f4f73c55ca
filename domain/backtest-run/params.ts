import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { invariant } from '../shared/errors.ts';
import type { BacktestParams } from './events.ts';

/** What a portfolio's own decisions are counted by, as its facts and `audit.jsonl` have it. */
export function paramsOf({ blocks }: MetaNode): BacktestParams {
  const { backtest, selection } = blocks;
  return {
    engine: 'custom',
    simulator: 'custom',
    train_window: backtest.train_window,
    test_window: backtest.test_window,
    step_size: backtest.step_size,
    rebalance_mode: backtest.rebalance_mode,
    partial_last_window: backtest.partial_last_window,
    meta_rows: backtest.meta_rows,
    universe_source: backtest.universe,
    selection_mode: selection.selection_mode,
  };
}

/** The portfolio at a path below another; the portfolio itself where the path is empty. */
export function portfolioAt(node: MetaNode, path: readonly string[]): MetaNode {
  return path.reduce((at, id) => {
    const below = at.sleeves.find((sleeve) => sleeve.id === id);
    invariant(below?.kind === 'nested', 'a portfolio that decides stands below the one that is tested', { path });
    return below.meta;
  }, node);
}
