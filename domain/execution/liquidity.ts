import { sampleMoments } from '../returns/sample-moments.ts';
import type { IsoDate } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import type { Liquidity } from './held-weights.ts';
import { type BookColumn, seriesOfAssets } from './columns.ts';
import type { Market } from './market.ts';

/** Rows over which volatility and the value traded a day are measured, the row of the trade's close included. */
export const liquidityRows = 20;

function refuseShort(column: BookColumn, date: IsoDate, rows: number): never {
  throw new LedgerError('HistoryTooShort', `${column.asset} is traded on ${date} after ${rows} returns: impact needs ${liquidityRows}`, {
    evidence: { symbol: column.asset, date, rows },
    at: { path: column.asset },
  });
}

function deviationOf({ returns: { columns, values } }: Market, column: number, closeRow: number): number {
  const first = closeRow - liquidityRows + 1;
  const last = Float64Array.from({ length: liquidityRows }, (_, row) => values[(first + row) * columns.length + column]!);
  return sampleMoments(last).deviation!;
}

/**
 * What trading a column moves at the close of a row: the standard deviation (ddof 1) of its last 20 returns, and the mean of its last 20
 * products of close and volume. `prices` has one row more than the market: the opening. Asked of the columns that are traded only.
 * Errors: HistoryTooShort, PricesMissing where a close or a volume is missing.
 */
export function liquidityOf(market: Market, columns: readonly BookColumn[], prices: DatedTable, volumes: DatedTable) {
  const closes = seriesOfAssets(columns, prices, 'prices');
  const sizes = seriesOfAssets(columns, volumes, 'volumes');
  const volumeRow = new Map(volumes.dates.map((date, row) => [date, row]));
  const valueOn = (column: number, row: number): number => {
    const date = prices.dates[row]!;
    const value = closes[column]![row]! * (sizes[column]![volumeRow.get(date) ?? -1] ?? Number.NaN);
    if (value > 0) return value;
    const { asset } = columns[column]!;
    throw new LedgerError('PricesMissing', `${asset} has no close and volume on ${date}: its impact cannot be measured`, {
      evidence: { symbol: asset, date },
      at: { path: asset },
    });
  };
  return (closeRow: number, target: Float64Array, before: Float64Array): Liquidity => {
    const volatility = new Float64Array(columns.length);
    const dailyValue = new Float64Array(columns.length);
    for (const [column, description] of columns.entries()) {
      if (target[column] === before[column]) continue;
      if (closeRow + 1 < liquidityRows) refuseShort(description, prices.dates[closeRow + 1]!, closeRow + 1);
      volatility[column] = deviationOf(market, column, closeRow);
      let sum = 0;
      for (let row = closeRow - liquidityRows + 1; row <= closeRow; row++) sum += valueOn(column, row + 1);
      dailyValue[column] = sum / liquidityRows;
    }
    return { volatility, dailyValue };
  };
}
