import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { LedgerError } from '../shared/errors.ts';
import { passKeys, type Passes } from './gates.ts';
import type { ScanRow } from './response.ts';

/** A row of an export that was read. Older exports hold survivors only, and do not say that they were selected. */
export interface ImportedRow extends ScanRow {
  readonly passes: Passes | null;
  readonly selected: boolean;
  /** Place among the selected, from 1. */
  readonly rank: number | null;
}

export interface ImportedExport {
  readonly scanner: string;
  /** Null in files that do not say. */
  readonly asOf: string | null;
  readonly generatedAt: string | null;
  /** In file order. */
  readonly rows: readonly ImportedRow[];
}

type ExportFault =
  'not_json' | 'not_an_export' | 'not_dated' | 'column_type' | 'passes_conflict' | 'passes_type' | 'duplicate_row' | 'rank';

export function exportError(fault: ExportFault, said: string, file: string, path: string): LedgerError {
  return new LedgerError('ScanExportInvalid', `${fault}: ${said}`, { evidence: { fault }, at: { file, path } });
}

const isObject = (value: Json | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads `passes` with either spelling of the combined key. Errors: ScanExportInvalid where both are there and differ. */
export function readPasses(passes: JsonObject, file: string, path: string): Passes {
  const at = (key: string): boolean | null => {
    const value = passes[key] ?? null;
    if (value === null || typeof value === 'boolean') return value;
    throw exportError('passes_type', `${key} is ${JSON.stringify(value)}: true, false or null`, file, `${path}.${key}`);
  };
  const [older, newer] = [at('combined'), at('trend_combined')];
  if ('combined' in passes && 'trend_combined' in passes && older !== newer)
    throw exportError('passes_conflict', `combined is ${older} and trend_combined ${newer}`, file, path);
  const read = Object.fromEntries(passKeys.map((key) => [key, at(key)])) as Record<(typeof passKeys)[number], boolean | null>;
  return { ...read, trend_combined: newer ?? older };
}

function importedRow(row: Json, index: number, file: string): Omit<ImportedRow, 'rank'> & { readonly writtenRank: number | null } {
  const path = `data[${index}]`;
  if (!isObject(row) || typeof row['symbol'] !== 'string') throw exportError('not_an_export', `row ${index} has no symbol`, file, path);
  const { symbol, passes, selected, rank, rejection: _, atr_pct: __, ...values } = row;
  if (selected !== undefined && typeof selected !== 'boolean')
    throw exportError('not_an_export', `selected of ${symbol} is not true or false`, file, `${path}.selected`);
  return {
    symbol: symbol,
    values,
    passes: isObject(passes) ? readPasses(passes, file, `${path}.passes`) : null,
    selected: selected ?? true,
    writtenRank: typeof rank === 'number' ? rank : null,
  };
}

/** Reads an export of this program, or an older one. Errors: ScanExportInvalid with the row. */
export function readExport(content: Json, file: string): ImportedExport {
  if (!isObject(content) || !Array.isArray(content['data'])) throw exportError('not_an_export', 'meta and data are expected', file, 'data');
  const meta = isObject(content['meta']) ? content['meta'] : {};
  const text = (key: string): string | null => (typeof meta[key] === 'string' ? meta[key] : null);
  const scanner = text('selector') ?? text('symbol') ?? text('export_symbol');
  if (scanner === null) throw exportError('not_an_export', 'meta names no scanner', file, 'meta.symbol');
  const seen = new Set<string>();
  let rank = 0;
  const rows = (content['data'] as readonly Json[]).map((given, index): ImportedRow => {
    const { writtenRank, ...row } = importedRow(given, index, file);
    if (seen.has(row.symbol)) throw exportError('duplicate_row', `${row.symbol} stands there twice`, file, `data[${index}]`);
    seen.add(row.symbol);
    if (!row.selected) return { ...row, rank: null };
    rank += 1;
    if (writtenRank !== null && writtenRank !== rank)
      throw exportError('rank', `${row.symbol} is the ${rank}th selected and has rank ${writtenRank}`, file, `data[${index}].rank`);
    return { ...row, rank };
  });
  return { scanner, asOf: text('as_of'), generatedAt: text('generated_at'), rows };
}
