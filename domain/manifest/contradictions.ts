import type { ResolvedBlocks } from './blocks.ts';
import { type ManifestProblem, problem } from './problems.ts';
import type { ProvenanceByPath } from './provenance.ts';
import { fallbackPath, fallbackProblem, fallbackProfile } from './regime-settings.ts';

/** A sleeve that selects nothing short cannot be neutral to its market. */
export function neutralWithoutShorts(
  { backtest, features }: ResolvedBlocks,
  selectionMode: string,
  provenance: ProvenanceByPath,
): ManifestProblem[] {
  if (selectionMode === 'none' || features.feat_short_direction === true || !backtest.profiles.includes('market_neutral')) return [];
  const path = provenance['backtest.profiles']?.at ?? 'backtest.profiles';
  return [problem(path, `${path}: market_neutral needs features.feat_short_direction: long streams alone have the beta of their market.`)];
}

/** Settings that are well formed one by one and cannot hold together. */
export function contradictions(blocks: ResolvedBlocks, provenance: ProvenanceByPath): ManifestProblem[] {
  const problems: ManifestProblem[] = [];
  const { train_window: train, test_window: test, step_size: step, rebalance_mode: rebalance } = blocks.backtest;
  const { hurst_random_walk_min: hurstMin, hurst_random_walk_max: hurstMax, feat_rebalance_mode: alias } = blocks.features;
  const lookback = blocks.data.lookback_days;
  /** The place of the first path that the manifest itself wrote: that is where to look. */
  const at = (...paths: readonly string[]): string => {
    const written = paths.find((path) => (provenance[path]?.at ?? null) !== null) ?? paths[0]!;
    return provenance[written]?.at ?? written;
  };
  const add = (path: string, sentence: string): unknown => problems.push(problem(path, `${path}: ${sentence}`));
  if (train >= lookback) {
    add(at('backtest.train_window', 'data.lookback_days'), `train_window ${train} must be less than lookback_days ${lookback}.`);
  }
  if (step > test) {
    add(
      at('backtest.step_size', 'backtest.test_window'),
      `step_size ${step} above test_window ${test} would leave days untested: take at most ${test}.`,
    );
  }
  if (hurstMin !== undefined && hurstMax !== undefined && hurstMin > hurstMax) {
    add(
      at('features.hurst_random_walk_min', 'features.hurst_random_walk_max'),
      `hurst_random_walk_min ${hurstMin} is above hurst_random_walk_max ${hurstMax}.`,
    );
  }
  if (alias !== undefined && alias !== rebalance && provenance['features.feat_rebalance_mode']?.layer !== 'code') {
    add(
      at('features.feat_rebalance_mode'),
      `feat_rebalance_mode ${alias} differs from backtest.rebalance_mode ${rebalance}: write the latter.`,
    );
  }
  const { adaptive_fallback_profile: fallback } = blocks.features;
  if (blocks.backtest.profiles.includes('adaptive') && fallback !== undefined && fallbackProfile(fallback) === null)
    problems.push(problem(at(fallbackPath), fallbackProblem(fallback)));
  const symbols = blocks.data.symbols;
  const both = symbols?.filter((symbol) => blocks.data.exclude.includes(symbol)) ?? [];
  if (both.length > 0) add(at('data.exclude', 'data.symbols'), `${both.join(', ')} stands in data.symbols too.`);
  return problems;
}
