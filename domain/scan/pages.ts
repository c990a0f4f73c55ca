import { responseError, type ScanResponse } from './response.ts';
import type { ScanRequest } from './scanner.ts';

/** Rows of one request. */
export const pageRows = 1_000;

type Range = readonly [number, number];

/** The range of the next page; null when everything that was asked for, or that is there, has come. */
export function nextRange(request: ScanRequest, fetched: number, total: number | null, rowsOfPage: number): Range | null {
  const end = Math.min(request.range[1], total ?? request.range[1]);
  return fetched >= end ? null : [fetched, Math.min(fetched + rowsOfPage, request.range[1])];
}

/** A page has exactly the rows of its range that are there. Errors: ScanResponseInvalid (truncated_page, total_changed). */
export function requireWholePage(
  range: Range,
  page: { readonly rows: number; readonly total: number },
  before: number | null,
  url: string,
): void {
  const { rows, total } = page;
  if (before !== null && before !== total)
    throw responseError('total_changed', `totalCount was ${before}, and is ${total} on the page of ${range.join(' to ')}`, url);
  const expected = Math.max(0, Math.min(range[1], total) - range[0]);
  if (rows === expected) return;
  throw responseError('truncated_page', `range ${range.join(' to ')} of ${total}: ${rows} rows came, ${expected} were expected`, url);
}

/** The rows are as the request sorts them, those without a value last. Errors: ScanResponseInvalid (misordered). */
export function requireOrdered(values: readonly unknown[], { sort }: ScanRequest, url: string): void {
  if (sort === undefined) return;
  const sign = sort.sortOrder === 'asc' ? 1 : -1;
  for (let index = 1; index < values.length; index++) {
    const [before, after] = [values[index - 1], values[index]];
    const isRight = typeof after !== 'number' || (typeof before === 'number' && sign * before <= sign * after);
    if (!isRight) throw responseError('misordered', `row ${index} is not sorted by ${sort.sortBy}: the cut would take other rows`, url);
  }
}

/** Whether every listed symbol of a static scanner has come. */
export function hasAll(symbols: readonly string[], { rows }: Pick<ScanResponse, 'rows'>): boolean {
  const come = new Set(rows.map(({ symbol }) => symbol));
  return symbols.every((symbol) => come.has(symbol));
}

/** How often a page is asked for again. */
export const retriesMax = 10;

/** Seconds to wait after the attempt of this number, from 0: twice as long each time, or what the server says, between 2 and 60. */
export function waitSeconds(attempt: number, retryAfterSeconds: number | null): number {
  if (retryAfterSeconds !== null) return Math.min(60, Math.max(2, retryAfterSeconds));
  let seconds = 2;
  for (let doubled = 0; doubled < attempt && seconds < 60; doubled++) seconds *= 2;
  return Math.min(60, seconds);
}

/** The column that a server does not know, when that is what it says. */
export function unknownColumn(text: string): string | null {
  return /unknown (?:field|column)\W+([\w.+-]+)/i.exec(text)?.[1] ?? null;
}
