import type { ResolvedProfile } from '../../domain/manifest/resolved-schema.ts';
import { calendarOfSymbol } from '../../domain/returns/calendar.ts';
import type { AuditedFile } from '../../domain/returns/integrity.ts';
import type { PriceTable } from '../../domain/returns/series.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';

export interface SleeveRunOptions {
  readonly from: string | null;
  readonly asOf: string | null;
  readonly symbols: readonly string[] | null;
  readonly exclude: readonly string[];
  readonly repair: 'none' | 'drop-off-calendar';
  readonly map: Readonly<Record<string, string>>;
}

/** A file of prices cut to what the run may see, with the lines of the rows that are left. */
export interface ScopedPrices {
  readonly name: string;
  readonly fileSha256: string;
  readonly table: PriceTable;
  readonly lines: { readonly first: number } | readonly number[] | null;
  readonly defects: AuditedFile['defects'];
}

export interface PriceInput {
  readonly name: string;
  readonly fileSha256: string;
  readonly table: PriceTable;
  readonly lineOfRow: ((rowIndex: number) => number) | null;
  readonly defects: AuditedFile['defects'];
}

export interface Universe {
  /** Symbols that the sleeve may hold, in code-unit order. */
  readonly symbols: readonly string[];
  /** Read for the `market` profile only (R3). */
  readonly benchmarks: readonly string[];
}

/** The universe: listed symbols, else every column that is no benchmark; less the excluded ones. Errors: ExchangeUnknown, PricesMissing. */
export function universeOf(resolved: ResolvedProfile, options: SleeveRunOptions, files: readonly { readonly name: string; readonly table: PriceTable }[]): Universe {
  const columns = files.flatMap((file) => file.table.symbols.map((symbol) => ({ symbol, file: file.name })));
  const known = new Set(columns.map(({ symbol }) => symbol));
  const { data, backtest } = resolved.blocks;
  const benchmarks = [...new Set(backtest.benchmark_symbols)].toSorted(byCodeUnits);
  const listed = options.symbols ?? data.symbols ?? null;
  const excluded = new Set([...options.exclude, ...data.exclude]);
  for (const symbol of [...(listed ?? []), ...options.exclude]) {
    if (!known.has(symbol)) throw new LedgerError('PricesMissing', `no price file has a column ${symbol}`, { evidence: { symbol }, at: { path: symbol } });
  }
  const candidates = listed ?? columns.map(({ symbol }) => symbol).filter((symbol) => !benchmarks.includes(symbol));
  const symbols = [...new Set(candidates)].filter((symbol) => !excluded.has(symbol)).toSorted(byCodeUnits);
  const used = new Set([...symbols, ...benchmarks]);
  for (const { symbol, file } of columns) {
    if (!used.has(symbol)) continue;
    try {
      calendarOfSymbol(symbol);
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      throw new LedgerError('ExchangeUnknown', error.message, { evidence: { symbol }, at: { file, line: 1, path: symbol } });
    }
  }
  return { symbols, benchmarks };
}

function linesOf(rows: readonly number[], lineOfRow: ((row: number) => number) | null): ScopedPrices['lines'] {
  if (lineOfRow === null || rows.length === 0) return null;
  const lines = rows.map((row) => lineOfRow(row));
  return lines.every((line, index) => line === lines[0]! + index) ? { first: lines[0]! } : lines;
}

/** Cuts a file to the rows and symbols that the run may see. A symbol of the universe without any price stays, to be listed as inactive. */
export function scoped(file: PriceInput, universe: Universe, options: SleeveRunOptions): ScopedPrices {
  const wanted = new Set([...universe.symbols, ...universe.benchmarks]);
  const columns = file.table.symbols.map((symbol, column) => ({ symbol, closes: file.table.closes[column]! })).filter(({ symbol }) => wanted.has(symbol));
  const rows: number[] = [];
  for (const [row, date] of file.table.dates.entries()) {
    if ((options.from === null || date >= options.from) && (options.asOf === null || date <= options.asOf)) rows.push(row);
  }
  return {
    name: file.name,
    fileSha256: file.fileSha256,
    table: {
      dates: rows.map((row) => file.table.dates[row]!),
      symbols: columns.map(({ symbol }) => symbol),
      closes: columns.map(({ closes }) => Float64Array.from(rows, (row) => closes[row]!)),
    },
    lines: linesOf(rows, file.lineOfRow),
    defects: file.defects,
  };
}

/** The scoped file as the integrity audit wants it. */
export function auditedFile(file: ScopedPrices): AuditedFile {
  const { lines } = file;
  const lineOfRow = lines === null ? null : 'first' in lines ? (row: number) => lines.first + row : (row: number) => lines[row]!;
  return { file: file.name, table: file.table, lineOfRow, defects: file.defects };
}
