import { LedgerError } from '../shared/errors.ts';
import type { IsoDate } from './series.ts';

/** Columns of numbers on dates; NaN is an empty cell. */
export interface DatedTable {
  readonly dates: readonly IsoDate[];
  readonly columns: readonly string[];
  /** `values[column][row]` */
  readonly values: readonly Float64Array[];
}

/** The numbers of a column, by its name. */
export function columnNamed({ columns, values }: DatedTable, name: string): Float64Array {
  const found = values[columns.indexOf(name)];
  if (found === undefined)
    throw new LedgerError('ArtifactDamaged', `the table has no column ${JSON.stringify(name)}`, { evidence: { columns } });
  return found;
}

const plainName = /^[^\s",]+$/;

/**
 * The one text of a table, so that equal tables have equal bytes: RFC 4180 with line feeds, header `date,...`, shortest
 * round-trip numbers as ECMAScript prints them, an empty cell for NaN. Readable by pandas and spreadsheets.
 */
export function tableText(table: DatedTable): string {
  for (const column of table.columns) {
    if (!plainName.test(column)) throw new LedgerError('SchemaViolation', `column ${JSON.stringify(column)} has a blank, comma or quote`);
  }
  const lines = [['date', ...table.columns].join(',')];
  for (let row = 0; row < table.dates.length; row++) {
    let line = table.dates[row]!;
    for (const column of table.values) {
      const value = column[row]!;
      if (Number.isNaN(value)) line += ',';
      else if (Number.isFinite(value)) line += `,${value === 0 ? 0 : value}`;
      else throw new LedgerError('NotPlainJson', `a table cannot hold ${value}`);
    }
    lines.push(line);
  }
  return `${lines.join('\n')}\n`;
}

/** Reads what `tableText` wrote. Errors: ArtifactDamaged when it is not such a text. */
export function parseTableText(text: string): DatedTable {
  const lines = text.split('\n');
  if (lines.pop() !== '' || !lines[0]?.startsWith('date')) throw new LedgerError('ArtifactDamaged', 'not the text of a table');
  const columns = lines[0].split(',').slice(1);
  const rows = lines.length - 1;
  const values = columns.map(() => new Float64Array(rows));
  const dates: string[] = [];
  for (let row = 0; row < rows; row++) {
    const cells = lines[row + 1]!.split(',');
    if (cells.length !== columns.length + 1) throw new LedgerError('ArtifactDamaged', `row ${row + 1} has ${cells.length} cells`);
    dates.push(cells[0]!);
    for (let column = 0; column < columns.length; column++) {
      const cell = cells[column + 1]!;
      values[column]![row] = cell === '' ? Number.NaN : Number(cell);
    }
  }
  return { dates, columns, values };
}
