import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { percentText } from '../shared/percent.ts';
import { type Coverage, type CoverageInput, columnsOf, measureCoverage, rowsUsed, type SymbolCoverage } from './coverage.ts';
import type { IsoDate, PriceTable, ReturnMatrix } from './series.ts';

export interface GridInput extends CoverageInput {
  /** Read for `market` only; they do not shape the grid. */
  readonly benchmarks: readonly string[];
  /** A symbol that covers less of its sessions is dropped and listed; a share, inclusive. */
  readonly coverageMin: number;
  /** Why a benchmark cannot be used though it has prices, by symbol. */
  readonly benchmarkFaults?: ReadonlyMap<string, string>;
}

/** What the grid was made of, as plain JSON; the matrices stand beside it. */
export interface GridDescription {
  /** Last grid date, at or before the date asked for. */
  readonly asOf: IsoDate;
  /** The range over which coverage was judged. */
  readonly coverageRange: { readonly first: IsoDate; readonly last: IsoDate };
  readonly coverageMin: number;
  /** `rows` counts price rows: one more than the returns. */
  readonly grid: { readonly rows: number; readonly first: IsoDate; readonly last: IsoDate };
  readonly kept: readonly string[];
  readonly dropped: readonly SymbolCoverage[];
  readonly inactive: readonly string[];
  readonly benchmarks: {
    readonly present: readonly string[];
    readonly absent: readonly { readonly symbol: string; readonly reason: string }[];
  };
  readonly lookbackDays: number;
  /** False when `from` was given: the lookback is then recorded and not applied. */
  readonly lookbackApplied: boolean;
}

export interface Grid extends GridDescription {
  /** Simple returns between consecutive grid dates; columns are the kept symbols in code-unit order. */
  readonly returns: ReturnMatrix;
  /** The same of the present benchmarks; null when there is none. */
  readonly benchmarkReturns: ReturnMatrix | null;
}

type Column = ReturnType<typeof columnsOf>[number];

function keptOf(coverage: Coverage, coverageMin: number): { readonly kept: string[]; readonly dropped: SymbolCoverage[] } {
  const dropped = coverage.symbols.filter((symbol) => symbol.coverage < coverageMin);
  const kept = coverage.symbols.filter((symbol) => symbol.coverage >= coverageMin).map(({ symbol }) => symbol);
  if (kept.length < 2) {
    const names = dropped.map(({ symbol, coverage: share }) => `${symbol} (${percentText(share)})`).join(', ');
    const why = [
      kept.length === 1 ? `only ${kept[0]} is left` : 'no symbol is left',
      dropped.length > 0 ? `dropped for covering less than ${percentText(coverageMin)} of their sessions: ${names}` : '',
      coverage.inactive.length > 0 ? `without a price in the range: ${coverage.inactive.join(', ')}` : '',
    ];
    throw new LedgerError('UniverseTooSmall', `a sleeve needs two symbols; ${why.filter((part) => part !== '').join('; ')}`, {
      evidence: { kept, dropped, inactive: coverage.inactive, range: coverage.range },
    });
  }
  return { kept, dropped };
}

/** Simple returns between consecutive rows; row-major. */
function returnsOn(table: PriceTable, rows: readonly number[], columns: readonly Column[]): ReturnMatrix {
  const values = new Float64Array((rows.length - 1) * columns.length);
  columns.forEach(({ symbol, closes }, column) => {
    for (let index = 0; index < rows.length; index++) {
      const price = closes[rows[index]!]!;
      if (!(price > 0) || !Number.isFinite(price)) {
        const date = table.dates[rows[index]!]!;
        throw new LedgerError('IntegrityFailed', `the price of ${symbol} on ${date} is ${price}: no return can be taken`, {
          evidence: { symbol, date, price },
          at: { path: symbol },
        });
      }
      if (index > 0) values[(index - 1) * columns.length + column] = price / closes[rows[index - 1]!]! - 1;
    }
  });
  return { dates: rows.slice(1).map((row) => table.dates[row]!), columns: columns.map(({ symbol }) => symbol), values };
}

