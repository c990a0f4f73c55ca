import type { LineLeftOut } from '../../domain/allocation/held.ts';
import type { HoldingField } from '../../presentation/ports/ports.ts';
import type { ParsedRecord } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import type { BrokerLayout, ColumnNames } from './holdings-layouts.ts';

/** Cells of one holding by what they hold; a part that the file does not have is missing. */
export interface HoldingRow {
  readonly line: number;
  readonly cells: Partial<Readonly<Record<HoldingField, string>>>;
}

export interface HoldingRows {
  readonly rows: readonly HoldingRow[];
  readonly leftOut: readonly LineLeftOut[];
  /** Names of the columns in the file, for refusals. */
  readonly names: Partial<Readonly<Record<HoldingField, string>>>;
}

const fillers: ReadonlySet<string> = new Set(['', '-', '--', 'n/a', 'N/A']);

/** What a cell says; brokers fill empty ones with dashes. */
export function said(cell: string | undefined): string {
  const text = (cell ?? '').trim();
  return fillers.has(text) ? '' : text;
}

type Header = ReadonlyMap<HoldingField, number>;

/** Where the columns stand, when a record is the header: it names the symbol and whatever else is required. */
function headerIn(cells: readonly string[], names: ColumnNames, required: readonly HoldingField[]): Header | null {
  const header = new Map<HoldingField, number>();
  for (const [field, candidates] of Object.entries(names) as [HoldingField, readonly string[]][]) {
    const index = candidates.map((name) => cells.findIndex((cell) => cell.trim() === name)).find((found) => found >= 0);
    if (index !== undefined) header.set(field, index);
  }
  return required.every((field) => header.has(field)) ? header : null;
}

const total = /^(?:(?:account|positions?|grand|sub|portfolio)[ -]?)?totals?\b/i;

/** A heading, a total or a note: nothing beside its first words, or a sum of other rows. */
function isAside(record: readonly string[], symbol: string): boolean {
  if (total.test(symbol) || total.test(said(record[0]))) return true;
  return record.filter((cell) => said(cell) !== '').length <= 1;
}

/** Errors: the code of the source when no line names the columns. */
export function holdingRows(
  records: readonly ParsedRecord[],
  { columns, only }: Pick<BrokerLayout, 'columns' | 'only'>,
  required: readonly HoldingField[],
  source: CsvSource,
): HoldingRows {
  const rows: HoldingRow[] = [];
  const leftOut: LineLeftOut[] = [];
  const found: { header?: Header; only?: number; names: Partial<Record<HoldingField, string>> } = { names: {} };
  for (const { record, info } of records) {
    const header = headerIn(record, columns, required);
    if (header !== null) {
      found.header = header;
      found.only = only === null ? -1 : record.findIndex((cell) => cell.trim() === only.column);
      for (const [field, index] of header) found.names[field] = record[index]!.trim();
      continue;
    }
    const aside = {
      line: info.lines,
      text: record
        .map((cell) => cell.trim())
        .join(' ')
        .trim()
        .slice(0, 120),
    };
    if (found.header === undefined) {
      if (aside.text !== '') leftOut.push(aside);
      continue;
    }
    if (only !== null && found.only! >= 0 && !only.words.includes(said(record[found.only!]))) continue;
    const cells: Partial<Record<HoldingField, string>> = {};
    for (const [field, index] of found.header) cells[field] = said(record[index]);
    if (!isAside(record, cells.symbol!)) rows.push({ line: info.lines, cells });
    else if (aside.text !== '') leftOut.push(aside);
  }
  if (found.header === undefined) {
    const wanted = required.map((field) => (columns[field] ?? []).map((name) => JSON.stringify(name)).join(' or '));
    refuseCsv(source, `no line names the columns ${wanted.join(', ')}`);
  }
  return { rows, leftOut, names: found.names };
}

/** Lines of one section of a statement, without the words that name it. */
export function sectionOf(records: readonly ParsedRecord[], section: string): ParsedRecord[] {
  return records
    .filter(({ record }) => said(record[0]) === section && (said(record[1]) === 'Header' || said(record[1]) === 'Data'))
    .map(({ record, info }) => ({ record: record.slice(2), info }));
}
