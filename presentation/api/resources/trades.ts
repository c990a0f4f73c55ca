import { z } from 'zod';
import { readers } from '../../../domain/people/api-roles.ts';
import { limits } from '../../../domain/shared/limits.ts';
import { tradesResult } from '../answers/trades.ts';
import type { Resource, Taken } from '../endpoint.ts';
import { knownAt, metaInPath } from '../parameters.ts';

const symbol = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'a symbol without control characters')
  .describe('EXCHANGE:SYMBOL.');
const positive = z.number().positive();

const holding = z.union([
  z.strictObject({ symbol, notional: z.number().describe('Signed value in the currency of the portfolio.') }),
  z.strictObject({
    symbol,
    quantity: z.number().describe('Units, signed.'),
    price: positive.describe('Of one unit.'),
    multiplier: positive.optional().describe('Of a contract (default: 1).'),
  }),
]);

const body = z.strictObject({
  capital: positive.describe('What the weights are fractions of, in the currency of the portfolio.'),
  holdings: z.array(holding).max(10_000).describe('What is held now, a row for each symbol; all rows in one of the two forms.'),
  unmapped: z.enum(['refuse', 'keep']).optional().describe('A holding under an unpublished exchange or name: refused (default) or sold.'),
  lots: z
    .union([
      positive,
      z
        .array(
          z.strictObject({ symbol: symbol.describe('`*` for all others.'), lot: positive.describe('Units that are traded together.') }),
        )
        .min(1)
        .max(10_000),
    ])
    .optional()
    .describe('Orders in whole lots: one size, or a size for each symbol.'),
  minTrade: positive.optional().describe('Orders of a smaller amount are left out.'),
});

const utf8 = new TextEncoder();

function quoted(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as the CSV that the verb reads. */
function csv(header: readonly string[], rows: readonly (readonly (string | number)[])[]): Uint8Array {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? decimal(cell) : quoted(cell))).join(','));
  return utf8.encode(`${[header.join(','), ...cells].join('\n')}\n`);
}

/** Without an exponent: an amount is read in one way only. */
function decimal(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(20).replace(/0+$/, '') : BigInt(value).toString();
}

type Body = z.infer<typeof body>;

function holdingsCsv(holdings: Body['holdings']): Uint8Array {
  const units = holdings.flatMap((row) => ('quantity' in row ? [row] : []));
  if (units.length === 0)
    return csv(
      ['symbol', 'notional'],
      holdings.flatMap((row) => ('notional' in row ? [[row.symbol, row.notional]] : [])),
    );
  return csv(
    ['symbol', 'quantity', 'price', 'multiplier'],
    units.map(({ symbol: name, quantity, price, multiplier = 1 }) => [name, quantity, price, multiplier]),
  );
}

function taken(members: Readonly<Record<string, unknown>>): Taken {
  const { capital, holdings, unmapped, lots, minTrade } = members as Body;
  const isTable = typeof lots === 'object';
  return {
    flags: {
      capital: decimal(capital),
      holdings: 'holdings',
      ...(unmapped === undefined ? {} : { unmapped }),
      ...(lots === undefined ? {} : { lots: isTable ? 'lots' : decimal(lots) }),
      ...(minTrade === undefined ? {} : { minTrade: decimal(minTrade) }),
    },
    files: {
      holdings: holdingsCsv(holdings),
      ...(isTable
        ? {
            lots: csv(
              ['symbol', 'lot'],
              lots.map(({ symbol: name, lot }) => [name, lot]),
            ),
          }
        : {}),
    },
  };
}

export const trades: Resource = {
  name: 'trades',
  description: 'What to trade so that holdings become the published portfolio.',
  endpoints: [
    {
      does: 'asks',
      path: '/v1/portfolios/{meta}/trades',
      operationId: 'portfolioTrades',
      summary: 'What to trade so that holdings become the publication in force, and what it costs.',
      roles: readers,
      verb: ['trades'],
      parameters: [metaInPath, knownAt],
      body: body.refine(
        ({ holdings }) => holdings.every((row) => 'notional' in row) || holdings.every((row) => 'quantity' in row),
        'holdings: all rows have a notional, or all have a quantity and a price',
      ),
      bodyBytesMax: limits.httpHoldingsBytesMax,
      taking: taken,
      result: tradesResult,
    },
  ],
};
