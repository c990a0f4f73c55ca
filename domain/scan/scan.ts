import { sortedBy } from '../shared/order.ts';
import { tickerOf } from '../shared/symbol.ts';
import { tradedValueColumn } from './columns.ts';
import { presentColumns, satisfies, whyNotEvaluated } from './filters.ts';
import { failuresOf, type GateFailures, passesOf, type Passes, type PreparedGate, prepareGates } from './gates.ts';
import { funnelOf } from './funnel.ts';
import { orderedForFetch, orderedForRank } from './rank.ts';
import type { ScanResponse, ScanRow } from './response.ts';
import type { NotEvaluated, Rejection, ScanResult, ScanVerdict } from './scan-result.ts';
import { requestFilters, type ScanFilter, type Scanner } from './scanner.ts';

/** A row on its way through the stages. */
interface Candidate extends ScanRow {
  readonly failures: GateFailures;
  readonly passes: Passes;
  /** A listed symbol that was not returned, selected by choice: what was never fetched was never filtered. */
  readonly isBare: boolean;
  rejection: Rejection | null;
}

interface PreparedScan {
  readonly scanner: Scanner;
  readonly filters: readonly ScanFilter[];
  /** By index of the filter; null for one that is evaluated. */
  readonly filterWhy: readonly ReturnType<typeof whyNotEvaluated>[];
  readonly gates: readonly PreparedGate[];
}

function filterRejection(row: ScanRow, { filters, filterWhy }: PreparedScan): Rejection | null {
  const index = filters.findIndex((filter, place) => filterWhy[place] === null && !satisfies(row, filter));
  const filter = filters[index];
  if (filter === undefined) return null;
  const { left: column, operation, right: threshold = null } = filter;
  return { stage: 'api', gate: `filter[${index}]`, column, operation, threshold, value: row.values[column] ?? null };
}

/** Rejects what stands behind the cut, by its place from 1. */
function cut(ordered: readonly Candidate[], stage: 'api' | 'rank', gate: string, column: string | null, limit: number): void {
  for (const [index, row] of ordered.entries())
    if (index >= limit) row.rejection = { stage, gate, column, operation: 'eless', threshold: limit, value: index + 1 };
}

function rejectForeign(rows: readonly Candidate[], { symbols }: Scanner): void {
  const listed = new Set(symbols);
  for (const row of rows) {
    if (listed.has(row.symbol)) continue;
    const threshold = symbols.find((symbol) => tickerOf(symbol) === tickerOf(row.symbol)) ?? null;
    row.rejection = { stage: 'basic', gate: 'static_exchange', column: 'symbol', operation: 'equal', threshold, value: row.symbol };
  }
}

/** The first gate of a row that rejects it. With `OR`, a trend gate rejects only where no other trend gate passes. */
function gateRejection({ failures, passes }: Candidate): Rejection | null {
  for (const [gate, failed] of failures) {
    if (failed === null || (gate.startsWith('trend_') && passes.trend_combined === true)) continue;
    return { stage: 'client', gate, ...failed };
  }
  if (passes.all !== null) return null;
  return { stage: 'client', gate: 'no_evidence', column: null, operation: null, threshold: null, value: null };
}

/** Of one ticker on several exchanges the one that trades most stays. */
function rejectTwins(rows: readonly Candidate[]): void {
  const winners = new Map<string, string>();
  for (const row of orderedForFetch(rows, { column: tradedValueColumn, order: 'desc' })) {
    const winner = winners.get(tickerOf(row.symbol));
    if (winner === undefined) winners.set(tickerOf(row.symbol), row.symbol);
    else row.rejection = { stage: 'client', gate: 'dedupe', column: 'symbol', operation: 'equal', threshold: winner, value: row.symbol };
  }
}

const standing = (rows: readonly Candidate[]): Candidate[] => rows.filter(({ rejection }) => rejection === null);

/** Takes the rows through every stage; what is left is in rank order. */
function selectedOf(rows: readonly Candidate[], prepared: PreparedScan): readonly Candidate[] {
  const { scanner } = prepared;
  const { sort, prefilterLimit, isStatic, symbols, finalSort, limit } = scanner;
  for (const row of rows) if (!row.isBare) row.rejection = filterRejection(row, prepared);
  if (sort !== null && prefilterLimit !== null) cut(orderedForFetch(standing(rows), sort), 'api', 'prefilter', sort.column, prefilterLimit);
  if (isStatic) rejectForeign(standing(rows), scanner);
  for (const row of standing(rows)) row.rejection = gateRejection(row);
  if (!isStatic) rejectTwins(standing(rows));
  const passed = standing(rows);
  const place = new Map(symbols.map((symbol, index) => [symbol, index]));
  const ranked =
    isStatic && finalSort === null
      ? passed.toSorted((left, right) => place.get(left.symbol)! - place.get(right.symbol)!)
      : orderedForRank(passed, finalSort ?? { column: tradedValueColumn, order: 'desc' });
  cut(ranked, 'rank', 'limit', finalSort?.column ?? null, limit);
  return standing(ranked);
}

