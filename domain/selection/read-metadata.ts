import { LedgerError } from '../shared/errors.ts';
import { canonicalSymbol } from '../shared/symbol.ts';
import { type MetadataBySymbol, symbolMetadataSchema } from './supply.ts';

/** Columns of a file of metadata beside `symbol`, each of which may be left out. */
export const metadataColumns = ['identity', 'tick_size', 'lot_size', 'price_precision'] as const;

function refuse(file: string, path: string, why: string): never {
  throw new LedgerError('SupplyFileInvalid', `${file}, ${path}: ${why}`, { at: { file, path } });
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Metadata from JSON: a list with an object for each symbol, `{"symbol": "AMEX:GLD", "identity": "gold", "tick_size": 0.01}`. Errors:
 * SupplyFileInvalid with the place, also for a member that is not known and for a symbol that stands there twice.
 */
export function readMetadata(content: unknown, file: string): MetadataBySymbol {
  if (!Array.isArray(content)) return refuse(file, '$', 'a list with an object for each symbol is expected');
  const found = new Map<string, MetadataBySymbol[string]>();
  for (const [index, row] of content.entries()) {
    const path = `[${index}]`;
    const { symbol: written, ...fields } = isObject(row) ? row : {};
    if (typeof written !== 'string') return refuse(file, path, 'an object with a symbol is expected');
    const symbol = canonicalSymbol(written);
    if (!symbol.includes(':')) refuse(file, `${path}.symbol`, `${symbol} names no exchange`);
    if (found.has(symbol)) refuse(file, `${path}.symbol`, `${symbol} appears twice`);
    const parsed = symbolMetadataSchema.safeParse(fields);
    if (!parsed.success) {
      const issue = parsed.error.issues[0]!;
      refuse(file, [path, ...issue.path].join('.'), issue.message);
    }
    found.set(symbol, parsed.data);
  }
  return Object.fromEntries(found);
}
