import { sampleMoments } from '../returns/sample-moments.ts';
import { spearman } from './ranks.ts';
import { rowBlocks } from './row-blocks.ts';

/** Consecutive blocks that ranks are compared over. */
export const stabilityBlocks = 8;

/** Rows without which the Sharpe ratio of a block is not worth a rank. */
export const stabilityRowsMin = stabilityBlocks * 2;

/** Sharpe ratios per row of each stream in a block; null where one of them does not vary there. */
function sharpesIn(streams: readonly Float64Array[], [first, end]: readonly [number, number]): Float64Array | null {
  const sharpes = new Float64Array(streams.length);
  for (const [at, stream] of streams.entries()) {
    const { mean, deviation } = sampleMoments(stream.subarray(first, end));
    if (deviation === null || deviation === 0) return null;
    sharpes[at] = mean / deviation;
  }
  return sharpes;
}

/**
 * Mean Spearman correlation of the streams' Sharpe ratios over every pair of 8 consecutive blocks: 1 where the order is always the same,
 * 0 where one block says nothing about another. Null for fewer than two streams or 16 rows, or where ranks are undefined in a block.
 */
export function rankStability(streams: readonly Float64Array[]): number | null {
  const rows = streams[0]?.length ?? 0;
  if (streams.length < 2 || rows < stabilityRowsMin) return null;
  const byBlock = rowBlocks(rows, stabilityBlocks).map((block) => sharpesIn(streams, block));
  let sum = 0;
  let pairs = 0;
  for (const [later, right] of byBlock.entries())
    for (const left of byBlock.slice(0, later)) {
      const correlation = left === null || right === null ? null : spearman(left, right);
      if (correlation === null) return null;
      sum += correlation;
      pairs += 1;
    }
  return sum / pairs;
}
