import type { IsoDate, ReturnSeries } from '../returns/series.ts';

/** Two streams on the dates that both have. */
export interface CommonRows {
  readonly dates: readonly IsoDate[];
  readonly left: Float64Array;
  readonly right: Float64Array;
}

/** Rows elsewhere are left out, not compounded: a pair of returns is of one day. Both series ascend. */
export function commonRows(left: ReturnSeries, right: ReturnSeries): CommonRows {
  const rowOf = new Map(right.dates.map((date, row) => [date, row]));
  const rows = left.dates.flatMap((date, row) => (rowOf.has(date) ? [row] : []));
  const dates = rows.map((row) => left.dates[row]!);
  return {
    dates,
    left: Float64Array.from(rows, (row) => left.values[row]!),
    right: Float64Array.from(dates, (date) => right.values[rowOf.get(date)!]!),
  };
}

/** Covariance and variances of pairs, divisor n-1; exactly 0 where a side is constant. There are at least two. */
export interface PairMoments {
  readonly meanLeft: number;
  readonly meanRight: number;
  readonly covariance: number;
  readonly varianceLeft: number;
  readonly varianceRight: number;
}

export function pairMoments(left: Float64Array, right: Float64Array): PairMoments {
  const count = left.length;
  let meanLeft = 0;
  let meanRight = 0;
  let leftVaries = false;
  let rightVaries = false;
  for (let row = 0; row < count; row++) {
    meanLeft += left[row]!;
    meanRight += right[row]!;
    leftVaries ||= left[row] !== left[0];
    rightVaries ||= right[row] !== right[0];
  }
  meanLeft /= count;
  meanRight /= count;
  let across = 0;
  let ofLeft = 0;
  let ofRight = 0;
  for (let row = 0; row < count; row++) {
    const [x, y] = [left[row]! - meanLeft, right[row]! - meanRight];
    across += x * y;
    ofLeft += x * x;
    ofRight += y * y;
  }
  return {
    meanLeft,
    meanRight,
    covariance: leftVaries && rightVaries ? across / (count - 1) : 0,
    varianceLeft: leftVaries ? ofLeft / (count - 1) : 0,
    varianceRight: rightVaries ? ofRight / (count - 1) : 0,
  };
}
