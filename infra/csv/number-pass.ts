import type { CsvAsked } from '../../domain/shared/csv-reading.ts';
import { type DecimalMark, isPlainNumber } from '../../domain/shared/written-number.ts';
import type { CsvTable } from './cells.ts';
import type { GrowingColumns } from './growing-columns.ts';
import { firstOf, MarkShown, numberOfText, type PlacedCell, refuseNumber, withoutPercent } from './numbers.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

export interface WantedNumbers {
  readonly asked: CsvAsked;
  /** Whether a percent sign behind every number makes it percent. */
  readonly percentShown: boolean;
}

export interface Numbers {
  /** By column, NaN for an empty cell. */
  readonly columns: readonly Float64Array[];
  readonly decimal: DecimalMark;
  readonly percent: boolean;
}

/** Ends a pass whose way of reading does not fit the file: the next way is tried from the start. */
export class OtherWay extends Error {}

/** Makes the cells of a table into numbers, row by row; nothing is refused before the end, as faults of the table come first. */
export interface NumberPass {
  visit(cells: readonly string[], place: number, line: number): void;
  /** Errors: the code of the source. */
  numbers(rows: number): Numbers;
}

/** What a pass is made for; passes over the same file put their numbers into the same columns, one after the other. */
export interface PassLayout extends Pick<CsvTable, 'header' | 'delimiter'> {
  readonly columns: GrowingColumns;
}

/** Plain numbers alone, as most files have them. */
export class PlainPass implements NumberPass {
  readonly #pointsPlain: boolean;
  readonly #columns: GrowingColumns;

  constructor({ delimiter, columns }: PassLayout) {
    // Behind semicolons a point may part thousands.
    this.#pointsPlain = delimiter === ',';
    this.#columns = columns;
  }

  visit(cells: readonly string[], place: number): void {
    for (let column = 1; column < cells.length; column++) {
      const text = cells[column]!;
      const value = text === '' ? Number.NaN : isPlainNumber(text) ? Number(text) : Infinity;
      if (Math.abs(value) === Infinity || !(this.#pointsPlain || !text.includes('.'))) throw new OtherWay();
      this.#columns.put(column - 1, place, value);
    }
  }

  numbers(rows: number): Numbers {
    return { columns: this.#columns.cut(rows), decimal: '.', percent: false };
  }
}

/** Numbers under one decimal mark, looking whether the file shows it. */
export class MarkedPass implements NumberPass {
  readonly #source: CsvSource;
  readonly #wanted: WantedNumbers;
  readonly #mark: DecimalMark;
  readonly #header: readonly string[];
  readonly #columns: GrowingColumns;
  readonly #na: ReadonlySet<string>;
  readonly #shown: MarkShown;
  #percent: boolean | null;
  #signed: PlacedCell | null = null;
  #unsigned: PlacedCell | null = null;
  #unreadable: PlacedCell | null = null;

  constructor({ header, delimiter, columns }: PassLayout, mark: DecimalMark, wanted: WantedNumbers, source: CsvSource) {
    this.#source = source;
    this.#wanted = wanted;
    this.#mark = mark;
    this.#header = header;
    this.#columns = columns;
    this.#na = new Set(wanted.asked.na ?? []);
    this.#percent = wanted.asked.percent ?? (wanted.percentShown ? null : false);
    this.#shown = new MarkShown(delimiter, (text) => (this.#percent === true ? withoutPercent(text) : text));
  }

  visit(cells: readonly string[], place: number, line: number): void {
    for (let column = 1; column < cells.length; column++) {
      const text = cells[column]!.trim();
      const isEmpty = text === '' || this.#na.has(text);
      const cell = { text, line, column: this.#header[column]!, place: place * cells.length + column };
      this.#columns.put(column - 1, place, isEmpty ? Number.NaN : this.#numberOf(cell));
    }
  }

  #numberOf(cell: PlacedCell): number {
    const { asked } = this.#wanted;
    if (asked.percent === null) {
      const isSigned = cell.text.endsWith('%');
      if (isSigned) this.#signed = firstOf(this.#signed, cell);
      else this.#unsigned = firstOf(this.#unsigned, cell);
      // Where another cell shows something else, the file is refused.
      this.#percent ??= isSigned;
    }
    if (asked.decimal === null) {
      this.#shown.see(cell);
      if (this.#mark === '.' && this.#shown.needsComma) throw new OtherWay();
    }
    const value = numberOfText(cell.text, { decimal: this.#mark, percent: this.#percent === true });
    if (Number.isNaN(value)) this.#unreadable = firstOf(this.#unreadable, cell);
    return value;
  }

  numbers(rows: number): Numbers {
    this.#refuseSigns();
    const decimal = this.#wanted.asked.decimal ?? this.#shown.decided(this.#source);
    if (this.#unreadable !== null) refuseNumber(this.#unreadable, this.#source);
    return { columns: this.#columns.cut(rows), decimal, percent: this.#percent === true };
  }

  /** Errors: the code of the source where some numbers bear a percent sign, or all where that makes no percent. */
  #refuseSigns(): void {
    const { percentShown } = this.#wanted;
    if (this.#signed === null || (this.#unsigned === null && percentShown)) return;
    const { line, column, text } = this.#signed;
    const why = percentShown ? `line ${this.#unsigned!.line} is not; say --percent if all are` : 'say --percent if all numbers are';
    refuseCsv(this.#source, `${JSON.stringify(text)} is in percent, and ${why}`, { line, column, text });
  }
}
