import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { PriceFile } from '../../domain/returns/price-file.ts';
import { identifiedPrices } from '../../domain/returns/price-symbols.ts';
import { type CsvAsked, nothingAsked } from '../../domain/shared/csv-reading.ts';
import type { PriceSource } from '../../handlers/ports/ports.ts';
import { readRegularFile } from './regular-file.ts';

/** What a format makes of a file's bytes. */
export type PriceParser = (bytes: Uint8Array, file: string, asked: CsvAsked) => PriceContent | Promise<PriceContent>;

type PriceContent = Omit<PriceFile, 'file' | 'sha256'>;

/**
 * Prices from files, the format chosen by extension. Errors: FileMissing, FileUnreadable, PriceFileUnreadable, SymbolTwice, LimitExceeded.
 */
export function createPriceSource(parsers: { readonly csv: PriceParser; readonly parquet: PriceParser }): PriceSource {
  const parserOf: ReadonlyMap<string, PriceParser> = new Map([
    ['.csv', parsers.csv],
    ['.parquet', parsers.parquet],
  ]);
  return {
    readPrices: async (file, asked = nothingAsked) => {
      const parse = parserOf.get(extname(file).toLowerCase());
      if (parse === undefined) {
        throw new LedgerError('PriceFileUnreadable', `${file}: prices are read from files that end in .csv or .parquet`, { at: { file } });
      }
      const bytes = await readRegularFile(file, { shownAs: file, bytesMax: limits.priceFileBytesMax, followLink: true });
      return identifiedPrices({ file, sha256: createHash('sha256').update(bytes).digest('hex'), ...(await parse(bytes, file, asked)) });
    },
  };
}
