import { physicalSymbol } from '../flatten.ts';
import { calendarOfSymbol } from '../../returns/calendar.ts';
import { parseDay } from '../../returns/days.ts';
import type { SymbolWeight } from '../../returns/series.ts';
import { canonicalSymbol } from '../../shared/symbol.ts';

/** What holds for weights and returns, wherever they come from. The reader says how a refusal is worded. */

/** The spellings in which a symbol appears twice, where they differ from it. */
export function twiceAs(symbol: string, written: readonly string[]): string {
  return written.every((spelling) => spelling === symbol)
    ? ''
    : `, as ${written.map((spelling) => JSON.stringify(spelling)).join(' and ')}`;
}

/** Refuses what stands at a place. */
export type Refuse = (why: string, at: string) => never;

/**
 * A short atom stands inside its sleeve as a long position in an inverted stream: a negative weight would invert it again. Null where the
 * weight may stand.
 */
export function doublyInverted({ symbol, weight }: SymbolWeight): string | null {
  const isAtom = physicalSymbol(symbol).symbol !== symbol;
  return isAtom && weight < 0
    ? `${symbol} is a strategy atom with the negative weight ${weight}; its stream already carries the sign`
    : null;
}

/** The symbol of a weight under a version of the rules: the first one took spellings of a symbol for symbols of their own. */
export function admittedSymbol(written: string, rules: number): string {
  return rules === 1 ? written : canonicalSymbol(written);
}

/** Each symbol once, on an exchange that has a calendar, and no atom inverted twice. Errors: ExchangeUnknown; those of `refuse`. */
export function admitWeights(weights: readonly SymbolWeight[], path: string, refuse: Refuse, rules: number): void {
  const seen = new Map<string, string>();
  for (const [index, { symbol: written, weight }] of weights.entries()) {
    const at = `${path}[${index}]`;
    const symbol = admittedSymbol(written, rules);
    if (written.length > 200 || /[",\p{Cc}\p{Cf}]/u.test(written) || /\s/.test(symbol)) refuse('no symbol', `${at}.symbol`);
    const other = seen.get(symbol);
    if (other !== undefined) refuse(`${symbol} appears twice${twiceAs(symbol, [other, written])}`, `${at}.symbol`);
    seen.set(symbol, written);
    calendarOfSymbol(physicalSymbol(symbol).symbol, `${at}.symbol`);
    const turned = doublyInverted({ symbol, weight });
    if (turned !== null) refuse(turned, `${at}.weight`);
  }
}

/**
 * As many values as dates, sessions that exist and ascend up to the as-of date, no loss of everything, and a product that is still a
 * number. One row at least. Errors: those of `refuse`.
 */
export function admitReturns(
  { dates, values }: { readonly dates: readonly string[]; readonly values: ArrayLike<number> },
  asOf: string,
  path: string,
  refuse: Refuse,
): void {
  if (dates.length !== values.length) refuse(`${dates.length} dates and ${values.length} values`, path);
  let wealth = 1;
  for (const [row, date] of dates.entries()) {
    if (parseDay(date) === null) refuse(`${date} is not a date`, `${path}.dates[${row}]`);
    if (row > 0 && date <= dates[row - 1]!) refuse(`${date} does not come after ${dates[row - 1]}`, `${path}.dates[${row}]`);
    const value = values[row]!;
    if (!(value > -1)) refuse(`the return ${value} loses everything`, `${path}.values[${row}]`);
    wealth *= 1 + value;
  }
  if (!Number.isFinite(wealth)) refuse('the returns compound beyond any number', `${path}.values`);
  const last = dates.at(-1)!;
  if (last > asOf) refuse(`returns up to ${last} in a result as of ${asOf}`, `${path}.dates`);
}
