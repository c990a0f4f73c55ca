import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate } from '../returns/series.ts';
import { invariant } from '../shared/errors.ts';

/** How much a sequence of targets moves: of sleeve weights within their guardrails, decision by decision. */
export interface AllocationTurnover {
  /** Σ|w| of the first decision: the first purchase, which is no change. */
  readonly firstPurchase: number;
  /** Σ|w_k - w_{k-1}| from the second decision on: two-sided, so that selling everything and buying again is 2. */
  readonly perDecision: readonly number[];
  readonly total: number;
  /** Null for a single decision. */
  readonly mean: number | null;
}

/** `decisions[k]` has one weight per column. What is traded to get there is another figure: holdings drift. */
export function allocationTurnover(decisions: readonly (readonly number[])[]): AllocationTurnover {
  invariant(decisions.length > 0, 'turnover of no decision');
  const perDecision = decisions.slice(1).map((weights, index) => twoSided(decisions[index]!, weights));
  const total = perDecision.reduce((sum, turnover) => sum + turnover, 0);
  const firstPurchase = decisions[0]!.reduce((sum, weight) => sum + Math.abs(weight), 0);
  return { firstPurchase, perDecision, total, mean: perDecision.length === 0 ? null : total / perDecision.length };
}

function twoSided(before: readonly number[], after: readonly number[]): number {
  invariant(before.length === after.length, 'decisions on the same columns', { before: before.length, after: after.length });
  return after.reduce((sum, weight, column) => sum + Math.abs(weight - before[column]!), 0);
}

/** Standard deviation (divisor n-1) of each column's weight over the decisions; null for a single decision. */
export function allocationStability(decisions: readonly (readonly number[])[]): (number | null)[] {
  invariant(decisions.length > 0, 'stability of no decision');
  return decisions[0]!.map((_, column) => sampleMoments(Float64Array.from(decisions, (weights) => weights[column]!)).deviation);
}

/** What a date's trades turned over and cost. */
export interface DatedTrade {
  /** Of the close at which the trade takes place. */
  readonly date: IsoDate;
  readonly turnoverTwoSided: number;
  /** Of the equity of its day. */
  readonly costFraction: number;
  /** What trading sleeve by sleeve would have cost beyond it; left out where there is one sleeve. */
  readonly crossingBenefit?: number;
}

/** Closes [from, before): those of a window run from its newest read up to its last row, which the next window begins with. */
export interface CloseSpan {
  readonly from: IsoDate;
  readonly before: IsoDate;
}

/** Sums of the trades within each span of closes. */
export function tradesBySpan(
  trades: readonly DatedTrade[],
  spans: readonly CloseSpan[],
): Pick<DatedTrade, 'turnoverTwoSided' | 'costFraction'>[] {
  return spans.map(({ from, before }) => {
    const within = trades.filter(({ date }) => date >= from && date < before);
    return {
      turnoverTwoSided: within.reduce((sum, trade) => sum + trade.turnoverTwoSided, 0),
      costFraction: within.reduce((sum, trade) => sum + trade.costFraction, 0),
    };
  });
}
