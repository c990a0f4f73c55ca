import { type CsvAsked, csvAskedSchema, nothingAsked } from '../domain/shared/csv-reading.ts';
import { serveParsing } from '../infra/parsing/serve.ts';

/** What is asked of separated text came from the parent as plain data. */
const csvAskedOf = (asked: unknown): CsvAsked => (asked === null ? nothingAsked : csvAskedSchema.parse(asked));

/** The process that reads foreign files: what it can read, by name. A reader is loaded with the first file that needs it. */
export const fileReaders = {
  csvPrices: async (bytes: Uint8Array, file: string, asked: unknown) =>
    (await import('../infra/csv/csv-prices.ts')).parseCsvPrices(bytes, file, csvAskedOf(asked)),
  csvReturns: async (bytes: Uint8Array, file: string, asked: unknown) =>
    (await import('../infra/csv/csv-returns.ts')).parseCsvReturns(bytes, file, csvAskedOf(asked)),
  csvNamedTables: async (bytes: Uint8Array, file: string, asked: unknown) =>
    (await import('../infra/csv/csv-named-table.ts')).parseNamedTable(bytes, file, csvAskedOf(asked)),
  parquetPrices: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/parquet/parquet-prices.ts')).openParquetPrices(bytes, file),
  parquetReturns: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/parquet/parquet-returns.ts')).parseParquetReturns(bytes, file),
  pickledReturns: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/pickle/pickled-returns.ts')).parsePickledReturns(bytes, file),
};

await serveParsing(fileReaders);
