import { visible } from '../../domain/shared/visible-text.ts';
import { bold, byMeaning } from './colour.ts';
import { widthOf, wrapped } from './layout.ts';
import { tableLines } from './table-layout.ts';
import type { Block } from './verb.ts';

/** How wide, how coloured and how long a person gets it. */
export interface Manner {
  /** Columns of a line; infinity breaks none. */
  readonly columns: number;
  readonly coloured: boolean;
  /** Rows of a table; the rest is counted. */
  readonly rowsMax: number;
}

const columnsWithoutTerminal = 80;
const rowsShownMax = 50;

/**
 * `COLUMNS` before the width of the terminal; 80 where there is neither, or a terminal that does not know its own and says 0. `--wide`
 * breaks nothing, `--all` leaves nothing out.
 */
export function mannerOf(
  environment: Readonly<Record<string, string | undefined>>,
  terminal: { readonly columns: number } | undefined,
  asked: { readonly wide: boolean; readonly all: boolean; readonly coloured: boolean },
): Manner {
  const given = /^[1-9]\d{0,5}$/.test(environment['COLUMNS'] ?? '') ? Number(environment['COLUMNS']) : null;
  return {
    columns: asked.wide ? Infinity : (given ?? (terminal?.columns || columnsWithoutTerminal)),
    coloured: asked.coloured,
    rowsMax: asked.all ? Infinity : rowsShownMax,
  };
}

/** As it stands where nothing is known of the reader: no line broken, no colour. */
const plain: Manner = { columns: Infinity, coloured: false, rowsMax: rowsShownMax };

/** Renders what a person sees. */
export function printed(blocks: readonly Block[], manner: Manner = plain): string {
  return blocks.map((block) => printBlock(block, manner).join('\n')).join('\n');
}

function headingLines(text: string, { columns, coloured }: Manner): string[] {
  const whole = wrapped(visible(text), columns, '  ');
  const underline = '-'.repeat(Math.max(...whole.map(widthOf)));
  return ['', ...whole.map((line) => (coloured ? bold(line) : line)), underline];
}

/** Lists end with how many rows were left out; of a history, which grows at its end, the last rows are shown. */
function tableBlockLines({ head, rows, newestLast }: Block & { readonly kind: 'table' }, manner: Manner): string[] {
  const left = Math.max(0, rows.length - manner.rowsMax);
  const shown = left === 0 ? rows : newestLast === true ? rows.slice(left) : rows.slice(0, manner.rowsMax);
  const paint = manner.coloured ? byMeaning : (cell: string): string => cell;
  const paintHead = manner.coloured ? bold : (cell: string): string => cell;
  const grid = { head: head.map(visible), rows: shown.map((row) => row.map(visible)) };
  const body = tableLines(grid, manner.columns, paint, paintHead);
  if (left === 0) return body;
  return newestLast === true
    ? [`${left} earlier rows, and the last ${shown.length} (--all shows every one):`, ...body]
    : [...body, `and ${left} more (--all shows every one)`];
}

function printBlock(block: Block, manner: Manner): string[] {
  switch (block.kind) {
    case 'heading':
      return headingLines(block.text, manner);
    case 'lines':
      return block.lines.flatMap((line) => {
        const [first = '', ...rest] = wrapped(visible(line), manner.columns, `${/^ */.exec(line)![0]}  `);
        return [manner.coloured ? byMeaning(first) : first, ...rest];
      });
    case 'commands':
      return block.lines.flatMap((line) => wrapped(visible(line), manner.columns, `${/^ */.exec(line)![0]}  `, ' \\'));
    case 'verbatim':
      return block.lines.map(visible);
    case 'table':
      return tableBlockLines(block, manner);
  }
}