const lacksDates = 'no price on';

/** Whether a benchmark is absent for nothing but dates on which it has no price. */
export function lacksGridDates({ reason }: GridDescription['benchmarks']['absent'][number]): boolean {
  return reason.startsWith(lacksDates);
}

function sortBenchmarks(rows: readonly number[], { table, benchmarks, benchmarkFaults }: GridInput): GridDescription['benchmarks'] {
  const present: string[] = [];
  const absent: { symbol: string; reason: string }[] = [];
  for (const symbol of [...new Set(benchmarks)].toSorted(byCodeUnits)) {
    const fault = benchmarkFaults?.get(symbol);
    if (fault !== undefined) {
      absent.push({ symbol, reason: fault });
      continue;
    }
    const column = table.symbols.indexOf(symbol);
    if (column === -1) {
      absent.push({ symbol, reason: 'no price file has a column for it' });
      continue;
    }
    const closes = table.closes[column]!;
    const missing = rows.filter((row) => Number.isNaN(closes[row]));
    if (missing.length === 0) present.push(symbol);
    else
      absent.push({
        symbol,
        reason: `${lacksDates} ${missing.length} of the ${rows.length} grid dates, the first being ${table.dates[missing[0]!]}`,
      });
  }
  return { present, absent };
}

/** Where the grid of some symbols ends; null when they share no date. Errors: PricesMissing. */
export function lastCommonDate(
  table: PriceTable,
  symbols: readonly string[],
  { from, to }: { readonly from: IsoDate | null; readonly to: IsoDate | null },
): IsoDate | null {
  const columns = columnsOf(table, symbols);
  const last = table.dates.findLastIndex(
    (date, row) =>
      (from === null || date >= from) && (to === null || date <= to) && columns.every(({ closes }) => !Number.isNaN(closes[row])),
  );
  return symbols.length === 0 || last === -1 ? null : table.dates[last]!;
}

/**
 * The grid of a sleeve: the dates on which every kept symbol has a price, and the simple returns between them, so that wealth
 * on each grid date is exact and nothing is filled in. Without `from` the grid is made over the whole table and its last
 * `lookbackDays` price rows are used; with it, all rows from there on (docs/explanation/windows.md#grid). A run that has measured the
 * coverage of this input already hands it on.
 *
 * Errors: PricesMissing, ExchangeUnknown, UniverseTooSmall (evidence: kept, dropped, inactive), HistoryTooShort when fewer than
 * two dates are common, IntegrityFailed when a price on the grid is not positive.
 */
export function formGrid(input: GridInput, coverage: Coverage = measureCoverage(input)): Grid {
  const { table, from, lookbackDays, coverageMin } = input;
  const { kept, dropped } = keptOf(coverage, coverageMin);
  const columns = columnsOf(table, kept);
  const rows = rowsUsed(input, (row) => columns.every(({ closes }) => !Number.isNaN(closes[row])));
  if (rows.length < 2) {
    throw new LedgerError('HistoryTooShort', `the ${kept.length} symbols share ${rows.length} dates; a return needs two`, {
      evidence: { rows: rows.length, kept },
    });
  }
  const benchmarks = sortBenchmarks(rows, input);
  const first = table.dates[rows[0]!]!;
  const last = table.dates[rows[rows.length - 1]!]!;
  return {
    asOf: last,
    coverageRange: coverage.range!,
    coverageMin,
    grid: { rows: rows.length, first, last },
    kept,
    dropped,
    inactive: coverage.inactive,
    benchmarks,
    lookbackDays,
    lookbackApplied: from === null,
    returns: returnsOn(table, rows, columns),
    benchmarkReturns: benchmarks.present.length === 0 ? null : returnsOn(table, rows, columnsOf(table, benchmarks.present)),
  };
}

/** The grid without its matrices: what an event records of it. */
export function describeGrid(grid: Grid): GridDescription {
  const { returns: _returns, benchmarkReturns: _benchmarkReturns, ...description } = grid;
  return description;
}
