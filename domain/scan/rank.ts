import { byCodeUnits } from '../shared/order.ts';
import { tradedValueColumn } from './columns.ts';
import { numberIn, type ScanRow } from './response.ts';
import type { ScanSort } from './scanner.ts';

type Order = (left: ScanRow, right: ScanRow) => number;

/** A missing value is last in both directions; -0 is 0. */
function by({ column, order }: ScanSort): Order {
  const sign = order === 'asc' ? 1 : -1;
  return (leftRow, rightRow) => {
    const [left, right] = [numberIn(leftRow, column), numberIn(rightRow, column)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    return left < right ? -sign : left > right ? sign : 0;
  };
}

const bySymbol: Order = (left, right) => byCodeUnits(left.symbol, right.symbol);
export const byTradedValue: Order = by({ column: tradedValueColumn, order: 'desc' });

/** The rows in the order in which a fetch is cut: ties by symbol. */
export function orderedForFetch<Row extends ScanRow>(rows: readonly Row[], sort: ScanSort): Row[] {
  const first = by(sort);
  return rows.toSorted((left, right) => first(left, right) || bySymbol(left, right));
}

/** The rows in their final order: ties by traded value, then by symbol. */
export function orderedForRank<Row extends ScanRow>(rows: readonly Row[], sort: ScanSort): Row[] {
  const first = by(sort);
  return rows.toSorted((left, right) => first(left, right) || byTradedValue(left, right) || bySymbol(left, right));
}
