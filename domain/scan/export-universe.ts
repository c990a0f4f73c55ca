import { parseDay } from '../returns/days.ts';
import { scanRowOf, type ScanRow } from '../selection/supply.ts';
import type { Json, JsonObject } from '../shared/canonical-json.ts';
import { jsonTooHeavy } from '../shared/json-weight.ts';
import type { Passes } from './gates.ts';
import { exportError, readExport } from './import-export.ts';
import type { ScanVerdict } from './scan-result.ts';
import { valueIn } from './response.ts';

/** A universe that a file of an exported scan gives. */
export interface ExportedUniverse {
  readonly scanner: string;
  readonly asOf: string;
  /** What the scan was found to be; `partial` where an older file does not say it. */
  readonly verdict: ScanVerdict;
  /** What is not known of it, in words. */
  readonly lacking: readonly string[];
  /** In rank order, with the gates of each; null where a file does not say them. */
  readonly selected: readonly { readonly symbol: string; readonly passes: Passes | null }[];
  /** Of every row that has one of the columns that a selection reads. */
  readonly values: Readonly<Record<string, ScanRow>>;
}

const verdicts: readonly ScanVerdict[] = ['complete', 'partial', 'unknown'];

/** Errors: ScanExportInvalid. */
export function parseExport(text: string, file: string): Json {
  const heavy = jsonTooHeavy(text);
  if (heavy !== null) throw exportError('not_json', heavy, file, '$');
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw exportError('not_json', cause instanceof Error ? cause.message : 'not JSON', file, '$');
  }
}

function verdictOf({ verdict }: JsonObject, file: string): Pick<ExportedUniverse, 'verdict' | 'lacking'> {
  if (verdict === undefined) return { verdict: 'partial', lacking: ['the export does not say whether everything was evaluated'] };
  const known = verdicts.find((one) => one === verdict);
  if (known === undefined) throw exportError('not_an_export', `verdict ${JSON.stringify(verdict)}`, file, 'meta.verdict');
  return { verdict: known, lacking: known === 'complete' ? [] : ['the export does not list what was not evaluated'] };
}

/**
 * Reads an export as a universe. What it found is known from its as-of date on, so a file without one is refused. Errors: ScanExportInvalid
 * with the row.
 */
export function universeOfExport(content: Json, file: string): ExportedUniverse {
  const { scanner, asOf, rows } = readExport(content, file);
  const { meta } = content as { readonly meta: JsonObject };
  if (asOf === null || parseDay(asOf) === null)
    throw exportError('not_dated', 'meta says no as_of: the day of the rows, such as 2026-05-01', file, 'meta.as_of');
  const values = rows.flatMap((row, index): [string, ScanRow][] => {
    const found = scanRowOf((column) => {
      const value = valueIn(row, column);
      if (value === null || typeof value === 'number') return value;
      throw exportError('column_type', `${column} of ${row.symbol} is ${JSON.stringify(value)}`, file, `data[${index}].${column}`);
    });
    return found === null ? [] : [[row.symbol, found]];
  });
  return {
    scanner,
    asOf,
    ...verdictOf(meta, file),
    selected: rows.filter(({ selected }) => selected).map(({ symbol, passes }) => ({ symbol, passes })),
    values: Object.fromEntries(values),
  };
}
