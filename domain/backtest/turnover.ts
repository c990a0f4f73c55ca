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

function apart(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, weight, index) => sum + Math.abs(weight - right[index]!), 0);
}

/** Standard deviation of each column, divisor n-1; exactly 0 for equal values. */
function deviations(rows: readonly (readonly number[])[]): number[] | null {
  if (rows.length < 2) return null;
  return rows[0]!.map((first, column) => {
    const values = rows.map((row) => row[column]!);
    if (values.every((value) => value === first)) return 0;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    return Math.sqrt(squares / (values.length - 1));
  });
}

/** Figures of turnover of a book and of the decisions on its capital, in their order. */
export function turnoverFigures(
  decisions: readonly Pick<MetaDecision, 'newestRead' | 'last' | 'bounded'>[],
  trades: readonly Pick<BookTrade, 'closeOf' | 'nettedTwoSided'>[],
): TurnoverFigures {
  const windows = decisions.map(({ newestRead, last, bounded }, index): WindowTurnover => {
    const own = trades.filter(({ closeOf }) => closeOf >= newestRead && closeOf < last);
    return {
      allocationTwoSided: index === 0 ? null : apart(bounded, decisions[index - 1]!.bounded),
      tradedTwoSided: own.reduce((sum, { nettedTwoSided }) => sum + nettedTwoSided, 0),
    };
  });
  const [first, ...later] = trades;
  return {
    windows,
    firstAllocationTwoSided: decisions[0]!.bounded.reduce((sum, weight) => sum + Math.abs(weight), 0),
    firstPurchaseTwoSided: first?.nettedTwoSided ?? 0,
    allocationTwoSided: windows.reduce((sum, { allocationTwoSided }) => sum + (allocationTwoSided ?? 0), 0),
    tradedTwoSided: later.reduce((sum, { nettedTwoSided }) => sum + nettedTwoSided, 0),
    allocationStability: deviations(decisions.map(({ bounded }) => bounded)),
  };
}
