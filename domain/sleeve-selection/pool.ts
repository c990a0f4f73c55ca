import type { Grid } from '../returns/grid.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import { marketOf } from '../selection/pool.ts';
import { byCodeUnits } from '../shared/order.ts';

/** What a sleeve selects from: its kept symbols, and the benchmarks that are priced on every grid date. */
export interface SleevePool {
  /** Simple returns on the grid, columns in code-unit order. */
  readonly returns: ReturnMatrix;
  /** Take part in every cross-section and never win. */
  readonly benchmarks: readonly string[];
}

/** Columns of two matrices on the same dates, each symbol once, in code-unit order. */
function joinedColumns(left: ReturnMatrix, right: ReturnMatrix): ReturnMatrix {
  const sources = new Map([right, left].flatMap((matrix) => matrix.columns.map((symbol, column) => [symbol, { matrix, column }] as const)));
  const columns = [...sources.keys()].toSorted(byCodeUnits);
  const values = new Float64Array(left.dates.length * columns.length);
  for (const [at, symbol] of columns.entries()) {
    const { matrix, column } = sources.get(symbol)!;
    const width = matrix.columns.length;
    for (let row = 0; row < left.dates.length; row++) values[row * columns.length + at] = matrix.values[row * width + column]!;
  }
  return { dates: left.dates, columns, values };
}

export function poolOf(
  { returns, benchmarkReturns }: Pick<Grid, 'returns' | 'benchmarkReturns'>,
  benchmarks: readonly string[],
): SleevePool {
  const joined = benchmarkReturns === null ? returns : joinedColumns(returns, benchmarkReturns);
  const among = new Set(joined.columns);
  return { returns: joined, benchmarks: benchmarks.filter((symbol) => among.has(symbol)) };
}

/** Mean return of the pool on each row of the grid: from it regimes are read. */
export function poolMarketOf(grid: Pick<Grid, 'returns' | 'benchmarkReturns'>, benchmarks: readonly string[]): Float64Array {
  return marketOf(poolOf(grid, benchmarks).returns);
}
