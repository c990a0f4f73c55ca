import type { SleeveWalk } from '../backtest/sleeve-job.ts';
import type { DatedTable } from '../returns/table-text.ts';

/** Returns of an entrant out of sample. */
export function entrantStreamTable({ dates, gross, net }: SleeveWalk): DatedTable {
  return { dates, columns: ['gross', 'net'], values: [gross, net] };
}

/** Its weights, a row for each window at the newest row that it read. */
export function entrantWeightsTable(columns: readonly string[], { windows }: SleeveWalk): DatedTable {
  return {
    dates: windows.map(({ newestRead }) => newestRead),
    columns,
    values: columns.map((_, column) => Float64Array.from(windows, ({ weights }) => weights[column]!)),
  };
}
