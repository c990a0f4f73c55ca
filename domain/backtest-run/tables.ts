import type { BookTrade } from '../backtest/book.ts';
import type { MetaDecision } from '../backtest/decisions.ts';
import type { LeafPath } from '../backtest/holders.ts';
import type { ProfileBacktest } from '../backtest/profile-job.ts';
import type { SleeveWalk } from '../backtest/sleeve-job.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { sortedBy } from '../shared/order.ts';

/** The dated tables of a tested profile. Columns of numbers, aligned to the dates; NaN is an empty cell. */

type Column = readonly [name: string, values: Float64Array];

function tableOf(dates: readonly string[], columns: readonly Column[]): DatedTable {
  return { dates, columns: columns.map(([name]) => name), values: columns.map(([, values]) => values) };
}

function columnsOfRows(names: readonly string[], rows: readonly (ArrayLike<number> | null)[]): Column[] {
  return names.map((name, column) => [name, Float64Array.from(rows, (row) => row?.[column] ?? Number.NaN)]);
}

/** Joined rows of the book: gross and net returns, and the net returns of each baseline that was run. */
export function returnsTable({ book, baselines }: ProfileBacktest): DatedTable {
  const others = baselines.flatMap(({ name, outcome }): Column[] => (outcome.status === 'tested' ? [[name, outcome.book.net]] : []));
  return tableOf(book.dates, [['gross', book.gross], ['net', book.net], ...others]);
}

/** A row for each decision of the portfolio itself: raw and bounded weights and ex-ante risk shares of its sleeves, and turnover. */
export function decisionsTable(ids: readonly string[], decisions: readonly MetaDecision[], { turnover }: ProfileBacktest): DatedTable {
  const named = (kind: string): string[] => ids.map((id) => `${kind}:${id}`);
  return tableOf(
    decisions.map(({ newestRead }) => newestRead),
    [
      ...columnsOfRows(
        named('raw'),
        decisions.map(({ raw }) => raw),
      ),
      ...columnsOfRows(
        named('weight'),
        decisions.map(({ bounded }) => bounded),
      ),
      ...columnsOfRows(
        named('risk_share'),
        decisions.map(({ riskShares }) => riskShares),
      ),
      ...columnsOfRows(
        ['allocation_turnover_two_sided', 'traded_turnover_two_sided'],
        turnover.windows.map(({ allocationTwoSided, tradedTwoSided }) => [allocationTwoSided ?? Number.NaN, tradedTwoSided]),
      ),
    ],
  );
}

/** Weights of the leaf paths from each decision's close on. */
export function leafWeightsTable(decisions: readonly MetaDecision[], { paths, book }: ProfileBacktest): DatedTable {
  const names = paths.map(({ key }) => key);
  return tableOf(
    decisions.map(({ newestRead }) => newestRead),
    columnsOfRows(names, book.leafWeights),
  );
}

/** Of one row of leaf weights, the sum for each physical symbol: a short counts negatively. */
export function assetWeights(paths: readonly LeafPath[], row: ArrayLike<number>): Map<string, number> {
  const weights = new Map<string, number>();
  paths.forEach(({ symbol, sign }, path) => weights.set(symbol, (weights.get(symbol) ?? 0) + sign * row[path]!));
  return new Map(sortedBy([...weights], ([symbol]) => symbol));
}

/** The flattened weight matrix: decisions by physical assets. */
export function assetWeightsTable(decisions: readonly MetaDecision[], { paths, book }: ProfileBacktest): DatedTable {
  const rows = book.leafWeights.map((row) => assetWeights(paths, row));
  const symbols = [...(rows[0]?.keys() ?? [])];
  return tableOf(
    decisions.map(({ newestRead }) => newestRead),
    columnsOfRows(
      symbols,
      rows.map((row) => [...row.values()]),
    ),
  );
}

/** Ex-ante shares of risk of the leaf paths at each decision, by either decomposition; empty where there is no variance to share. */
export function riskSharesTable(decisions: readonly MetaDecision[], { paths, riskShares }: ProfileBacktest): DatedTable {
  const named = (kind: string): string[] => paths.map(({ key }) => `${kind}:${key}`);
  return tableOf(
    decisions.map(({ newestRead }) => newestRead),
    [...columnsOfRows(named('optimiser'), riskShares.optimiser), ...columnsOfRows(named('joint'), riskShares.joint)],
  );
}

/** A row for each close with trades. */
export function tradesTable(trades: readonly BookTrade[]): DatedTable {
  return tableOf(
    trades.map(({ closeOf }) => closeOf),
    columnsOfRows(
      ['meta', 'netted_two_sided', 'per_sleeve_two_sided', 'cost', 'crossing_benefit'],
      trades.map((trade) => [Number(trade.meta), trade.nettedTwoSided, trade.perSleeveTwoSided, trade.cost, trade.crossingBenefit]),
    ),
  );
}

/** Out-of-sample returns of a sleeve. */
export function streamTable({ dates, gross, net }: SleeveWalk): DatedTable {
  return tableOf(dates, [
    ['gross', gross],
    ['net', net],
  ]);
}

/** Weights of a sleeve's assets, a row for each window at the newest row that it read. */
export function sleeveWeightsTable(columns: readonly string[], { windows }: SleeveWalk): DatedTable {
  return tableOf(
    windows.map(({ newestRead }) => newestRead),
    columnsOfRows(
      columns,
      windows.map(({ weights }) => weights),
    ),
  );
}
