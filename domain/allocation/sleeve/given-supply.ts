import { cutPriceFile, lineOfRow, type PriceFile } from '../../returns/price-file.ts';
import { mergePriceTables } from '../../returns/prices.ts';
import { byCodeUnits } from '../../shared/order.ts';
import type { MetadataBySymbol, SelectionSupply, SuppliedScan } from '../../selection/supply.ts';
import { LedgerError } from '../../shared/errors.ts';
import type { ScanOrigin } from '../../run/supply-input.ts';

/** A file of metadata that was read. */
export interface MetadataFile {
  /** As given by the user; without its folder once a run has taken it. */
  readonly file: string;
  /** SHA-256 of the file's raw bytes. */
  readonly sha256: string;
  readonly symbols: MetadataBySymbol;
}

/** Values of one scan, and where they come from. */
export interface GivenScan extends SuppliedScan {
  readonly name: string;
  readonly origin: ScanOrigin;
}

/** Files that somebody gives beside prices; the tables of volumes hold volumes where those of prices hold closes. */
export interface SupplyFiles {
  readonly volumes: readonly PriceFile[];
  readonly metadata: readonly MetadataFile[];
}

/** Everything that a run is given beside prices, with where it comes from. */
export interface GivenSupply extends SupplyFiles {
  readonly scans: readonly GivenScan[];
}

export const nothingGiven: GivenSupply = { volumes: [], metadata: [], scans: [] };

function requireOrder({ file, defects }: PriceFile): void {
  const [defect] = defects;
  if (defect === undefined) return;
  const { kind, date, line } = defect;
  throw new LedgerError(
    'SupplyFileInvalid',
    `${file}: ${kind === 'duplicate_date' ? 'two rows have the date' : 'out of order is'} ${date}`,
    {
      evidence: { date, kind },
      at: { file, ...(line === null ? {} : { line }) },
    },
  );
}

function requireAmounts({ file, table, lines }: PriceFile): void {
  for (const [column, symbol] of table.symbols.entries()) {
    const row = table.closes[column]!.findIndex((volume) => volume < 0 || volume === Infinity);
    if (row < 0) continue;
    const [date, volume, line] = [table.dates[row]!, table.closes[column]![row]!, lineOfRow(lines, row)];
    throw new LedgerError(
      'SupplyFileInvalid',
      `${file}${line === null ? '' : `, line ${line}`}, column ${symbol}: the volume of ${date} is ${volume}, and is never below zero`,
      { evidence: { column: symbol, date, volume }, at: { file, path: symbol, ...(line === null ? {} : { line }) } },
    );
  }
}

/** Whether new files of volumes are what they should be. Errors: SupplyFileInvalid with line and column. */
export function admitVolumes(files: readonly PriceFile[]): void {
  for (const file of files) {
    requireOrder(file);
    requireAmounts(file);
  }
}

/** Symbols of files beside prices that no file of prices has, by file. */
export function symbolsWithoutPrices(
  { volumes, metadata }: SupplyFiles,
  prices: readonly Pick<PriceFile, 'table'>[],
): { readonly file: string; readonly symbols: readonly string[] }[] {
  const priced = new Set(prices.flatMap(({ table }) => table.symbols));
  const given = [
    ...volumes.map(({ file, table }) => ({ file, symbols: table.symbols })),
    ...metadata.map(({ file, symbols }) => ({ file, symbols: Object.keys(symbols) })),
  ];
  return given
    .map(({ file, symbols }) => ({ file, symbols: symbols.filter((symbol) => !priced.has(symbol)) }))
    .filter(({ symbols }) => symbols.length > 0);
}

