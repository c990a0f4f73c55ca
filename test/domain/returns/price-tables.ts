import { readFileSync } from 'node:fs';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import type { PriceTable } from '../../../domain/returns/series.ts';

/** A table from rows of `date price price ...`, `-` for no price. */
export function tableOf(symbols: readonly string[], rows: readonly (readonly [string, ...(number | null)[]])[]): PriceTable {
  return {
    dates: rows.map(([date]) => date),
    symbols,
    closes: symbols.map((_, column) => Float64Array.from(rows, (row) => (row[column + 1] as number | null) ?? Number.NaN)),
  };
}

export function fileOf(table: PriceTable, file = 'prices.csv', defects: PriceFile['defects'] = []): PriceFile {
  return { file, sha256: '0'.repeat(64), table, lines: { first: 2 }, defects };
}

/** Plain reader of the reference data: first column a date, empty cells absent. */
export function readPriceCsv(path: string): PriceTable {
  const [header, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const symbols = header!.trimEnd().split(',').slice(1);
  const closes = symbols.map(() => new Float64Array(lines.length));
  const dates = lines.map((line, row) => {
    const [date, ...cells] = line.trimEnd().split(',');
    cells.forEach((cell, column) => {
      closes[column]![row] = cell === '' ? Number.NaN : Number(cell);
    });
    return date!;
  });
  return { dates, symbols, closes };
}
