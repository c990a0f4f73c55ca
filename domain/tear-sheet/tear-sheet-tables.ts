import type { IsoDate } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { byCodeUnits } from '../shared/order.ts';
import type { RollingFigure } from '../metrics/rolling.ts';
import type { MeasuredStream, TearSheet } from './tear-sheet.ts';

/** One of the series behind a tear sheet, as a file holds it. */
export interface NamedTable {
  readonly name: string;
  readonly table: DatedTable;
}

interface DatedColumn {
  readonly name: string;
  readonly dates: readonly IsoDate[];
  readonly values: ArrayLike<number | null>;
}

/** A blank, a comma or a quote in a name would end its column in the text of a table. */
function columnName(id: string): string {
  return id.replaceAll(/[\s",]+/g, '_');
}

/** Columns on the dates that any of them has; a cell without a value is empty. */
function outerTable(columns: readonly DatedColumn[]): DatedTable {
  const dates = [...new Set(columns.flatMap((column) => column.dates))].toSorted(byCodeUnits);
  const rowOf = new Map(dates.map((date, row) => [date, row]));
  return {
    dates,
    columns: columns.map(({ name }) => columnName(name)),
    values: columns.map((column) => {
      const cells = new Float64Array(dates.length).fill(Number.NaN);
      column.dates.forEach((date, row) => (cells[rowOf.get(date)!] = column.values[row] ?? Number.NaN));
      return cells;
    }),
  };
}

function streamsTable(streams: readonly MeasuredStream[], part: 'returns' | 'wealth' | 'drawdown'): DatedTable {
  return outerTable(streams.map((stream) => ({ name: stream.id, dates: stream.dates, values: stream[part] })));
}

function rollingTable({ rolling }: TearSheet): DatedTable {
  const figures: [string, RollingFigure | null][] = [
    ['volatility', rolling.volatility],
    ['sharpe', rolling.sharpe],
    ['beta', rolling.beta],
  ];
  return outerTable(figures.flatMap(([name, figure]) => (figure === null ? [] : [{ name, ...figure }])));
}

/** Rows of numbers under ids, one row a date. */
function historyTable(
  ids: readonly string[],
  rows: readonly { readonly date: IsoDate; readonly numbers: readonly number[] }[],
): DatedTable {
  const dates = rows.map(({ date }) => date);
  return outerTable(ids.map((id, column) => ({ name: id, dates, values: rows.map(({ numbers }) => numbers[column]!) })));
}

/** Each month at its last date in the stream. */
function monthsTable({ calendar, portfolio }: TearSheet): DatedTable {
  const dates = calendar.months.map(({ period }) => portfolio.dates.findLast((date) => date.startsWith(period))!);
  return outerTable([
    { name: 'return', dates, values: calendar.months.map(({ total }) => total) },
    { name: 'rows', dates, values: calendar.months.map(({ rows }) => rows) },
    { name: 'is_partial', dates, values: calendar.months.map(({ isPartial }) => (isPartial ? 1 : 0)) },
  ]);
}

function tradesTable(trades: NonNullable<TearSheet['trades']>): DatedTable {
  const dates = trades.map(({ date }) => date);
  return outerTable([
    { name: 'turnover_two_sided', dates, values: trades.map(({ turnoverTwoSided }) => turnoverTwoSided) },
    { name: 'cost_fraction', dates, values: trades.map(({ costFraction }) => costFraction) },
    ...(trades.some(({ crossingBenefit }) => crossingBenefit !== undefined)
      ? [{ name: 'crossing_benefit', dates, values: trades.map(({ crossingBenefit }) => crossingBenefit ?? null) }]
      : []),
  ]);
}

/** Every series behind a tear sheet, under the name of its file; a part that is not of the run has none. */
export function tablesOf(sheet: TearSheet): NamedTable[] {
  const streams = [sheet.portfolio, ...(sheet.parts ?? []), ...(sheet.baselines ?? [])];
  const { weights, contributions, trades } = sheet;
  return [
    { name: 'returns', table: streamsTable(streams, 'returns') },
    { name: 'wealth', table: streamsTable(streams, 'wealth') },
    { name: 'drawdowns', table: streamsTable(streams, 'drawdown') },
    { name: 'months', table: monthsTable(sheet) },
    { name: 'rolling', table: rollingTable(sheet) },
    ...(weights === null
      ? []
      : [
          {
            name: 'weights',
            table: historyTable(
              weights.history.ids,
              weights.history.decisions.map((decision) => ({ date: decision.date, numbers: decision.weights })),
            ),
          },
        ]),
    ...(contributions ?? []).map(({ kind, of, ids, rows }) => ({
      name: `risk_${kind}_${of}`,
      table: historyTable(
        ids,
        rows.map(({ date, shares }) => ({ date, numbers: shares })),
      ),
    })),
    ...(trades === null ? [] : [{ name: 'trades', table: tradesTable(trades) }]),
  ];
}
