import type { HeldFile, HeldPosition } from '../../domain/allocation/held.ts';
import { nothingAsked, wordsOfReading } from '../../domain/shared/csv-reading.ts';
import type { HoldingField, HoldingsAsked, HoldingsReader } from '../../presentation/ports/ports.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { readRecords } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import { cashInSection, isCash } from './holdings-cash.ts';
import { brokerLayouts, type BrokerLayout, holdingFields } from './holdings-layouts.ts';
import { parseCsvLots } from './csv-lots.ts';
import { amountFields, amountIn, cashOf, positionOf } from './holding-position.ts';
import { holdingRows, sectionOf } from './holdings-rows.ts';
import { recognisedMark } from './numbers.ts';
import { plainRows } from './plain-holdings.ts';

export const plainHoldings: HoldingsAsked = { ...nothingAsked, preset: null, columns: null };

/** Errors: the code of the source when a symbol stands on two lines. */
function refuseTwice(positions: readonly HeldPosition[], source: CsvSource): void {
  const first = new Map<string, HeldPosition>();
  for (const position of positions) {
    const { symbol, written, line } = position;
    const other = first.get(symbol);
    first.set(symbol, other ?? position);
    if (other === undefined) continue;
    const isSpelled = written === symbol && other.written === symbol;
    const what = isSpelled
      ? `${symbol} is also on line ${other.line}`
      : `${written} and ${other.written} of line ${other.line} are both ${symbol}`;
    refuseCsv(source, what, { line, column: 'symbol', text: written });
  }
}

function layoutOf({ preset, columns }: HoldingsAsked): BrokerLayout | null {
  if (preset !== null) {
    const layout = brokerLayouts.get(preset);
    if (layout !== undefined) return layout;
    throw new LedgerError('Usage', `no layout ${preset}: one of ${[...brokerLayouts.keys()].join(', ')}`, { at: { path: '--preset' } });
  }
  if (columns === null) return null;
  const names = Object.fromEntries(Object.entries(columns).map(([field, name]) => [field, [name]]));
  return { section: null, only: null, cash: null, columns: names };
}

/**
 * Holdings from CSV. The plain layout has one row a physical symbol: `symbol,notional`, or `symbol,quantity,price` with an optional
 * `multiplier`, in any order of columns. A preset or a mapping of columns reads what a broker exports: lines before its header, totals and
 * notes are listed and not read. Shorts are negative; a row of quantity 0 states the price of a symbol that is not held yet; a header alone
 * is an empty portfolio. Rows of cash are money, not positions.
 * Errors: HoldingsInvalid (file, line, column), LimitExceeded.
 */
export function parseCsvHoldings(bytes: Uint8Array, file: string, asked: HoldingsAsked = plainHoldings): HeldFile {
  const source: CsvSource = { file, code: 'HoldingsInvalid' };
  const { delimiter, records: written } = readRecords(bytes, source, asked.delimiter);
  const na = new Set(asked.na ?? []);
  const records = written.map(({ record, info }) => ({ record: record.map((cell) => (na.has(cell.trim()) ? '' : cell)), info }));
  const layout = layoutOf(asked);
  const needed: readonly HoldingField[] = layout?.columns.notional === undefined ? ['symbol', 'quantity', 'price'] : ['symbol', 'notional'];
  const own = layout === null || layout.section === null ? records : sectionOf(records, layout.section);
  const { rows, leftOut, names } = layout === null ? plainRows(records, source) : holdingRows(own, layout, needed, source);
  const amounts = rows.flatMap((row) => amountFields.flatMap((field) => amountIn(row, field, { names, source }) ?? []));
  // The brokers of the presets write points.
  const decimal = asked.decimal ?? (asked.preset !== null ? '.' : recognisedMark(amounts, delimiter, source));
  const reader = { source, names, decimal };
  const money = rows.filter(({ cells }) => isCash(cells.symbol ?? '', cells.type ?? '', cells.price ?? ''));
  const positions = rows.filter((row) => !money.includes(row)).map((row) => positionOf(row, reader));
  refuseTwice(positions, source);
  const cash = [...money.map((row) => cashOf(row, reader)), ...(layout === null ? [] : cashInSection(records, layout, source))];
  const words = wordsOfReading({ delimiter, decimal, dateFormat: null, percent: false, na: [...na] });
  return { positions, cash, leftOut, notices: words === null ? [] : [`${file}: ${words}`] };
}

export const csvHoldings: HoldingsReader = {
  presets: [...brokerLayouts.keys()],
  fields: holdingFields,
  parse: parseCsvHoldings,
  parseLots: parseCsvLots,
};
