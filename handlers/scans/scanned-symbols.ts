import type { PriceFile } from '../../domain/returns/price-file.ts';
import { type ScannedUniverse, scannedUniverse } from '../../domain/run/scanned-universe.ts';
import { parseDay } from '../../domain/returns/days.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import type { Ports } from '../ports/ports.ts';
import { recordedScan } from './recorded-scan.ts';

export interface UniverseAsked {
  /** `scan:<id>` for the newest scan up to the as-of date of the run, `scan:<id>@<date>` for that of a date. */
  readonly references: readonly string[];
  /** Refuses a scan in which something was not evaluated or not returned. */
  readonly strict: boolean;
}

/** Errors: Usage. */
function parsedReference(text: string): { readonly scanner: string; readonly asOf: string | null } {
  const match = /^scan:([a-zA-Z0-9_-]+)(?:@(\d{4}-\d{2}-\d{2}))?$/.exec(text);
  if (match === null || (match[2] !== undefined && parseDay(match[2]) === null))
    throw new LedgerError('Usage', `--universe ${text}: scan:<id>, or scan:<id>@<date>`, { at: { path: '--universe' } });
  return { scanner: match[1]!, asOf: match[2] ?? null };
}

interface Range {
  readonly from: string | null;
  readonly asOf: string | null;
}

/** Symbols with a price in the range, and the first row that is used. */
function pricesIn(files: readonly PriceFile[], { from, asOf }: Range) {
  const isIn = (date: string): boolean => (from === null || date >= from) && (asOf === null || date <= asOf);
  const priced = new Set<string>();
  const dates: string[] = [];
  for (const { table } of files) {
    const rows = table.dates.flatMap((date, row) => (isIn(date) ? [row] : []));
    dates.push(...rows.map((row) => table.dates[row]!));
    for (const [column, symbol] of table.symbols.entries())
      if (rows.some((row) => !Number.isNaN(table.closes[column]![row]!))) priced.add(canonicalSymbol(symbol));
  }
  const sorted = dates.toSorted();
  return { priced, first: sorted[0] ?? null, last: sorted.at(-1) ?? null };
}

/** The universe of recorded scans, of which the files have prices. Errors: Usage, ScanNotRecorded, ScanNotUsable, UniverseTooSmall. */
export async function universeFromScans(
  reader: Pick<Ports, 'store' | 'artifacts'>,
  { references, strict }: UniverseAsked,
  files: readonly PriceFile[],
  range: Range,
): Promise<ScannedUniverse> {
  const { priced, first, last } = pricesIn(files, range);
  const scans = [];
  for (const { scanner, asOf } of references.map(parsedReference)) {
    const asked = asOf === null ? { asOf: range.asOf ?? last, exact: false } : { asOf, exact: true };
    scans.push((await recordedScan(reader, scanner, asked)).fact);
  }
  return scannedUniverse(scans, { priced, first, isStrict: strict });
}
