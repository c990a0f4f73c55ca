import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import type { Files, TableColumn, TableFiles } from '../../handlers/ports/ports.ts';

export type TableFormatter = (dates: readonly string[], columns: readonly TableColumn[]) => Uint8Array;

/** Tables to files, the format chosen by extension; `-` is CSV. Errors: Usage for another extension, those of `Files.writeWhole`. */
export function createTableFiles(formatters: { readonly csv: TableFormatter; readonly parquet: TableFormatter }, files: Files): TableFiles {
  const formatterOf: ReadonlyMap<string, TableFormatter> = new Map([
    ['.csv', formatters.csv],
    ['.parquet', formatters.parquet],
  ]);
  return {
    writeTable: async (file, dates, columns) => {
      const format = file === '-' ? formatters.csv : formatterOf.get(extname(file).toLowerCase());
      if (format === undefined)
        throw new LedgerError('Usage', `${file}: a table is written to a file that ends in .csv or .parquet`, { at: { file } });
      for (const { name, values } of columns) {
        invariant(values.length === dates.length, 'a column of a table is not as long as its dates', {
          name,
          values: values.length,
          dates: dates.length,
        });
      }
      const bytes = format(dates, columns);
      await files.writeWhole(file, bytes);
      return { sha256: createHash('sha256').update(bytes).digest('hex') };
    },
  };
}
