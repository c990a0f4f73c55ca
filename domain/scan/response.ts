import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits, sortedBy } from '../shared/order.ts';
import { tickerOf } from '../shared/symbol.ts';
import { isNumberColumn } from './columns.ts';

/** One row that a server gave. */
export interface ScanRow {
  /** `EXCHANGE:TICKER` */
  readonly symbol: string;
  readonly values: JsonObject;
}

/** A response as it is kept: rows by symbol, so that the order in which they came changes nothing. */
export interface ScanResponse {
  /** In the order of the response; by name where rows are objects. */
  readonly columns: readonly string[];
  readonly rows: readonly ScanRow[];
  /** What the server counted; null where the file does not say. */
  readonly totalCount: number | null;
}

/** What is wrong with a response, in one word each. */
export type ResponseFault =
  | 'not_a_response'
  | 'columns_unknown'
  | 'positional_mismatch'
  | 'column_type'
  | 'duplicate_row'
  | 'symbol'
  | 'total_count'
  | 'truncated_page'
  | 'total_changed'
  | 'misordered'
  | 'response_not_json';

export function responseError(fault: ResponseFault, said: string, file: string, path?: string): LedgerError {
  return new LedgerError('ScanResponseInvalid', `${fault}: ${said}`, {
    evidence: { fault },
    at: { file, ...(path === undefined ? {} : { path }) },
  });
}

/** Where a response comes from, and the columns that were asked for where the request is known. */
export interface ResponseSource {
  readonly file: string;
  readonly requestColumns: readonly string[] | null;
}

/** The value of a column, null where the row has none. */
export function valueIn({ values }: ScanRow, column: string): Json {
  return Object.hasOwn(values, column) ? values[column]! : null;
}

/** A number of a column; null also for a text, which a response with checked types never has in a column of numbers. */
export function numberIn(row: ScanRow, column: string): number | null {
  const value = valueIn(row, column);
  return typeof value === 'number' ? value : null;
}

const symbolShape = /^[A-Z0-9_]+:\S+$/;
const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: Json | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');
const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((item) => right.includes(item));

/** The columns of a positional response. */
function positionalColumns(response: JsonObject, { file, requestColumns }: ResponseSource): readonly string[] {
  const written = response['_columns'];
  if (written === undefined) {
    if (requestColumns !== null) return requestColumns;
    throw responseError(
      'columns_unknown',
      'rows are positional, and neither _columns nor the request says what stands where',
      file,
      '_columns',
    );
  }
  if (!isTexts(written) || new Set(written).size < written.length)
    throw responseError('columns_unknown', '_columns is a list of names, each once', file, '_columns');
  if (requestColumns !== null && sameSet(written, requestColumns) && written.some((column, index) => column !== requestColumns[index]))
    throw responseError('positional_mismatch', '_columns has the columns of the request in another order', file, '_columns');
  return written;
}

function positionalRow(row: JsonObject, index: number, columns: readonly string[], file: string): ScanRow {
  const { s: symbol, d: values } = row;
  if (typeof symbol !== 'string' || !Array.isArray(values))
    throw responseError('not_a_response', `row ${index} has no symbol s with its values d`, file, `data[${index}]`);
  if (values.length !== columns.length)
    throw responseError(
      'positional_mismatch',
      `row ${index} ${symbol}: ${values.length} values for ${columns.length} columns`,
      file,
      `data[${index}].d`,
    );
  return { symbol, values: Object.fromEntries(columns.map((column, place) => [column, (values as readonly Json[])[place]!])) };
}

function objectRow(row: JsonObject, index: number, file: string): ScanRow {
  const { symbol, ...values } = row;
  if (typeof symbol === 'string') return { symbol, values };
  throw responseError('not_a_response', `row ${index} has no symbol`, file, `data[${index}].symbol`);
}

function requireSound(row: ScanRow, index: number, numberColumns: readonly string[], file: string): void {
  const { symbol } = row;
  if (!symbolShape.test(symbol)) throw responseError('symbol', `row ${index}: ${symbol} is not EXCHANGE:TICKER`, file, `data[${index}]`);
  const name = valueIn(row, 'name');
  if (name !== null && name !== tickerOf(symbol))
    throw responseError(
      'positional_mismatch',
      `row ${index} ${symbol}: the column name holds ${JSON.stringify(name)}`,
      file,
      `data[${index}]`,
    );
  for (const column of numberColumns) {
    const value = valueIn(row, column);
    if (value !== null && typeof value !== 'number')
      throw responseError('column_type', `row ${index} ${symbol}: ${column} is ${JSON.stringify(value)}, not a number`, file, column);
  }
  const category = valueIn(row, 'category');
  if (category !== null && typeof category !== 'string' && typeof category !== 'number')
    throw responseError(
      'column_type',
      `row ${index} ${symbol}: category is ${JSON.stringify(category)}, no id and no text`,
      file,
      'category',
    );
}

function requireOnce(rows: readonly ScanRow[], file: string): void {
  const twice = rows.find(({ symbol }, index) => index > 0 && rows[index - 1]!.symbol === symbol);
  if (twice !== undefined) throw responseError('duplicate_row', `${twice.symbol} stands there twice`, file, twice.symbol);
}

function totalOf(response: JsonObject, rows: number, file: string): number | null {
  const total = response['totalCount'] ?? response['total'] ?? null;
  if (total === null) return null;
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 0)
    throw responseError('total_count', `totalCount ${JSON.stringify(total)} is not a count`, file, 'totalCount');
  if (total >= rows) return total;
  throw responseError('total_count', `totalCount ${total} is less than the ${rows} rows`, file, 'totalCount');
}

/**
 * Reads a saved response of either shape: `{totalCount, data: [{s, d}]}` with positional values, or `{data: [{symbol, ...}]}`.
 * `alsoNumbers` are columns that somebody compares with numbers. Errors: ScanResponseInvalid, naming the row.
 */
export function readResponse(content: Json, source: ResponseSource, alsoNumbers: readonly string[]): ScanResponse {
  const { file } = source;
  if (!isObject(content) || !Array.isArray(content['data']))
    throw responseError('not_a_response', 'an object with a list data is expected', file, 'data');
  const data = content['data'] as readonly Json[];
  const misfit = data.findIndex((row) => !isObject(row));
  if (misfit >= 0) throw responseError('not_a_response', `row ${misfit} is not an object`, file, `data[${misfit}]`);
  const objects = data as readonly JsonObject[];
  const isPositional = objects.some((row) => 'd' in row) || '_columns' in content;
  const positional = isPositional ? positionalColumns(content, source) : null;
  const rows = objects.map((row, index) =>
    positional === null ? objectRow(row, index, file) : positionalRow(row, index, positional, file),
  );
  const columns = positional ?? [...new Set(rows.flatMap(({ values }) => Object.keys(values)))].toSorted(byCodeUnits);
  const numberColumns = columns.filter((column) => isNumberColumn(column) || alsoNumbers.includes(column));
  for (const [index, row] of rows.entries()) requireSound(row, index, numberColumns, file);
  const sorted = sortedBy(rows, ({ symbol }) => symbol);
  requireOnce(sorted, file);
  return { columns, rows: sorted, totalCount: totalOf(content, rows.length, file) };
}

/** How much of it is there, where the server counted more rows than the response has. */
export function partialOf({ rows, totalCount }: ScanResponse): { readonly rows: number; readonly total: number } | null {
  return totalCount === null || totalCount === rows.length ? null : { rows: rows.length, total: totalCount };
}
