import type { Grid } from '../returns/grid.ts';
import { rowsOf } from '../returns/matrix.ts';
import type { ReturnMatrix } from '../returns/series.ts';
import type { PreparedSleeve } from './backtest.ts';

function without(matrix: ReturnMatrix, rows: number): ReturnMatrix {
  return rowsOf(matrix, Math.min(rows, matrix.dates.length), matrix.dates.length);
}

function later(grid: Grid, rows: number): Grid {
  const { returns, benchmarkReturns } = grid;
  return {
    ...grid,
    returns: without(returns, rows),
    benchmarkReturns: benchmarkReturns === null ? null : without(benchmarkReturns, rows),
  };
}

/** Sleeves that begin some rows of their own later: every window of theirs moves by as much. */
export function startedLater(prepared: readonly PreparedSleeve[], rows: number): PreparedSleeve[] {
  return prepared.map((sleeve) => ({ ...sleeve, grid: later(sleeve.grid, rows) }));
}
