import { z } from 'zod';
import { count, date, hash, meta, path, riskName, runId, sleeve, symbol, time, weight } from './values.ts';

const amount = z.number().describe('In the currency of the portfolio.');
const fractions = {
  slippageFraction: z.number().describe('Of the value traded.'),
  commissionFraction: z.number().describe('Of the value traded.'),
};
const unitValue = amount.nullable().describe('Of one unit; null where only an amount is held.');

const trade = z.strictObject({
  symbol,
  currentNotional: amount,
  targetNotional: amount,
  deltaNotional: amount.describe('To be traded, signed.'),
  currentWeight: weight,
  targetWeight: weight,
  deltaWeight: weight,
  quantity: z.number().nullable().describe('Units, signed and not rounded; null where no price was given.'),
  side: z.enum(['buy', 'sell', 'none']).describe('What is done with the symbol.'),
  costNotional: amount,
  ...fractions,
  costFrom: z.enum(['contributors', 'dearest_sleeve']).describe('Whose costs these are.'),
});

const remainder = z.strictObject({ symbol, notional: amount.describe('What would still have to be traded, signed.') });

const orders = z.strictObject({
  orders: z
    .array(
      z.strictObject({
        symbol,
        side: z.enum(['buy', 'sell']).describe('What is done with the symbol.'),
        quantity: z.number().positive().nullable().describe('Units; null where no price was given.'),
        unitValue,
        notional: amount.describe('Signed.'),
        costNotional: amount,
      }),
    )
    .describe('By symbol.'),
  rounding: z.array(remainder).describe('What whole lots leave.'),
  roundingNotional: amount,
  small: z.array(remainder).describe('Trades that are too small.'),
  smallNotional: amount,
  driftTwoSided: weight.describe('Sum of the absolute distances from the target weights that stay.'),
  grossTraded: amount,
  costNotional: amount,
  cash: amount.describe('Once the orders are carried out, costs not deducted.'),
});

export const tradesResult = z
  .strictObject({
    meta,
    number: z.int().positive().describe('Number of the publication.'),
    runId,
    risk: riskName,
    asOf: date.describe('Of the publication.'),
    publishedAt: time.describe('When it was published, in UTC.'),
    currency: z.string().describe('Currency of the portfolio, such as USD: that of every amount.'),
    holdings: z
      .strictObject({
        file: z.string().describe('Always `holdings`.'),
        sha256: hash.describe('Of the holdings as CSV.'),
        symbols: count.describe('Symbols that are held.'),
      })
      .describe('What the trades begin from.'),
    capital: amount,
    holdingsTotal: amount,
    trades: z.array(trade).describe('By symbol.'),
    turnoverTwoSided: weight.describe('Sum of absolute weight changes.'),
    grossTraded: amount,
    netTraded: amount,
    cashBefore: amount,
    cash: amount.describe('After the trades, costs not deducted.'),
    costNotional: amount,
    costs: z.array(z.strictObject({ path, sleeve, ...fractions })).describe('As the definition has them.'),
    orders: orders.optional().describe('Left out where none were asked for.'),
  })
  .meta({ id: 'Trades', description: 'What to trade so that holdings become the published portfolio, and what it costs.' });
