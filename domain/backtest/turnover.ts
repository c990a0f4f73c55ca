import { allocationStability, allocationTurnover, tradesBySpan } from '../metrics/turnover.ts';
import type { BookTrade } from './book.ts';
import type { MetaDecision } from './decisions.ts';

/** Turnover of one decision's window, as sums of absolute changes. */
export interface WindowTurnover {
  /** Of bounded sleeve targets against those before; null for the first, which is a purchase. */
  readonly allocationTwoSided: number | null;
  /** Netted asset trades from the close of its newest row up to the row before its last. */
  readonly tradedTwoSided: number;
}

export interface TurnoverFigures {
  readonly windows: readonly WindowTurnover[];
  /** The first purchase: of targets, and of assets. */
  readonly firstAllocationTwoSided: number;
  readonly firstPurchaseTwoSided: number;
  /** Of everything behind the first purchase. */
  readonly allocationTwoSided: number;
  readonly tradedTwoSided: number;
  /** Standard deviation (divisor n-1) of each sleeve's bounded weight over the decisions; null for a single one. */
  readonly allocationStability: readonly number[] | null;
}

/** Figures of turnover of a book and of the decisions on its capital, in their order. */
export function turnoverFigures(
  decisions: readonly Pick<MetaDecision, 'newestRead' | 'last' | 'bounded'>[],
  trades: readonly Pick<BookTrade, 'closeOf' | 'nettedTwoSided' | 'cost'>[],
): TurnoverFigures {
  const targets = decisions.map(({ bounded }) => bounded);
  const allocation = allocationTurnover(targets);
  const dated = trades.map(({ closeOf, nettedTwoSided, cost }) => ({
    date: closeOf,
    turnoverTwoSided: nettedTwoSided,
    costFraction: cost,
  }));
  const spans = decisions.map(({ newestRead, last }) => ({ from: newestRead, before: last }));
  const [first, ...later] = trades;
  return {
    windows: tradesBySpan(dated, spans).map(({ turnoverTwoSided }, index) => ({
      allocationTwoSided: index === 0 ? null : allocation.perDecision[index - 1]!,
      tradedTwoSided: turnoverTwoSided,
    })),
    firstAllocationTwoSided: allocation.firstPurchase,
    firstPurchaseTwoSided: first?.nettedTwoSided ?? 0,
    allocationTwoSided: allocation.total,
    tradedTwoSided: later.reduce((sum, { nettedTwoSided }) => sum + nettedTwoSided, 0),
    allocationStability: decisions.length < 2 ? null : allocationStability(targets).map((deviation) => deviation!),
  };
}
