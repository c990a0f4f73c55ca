import type { HeldCash } from '../../domain/allocation/held.ts';
import { numberUnder } from '../../domain/shared/written-number.ts';
import { bareAmount } from './amounts.ts';
import type { ParsedRecord } from './records.ts';
import { type CsvSource, refuseCsv } from './refusals.ts';
import type { BrokerLayout } from './holdings-layouts.ts';
import { said, sectionOf } from './holdings-rows.ts';

const currencyCodes: ReadonlySet<string> = new Set(
  'AED AUD BRL CAD CHF CNH CNY CZK DKK EUR GBP HKD HUF ILS INR JPY KRW MXN MYR NOK NZD PLN RON SAR SEK SGD THB TRY TWD USD ZAR'.split(' '),
);

/** A row of money: it is called cash, its type says so, or it is a currency at the price of one. */
export function isCash(symbol: string, type: string, price: string): boolean {
  if (/^(?:total )?cash\b(?!:)/i.test(symbol) || /^cash\b/i.test(type)) return true;
  return currencyCodes.has(symbol) && (price === '' || numberUnder(price, '.') === 1);
}

interface CashColumns {
  readonly kind: number;
  readonly currency: number;
  readonly amount: number;
}

/** Cash that a statement states in a section of its own: the sum in the base currency, else what it has of each currency. */
export function cashInSection(records: readonly ParsedRecord[], layout: BrokerLayout, source: CsvSource): HeldCash[] {
  if (layout.cash === null) return [];
  const { section, row, currency, amount, base } = layout.cash;
  const baseCurrency = records.find(({ record }) => said(record[0]) === 'Account Information' && said(record[2]) === 'Base Currency');
  let columns: CashColumns | null = null;
  const found: HeldCash[] = [];
  for (const { record, info } of sectionOf(records, section)) {
    const place = (name: string): number => record.findIndex((cell) => cell.trim() === name);
    if (place(currency) >= 0 && place(amount) >= 0) columns = { kind: 0, currency: place(currency), amount: place(amount) };
    else if (columns !== null && said(record[columns.kind]) === row) {
      const label = said(record[columns.currency]);
      const text = said(record[columns.amount]);
      const value = numberUnder(bareAmount(text)?.text ?? '', '.');
      if (Number.isNaN(value)) refuseCsv(source, `${JSON.stringify(text)} is not an amount`, { line: info.lines, column: amount, text });
      const code = label === base ? said(baseCurrency?.record[3]) : label;
      found.push({ label: `${row}, ${label}`, line: info.lines, amount: value, currency: code === '' ? null : code });
    }
  }
  const sum = found.filter(({ label }) => label === `${row}, ${base}`);
  return sum.length > 0 ? sum : found;
}
