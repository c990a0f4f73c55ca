import type { PriceFile } from '../../domain/returns/price-file.ts';
import { type ScannedUniverse, scannedUniverse } from '../../domain/run/scanned-universe.ts';
import type { GivenScan } from '../../domain/allocation/sleeve/given-supply.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import { type SourceScan, sourceScan, type UniverseSources } from './universe-sources.ts';

export interface UniverseAsked {
  /** `scan:<id>` for the newest scan up to the as-of date of the run, `scan:<id>@<date>` for that of a date, or a file of an export. */
  readonly references: readonly string[];
  /** Refuses a scan in which something was not evaluated or not returned. */
  readonly strict: boolean;
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

/** A universe, and what its scans say of symbols. */
export interface UniverseFound {
  readonly universe: ScannedUniverse;
  readonly scans: readonly GivenScan[];
}

/**
 * The universe of scans, of which the files have prices; `symbolsMin` of them at least. Errors: Usage, ScanNotRecorded, ScanNotUsable,
 * ScanExportInvalid, FileMissing, FileUnreadable, UniverseTooSmall.
 */
export async function universeFromScans(
  sources: UniverseSources,
  { references, strict }: UniverseAsked,
  files: readonly PriceFile[],
  { symbolsMin, ...range }: Range & { readonly symbolsMin: number },
): Promise<UniverseFound> {
  const { priced, first, last } = pricesIn(files, range);
  const found: SourceScan[] = [];
  for (const reference of references) found.push(await sourceScan(sources, reference, range.asOf ?? last));
  const universe = scannedUniverse(
    found.map(({ scan }) => scan),
    { priced, first, isStrict: strict, symbolsMin },
  );
  return { universe, scans: found.map(({ values }) => values) };
}
