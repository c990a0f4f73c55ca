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
