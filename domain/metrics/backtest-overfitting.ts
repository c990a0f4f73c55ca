import { LedgerError } from '../shared/errors.ts';
import { combinations } from './combinatorial-splits.ts';
import { rowBlocks } from './row-blocks.ts';

/** Blocks of rows, half of them in sample: 12,870 splits. */
export const overfittingBlocks = 16;
/** Rows of a block, without which its Sharpe ratio is no evidence. */
export const blockRowsMin = 10;

/** One stream by blocks, around its mean so that sums of squares keep their digits. */
interface BlockSums {
  readonly centre: number;
  readonly sums: Float64Array;
  readonly squares: Float64Array;
}

export interface OverfittingTest {
  readonly blocks: number;
  readonly splits: number;
  readonly streams: number;
  readonly rows: number;
  /** Share of the splits in which the best in sample is at or below the middle out of sample. */
  readonly probability: number;
  /** Share of them in which it loses out of sample. */
  readonly probabilityOfLoss: number;
  /** Of each split, in lexicographic order of the blocks in sample: the best stream there, and the logit of its relative rank elsewhere. */
  readonly best: readonly number[];
  readonly logits: readonly number[];
}

type Spans = ReturnType<typeof rowBlocks>;

function sumsOf(values: Float64Array, spans: Spans): BlockSums {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const sums = new Float64Array(spans.length);
  const squares = new Float64Array(spans.length);
  spans.forEach(([first, end], block) => {
    for (let row = first; row < end; row++) {
      const deviation = values[row]! - centre;
      sums[block]! += deviation;
      squares[block]! += deviation * deviation;
    }
  });
  return { centre, sums, squares };
}

/** Mean over standard deviation (divisor n-1) of the rows of some blocks. */
function sharpeOf({ centre, sums, squares }: BlockSums, blocks: readonly number[], rows: number): number {
  let sum = 0;
  let square = 0;
  for (const block of blocks) {
    sum += sums[block]!;
    square += squares[block]!;
  }
  return (centre + sum / rows) / Math.sqrt((square - (sum * sum) / rows) / (rows - 1));
}

/** Whether a stream is one constant in so many blocks that half of them could be without variation. */
function mayNotVary(values: Float64Array, spans: Spans): boolean {
  const flat = new Map<number, number>();
  for (const [first, end] of spans) {
    const block = values.subarray(first, end);
    if (block.every((value) => value === block[0])) flat.set(block[0]!, (flat.get(block[0]!) ?? 0) + 1);
  }
  return [...flat.values()].some((blocks) => blocks >= spans.length / 2);
}

function requireTestable(streams: readonly Float64Array[], blocks: number, spans: Spans): void {
  const rows = streams[0]?.length ?? 0;
  const refuse = (why: string): never => {
    throw new LedgerError('HistoryTooShort', `the probability of overfitting is not estimated: ${why}`, {
      evidence: { streams: streams.length, rows, blocks },
    });
  };
  if (streams.length < 2) refuse(`${streams.length} distinct streams, two are needed to choose from`);
  const fewest = Math.min(...spans.map(([first, end]) => end - first));
  if (fewest < 1) refuse(`${rows} rows are fewer than ${blocks} blocks`);
  const constant = streams.findIndex((values) => mayNotVary(values, spans));
  if (constant >= 0) refuse(`stream ${constant} does not vary in half of the blocks`);
}

interface Split {
  readonly best: number;
  readonly logit: number;
  readonly loses: boolean;
}

function splitOf(sums: readonly BlockSums[], inside: readonly number[], spans: Spans): Split {
  const outside = spans.flatMap((_, block) => (inside.includes(block) ? [] : [block]));
  const rowsOf = (blocks: readonly number[]): number => blocks.reduce((rows, block) => rows + spans[block]![1] - spans[block]![0], 0);
  const [insideRows, outsideRows] = [rowsOf(inside), rowsOf(outside)];
  let best = 0;
  let greatest = Number.NEGATIVE_INFINITY;
  sums.forEach((stream, at) => {
    const sharpe = sharpeOf(stream, inside, insideRows);
    if (sharpe > greatest) [best, greatest] = [at, sharpe];
  });
  const elsewhere = sums.map((stream) => sharpeOf(stream, outside, outsideRows));
  const chosen = elsewhere[best]!;
  let below = 0;
  let equal = 0;
  for (const sharpe of elsewhere) {
    if (sharpe < chosen) below += 1;
    if (sharpe === chosen) equal += 1;
  }
  const relative = (below + (equal + 1) / 2) / (sums.length + 1);
  return { best, logit: Math.log(relative / (1 - relative)), loses: chosen < 0 };
}

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado and Zhu 2017, "The probability of backtest overfitting",
 * Journal of Computational Finance 20): whether the best of several streams in one half of the blocks is also good in the other, over every
 * half. Streams are simple returns on the same rows; the first of equals is the best, and equals share their mean rank.
 * Errors: HistoryTooShort for fewer than two streams, blocks without rows, or a stream that does not vary in half of the blocks.
 */
export function overfittingOf(streams: readonly Float64Array[], blocks: number = overfittingBlocks): OverfittingTest {
  const rows = streams[0]?.length ?? 0;
  const spans = rowBlocks(rows, blocks);
  requireTestable(streams, blocks, spans);
  const sums = streams.map((values) => sumsOf(values, spans));
  const splits = combinations(blocks, blocks / 2).map((inside) => splitOf(sums, inside, spans));
  const share = (holds: (split: Split) => boolean): number => splits.filter(holds).length / splits.length;
  return {
    blocks,
    splits: splits.length,
    streams: streams.length,
    rows,
    probability: share(({ logit }) => logit <= 0),
    probabilityOfLoss: share(({ loses }) => loses),
    best: splits.map(({ best }) => best),
    logits: splits.map(({ logit }) => logit),
  };
}
