import { type CsvTable, readTable } from './cells.ts';
import { GrowingColumns } from './growing-columns.ts';
import { MarkedPass, type NumberPass, type Numbers, OtherWay, type PassLayout, PlainPass, type WantedNumbers } from './number-pass.ts';
import { openText, type SeparatedText } from './records.ts';
import type { CsvSource } from './refusals.ts';
import { linesIn } from './text-bytes.ts';

/** A table of numbers behind a first column. */
export interface NumberTable extends CsvTable {
  /**
   * The numbers of some rows of the file, in the order wanted; to be asked once. Other rows may hold anything. Errors: the code of the
   * source.
   */
  numbersOf(rows: readonly number[]): Numbers;
}

type Way = (layout: PassLayout) => NumberPass;

/** Ways to read numbers, the first that fits is taken; the last fits, or refuses the file. */
function waysOf(wanted: WantedNumbers, source: CsvSource): readonly Way[] {
  const { decimal, percent, na } = wanted.asked;
  const isPlain = decimal !== ',' && percent !== true && na === null;
  const marks = decimal === null ? (['.', ','] as const) : [decimal];
  return [
    ...(isPlain ? [(layout: PassLayout) => new PlainPass(layout)] : []),
    ...marks.map((mark) => (layout: PassLayout) => new MarkedPass(layout, mark, wanted, source)),
  ];
}

/** Where a row goes; undefined for one that is not wanted. */
type PlaceOf = (row: number) => number | undefined;

interface ReadPass {
  readonly table: CsvTable;
  readonly pass: NumberPass;
}

class Passes {
  readonly #text: SeparatedText;
  readonly #source: CsvSource;
  readonly #ways: readonly Way[];
  readonly #rows: number;
  #columns: GrowingColumns | null = null;

  constructor(text: SeparatedText, source: CsvSource, wanted: WantedNumbers) {
    this.#text = text;
    this.#source = source;
    this.#ways = waysOf(wanted, source);
    this.#rows = linesIn(text.bytes);
  }

  /** The first pass whose way fits. Errors: as for `readNumberTable`. */
  over(placeOf: PlaceOf): ReadPass {
    for (const way of this.#ways) {
      try {
        return this.#pass(way, placeOf);
      } catch (error) {
        if (!(error instanceof OtherWay)) throw error;
      }
    }
    throw new Error('the last way to read numbers gave up');
  }

  #pass(way: Way, placeOf: PlaceOf): ReadPass {
    const made: { pass?: NumberPass } = {};
    const { delimiter } = this.#text;
    const table = readTable(this.#text, this.#source, (header) => {
      this.#columns ??= new GrowingColumns(header.length - 1, this.#rows);
      const pass = way({ header, delimiter, columns: this.#columns });
      made.pass = pass;
      return (cells, row, line) => {
        const place = placeOf(row);
        if (place !== undefined) pass.visit(cells, place, line);
      };
    });
    return { table, pass: made.pass! };
  }
}

/**
 * Reads a table in passes over its bytes: each cell becomes a number when its record is parsed, and its text is dropped. One pass does for
 * most files; one more for rows that are out of order, as the first fault in the order wanted is the one refused.
 * Errors: the code of the source, LimitExceeded; those of the numbers by `numbersOf`.
 */
export function readNumberTable(bytes: Uint8Array, source: CsvSource, wanted: WantedNumbers): NumberTable {
  const passes = new Passes(openText(bytes, source, wanted.asked.delimiter), source, wanted);
  const { table, pass } = passes.over((row) => row);
  return {
    ...table,
    numbersOf(rows) {
      const isAsInFile = rows.length === table.lines.length && rows.every((row, place) => row === place);
      if (isAsInFile) return pass.numbers(rows.length);
      const places = new Map(rows.map((row, place) => [row, place]));
      return passes.over((row) => places.get(row)).pass.numbers(rows.length);
    },
  };
}
