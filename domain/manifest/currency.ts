import { calendarOfSymbol } from '../returns/calendar.ts';
import { currencyByCalendar } from '../returns/exchanges.ts';
import { isTabled } from '../returns/tabled.ts';
import { LedgerError } from '../shared/errors.ts';

export interface SleeveCurrency {
  readonly path: readonly string[];
  readonly currency: string;
  readonly treatment: 'hedged' | 'converted' | null;
}

/**
 * Returns in different currencies do not add up. One currency throughout passes; in a mix, every sleeve in another than the
 * portfolio's must say that its returns are hedged into it or converted to it.
 * Errors: CurrencyMixed, naming the sleeves that say nothing.
 */
export function assertCurrencies(portfolioCurrency: string, sleeves: readonly SleeveCurrency[]): void {
  if (new Set(sleeves.map(({ currency }) => currency)).size <= 1) return;
  const undeclared = sleeves.filter(({ currency, treatment }) => currency !== portfolioCurrency && treatment === null);
  if (undeclared.length === 0) return;
  const names = undeclared.map(({ path, currency }) => `${path.join('/')} (${currency})`).join(', ');
  throw new LedgerError(
    'CurrencyMixed',
    `The portfolio counts in ${portfolioCurrency}; these sleeves do not, and declare no treatment: ${names}.`,
    {
      evidence: { portfolioCurrency, sleeves: sleeves.map(({ path, ...rest }) => ({ path: [...path], ...rest })) },
    },
  );
}

/**
 * A sleeve has one currency, that of its exchanges, unless its returns are said to be hedged or converted. Of US exchanges nothing but a
 * mixture is refused: their prices may stand in another currency already. Errors: CurrencyMixed; ExchangeUnknown.
 */
export function assertExchangeCurrency(symbols: readonly string[], { currency, treatment }: Omit<SleeveCurrency, 'path'>): void {
  if (treatment !== null) return;
  const first = new Map<string, string>();
  for (const symbol of symbols) {
    const quoted = currencyByCalendar.get(calendarOfSymbol(symbol));
    if (quoted !== undefined && !first.has(quoted)) first.set(quoted, symbol);
  }
  const isForeign = symbols.some((symbol) => isTabled(calendarOfSymbol(symbol)));
  if (!isForeign) return;
  const names = [...first].map(([quoted, symbol]) => `${quoted} (${symbol})`).join(' and ');
  const evidence = { currency, exchanges: Object.fromEntries(first) };
  if (first.size > 1)
    throw new LedgerError('CurrencyMixed', `the sleeve holds symbols in ${names}: make a sleeve for each currency`, { evidence });
  if (!first.has(currency)) {
    const [quoted] = [...first.keys()];
    const why = `the sleeve counts in ${currency} and its symbols in ${names}`;
    throw new LedgerError('CurrencyMixed', `${why}: write "currency": "${quoted}" in its profile, or currency_treatment`, { evidence });
  }
}