/** Dates up to `asOf` on which a symbol of the volumes has a price: from the first date of the volumes on, or all if none is. */
export function datesPriced(
  prices: readonly Pick<PriceFile, 'table'>[],
  volumes: PriceFile['table'],
  asOf: string | null,
): readonly string[] {
  const measured = new Set(volumes.symbols);
  const priced = new Set(
    prices.flatMap(({ table }) => {
      const columns = table.closes.filter((_, column) => measured.has(table.symbols[column]!));
      return table.dates.filter((date, row) => (asOf === null || date <= asOf) && columns.some((closes) => !Number.isNaN(closes[row])));
    }),
  );
  const dates = [...priced].toSorted(byCodeUnits);
  const from = volumes.dates[0];
  const within = dates.filter((date) => from !== undefined && date >= from);
  return within.length > 0 ? within : dates;
}

function cutRecord<Value>(record: Readonly<Record<string, Value>>, symbols: ReadonlySet<string>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([symbol]) => symbols.has(symbol)));
}

interface Range {
  readonly from: string | null;
  readonly to: string | null;
}

const wholeRange: Range = { from: null, to: null };

const cutVolumes = (files: SupplyFiles['volumes'], symbols: ReadonlySet<string>, range: Range): PriceFile[] =>
  files.map((file) => cutPriceFile(file, symbols, range)).filter(({ table }) => table.symbols.length > 0);

const cutMetadata = (files: SupplyFiles['metadata'], symbols: ReadonlySet<string>): MetadataFile[] =>
  files.map((file) => ({ ...file, symbols: cutRecord(file.symbols, symbols) })).filter((file) => Object.keys(file.symbols).length > 0);

/** Cut to some symbols and to the rows between two dates; what says nothing of any of them is left out. */
export function cutSupply({ volumes, metadata, scans }: GivenSupply, symbols: ReadonlySet<string>, range: Range): GivenSupply {
  return {
    volumes: cutVolumes(volumes, symbols, range),
    metadata: cutMetadata(metadata, symbols),
    scans: scans.map((scan) => ({ ...scan, rows: cutRecord(scan.rows, symbols) })).filter(({ rows }) => Object.keys(rows).length > 0),
  };
}

function mergedMetadata(files: readonly MetadataFile[]): MetadataBySymbol | null {
  const fileOf = new Map<string, string>();
  for (const { file, symbols } of files)
    for (const symbol of Object.keys(symbols)) {
      const other = fileOf.get(symbol);
      if (other !== undefined)
        throw new LedgerError('SymbolTwice', `${symbol} has a row in ${other} and another in ${file}`, {
          evidence: { symbol, files: [other, file] },
          at: { file, path: symbol },
        });
      fileOf.set(symbol, file);
    }
  return files.length === 0 ? null : (Object.assign({}, ...files.map(({ symbols }) => symbols)) as MetadataBySymbol);
}

/** What a selection reads of it. Errors: SymbolTwice where two files speak of one symbol. */
export function selectionSupplyOf({ volumes, metadata, scans }: GivenSupply): SelectionSupply {
  const merged = volumes.length === 0 ? null : mergePriceTables(volumes);
  return {
    volumes: merged === null ? null : { dates: merged.dates, symbols: merged.symbols, values: merged.closes },
    metadata: mergedMetadata(metadata),
    scan: scans.map(({ asOf, rows }) => ({ asOf, rows })),
  };
}

const others = (symbols: readonly string[], given: ReadonlySet<string>): ReadonlySet<string> =>
  new Set(symbols.filter((symbol) => !given.has(symbol)));

/** What a run has of its own, with what is given anew in its place: symbol by symbol, for a file may speak of one sleeve of several. */
export function givenAnew(own: GivenSupply, { volumes, metadata }: SupplyFiles): GivenSupply {
  const withVolumes = new Set(volumes.flatMap(({ table }) => table.symbols));
  const withMetadata = new Set(metadata.flatMap(({ symbols }) => Object.keys(symbols)));
  const kept = {
    volumes: own.volumes.flatMap((file) => cutVolumes([file], others(file.table.symbols, withVolumes), wholeRange)),
    metadata: own.metadata.flatMap((file) => cutMetadata([file], others(Object.keys(file.symbols), withMetadata))),
  };
  return { volumes: [...kept.volumes, ...volumes], metadata: [...kept.metadata, ...metadata], scans: own.scans };
}
