import type { CsvAsked } from '../domain/shared/csv-reading.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { limits } from '../domain/shared/limits.ts';
import type { ReturnsParsers } from '../handlers/ports/ports.ts';
import { parseNamedTable } from '../infra/csv/csv-named-table.ts';
import { parseCsvMetadata } from '../infra/csv/csv-metadata.ts';
import { csvHoldings } from '../infra/csv/csv-holdings.ts';
import { parseCsvPrices } from '../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../infra/csv/csv-returns.ts';
import { type MetadataParser, parseJsonMetadata } from '../infra/files/symbol-files.ts';
import type { PriceParser } from '../infra/files/price-source.ts';
import { createParsingProcess } from '../infra/parsing/parsing-process.ts';
import type { HoldingsReader, NamedTable, NamedTableParser } from '../presentation/ports/ports.ts';
import type { fileReaders } from './read-files.ts';
import { workerEntries } from './worker-entries.ts';

const parsing = createParsingProcess(workerEntries.readFiles);

/** Whoever is interrupted waits for no file: a hostile one takes as long as it may. */
export const stopReading = (): void => parsing.stop();

/** What the named reader makes of a file; columns that it reads one by one arrive whole. */
function apart<Content>(name: keyof typeof fileReaders): (bytes: Uint8Array, file: string, asked?: CsvAsked) => Promise<Content> {
  return async (bytes, file, asked) => (await parsing.read(name, bytes, file, asked)) as Content;
}

/** Small text is read here: what that takes is bounded by its length (test/fault/import-text.test.ts). */
function apartIfLarge<Result>(
  here: (bytes: Uint8Array, file: string, asked?: CsvAsked) => Result,
  there: (bytes: Uint8Array, file: string, asked?: CsvAsked) => Promise<Result>,
): (bytes: Uint8Array, file: string, asked?: CsvAsked) => Result | Promise<Result> {
  return (bytes, file, asked) => (bytes.length <= limits.textReadHereBytesMax ? here : there)(bytes, file, asked);
}

/** Prices by format. */
export const priceParsers: { readonly csv: PriceParser; readonly parquet: PriceParser } = {
  csv: apartIfLarge(parseCsvPrices, apart('csvPrices')),
  parquet: apart('parquetPrices'),
};

/** Metadata of symbols by format. */
export const metadataParsers: { readonly csv: MetadataParser; readonly json: MetadataParser } = {
  csv: parseCsvMetadata,
  json: parseJsonMetadata,
};

/** Returns by format. */
export const returnsParsers: ReturnsParsers = {
  csv: apartIfLarge(parseCsvReturns, apart('csvReturns')),
  parquet: apart('parquetReturns'),
  pickle: apart('pickledReturns'),
};

/** Holdings are a list of positions: a file too long to be read here is refused. Errors: LimitExceeded. */
function requireShort(bytes: Uint8Array, file: string): void {
  const max = limits.textReadHereBytesMax;
  if (bytes.length > max)
    throw new LedgerError('LimitExceeded', `${file}: ${bytes.length} bytes, at most ${max} are read`, {
      evidence: { found: bytes.length, max },
      at: { file },
    });
}

/** Holdings and lots. Errors: those of the parsers, LimitExceeded. */
export const holdings: HoldingsReader = {
  ...csvHoldings,
  parse: (bytes, file, asked) => {
    requireShort(bytes, file);
    return csvHoldings.parse(bytes, file, asked);
  },
  parseLots: (bytes, file, ...asked) => {
    requireShort(bytes, file);
    return csvHoldings.parseLots(bytes, file, ...asked);
  },
};

/** Tables of names and numbers: a large one is read apart, like prices. */
export const namedTables: NamedTableParser = (bytes, file, asked) =>
  bytes.length <= limits.textReadHereBytesMax
    ? parseNamedTable(bytes, file, asked)
    : apart<NamedTable>('csvNamedTables')(bytes, file, asked);
