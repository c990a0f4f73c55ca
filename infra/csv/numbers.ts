import { type DecimalMark, hundredthOf, isPlainNumber, numberUnder, plainNumber } from '../../domain/shared/written-number.ts';
import type { CsvReading } from '../../domain/shared/csv-reading.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

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
    : source.code === 'HoldingsInvalid' || source.code === 'PositionsFileUnreadable' || source.code === 'SupplyFileInvalid'
      ? ''
      : '; leave the cell empty where there was no session';
  return refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} is not a number${why === '' ? advice : why}`, { line, column, text });
}

/** A cell with its place among those of a file: refusals name the first, in whatever order the cells are seen. */
export interface PlacedCell extends NumberCell {
  readonly place: number;
}

export function firstOf(one: PlacedCell | null, other: PlacedCell): PlacedCell {
  return one === null || other.place < one.place ? other : one;
}

/** What the cells of a file show of its decimal mark, seen one by one. */
export class MarkShown {
  readonly #bare: (text: string) => string;
  #allPlain: boolean;
  #unreadable: PlacedCell | null = null;
  #notPoint: PlacedCell | null = null;
  #notComma: PlacedCell | null = null;
  #twofold: PlacedCell | null = null;

  constructor(delimiter: CsvReading['delimiter'], bare: (text: string) => string) {
    this.#bare = bare;
    this.#allPlain = delimiter === ',';
  }

  /** Whether a cell is no number under a point, but one under a comma. */
  get needsComma(): boolean {
    return this.#notPoint !== null;
  }

  see(cell: PlacedCell): void {
    const text = this.#bare(cell.text);
    const isPlain = isPlainNumber(text);
    this.#allPlain &&= isPlain;
    // Without a point it is the same number under either mark.
    const point = isPlain ? finite(Number(text)) : numberUnder(text, '.');
    const comma = isPlain && !text.includes('.') ? point : numberUnder(text, ',');
    if (Number.isNaN(point) && Number.isNaN(comma)) this.#unreadable = firstOf(this.#unreadable, cell);
    else if (Number.isNaN(point)) this.#notPoint = firstOf(this.#notPoint, cell);
    else if (Number.isNaN(comma)) this.#notComma = firstOf(this.#notComma, cell);
    else if (point !== comma) this.#twofold = firstOf(this.#twofold, cell);
  }

  /**
   * The only mark under which every number can be read, or a point where no number depends on it. A text that is one number under a point
   * and another under a comma decides nothing, and where nothing else decides, it is refused. Plain numbers in a file that is separated by
   * commas are read as ever. Errors: the code of the source.
   */
  decided(source: CsvSource): DecimalMark {
    const [notPoint, notComma, twofold] = [this.#notPoint, this.#notComma, this.#twofold];
    if (this.#unreadable !== null) return refuseNumber(this.#unreadable, source);
    if (this.#allPlain) return '.';
    if (notPoint !== null && notComma !== null) {
      const other = `${JSON.stringify(notComma.text)} on line ${notComma.line}`;
      return refuseNumber(notPoint, source, ` under the same decimal mark as ${other}; say --decimal . or --decimal ,`);
    }
    if (notPoint !== null) return ',';
    if (notComma !== null || twofold === null) return '.';
    const shown = this.#bare(twofold.text);
    return refuseNumber(
      twofold,
      source,
      ` that reads in one way only: say --decimal . (${numberUnder(shown, '.')}) or --decimal , (${numberUnder(shown, ',')})`,
    );
  }
}

/** The decimal mark of a few cells. Errors: the code of the source. */
export function recognisedMark(cells: readonly NumberCell[], delimiter: CsvReading['delimiter'], source: CsvSource): DecimalMark {
  const shown = new MarkShown(delimiter, (text) => text);
  for (const [place, cell] of cells.entries()) shown.see({ ...cell, place });
  return shown.decided(source);
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The number that a text states; NaN when it states none. */
export function numberOfText(text: string, { decimal, percent }: Pick<CsvReading, 'decimal' | 'percent'>): number {
  if (decimal === '.' && !percent && isPlainNumber(text)) return finite(Number(text));
  const plain = plainNumber(percent ? withoutPercent(text) : text, decimal);
  return plain === null ? Number.NaN : finite(percent ? hundredthOf(plain) : Number(plain));
}

export function withoutPercent(text: string): string {
  return text.replace(/\s*%$/, '');
}

/** The number in a cell that is not empty. Errors: the code of the source. */
export function numberOfCell(cell: NumberCell, reading: Pick<CsvReading, 'decimal' | 'percent'>, source: CsvSource): number {
  const value = numberOfText(cell.text, reading);
  return Number.isNaN(value) ? refuseNumber(cell, source) : value;
}
