import { type DecimalMark, hundredthOf, isPlainNumber, numberUnder, plainNumber } from '../../domain/shared/written-number.ts';
import type { CsvReading } from '../../domain/shared/csv-reading.ts';
import { type CsvSource, refuseCsv } from './cells.ts';

/** A cell that should hold a number, with its place. */
export interface NumberCell {
  /** Without the blanks around it. */
  readonly text: string;
  readonly line: number;
  readonly column: string;
}

const emptyWords = new Set(['na', 'n/a', '#n/a', 'nan', 'null', 'none', '-', '--', '.']);

export function refuseNumber({ text, line, column }: NumberCell, source: CsvSource, why = ''): never {
  const advice = emptyWords.has(text.toLowerCase())
    ? `; --na '${text}' takes it for an empty cell`
    : source.code === 'HoldingsInvalid'
      ? ''
      : '; leave the cell empty where there was no session';
  return refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} is not a number${why === '' ? advice : why}`, { line, column, text });
}

/**
 * The decimal mark of a file: the only one under which every number can be read, or both where no number depends on it. A text that is one
 * number under a point and another under a comma decides nothing, and where nothing else decides, it is refused. Plain numbers in a file
 * that is separated by commas are read as ever.
 */
export function recognisedMark(
  cells: () => Iterable<NumberCell>,
  file: { readonly delimiter: CsvReading['delimiter']; readonly bare: (cell: NumberCell) => NumberCell },
  source: CsvSource,
): DecimalMark {
  const seen: Record<'point' | 'comma' | 'twofold', NumberCell | null> = { point: null, comma: null, twofold: null };
  let allPlain = file.delimiter === ',';
  for (const cell of cells()) {
    const { text } = file.bare(cell);
    allPlain &&= isPlainNumber(text);
    const point = numberUnder(text, '.');
    const comma = numberUnder(text, ',');
    if (Number.isNaN(point) && Number.isNaN(comma)) return refuseNumber(cell, source);
    if (Number.isNaN(point)) seen.point ??= cell;
    else if (Number.isNaN(comma)) seen.comma ??= cell;
    else if (point !== comma) seen.twofold ??= cell;
  }
  const { point: notPoint, comma: notComma, twofold } = seen;
  if (allPlain) return '.';
  if (notPoint !== null && notComma !== null) {
    const other = `${JSON.stringify(notComma.text)} on line ${notComma.line}`;
    return refuseNumber(notPoint, source, ` under the same decimal mark as ${other}; say --decimal . or --decimal ,`);
  }
  if (notPoint !== null) return ',';
  if (notComma !== null || twofold === null) return '.';
  const shown = file.bare(twofold).text;
  return refuseNumber(
    twofold,
    source,
    ` that reads in one way only: say --decimal . (${numberUnder(shown, '.')}) or --decimal , (${numberUnder(shown, ',')})`,
  );
}

/** The number in a cell that is not empty. Errors: the code of the source. */
export function numberOfCell(cell: NumberCell, { decimal, percent }: Pick<CsvReading, 'decimal' | 'percent'>, source: CsvSource): number {
  const { text } = cell;
  if (decimal === '.' && !percent && isPlainNumber(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  }
  const plain = plainNumber(percent ? text.replace(/\s*%$/, '') : text, decimal);
  const value = plain === null ? Number.NaN : percent ? hundredthOf(plain) : Number(plain);
  return Number.isFinite(value) ? value : refuseNumber(cell, source);
}
