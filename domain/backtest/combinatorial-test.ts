import { portfolioStream, weighed } from '../allocation/node.ts';
import type { AtomicNode, MetaNode, NestedNode } from '../manifest/resolved-meta-schema.ts';
import { type CombinatorialSplits, combinatorialSplits, type Split } from '../metrics/combinatorial-splits.ts';
import { rowsAt, rowsOf } from '../returns/matrix.ts';
import { computeMetrics, type Metrics, metricsPolicyOf } from '../returns/metrics.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import type { Deciding } from './decisions.ts';

/** Six groups of rows, two of them held back: fifteen splits, five histories (Lopez de Prado 2018, figure 12.1). */
export const standardSplits = { groups: 6, testGroups: 2, purgeRows: 0 } as const;

export interface TestedSplit {
  readonly testGroups: readonly number[];
  readonly trainRows: number;
  readonly testRows: number;
  /** Bounded sleeve weights, in the order of the joined columns; null where the split was not run. */
  readonly weights: readonly number[] | null;
  /** Why it was not run. */
  readonly reason: string | null;
}

/** What a profile earns where it learns from everything but a stretch, the time after it included. */
export interface CombinatorialTest extends Pick<CombinatorialSplits, 'label'> {
  readonly groups: number;
  readonly testGroups: number;
  readonly purgeRows: number;
  readonly embargoRows: number;
  readonly trainRowsMin: number;
  readonly splits: readonly TestedSplit[];
  /** Whole histories that the splits which were run make up, each of all joined rows; and how many all would make up. */
  readonly paths: readonly Metrics[];
  readonly pathsAtMost: number;
}

function reachOf(sleeve: AtomicNode | NestedNode): number {
  return sleeve.kind === 'atomic' ? windowRowsOf(sleeve.resolved) : embargoRowsOf(sleeve.meta) + windowRowsOf(sleeve.meta);
}

function windowRowsOf({ blocks: { backtest } }: Pick<MetaNode, 'blocks'>): number {
  return backtest.train_window + backtest.test_window;
}

/** Rows after a test in which a return may still be moved by it: a sleeve's window learns from them, and is held thereafter. */
export function embargoRowsOf({ sleeves }: MetaNode): number {
  return Math.max(...sleeves.map(reachOf));
}

interface Held {
  readonly tested: TestedSplit;
  /** By group that it tests, what the group earns. */
  readonly earned: ReadonlyMap<number, Float64Array>;
}

type Spans = CombinatorialSplits['spans'];

function heldSplit(work: Deciding, node: MetaNode, joined: ReturnMatrix, split: Split, spans: Spans): Held {
  const { testGroups, train, test, isTooShort } = split;
  const tested = { testGroups, trainRows: train.length, testRows: test.length };
  const notRun = (reason: string): Held => ({ tested: { ...tested, weights: null, reason }, earned: new Map() });
  if (isTooShort) return notRun('too few rows to learn from');
  try {
    const { bounded } = weighed(work, node, rowsAt(joined, train), work.parameters);
    const earned = testGroups.map((group) => {
      const [first, end] = spans[group]!;
      return [group, portfolioStream(rowsOf(joined, first, end), bounded).values] as const;
    });
    return { tested: { ...tested, weights: bounded, reason: null }, earned: new Map(earned) };
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return notRun(error.message);
  }
}

function pathsOf(held: readonly Held[], spans: Spans, joined: ReturnMatrix, work: Deciding): Metrics[] {
  const byGroup = spans.map((_, group) => held.flatMap(({ earned }) => earned.get(group) ?? []));
  const whole = Math.min(...byGroup.map(({ length }) => length));
  return Array.from({ length: whole }, (_, path) => {
    const values = new Float64Array(joined.dates.length);
    let at = 0;
    for (const segments of byGroup) {
      values.set(segments[path]!, at);
      at += segments[path]!.length;
    }
    return computeMetrics({ dates: joined.dates, values }, work.parameters.annualisationDays, metricsPolicyOf(work.rules));
  });
}

/**
 * Purged combinatorial splits of a portfolio's joined rows: for each, the profile and the guardrails decide once on the rows that are left
 * to learn from, and the weights are held over the test rows at constant capital, without costs of the portfolio's own. The k-th split that
 * tests a group gives the k-th history its rows. Errors: SchemaViolation for fewer rows than groups.
 */
export function combinatorialTest(work: Deciding, node: MetaNode, joined: ReturnMatrix): CombinatorialTest {
  const { groups, testGroups, purgeRows } = standardSplits;
  const embargoRows = embargoRowsOf(node);
  const trainRowsMin = node.blocks.backtest.train_window;
  const plan = { rows: joined.dates.length, groups, testGroups, purgeRows, embargoRows, trainRowsMin };
  const { spans, splits, paths, label } = combinatorialSplits(plan);
  const held = splits.map((split) => heldSplit(work, node, joined, split, spans));
  return {
    label,
    groups,
    testGroups,
    purgeRows,
    embargoRows,
    trainRowsMin,
    splits: held.map(({ tested }) => tested),
    paths: pathsOf(held, spans, joined, work),
    pathsAtMost: paths,
  };
}
