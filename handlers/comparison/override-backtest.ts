import { type ResolvedBlocks, resolvedBlocksSchema } from '../../domain/manifest/blocks.ts';
import { layerOfPaths, mergeLayers } from '../../domain/manifest/layers.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { suggestion } from '../../domain/shared/suggest.ts';
import { type Overrides, overrideNode, settablePaths } from './override-node.ts';

/** Settings of a backtest that hold for the portfolio and all of its sleeves. */
const atBothTiers = ['backtest.backtest_slippage', 'backtest.backtest_commission', 'backtest.rebalance_mode'] as const;

/** Settings of its decisions alone, at every level of a nest. */
const ofDecisions = [
  'backtest.train_window',
  'backtest.test_window',
  'backtest.step_size',
  'backtest.partial_last_window',
  'backtest.meta_rows',
  'backtest.universe',
] as const;

function only(overrides: Overrides, paths: readonly string[]): Overrides {
  return Object.fromEntries(Object.entries(overrides).filter(([path]) => paths.includes(path)));
}

/** Errors: Usage for a value that its setting does not take. */
function blocksWith(blocks: ResolvedBlocks, settings: Overrides): ResolvedBlocks {
  if (Object.keys(settings).length === 0) return blocks;
  const layer = layerOfPaths('cli', settings);
  if (!('blocks' in layer)) {
    const [first] = layer;
    throw new LedgerError('Usage', `--set ${first!.path}: ${first!.message}`, { evidence: { problems: layer }, at: { path: first!.path } });
  }
  return resolvedBlocksSchema.parse(mergeLayers([{ layer: 'profile', at: null, blocks }, layer]).blocks);
}

function withSettings(node: MetaNode, common: Overrides, decisions: Overrides): MetaNode {
  return {
    ...node,
    blocks: blocksWith(node.blocks, { ...common, ...decisions }),
    sleeves: node.sleeves.map((sleeve) =>
      sleeve.kind === 'nested'
        ? { ...sleeve, meta: withSettings(sleeve.meta, common, decisions) }
        : { ...sleeve, resolved: { ...sleeve.resolved, blocks: blocksWith(sleeve.resolved.blocks, common) } },
    ),
  };
}

/**
 * The portfolio of a recorded backtest with other settings: those of `overrideNode`, and how it trades and decides. Errors: Usage for a
 * path that is not known, and for a value that its setting does not take; BoundsInfeasible.
 */
export function overrideBacktest(node: MetaNode, overrides: Overrides): MetaNode {
  const own: readonly string[] = [...atBothTiers, ...ofDecisions];
  const known = [...own, ...settablePaths(node)];
  for (const path of Object.keys(overrides)) {
    if (known.includes(path)) continue;
    throw new LedgerError('Usage', `--set ${path}: no such setting of a recorded backtest${suggestion(path, known)}`, {
      evidence: { known },
      at: { path },
    });
  }
  const others = Object.fromEntries(Object.entries(overrides).filter(([path]) => !own.includes(path)));
  return withSettings(overrideNode(node, others), only(overrides, atBothTiers), only(overrides, ofDecisions));
}
