import type { Order, OrderList, Remainder } from '../../domain/allocation/orders.ts';
import { type Block, lines, table } from './verb.ts';

/** An amount for people. The JSON carries all digits. */
export function money(amount: number): string {
  const text = amount.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

export function units(quantity: number | null): string {
  return quantity === null ? '' : String(Number(quantity.toPrecision(8)));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Orders as CSV, every digit: quantities are above zero, the side says the direction; a cell without a number is empty. */
export function orderCsv(orders: readonly Order[], currency: string): string {
  const rows = orders.map(({ symbol, side, quantity, unitValue, notional, costNotional }) =>
    [quoted(symbol), side, quantity ?? '', unitValue ?? '', notional, costNotional, currency].join(','),
  );
  return ['symbol,side,quantity,unit_value,notional,cost,currency', ...rows].join('\n') + '\n';
}

function listed(remainders: readonly Remainder[]): string {
  return remainders.map(({ symbol, notional }) => `${symbol} ${money(notional)}`).join(', ');
}

/** Orders and what they leave, for people. */
export function orderBlocks({ orders, rounding, roundingNotional, small, smallNotional, driftTwoSided, cash }: OrderList): Block[] {
  return [
    table(
      ['order', 'side', 'quantity', 'amount'],
      orders.map(({ symbol, side, quantity, notional }) => [symbol, side, units(quantity), money(notional)]),
    ),
    lines(
      '',
      ...(small.length === 0 ? [] : [`Left out as too small, ${money(smallNotional)} in ${small.length}: ${listed(small)}.`]),
      ...(rounding.length === 0 ? [] : [`Left by whole lots, ${money(roundingNotional)} in ${rounding.length}: ${listed(rounding)}.`]),
      `After the orders: ${(driftTwoSided * 100).toFixed(2)} % of the capital away from the targets (two-sided), cash ${money(cash)}.`,
    ),
  ];
}
