import { serveParsing } from '../infra/parsing/serve.ts';

/** The process that reads foreign files: what it can read, by name. A reader is loaded with the first file that needs it. */
export const fileReaders = {
  csvPrices: async (bytes: Uint8Array, file: string) => (await import('../infra/csv/csv-prices.ts')).parseCsvPrices(bytes, file),
  csvReturns: async (bytes: Uint8Array, file: string) => (await import('../infra/csv/csv-returns.ts')).parseCsvReturns(bytes, file),
  parquetPrices: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/parquet/parquet-prices.ts')).openParquetPrices(bytes, file),
  parquetReturns: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/parquet/parquet-returns.ts')).parseParquetReturns(bytes, file),
  pickledReturns: async (bytes: Uint8Array, file: string) =>
    (await import('../infra/pickle/pickled-returns.ts')).parsePickledReturns(bytes, file),
};

await serveParsing(fileReaders);
