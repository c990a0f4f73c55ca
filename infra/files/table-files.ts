import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { invariant, LedgerError } from '../../domain/shared/errors.ts';
import { tableEndings, type TableFormat, tableFormats, type TableIndex } from '../../domain/shared/table-formats.ts';
import type { Files, TableColumn, TableFiles } from '../../handlers/ports/ports.ts';

export type TableFormatter = (index: TableIndex, columns: readonly TableColumn[]) => Uint8Array | Promise<Uint8Array>;

/** Tables to files, the format chosen by extension; `-` is CSV. Errors: Usage for another extension, those of `Files.writeWhole`. */
export function createTableFiles(formatters: Readonly<Record<TableFormat, TableFormatter>>, files: Files): TableFiles {
  return {
    writeTable: async (file, index, columns) => {
      const extension = extname(file).toLowerCase();
      const format = file === '-' ? 'csv' : tableFormats.find((one) => `.${one}` === extension);
      if (format === undefined)
        throw new LedgerError('Usage', `${file}: a table is written to a file that ends in ${tableEndings}`, { at: { file } });
      const rows = index.values.length;
      for (const { name, values } of columns) {
        invariant(values.length === rows, 'a column of a table is not as long as its index', { name, values: values.length, rows });
      }
      const bytes = await formatters[format](index, columns);
      await files.writeWhole(file, bytes);
      return { sha256: createHash('sha256').update(bytes).digest('hex') };
    },
  };
}
