import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { commandLine } from '../api/command-line.ts';
import { CopyButton } from './copy.tsx';
import { type CellValue, csvOf } from './csv.ts';
import { type Sorting, sortedBy, sortingIn, sortingText } from './sorting.ts';
import { usePlace } from '../state/place.ts';
import { count } from './words.ts';

export interface Column<Row> {
  readonly label: string;
  readonly isNumeric?: boolean;
  /** What it is sorted by and copied as; numbers in full. */
  readonly value: (row: Row) => CellValue;
  /** What is seen; left out: the value. */
  readonly show?: (row: Row) => ComponentChildren;
}

interface TableProps<Row> {
  readonly caption: string;
  /** Under which its order and its search stand in the address; left out: they are gone with the page. */
  readonly name?: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  /** What is said where there is no row. */
  readonly empty: ComponentChildren;
  /** The command line that answers the same. */
  readonly command?: readonly string[];
  /** A column by its label, and which way. */
  readonly sorted?: Exclude<Sorting, null>;
  /** Keeps the order in which the rows come. */
  readonly isOrdered?: boolean;
  readonly tools?: ComponentChildren;
  readonly rowClass?: (row: Row) => string | undefined;
}

const shownMax = 250;
const searchFrom = 12;

function compared(left: CellValue, right: CellValue): number {
  if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function arranged<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting): readonly Row[] {
  const column = columns.find(({ label }) => label === sorting?.[0]);
  if (column === undefined) return rows;
  const way = sorting![1] === 'ascending' ? 1 : -1;
  return rows.toSorted((left, right) => way * compared(column.value(left), column.value(right)));
}

function Head<Row>({ column, sorting, sort }: { column: Column<Row>; sorting: Sorting; sort: ((label: string) => void) | null }) {
  const { label, isNumeric } = column;
  const direction = sorting?.[0] === label ? sorting[1] : undefined;
  return (
    <th scope="col" class={isNumeric ? 'number' : undefined} aria-sort={direction}>
      {sort === null ? (
        label
      ) : (
        <button type="button" class="sort" onClick={() => sort(label)}>
          {label}
          <span aria-hidden="true" class="arrow">
            {direction === undefined ? '' : direction === 'ascending' ? '▲' : '▼'}
          </span>
        </button>
      )}
    </th>
  );
}

/** Dates and short words stay on one line; a long text has room. */
function className(value: CellValue, isNumeric: boolean | undefined): string | undefined {
  if (isNumeric) return 'number';
  const text = String(value ?? '');
  if (/^\d{4}-\d{2}-\d{2}/.test(text) || (text.length <= 24 && !text.includes(','))) return 'keep';
  return text.length > 60 ? 'long' : undefined;
}

function Body<Row>({ columns, rows, rowKey, rowClass }: Pick<TableProps<Row>, 'columns' | 'rows' | 'rowKey' | 'rowClass'>) {
  return (
    <tbody>
      {rows.map((row, index) => (
        <tr key={rowKey(row, index)} tabIndex={-1} class={rowClass?.(row)}>
          {columns.map(({ label, isNumeric, value, show }, place) => {
            const content = show === undefined ? value(row) : show(row);
            const name = className(value(row), isNumeric);
            return place === 0 ? (
              <th key={label} scope="row" class={name}>
                {content}
              </th>
            ) : (
              <td key={label} class={name}>
                {content}
              </td>
            );
          })}
        </tr>
      ))}
    </tbody>
  );
}

interface Arranging {
  readonly sortBy: (label: string) => void;
  readonly search: (text: string) => void;
}

/** How the rows are ordered, and what is looked for in them: of the address where the table has a name, else of the page alone. */
function useArrangement<Row>({ name, columns, sorted }: TableProps<Row>): readonly [readonly [Sorting, string], Arranging] {
  const { param, setParams } = usePlace();
  const first: Sorting = sorted ?? null;
  const [own, setOwn] = useState<readonly [Sorting, string]>([first, '']);
  const [order, find] = [`sort-${name}`, `find-${name}`];
  const labels = columns.map(({ label }) => label);
  const [sorting, wanted] = name === undefined ? own : [sortingIn(param(order), labels) ?? first, param(find) ?? ''];
  const arrange = (sortingNow: Sorting, text: string): void => {
    if (name === undefined) setOwn([sortingNow, text]);
    else setParams({ [order]: sortingText(sortingNow), [find]: text }, { replace: true });
  };
  const arranging = {
    sortBy: (label: string) => arrange(sortedBy(label, sorting), wanted),
    search: (text: string) => arrange(sorting, text),
  };
  return [[sorting, wanted], arranging];
}

/** A table that is sorted by its heads, searched, and taken away as CSV or as the command line that answers the same. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, empty, command, isOrdered = false, tools, rowClass } = props;
  const [[sorting, wanted], { sortBy, search }] = useArrangement(props);
  const [isWhole, setWhole] = useState(false);
  const found = useMemo(() => {
    const text = wanted.trim().toLowerCase();
    const matching =
      text === '' ? rows : rows.filter((row) => columns.some(({ value }) => String(value(row)).toLowerCase().includes(text)));
    return arranged(matching, columns, sorting);
  }, [rows, columns, sorting, wanted]);
  const shown = isWhole ? found : found.slice(0, shownMax);
  return (
    <div class="table">
      <div class="table-head">
        <p class="title">{caption}</p>
        <div class="tools">
          {tools}
          {rows.length >= searchFrom && (
            <input
              type="search"
              aria-label={`Search: ${caption}`}
              placeholder="Search"
              value={wanted}
              onInput={(event) => search(event.currentTarget.value)}
            />
          )}
          {rows.length > 0 && <CopyButton label="Copy CSV" text={() => csvOf(columns, found)} />}
          {command !== undefined && <CopyButton label="Copy command" text={() => commandLine(command)} />}
        </div>
      </div>
      {rows.length === 0 ? (
        <p class="empty">{empty}</p>
      ) : (
        <div class="scroll" role="region" tabIndex={0} aria-label={caption}>
          <table>
            <caption class="unseen">{caption}</caption>
            <thead>
              <tr>
                {columns.map((column) => (
                  <Head key={column.label} column={column} sorting={sorting} sort={isOrdered ? null : sortBy} />
                ))}
              </tr>
            </thead>
            <Body columns={columns} rows={shown} rowKey={rowKey} {...(rowClass === undefined ? {} : { rowClass })} />
          </table>
        </div>
      )}
      {found.length > shown.length && (
        <p class="more">
          {count(shown.length)} of {count(found.length)} rows.{' '}
          <button type="button" class="quiet" onClick={() => setWhole(true)}>
            Show all
          </button>
        </p>
      )}
      {rows.length > 0 && found.length === 0 && <p class="empty">No row has “{wanted}”.</p>}
    </div>
  );
}
