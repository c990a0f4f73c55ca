import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { type ScanResponse, valueIn } from './response.ts';

/** Category ids of a response that has texts: by symbol first, by text second. */
export interface CategoryMap {
  readonly by_symbol: Readonly<Record<string, string>>;
  readonly by_text: Readonly<Record<string, string>>;
}

function idsAt(value: Json | undefined, key: string, file: string): Readonly<Record<string, string>> {
  if (value === undefined) return {};
  const isIds =
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((id) => typeof id === 'string' && /^\d+$/.test(id));
  if (isIds) return value as Readonly<Record<string, string>>;
  throw new LedgerError('CategoryMapInvalid', `${file}: ${key} maps texts to category ids, which are digits in quotes`, {
    at: { file, path: key },
  });
}

/** Errors: CategoryMapInvalid. */
export function readCategoryMap(content: Json, file: string): CategoryMap {
  if (content === null || typeof content !== 'object' || Array.isArray(content))
    throw new LedgerError('CategoryMapInvalid', `${file}: an object with by_symbol and by_text is expected`, { at: { file } });
  const map = content as JsonObject;
  return { by_symbol: idsAt(map['by_symbol'], 'by_symbol', file), by_text: idsAt(map['by_text'], 'by_text', file) };
}

/** The response with ids in place of texts; what the map does not know has no category. */
export function withCategories(response: ScanResponse, { by_symbol, by_text }: CategoryMap): ScanResponse {
  const idOf = (symbol: string, text: Json): string | null => {
    if (Object.hasOwn(by_symbol, symbol)) return by_symbol[symbol]!;
    return typeof text === 'string' && Object.hasOwn(by_text, text) ? by_text[text]! : null;
  };
  return {
    ...response,
    columns: response.columns.includes('category') ? response.columns : [...response.columns, 'category'],
    rows: response.rows.map((row) => ({ ...row, values: { ...row.values, category: idOf(row.symbol, valueIn(row, 'category')) } })),
  };
}