function notEvaluatedOf({ filters, filterWhy, gates }: PreparedScan): NotEvaluated {
  return {
    filters: filters.flatMap(({ left }, index) => {
      const why = filterWhy[index] ?? null;
      return why === null ? [] : [{ index, filter: left, why }];
    }),
    gates: gates.flatMap(({ name, because }) => (because === null ? [] : [{ gate: name, why: because }])),
    conditions: gates.flatMap(({ name, leftOut }) => leftOut.map((column) => ({ gate: name, column }))),
  };
}

function missingSymbols({ symbols }: Scanner, rows: readonly ScanRow[]): Pick<ScanResult, 'notReturned' | 'exchangeMismatch'> {
  const returned = new Set(rows.map(({ symbol }) => symbol));
  const notReturned = symbols.filter((symbol) => !returned.has(symbol));
  const elsewhere = notReturned.flatMap((symbol) => {
    const others = rows.filter((row) => tickerOf(row.symbol) === tickerOf(symbol)).map((row) => row.symbol);
    return others.length === 0 ? [] : [[symbol, others] as const];
  });
  return { notReturned, exchangeMismatch: Object.fromEntries(elsewhere) };
}

function verdictOf(rows: readonly ScanRow[], prepared: PreparedScan, notReturned: readonly string[], without: NotEvaluated): ScanVerdict {
  const { scanner, gates } = prepared;
  const configured = gates.filter(({ state }) => state !== 'not_configured');
  const isBlind = configured.length > 0 && configured.every(({ state }) => state === 'not_evaluated');
  if (rows.length === 0 || isBlind) return 'unknown';
  if (scanner.isStatic && notReturned.length === scanner.symbols.length) return 'unknown';
  const isWhole = notReturned.length + without.filters.length + without.gates.length + without.conditions.length === 0;
  return isWhole ? 'complete' : 'partial';
}

/** Rows that a static scanner adds by choice; none where the response has no listed symbol at all. */
function includedRows({ staticMissing, symbols }: Scanner, notReturned: readonly string[]): ScanRow[] {
  if (staticMissing !== 'include' || notReturned.length === symbols.length) return [];
  return notReturned.map((symbol) => ({ symbol, values: {} }));
}

/**
 * Judges every row of a response by a scanner: filters, prefilter, gates, dedupe and rank, in this order. The order of the rows changes
 * nothing. A filter or gate on a column that no row has is not evaluated and listed; as soon as one row has a value, a missing one fails.
 */
export function scan(scanner: Scanner, response: ScanResponse): ScanResult {
  const { rows: fetched, columns } = response;
  const present = presentColumns(fetched, columns);
  const filters = requestFilters(scanner);
  const filterWhy = filters.map((filter) => whyNotEvaluated(filter, fetched, present));
  const gates = prepareGates(scanner.gates, fetched, present);
  const prepared = { scanner, filters, filterWhy, gates };
  const isAnyConfigured = gates.some(({ state }) => state !== 'not_configured');
  const missing = missingSymbols(scanner, fetched);
  const bare = includedRows(scanner, missing.notReturned);
  const candidates = [...fetched, ...bare].map((row, index): Candidate => {
    const failures = failuresOf(row, gates);
    return {
      ...row,
      failures,
      passes: passesOf(failures, scanner.gates, isAnyConfigured),
      isBare: index >= fetched.length,
      rejection: null,
    };
  });
  const selected = selectedOf(candidates, prepared);
  const rankOf = new Map(selected.map(({ symbol }, index) => [symbol, index + 1]));
  const without = notEvaluatedOf(prepared);
  const all = sortedBy(candidates, ({ symbol }) => symbol);
  return {
    scanner: scanner.id,
    verdict: verdictOf(fetched, prepared, missing.notReturned, without),
    notEvaluated: without,
    ...missing,
    rows: all.map(({ symbol, values, passes, rejection }) => {
      const rank = rankOf.get(symbol) ?? null;
      return { symbol, values, passes, selected: rank !== null, rank, rejection };
    }),
    selected: selected.map(({ symbol }) => symbol),
    funnel: funnelOf({
      filters,
      gates,
      rows: all,
      fetched: fetched.length,
      included: bare.length,
      prefilterColumn: scanner.sort?.column ?? null,
    }),
  };
}
