import { LedgerError } from '../shared/errors.ts';
import type { Holding } from './trades.ts';

/** A holding as a file has it: its symbol in one spelling, with or without an exchange. */
export interface HeldPosition extends Holding {
  /** As the file writes it. */
  readonly written: string;
  readonly line: number;
  /** Code or sign of the currency that stands beside it; null without one. */
  readonly currency: string | null;
}

/** Money in a holdings file. */
export interface HeldCash {
  readonly label: string;
  readonly line: number;
  readonly amount: number;
  readonly currency: string | null;
}

/** A line that holds neither position nor cash: a heading, a total, a note. */
export interface LineLeftOut {
  readonly line: number;
  readonly text: string;
}

export interface HeldFile {
  readonly positions: readonly HeldPosition[];
  readonly cash: readonly HeldCash[];
  readonly leftOut: readonly LineLeftOut[];
  /** How the file was read, where that is not the plain way. */
  readonly notices: readonly string[];
}

const currenciesOfSign: Readonly<Record<string, readonly string[]>> = {
  $: ['USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'TWD', 'MXN'],
  '€': ['EUR'],
  '£': ['GBP'],
  '¥': ['JPY', 'CNY', 'CNH'],
  '₹': ['INR'],
  '₩': ['KRW'],
};

/** Nothing is converted: an amount that states another currency than the portfolio's is refused. Errors: HoldingsInvalid. */
export function assertCurrency(
  held: readonly { readonly name: string; readonly currency?: string | null | undefined }[],
  portfolioCurrency: string,
): void {
  for (const { name, currency } of held) {
    if (currency === null || currency === undefined || currency === portfolioCurrency) continue;
    if (currenciesOfSign[currency]?.includes(portfolioCurrency) === true) continue;
    throw new LedgerError(
      'HoldingsInvalid',
      `${name} is in ${currency}; the portfolio counts in ${portfolioCurrency}, and nothing is converted`,
      {
        evidence: { currency, portfolioCurrency },
        at: { path: name },
      },
    );
  }
}
