import type { LotSizes } from '../../domain/allocation/orders.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import { readTable } from './cells.ts';
import { numberOfCell, recognisedMark } from './numbers.ts';
import { openText } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';

/** Lot sizes from CSV, `symbol,lot`; the symbol `*` stands for all others. Errors: HoldingsInvalid (file, line, column), LimitExceeded. */
export function parseCsvLots(bytes: Uint8Array, file: string): LotSizes {
  const source: CsvSource = { file, code: 'HoldingsInvalid' };
  const rows: (readonly string[])[] = [];
  const { header, lines, delimiter } = readTable(openText(bytes, source, null), source, () => (row) => void rows.push(row));
  if (header.join(',') !== 'symbol,lot') refuseCsv(source, 'the columns are symbol, lot', { line: 1, text: header.join(',') });
  const cells = rows.map((row, index) => ({ text: row[1]!.trim(), line: lines[index]!, column: 'lot' }));
  const decimal = recognisedMark(cells, delimiter, source);
  const bySymbol = new Map<string, number>();
  for (const [index, cell] of cells.entries()) {
    const lot = numberOfCell(cell, { decimal, percent: false }, source);
    if (!(lot > 0)) refuseCsv(source, `${cell.text} is not above zero`, cell);
    const symbol = canonicalSymbol(rows[index]![0]!);
    if (bySymbol.has(symbol)) refuseCsv(source, `${symbol} appears twice`, { line: cell.line, column: 'symbol', text: symbol });
    bySymbol.set(symbol, lot);
  }
  const others = bySymbol.get('*') ?? null;
  bySymbol.delete('*');
  return { others, bySymbol };
}
