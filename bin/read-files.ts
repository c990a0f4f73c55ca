import { parseCsvPrices } from '../infra/csv/csv-prices.ts';
import { parseCsvReturns } from '../infra/csv/csv-returns.ts';
import { openParquetPrices } from '../infra/parquet/parquet-prices.ts';
import { parseParquetReturns } from '../infra/parquet/parquet-returns.ts';
import { serveParsing } from '../infra/parsing/serve.ts';
import { parsePickledReturns } from '../infra/pickle/pickled-returns.ts';

/** The process that reads foreign files (`infra/parsing`): what it can read, by name. */
export const fileReaders = {
  csvPrices: parseCsvPrices,
  csvReturns: parseCsvReturns,
  parquetPrices: openParquetPrices,
  parquetReturns: parseParquetReturns,
  pickledReturns: (bytes: Uint8Array, file: string) => parsePickledReturns(bytes, file),
};

await serveParsing(fileReaders);
