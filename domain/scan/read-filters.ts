import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { suggestion } from '../shared/suggest.ts';
import { configError } from './config-file.ts';
import { comparisons, type FilterOperation, filterOperations, type MomentumCondition, type ScanFilter } from './scanner.ts';

/** Where a value stands, for refusals. */
export interface Place {
  readonly file: string;
  readonly path: string;
}

export const shown = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));

export function objectAt(value: Json | undefined, at: Place): JsonObject {
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw configError('value_type', `${at.path} ${shown(value)} is not an object`, at);
  return value as JsonObject;
}

export function requireKnownKeys(value: JsonObject, known: readonly string[], at: Place): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const path = at.path === '' ? unknown : `${at.path}.${unknown}`;
  throw configError('unknown_key', `${path} is no key of a scanner${suggestion(unknown, known)}`, { ...at, path });
}

export function textAt(value: Json | undefined, at: Place): string {
  if (typeof value === 'string' && value !== '') return value;
  throw configError(value === undefined ? 'missing_key' : 'value_type', `${at.path} ${shown(value)} is not a text`, at);
}

export function gateNumber(value: Json | undefined, at: Place): number {
  if (typeof value === 'number') return value;
  throw configError('gate_type', `${at.path} ${shown(value)} is not a number`, at);
}

export function listAt(value: Json | undefined, at: Place): readonly Json[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value as readonly Json[];
  throw configError('value_type', `${at.path} ${shown(value)} is not a list`, at);
}

/** Texts as a set, or two numbers as a closed range. */
function rangeAt(right: Json | undefined, at: Place): readonly string[] | readonly number[] {
  const items = Array.isArray(right) ? (right as readonly Json[]) : [];
  if (items.length > 0 && items.every((item) => typeof item === 'string')) return items;
  if (items.length > 0 && items.every((item) => typeof item === 'number')) {
    const [low, high] = items;
    if (items.length === 2 && low! <= high!) return items;
    throw configError('filter_value_type', `${at.path} ${shown(right)}: a range of numbers is [lowest, highest]`, at);
  }
  throw configError('filter_value_type', `${at.path} ${shown(right)}: a list of texts, or [lowest, highest] in numbers`, at);
}

function isCategoryText(operation: FilterOperation, right: Json | undefined): boolean {
  if (operation === 'in_range' || operation === 'not_in_range')
    return Array.isArray(right) && right.length > 0 && right.every((item) => typeof item === 'string');
  return typeof right === 'string';
}

function rightOf(left: string, operation: FilterOperation, right: Json | undefined, at: Place): ScanFilter['right'] {
  if (operation === 'empty' || operation === 'nempty') {
    if (right === undefined || right === null) return undefined;
    throw configError('filter_value_type', `${at.path} ${shown(right)}: ${operation} compares with nothing`, at);
  }
  if ((comparisons as readonly string[]).includes(operation)) {
    if (typeof right === 'number') return right;
    throw configError('filter_value_type', `${at.path} ${shown(right)} is not a number`, at);
  }
  if (left === 'category' && !isCategoryText(operation, right))
    throw configError('category_not_text', `${at.path} ${shown(right)}: category ids are quoted text, and a list for ${operation}`, at);
  if (operation === 'in_range' || operation === 'not_in_range') return rangeAt(right, at);
  if (operation === 'match' ? typeof right === 'string' : right !== undefined && right !== null && typeof right !== 'object')
    return right as string | number | boolean;
  throw configError('filter_value_type', `${at.path} ${shown(right)} is not ${operation === 'match' ? 'a text' : 'a single value'}`, at);
}

function filterAt(value: Json, file: string, path: string): ScanFilter {
  const filter = objectAt(value, { file, path });
  requireKnownKeys(filter, ['left', 'operation', 'right'], { file, path });
  const left = textAt(filter['left'], { file, path: `${path}.left` });
  const operation = filterOperations.find((known) => known === filter['operation']);
  if (operation === undefined)
    throw configError('unknown_operation', `${path}.operation ${shown(filter['operation'])}: one of ${filterOperations.join(', ')}`, {
      file,
      path: `${path}.operation`,
    });
  const right = rightOf(left, operation, filter['right'], { file, path: `${path}.right` });
  return { left, operation, ...(right === undefined ? {} : { right }) };
}

/** Filters in the order of the files. Errors: ScannerConfigInvalid with the index of the filter. */
export function filtersAt(value: Json | undefined, file: string): readonly ScanFilter[] {
  return listAt(value, { file, path: 'filters' }).map((filter, index) => filterAt(filter, file, `filters[${index}]`));
}

/** Conditions of momentum in effective order. Errors: ScannerConfigInvalid with the index of the condition. */
export function momentumAt(value: Json | undefined, file: string): readonly MomentumCondition[] {
  return listAt(value, { file, path: 'trend.momentum' }).map((item, index) => {
    const path = `trend.momentum[${index}]`;
    const condition = objectAt(item, { file, path });
    requireKnownKeys(condition, ['column', 'op', 'value'], { file, path });
    const op = comparisons.find((known) => known === condition['op']);
    if (op === undefined)
      throw configError('unknown_operation', `${path}.op ${shown(condition['op'])}: one of ${comparisons.join(', ')}`, {
        file,
        path: `${path}.op`,
      });
    return {
      column: textAt(condition['column'], { file, path: `${path}.column` }),
      op,
      value: gateNumber(condition['value'], { file, path: `${path}.value` }),
    };
  });
}
