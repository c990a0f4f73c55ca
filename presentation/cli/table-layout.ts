import { padded, widthOf, wordsOf, wrapped } from './layout.ts';

export interface Grid {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export type Paint = (cell: string) => string;

const gap = '  ';
const linesOfARowMax = 3;
const belowIndent = '    ';

const figure = /^[+-]?\d[\d.,]*(?:e[+-]?\d+)?(?: %)?$/;

/** Columns of figures are set to the right; an empty cell or a dash is no objection. */
function sidesOf({ head, rows }: Grid): readonly ('left' | 'right')[] {
  return head.map((_, column) => {
    const cells = rows.map((row) => row[column]!).filter((cell) => cell !== '' && cell !== '-');
    return cells.length > 0 && cells.every((cell) => figure.test(cell)) ? 'right' : 'left';
  });
}

const longestWord = (text: string): number => Math.max(0, ...wordsOf(text).map((word) => widthOf(word.trimEnd())));
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const total = (widths: readonly number[]): number => sum(widths) + gap.length * Math.max(0, widths.length - 1);

function columnWidths({ head, rows }: Grid, measure: (text: string) => number): number[] {
  return head.map((title, column) => rows.reduce((widest, row) => Math.max(widest, measure(row[column]!)), measure(title)));
}

/** Gives what is left of the width to the columns that lack least first, so that few of them are broken. */
function shared(least: readonly number[], natural: readonly number[], columns: number): number[] {
  const widths = [...least];
  let left = columns - total(least);
  const byNeed = widths.map((_, index) => index).toSorted((one, other) => natural[one]! - least[one]! - (natural[other]! - least[other]!));
  for (const [done, index] of byNeed.entries()) {
    const given = Math.min(natural[index]! - least[index]!, Math.floor(left / (byNeed.length - done)));
    widths[index]! += given;
    left -= given;
  }
  return widths;
}

function rowLines(cells: readonly string[], widths: readonly number[], sides: readonly ('left' | 'right')[], paint: Paint): string[] {
  const broken = cells.map((cell, column) => wrapped(cell, widths[column]!));
  const height = Math.max(1, ...broken.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    broken
      .map((parts, column) => {
        const part = parts[line] ?? '';
        const whole = padded(part, widths[column]!, sides[column]!);
        return line === 0 && part !== '' ? whole.replace(part, () => paint(part)) : whole;
      })
      .join(gap)
      .trimEnd(),
  );
}

function set(grid: Grid, widths: readonly number[], paint: Paint, paintHead: Paint): string[] {
  const sides = sidesOf(grid);
  return [...rowLines(grid.head, widths, sides, paintHead), ...grid.rows.flatMap((row) => rowLines(row, widths, sides, paint))].filter(
    (line, index) => index > 0 || line !== '',
  );
}

/** Texts side by side on as few lines as they take; one that is wider than a line is broken. */
function filled(texts: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const joined = `${last ?? belowIndent}${last === undefined ? '' : gap}${text}`;
    if (last !== undefined && widthOf(joined) <= columns) lines[lines.length - 1] = joined;
    else lines.push(...wrapped(`${belowIndent}${text}`, columns, `${belowIndent}  `));
  }
  return lines;
}

/** As many leading columns as fit stand on the line of a row; the others stand below it, each with its name. */
function inTwo(grid: Grid, natural: readonly number[], columns: number, paint: Paint, paintHead: Paint): string[] {
  let fitting = 1;
  while (fitting < natural.length && total(natural.slice(0, fitting + 1)) <= columns) fitting++;
  const upper = { head: grid.head.slice(0, fitting), rows: grid.rows.map((row) => row.slice(0, fitting)) };
  const widths = natural.slice(0, fitting).map((width) => Math.min(width, columns));
  const sides = sidesOf(upper);
  const below = (row: readonly string[]): string[] => {
    const named = row.slice(fitting).map((cell, index) => {
      const title = grid.head[fitting + index]!;
      return cell === '' || title === '' ? cell : `${title}: ${cell}`;
    });
    return filled(
      named.filter((text) => text !== ''),
      columns,
    );
  };
  return [
    ...rowLines(upper.head, widths, sides, paintHead),
    ...upper.rows.flatMap((row, index) => [...rowLines(row, widths, sides, paint), ...below(grid.rows[index]!)]),
  ];
}

/**
 * A table no wider than `columns`. First choice: every cell on one line. Second: cells are broken at blanks, while no row becomes higher
 * than three lines. Else the last columns move to lines below their row, as `name: value`.
 */
export function tableLines(grid: Grid, columns: number, paint: Paint, paintHead: Paint): string[] {
  const natural = columnWidths(grid, widthOf);
  if (total(natural) <= columns) return set(grid, natural, paint, paintHead);
  const least = columnWidths(grid, longestWord);
  if (total(least) <= columns) {
    const widths = shared(least, natural, columns);
    const height = Math.max(...grid.rows.flatMap((row) => row.map((cell, column) => wrapped(cell, widths[column]!).length)));
    if (height <= linesOfARowMax) return set(grid, widths, paint, paintHead);
  }
  return inTwo(grid, natural, columns, paint, paintHead);
}
