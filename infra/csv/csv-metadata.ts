import { metadataColumns } from '../../domain/selection/read-metadata.ts';
import type { MetadataBySymbol, SymbolMetadata } from '../../domain/selection/supply.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import { readTable } from './cells.ts';
import { type NumberCell, numberOfCell, recognisedMark } from './numbers.ts';
import { openText } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

type Column = (typeof metadataColumns)[number];
type Amount = Exclude<Column, 'identity'>;

const isColumn = (name: string): name is Column => (metadataColumns as readonly string[]).includes(name);

function columnsOf(header: readonly string[], source: CsvSource): readonly Column[] {
  const [first, ...others] = header;
  if (first !== 'symbol') refuseCsv(source, 'the first column is symbol', { line: 1, text: header.join(',') });
  return others.map((name) => {
    if (isColumn(name)) return name;
    return refuseCsv(source, `there is no such column: symbol, ${metadataColumns.join(', ')}`, { line: 1, column: name });
  });
}

function requireAmount(column: Amount, value: number, cell: NumberCell, source: CsvSource): number {
  if (value > 0 || (value === 0 && column === 'price_precision')) return value;
  return refuseCsv(source, `${cell.text} is ${column === 'price_precision' ? 'below zero' : 'not above zero'}`, cell);
}

/**
 * Metadata from CSV: a column `symbol`, then any of `identity`, `tick_size`, `lot_size` and `price_precision`; an empty cell is not known.
 * Errors: SupplyFileInvalid (file, line, column) for other columns, text in place of a number, and a symbol that appears twice;
 * LimitExceeded.
 */
export function parseCsvMetadata(bytes: Uint8Array, file: string): MetadataBySymbol {
  const source: CsvSource = { file, code: 'SupplyFileInvalid' };
  const rows: (readonly string[])[] = [];
  const { header, lines, delimiter } = readTable(openText(bytes, source, null), source, () => (row) => void rows.push(row));
  const columns = columnsOf(header, source);
  const cellsOf = (row: readonly string[], index: number) =>
    columns.map((column, at) => ({ text: row[at + 1]!.trim(), line: lines[index]!, column })).filter(({ text }) => text !== '');
  const numbers = rows.flatMap(cellsOf).filter(({ column }) => column !== 'identity');
  const decimal = recognisedMark(numbers, delimiter, source);
  const found = new Map<string, SymbolMetadata>();
  for (const [index, row] of rows.entries()) {
    const at = { line: lines[index]!, column: 'symbol', text: row[0]! };
    const symbol = canonicalSymbol(row[0]!);
    if (!symbol.includes(':')) refuseCsv(source, `${symbol} names no exchange`, at);
    if (found.has(symbol)) refuseCsv(source, `${symbol} appears twice`, at);
    const fields = cellsOf(row, index).map((cell): [Column, string | number] => {
      if (cell.column === 'identity') return [cell.column, cell.text];
      return [cell.column, requireAmount(cell.column, numberOfCell(cell, { decimal, percent: false }, source), cell, source)];
    });
    found.set(symbol, Object.fromEntries(fields));
  }
  return Object.fromEntries(found);
}
