import { physicalSymbol } from '../../domain/allocation/flatten.ts';
import type { Holding } from '../../domain/allocation/trades.ts';
import { type CsvSource, numberOfCell, readCells, refuseCsv } from './cells.ts';

const layouts = [
  ['symbol', 'notional'],
  ['symbol', 'quantity', 'price'],
  ['symbol', 'quantity', 'price', 'multiplier'],
] as const;
type Column = (typeof layouts)[number][number];

/** Index of each column: exactly those of one layout, in any order. */
function columnsOf(header: readonly string[], source: CsvSource): ReadonlyMap<Column, number> {
  const known = new Set<string>(layouts.flat());
  const strange = header.find((name) => !known.has(name));
  const wanted = layouts.map((names) => names.join(', ')).join('; or ');
  if (strange !== undefined)
    refuseCsv(source, `this column is not known; the columns are ${wanted}`, {
      line: 1,
      column: JSON.stringify(strange.slice(0, 80)),
      text: strange,
    });
  const layout = layouts.find((names) => names.length === header.length && names.every((name) => header.includes(name)));
  if (layout === undefined) refuseCsv(source, `the columns are ${wanted}`, { line: 1, text: header.join(',') });
  return new Map(layout.map((name) => [name, header.indexOf(name)]));
}

interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: Column;
}

function symbolOf({ text, line, column }: Cell, source: CsvSource): string {
  const symbol = text.trim();
  if (!/^[^\s:,]+:[^\s,]+$/.test(symbol))
    refuseCsv(source, `${JSON.stringify(symbol.slice(0, 80))} is not an EXCHANGE:SYMBOL`, { line, column, text });
  if (physicalSymbol(symbol).symbol !== symbol)
    refuseCsv(source, `${JSON.stringify(symbol)} names a strategy; holdings are physical symbols`, { line, column, text });
  return symbol;
}

function numberOf({ text, line, column }: Cell, source: CsvSource): number {
  const value = numberOfCell(text, source, line, column);
  if (Number.isNaN(value)) refuseCsv(source, 'the cell is empty', { line, column });
  if (column !== 'notional' && column !== 'quantity' && !(value > 0))
    refuseCsv(source, `${text.trim()} is not above zero`, { line, column, text });
  return value;
}

/**
 * Holdings from CSV, one row a physical symbol: `symbol,notional`, or `symbol,quantity,price` with an optional `multiplier`, in any order
 * of columns. Shorts are negative; a row of quantity 0 states the price of a symbol that is not held yet; a header alone is an empty
 * portfolio.
 * Errors: HoldingsInvalid (file, line, column), LimitExceeded.
 */
export function parseCsvHoldings(bytes: Uint8Array, file: string): readonly Holding[] {
  const source: CsvSource = { file, code: 'HoldingsInvalid', rowsMin: 0 };
  const { header, rows, lines } = readCells(bytes, source);
  const columns = columnsOf(header, source);
  const lineOf = new Map<string, number>();
  return rows.map((row, index) => {
    const line = lines[index]!;
    const cell = (column: Column): Cell => ({ text: row[columns.get(column)!]!, line, column });
    const symbol = symbolOf(cell('symbol'), source);
    const first = lineOf.get(symbol);
    if (first !== undefined) refuseCsv(source, `${symbol} is also on line ${first}`, { line, column: 'symbol', text: symbol });
    lineOf.set(symbol, line);
    if (columns.has('notional')) return { symbol, notional: numberOf(cell('notional'), source), unitValue: null };
    const unitValue = numberOf(cell('price'), source) * (columns.has('multiplier') ? numberOf(cell('multiplier'), source) : 1);
    const notional = numberOf(cell('quantity'), source) * unitValue;
    if (!Number.isFinite(notional) || unitValue === 0)
      refuseCsv(source, 'quantity times price is not a number that can be held', { line, column: 'quantity' });
    return { symbol, notional, unitValue };
  });
}
