import { backtestTrials } from './backtest-trials.ts';
import { currentWeights } from './current-weights.ts';
import { deadLetters } from './dead-letters.ts';
import { parityRecord } from './parity-record.ts';
import { portfolioDirectory } from './portfolio-directory.ts';
import type { LeafProjection, Projection } from './projection.ts';
import { runDirectory } from './run-directory.ts';
import { sleeveDirectory } from './sleeve-directory.ts';
import { sleeveStatus } from './sleeve-status.ts';
import { tokenDirectory } from './token-directory.ts';
import { treeTiles } from './tree-tiles.ts';

/** Folds of what events say. */
export const allProjections: readonly Projection[] = [
  backtestTrials,
  currentWeights,
  deadLetters,
  parityRecord,
  portfolioDirectory,
  runDirectory,
  sleeveDirectory,
  sleeveStatus,
  tokenDirectory,
];

/** These and the folds of leaves. */
export const everyProjection: readonly (Projection | LeafProjection)[] = [...allProjections, treeTiles];
