import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import { type DecimalMark, isPlainNumber } from '../../domain/shared/written-number.ts';
import { type CsvCells, type CsvSource, refuseCsv } from './cells.ts';
import { type NumberCell, numberOfCell, recognisedMark } from './numbers.ts';

interface Wanted {
  /** Rows of the file, in the order wanted. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
  readonly asked: CsvAsked;
  /** Whether a percent sign behind every number makes it percent. */
  readonly percentShown: boolean;
}

interface Numbers {
  /** By column, NaN for an empty cell. */
  readonly closes: Float64Array[];
  readonly decimal: DecimalMark;
  readonly percent: boolean;
}

/** Columns of plain numbers, as most files have them; null as soon as a cell is anything else. */
function plainColumns({ rows: texts, delimiter }: CsvCells, { rows, columns }: Wanted): Float64Array[] | null {
  const closes = columns.map(() => new Float64Array(rows.length));
  for (const [at, column] of columns.entries()) {
    for (let row = 0; row < rows.length; row++) {
      const text = texts[rows[row]!]![column]!;
      const value = text === '' ? Number.NaN : isPlainNumber(text) ? Number(text) : null;
      // Behind semicolons a point may part thousands.
      if (value === null || Math.abs(value) === Infinity || (delimiter !== ',' && text.includes('.'))) return null;
      closes[at]![row] = value;
    }
  }
  return closes;
}

function* filledCells({ header, rows: texts, lines }: CsvCells, { rows, columns, asked }: Wanted): Generator<NumberCell> {
  const na = new Set(asked.na ?? []);
  for (const row of rows) {
    for (const column of columns) {
      const text = texts[row]![column]!.trim();
      if (text !== '' && !na.has(text)) yield { text, line: lines[row]!, column: header[column]! };
    }
  }
}

/** Whether every number bears a percent sign. Errors: the code of the source where some do. */
function shownInPercent(cells: CsvCells, wanted: Wanted, source: CsvSource): boolean {
  const bare: { with?: NumberCell; without?: NumberCell } = {};
  for (const cell of filledCells(cells, wanted)) bare[cell.text.endsWith('%') ? 'with' : 'without'] ??= cell;
  if (bare.with === undefined) return false;
  if (bare.without === undefined && wanted.percentShown) return true;
  const { line, column, text } = bare.with;
  const why = wanted.percentShown ? `line ${bare.without!.line} is not; say --percent if all are` : 'say --percent if all numbers are';
  return refuseCsv(source, `${JSON.stringify(text)} is in percent, and ${why}`, { line, column, text });
}

/** Numbers of some columns, read as asked, or as the file shows where it shows one way only. Errors: the code of the source. */
export function numbersOfCells(cells: CsvCells, wanted: Wanted, source: CsvSource): Numbers {
  const { rows, columns, asked } = wanted;
  const isPlain = asked.decimal !== ',' && asked.percent !== true && asked.na === null;
  const plain = isPlain ? plainColumns(cells, wanted) : null;
  if (plain !== null) return { closes: plain, decimal: '.', percent: false };
  const percent = asked.percent ?? shownInPercent(cells, wanted, source);
  const bare = (cell: NumberCell): NumberCell => (percent ? { ...cell, text: cell.text.replace(/\s*%$/, '') } : cell);
  const decimal = asked.decimal ?? recognisedMark(() => filledCells(cells, wanted), { delimiter: cells.delimiter, bare }, source);
  const closes = columns.map(() => new Float64Array(rows.length).fill(Number.NaN));
  const na = new Set(asked.na ?? []);
  for (const [index, row] of rows.entries()) {
    for (const [at, column] of columns.entries()) {
      const text = cells.rows[row]![column]!.trim();
      if (text === '' || na.has(text)) continue;
      const cell = { text, line: cells.lines[row]!, column: cells.header[column]! };
      closes[at]![index] = numberOfCell(cell, { decimal, percent }, source);
    }
  }
  return { closes, decimal, percent };
}
