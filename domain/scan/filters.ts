import type { Json } from '../shared/canonical-json.ts';
import { unreachable } from '../shared/errors.ts';
import { numberIn, type ScanRow, valueIn } from './response.ts';
import type { ComparisonOperation, ScanFilter } from './scanner.ts';

/** Compares as IEEE doubles, without a tolerance. */
export function holds(value: number, operation: ComparisonOperation, threshold: number): boolean {
  switch (operation) {
    case 'greater':
      return value > threshold;
    case 'less':
      return value < threshold;
    case 'egreater':
      return value >= threshold;
    case 'eless':
      return value <= threshold;
    default:
      return unreachable(operation);
  }
}

const textOf = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));

function isAmong(value: Json, right: readonly string[] | readonly number[]): boolean {
  if (typeof right[0] === 'string') return (right as readonly string[]).includes(textOf(value));
  const [low, high] = right as readonly number[];
  return typeof value === 'number' && value >= low! && value <= high!;
}

/** Category ids are text, whatever a server makes of them; elsewhere a number is not the text of it. */
function isEqual(column: string, value: Json, right: ScanFilter['right']): boolean {
  return column === 'category' ? textOf(value) === right : value === right;
}

/** Whether a row satisfies a filter. A value that is not there satisfies `empty` only, and so does an empty text. */
export function satisfies(row: ScanRow, { left, operation, right }: ScanFilter): boolean {
  const value = valueIn(row, left);
  const isEmpty = value === null || value === '';
  switch (operation) {
    case 'empty':
      return isEmpty;
    case 'nempty':
      return !isEmpty;
    default:
  }
  if (value === null) return false;
  switch (operation) {
    case 'equal':
      return isEqual(left, value, right);
    case 'nequal':
      return !isEqual(left, value, right);
    case 'in_range':
      return isAmong(value, right as readonly string[]);
    case 'not_in_range':
      return !isAmong(value, right as readonly string[]);
    case 'match':
      return textOf(value)
        .toLowerCase()
        .includes((right as string).toLowerCase());
    default: {
      const number = numberIn(row, left);
      return number !== null && holds(number, operation, right as number);
    }
  }
}

/** Why a filter or a gate was not evaluated. `absent`: no row has a value in its column. */
export type NotEvaluatedBecause = 'absent' | 'category_text' | 'no_rows';

/** Columns in which some row has a value. */
export function presentColumns(rows: readonly ScanRow[], columns: readonly string[]): ReadonlySet<string> {
  return new Set(columns.filter((column) => rows.some((row) => valueIn(row, column) !== null)));
}

/** Null for a filter that is evaluated. Category ids are compared where at least one row has an id: a text of digits. */
export function whyNotEvaluated({ left }: ScanFilter, rows: readonly ScanRow[], present: ReadonlySet<string>): NotEvaluatedBecause | null {
  if (rows.length === 0) return 'no_rows';
  if (!present.has(left)) return 'absent';
  if (left !== 'category') return null;
  return rows.some((row) => /^\d+$/.test(textOf(valueIn(row, left)))) ? null : 'category_text';
}
