import { type CsvAsked, csvAskedSchema, nothingAsked } from '../domain/shared/csv-reading.ts';
import type { FileKinds } from '../infra/parsing/messages.ts';
import { serveParsing } from '../infra/parsing/serve.ts';

/** What is asked of separated text came from the parent as plain data. */
const csvAskedOf = (asked: unknown): CsvAsked => (asked === null ? nothingAsked : csvAskedSchema.parse(asked));

/** Text is parsed cell by cell, in up to three ways. */
const msPerMebibyteOfText = 300;
/** Bytes of numbers are looked at once; each column adds its own. */
const msPerMebibyteOfNumbers = 50;

/** The process that reads foreign files: what it can read, by name. A reader is loaded with the first file that needs it. */
export const fileReaders = {
  csvPrices: {
    msPerMebibyte: msPerMebibyteOfText,
    load: async () => {
      const { parseCsvPrices } = await import('../infra/csv/csv-prices.ts');
      return (bytes, file, asked) => parseCsvPrices(bytes, file, csvAskedOf(asked));
    },
  },
  csvReturns: {
    msPerMebibyte: msPerMebibyteOfText,
    load: async () => {
      const { parseCsvReturns } = await import('../infra/csv/csv-returns.ts');
      return (bytes, file, asked) => parseCsvReturns(bytes, file, csvAskedOf(asked));
    },
  },
  csvNamedTables: {
    msPerMebibyte: msPerMebibyteOfText,
    load: async () => {
      const { parseNamedTable } = await import('../infra/csv/csv-named-table.ts');
      return (bytes, file, asked) => parseNamedTable(bytes, file, csvAskedOf(asked));
    },
  },
  parquetPrices: {
    msPerMebibyte: msPerMebibyteOfNumbers,
    load: async () => (await import('../infra/parquet/parquet-prices.ts')).openParquetPrices,
  },
  parquetReturns: {
    msPerMebibyte: msPerMebibyteOfNumbers,
    load: async () => (await import('../infra/parquet/parquet-returns.ts')).parseParquetReturns,
  },
  pickledReturns: {
    msPerMebibyte: msPerMebibyteOfNumbers,
    load: async () => {
      const { parsePickledReturns } = await import('../infra/pickle/pickled-returns.ts');
      return (bytes, file) => parsePickledReturns(bytes, file);
    },
  },
} as const satisfies FileKinds;

await serveParsing(fileReaders);
