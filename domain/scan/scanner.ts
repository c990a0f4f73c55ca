import { tickerOf } from '../shared/symbol.ts';

/** A scanner as it acts: the effective configuration, read and checked. */

export const filterOperations = [
  'greater',
  'less',
  'egreater',
  'eless',
  'equal',
  'nequal',
  'in_range',
  'not_in_range',
  'empty',
  'nempty',
  'match',
] as const;
export type FilterOperation = (typeof filterOperations)[number];

export const comparisons = ['greater', 'less', 'egreater', 'eless'] as const;
export type ComparisonOperation = (typeof comparisons)[number];

/** A filter as the protocol has it. A list of texts is a set, a list of two numbers a closed range. */
export interface ScanFilter {
  readonly left: string;
  readonly operation: FilterOperation;
  readonly right?: number | string | boolean | readonly string[] | readonly number[];
}

export interface MomentumCondition {
  readonly column: string;
  readonly op: ComparisonOperation;
  readonly value: number;
}

/** Client gates; null where none is configured. */
export interface ScanGates {
  /** Least traded value, in money. */
  readonly valueTradedMin: number | null;
  /** Most volatility of a day, percent, inclusive. */
  readonly volatilityMax: number | null;
  readonly logic: 'AND' | 'OR';
  readonly direction: 'long';
  readonly recommendationMin: number | null;
  readonly adxMin: number | null;
  readonly momentum: readonly MomentumCondition[];
}

export interface ScanSort {
  readonly column: string;
  readonly order: 'asc' | 'desc';
}

export interface Scanner {
  readonly id: string;
  readonly exportSymbol: string;
  readonly dataCategory: string;
  readonly markets: readonly string[];
  readonly isStatic: boolean;
  /** What becomes of a listed symbol that is not returned: it is listed, or selected as a bare row. */
  readonly staticMissing: 'list' | 'include';
  /** `EXCHANGE:TICKER` in the order of the list; empty for a dynamic scanner. */
  readonly symbols: readonly string[];
  /** As written in the files: without the filter that a static list becomes. */
  readonly filters: readonly ScanFilter[];
  /** Required ones first, then base to scanner, each at its first place. */
  readonly columns: readonly string[];
  readonly gates: ScanGates;
  /** Before the cut at `prefilterLimit`; null for a static scanner. */
  readonly sort: ScanSort | null;
  readonly prefilterLimit: number | null;
  /** Of what passed; null keeps the order of a static list, and ranks a dynamic scan by traded value. */
  readonly finalSort: ScanSort | null;
  readonly limit: number;
}

/** Filters in request order: a static scanner asks for its tickers first. */
export function requestFilters({ isStatic, symbols, filters }: Scanner): readonly ScanFilter[] {
  if (!isStatic) return filters;
  return [{ left: 'name', operation: 'in_range', right: symbols.map(tickerOf) }, ...filters];
}

/** Body of a request of the scan protocol. */
export interface ScanRequest {
  readonly columns: readonly string[];
  readonly options: { readonly lang: 'en' };
  /** Half open. */
  readonly range: readonly [number, number];
  readonly filter: readonly ScanFilter[];
  readonly sort?: { readonly sortBy: string; readonly sortOrder: 'asc' | 'desc' };
}

/** The request of a scanner, in full; a client that pages cuts its range. */
export function requestOf(scanner: Scanner): ScanRequest {
  const { columns, sort, symbols, prefilterLimit } = scanner;
  return {
    columns,
    options: { lang: 'en' },
    range: [0, prefilterLimit ?? symbols.length],
    filter: requestFilters(scanner),
    ...(sort === null ? {} : { sort: { sortBy: sort.column, sortOrder: sort.order } }),
  };
}

/** A scanner that does not ask for some columns, and so cannot filter on them. */
export function withoutColumns(scanner: Scanner, dropped: readonly string[]): Scanner {
  if (dropped.length === 0) return scanner;
  return {
    ...scanner,
    columns: scanner.columns.filter((column) => !dropped.includes(column)),
    filters: scanner.filters.filter(({ left }) => !dropped.includes(left)),
  };
}
