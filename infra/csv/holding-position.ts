import { physicalSymbol } from '../../domain/allocation/flatten.ts';
import type { HeldCash, HeldPosition } from '../../domain/allocation/held.ts';
import { canonicalSymbol } from '../../domain/shared/symbol.ts';
import type { DecimalMark } from '../../domain/shared/written-number.ts';
import { bareAmount } from './amounts.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import type { HoldingRow, HoldingRows } from './holdings-rows.ts';
import { type NumberCell, numberOfCell, refuseNumber } from './numbers.ts';

export const amountFields = ['quantity', 'price', 'multiplier', 'notional'] as const;
type AmountField = (typeof amountFields)[number];

/** An amount without its currency, and the place where it stands. */
interface Amount extends NumberCell {
  readonly currency: string | null;
}

/** How rows of a file are read. */
export interface HoldingReader {
  readonly source: CsvSource;
  readonly names: HoldingRows['names'];
  readonly decimal: DecimalMark;
}

/** The amount in a cell; null where it is empty. */
export function amountIn(
  { line, cells }: HoldingRow,
  field: AmountField,
  { names, source }: Pick<HoldingReader, 'names' | 'source'>,
): Amount | null {
  const written = cells[field] ?? '';
  if (written === '') return null;
  const bare = bareAmount(written);
  const column = names[field]!;
  return bare === null ? refuseNumber({ text: written, line, column }, source) : { text: bare.text, line, column, currency: bare.currency };
}

function needed(row: HoldingRow, field: AmountField, reader: HoldingReader): Amount {
  const { source, names } = reader;
  return amountIn(row, field, reader) ?? refuseCsv(source, 'the cell is empty', { line: row.line, column: names[field] ?? field });
}

function valueOf(amount: Amount, { source, decimal }: HoldingReader): number {
  return numberOfCell(amount, { decimal, percent: false }, source);
}

function aboveZero(amount: Amount, reader: HoldingReader): number {
  const value = valueOf(amount, reader);
  return value > 0 ? value : refuseCsv(reader.source, `${amount.text} is not above zero`, amount);
}

/** The one currency that a row states, as a code before a sign. */
function currencyOf(row: HoldingRow, reader: HoldingReader): string | null {
  const amounts = (['price', 'notional'] as const).map((field) => amountIn(row, field, reader)?.currency ?? '');
  const named = [row.cells.currency ?? '', ...amounts].filter((text) => text !== '');
  const codes = new Set(named.filter((text) => /^[A-Z]{3}$/.test(text)));
  if (codes.size > 1) refuseCsv(reader.source, `amounts in ${[...codes].join(' and ')}`, { line: row.line });
  return [...codes][0] ?? named[0] ?? null;
}

function symbolOf({ line, cells }: HoldingRow, { source, names }: HoldingReader): string {
  const text = cells.symbol ?? '';
  const symbol = canonicalSymbol(text);
  const at = { line, column: names.symbol ?? 'symbol', text };
  if (!/^(?:[^\s:,]+:[^\s,]+|[^:,]+)$/.test(symbol))
    refuseCsv(source, `${JSON.stringify(text.slice(0, 80))} is not an EXCHANGE:SYMBOL`, at);
  if (physicalSymbol(symbol).symbol !== symbol)
    refuseCsv(source, `${JSON.stringify(symbol)} names a strategy; holdings are physical symbols`, at);
  return symbol;
}

type Worth = Pick<HeldPosition, 'notional' | 'unitValue'>;

/** Quantity times price, and multiplier where the file has one. */
function reckoned(row: HoldingRow, reader: HoldingReader): Worth {
  const ofOne = aboveZero(needed(row, 'price', reader), reader);
  const many = reader.names.multiplier === undefined ? 1 : aboveZero(needed(row, 'multiplier', reader), reader);
  const unitValue = ofOne * many;
  const notional = valueOf(needed(row, 'quantity', reader), reader) * unitValue;
  if (!Number.isFinite(notional) || unitValue === 0)
    refuseCsv(reader.source, 'quantity times price is not a number that can be held', { line: row.line, column: 'quantity' });
  return { notional, unitValue };
}

/** The stated value, and what one unit of it is worth: it knows multipliers and quotations that a price alone does not. */
function stated(row: HoldingRow, reader: HoldingReader): Worth {
  const notional = valueOf(needed(row, 'notional', reader), reader);
  const quantity = amountIn(row, 'quantity', reader);
  const units = quantity === null ? 0 : valueOf(quantity, reader);
  if (units !== 0) {
    const unitValue = notional / units;
    if (unitValue > 0 && Number.isFinite(unitValue)) return { notional, unitValue };
    return refuseCsv(reader.source, 'value and quantity contradict each other', { line: row.line, column: reader.names.notional! });
  }
  const hasPrice = quantity !== null && amountIn(row, 'price', reader) !== null;
  return hasPrice ? { notional, unitValue: reckoned(row, reader).unitValue } : { notional, unitValue: null };
}

export function positionOf(row: HoldingRow, reader: HoldingReader): HeldPosition {
  const symbol = symbolOf(row, reader);
  const worth = reader.names.notional === undefined ? reckoned(row, reader) : stated(row, reader);
  return { symbol, written: row.cells.symbol!.trim(), line: row.line, ...worth, currency: currencyOf(row, reader) };
}

export function cashOf(row: HoldingRow, reader: HoldingReader): HeldCash {
  const amount = amountIn(row, 'notional', reader) ?? needed(row, 'quantity', reader);
  const label = [row.cells.symbol, row.cells.type].find((text) => text !== undefined && text !== '') ?? 'cash';
  return { label, line: row.line, amount: valueOf(amount, reader), currency: currencyOf(row, reader) ?? amount.currency };
}
