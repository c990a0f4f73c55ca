import type { Trade } from '../../../domain/allocation/trades.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { publicationTrades } from '../../../handlers/queries/trades.ts';
import { ledgerTimeFlag, requiredFlag } from '../flags.ts';
import { type FlagValues, heading, knownAtFlag, lines, metaFlag, percent, table, type Verb } from '../verb.ts';

function capitalOf(flags: FlagValues): number {
  const text = requiredFlag(flags, 'capital');
  const capital = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(capital) || capital <= 0)
    throw new LedgerError('Usage', `--capital ${text}: an amount above zero, such as 1000000`, { at: { path: '--capital' } });
  return capital;
}

/** An amount for people. The JSON carries all digits. */
function money(amount: number): string {
  const text = amount.toFixed(2);
  return text === '-0.00' ? '0.00' : text;
}

function printedTrades(trades: readonly Trade[]): string[][] {
  return trades
    .filter(({ deltaNotional }) => Math.abs(deltaNotional) >= 0.005)
    .toSorted((left, right) => Math.abs(right.deltaNotional) - Math.abs(left.deltaNotional) || byCodeUnits(left.symbol, right.symbol))
    .map((trade) => [
      trade.symbol,
      trade.side,
      money(trade.deltaNotional),
      trade.quantity === null ? '' : String(Number(trade.quantity.toPrecision(8))),
      percent(trade.currentWeight),
      percent(trade.targetWeight),
      money(trade.costNotional),
    ]);
}

export const trades: Verb = {
  path: ['trades'],
  summary: 'What to trade so that holdings become the published portfolio, and what it costs.',
  flags: [
    metaFlag,
    { flags: '--holdings <file>', summary: 'CSV: symbol,notional or symbol,quantity,price[,multiplier]', required: true },
    { flags: '--capital <amount>', summary: 'what the weights are fractions of, in the currency of the portfolio', required: true },
    knownAtFlag,
  ],
  examples: ['sleeve-ledger trades --meta meta_production --holdings holdings.csv --capital 1000000'],
  writes: false,
  run: async (context, { flags }) => {
    const meta = requiredFlag(flags, 'meta');
    const file = requiredFlag(flags, 'holdings');
    const capital = capitalOf(flags);
    const bytes = await context.tools.files.readBytes(file);
    const holdings = context.presentation.parseHoldings(bytes, file);
    const { ports } = await context.reading();
    const { publication, currency, costs, warnings, position, ...list } = await publicationTrades(ports, {
      meta,
      capital,
      holdings,
      knownAt: ledgerTimeFlag(flags),
    });
    const { number, runId, asOf, risk, recordedAt } = publication;
    return {
      result: {
        meta,
        number,
        runId,
        risk,
        asOf,
        publishedAt: recordedAt,
        currency,
        holdings: { file, sha256: context.tools.crypto.sha256Hex(bytes), symbols: holdings.length },
        ...list,
        costs,
      },
      position,
      warnings,
      people: [
        heading(`${meta}, publication ${number}, as of ${asOf} (run ${runId})`),
        table(['asset', 'side', currency, 'quantity', 'held', 'target', 'cost'], printedTrades(list.trades)),
        lines(
          '',
          `Holdings ${money(list.holdingsTotal)} of capital ${money(capital)}; cash ${money(list.cashBefore)} before, ` +
            `${money(list.cash)} after the trades, costs not deducted.`,
          `Traded ${money(list.grossTraded)} (net ${money(list.netTraded)}), two-sided turnover ${percent(list.turnoverTwoSided)}, ` +
            `costs ${money(list.costNotional)}.`,
        ),
      ],
    };
  },
};
