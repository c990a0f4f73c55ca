import type { Trade } from '../../../domain/allocation/trades.ts';
import { byCodeUnits } from '../../../domain/shared/order.ts';
import { type PublicationTrades, publicationTrades } from '../../../handlers/queries/trades.ts';
import { separatorFlags } from '../csv-flags.ts';
import { amountFlag, choiceFlag, ledgerTimeFlag, requiredFlag, textFlag } from '../flags.ts';
import { heldIn, leftOutWarning, orderRulesOf } from '../holdings-input.ts';
import { money, orderBlocks, orderCsv, units } from '../order-list.ts';
import { type Block, heading, knownAtFlag, lines, metaFlag, percent, table, type VerbCode } from '../verb.ts';

function printedTrades(trades: readonly Trade[]): string[][] {
  return trades
    .filter(({ deltaNotional }) => Math.abs(deltaNotional) >= 0.005)
    .toSorted((left, right) => Math.abs(right.deltaNotional) - Math.abs(left.deltaNotional) || byCodeUnits(left.symbol, right.symbol))
    .map((trade) => [
      trade.symbol,
      trade.side,
      money(trade.deltaNotional),
      units(trade.quantity),
      percent(trade.currentWeight),
      percent(trade.targetWeight),
      money(trade.costNotional),
    ]);
}

function peopleOf(meta: string, answer: PublicationTrades): Block[] {
  const { publication, currency, cashHeld, orders, ...list } = answer;
  const { number, runId, asOf } = publication;
  const ofFile =
    cashHeld === null ? [] : [`Cash in the file ${money(cashHeld.total)}: ${cashHeld.rows.map(({ label }) => label).join(', ')}.`];
  return [
    heading(`${meta}, publication ${number}, as of ${asOf} (run ${runId})`),
    table(['asset', 'side', currency, 'quantity', 'held', 'target', 'cost'], printedTrades(list.trades)),
    lines(
      '',
      `Holdings ${money(list.holdingsTotal)} of capital ${money(list.capital)}; cash ${money(list.cashBefore)} before, ` +
        `${money(list.cash)} after the trades, costs not deducted.`,
      ...ofFile,
      `Traded ${money(list.grossTraded)} (net ${money(list.netTraded)}), two-sided turnover ${percent(list.turnoverTwoSided)}, ` +
        `costs ${money(list.costNotional)}.`,
    ),
    ...(orders === null ? [] : orderBlocks(orders)),
  ];
}

export const trades: VerbCode = {
  flags: [
    metaFlag,
    { flags: '--holdings <file>', summary: 'CSV: symbol,notional or symbol,quantity,price[,multiplier]', required: true },
    { flags: '--capital <amount>', summary: 'what the weights are fractions of, in the currency of the portfolio', required: true },
    { flags: '--preset <name>', summary: "a broker's own export as holdings: ibkr-activity, ibkr-flex or schwab" },
    {
      flags: '--columns <pairs...>',
      summary: 'columns of another layout: symbol=Symbol,quantity=Qty,price=Price (or notional, multiplier, ...)',
    },
    ...separatorFlags,
    { flags: '--unmapped <how>', summary: 'a holding under an unpublished exchange or name: refuse (default) or keep, and sell it' },
    { flags: '--lots <size|file>', summary: 'orders in whole lots: one size, or CSV symbol,lot where * stands for all others' },
    { flags: '--min-trade <amount>', summary: 'leave out orders of a smaller amount' },
    { flags: '-o, --output <file>', summary: 'write the orders as CSV: symbol,side,quantity,unit_value,notional,cost,currency' },
    knownAtFlag,
  ],
  examples: ['sleeve-ledger trades --meta meta_production --holdings holdings.csv --capital 1000000'],
  writes: false,
  run: async (context, { flags }) => {
    const meta = requiredFlag(flags, 'meta');
    const file = requiredFlag(flags, 'holdings');
    requiredFlag(flags, 'capital');
    const capital = amountFlag(flags, 'capital')!;
    const unmapped = choiceFlag(flags, 'unmapped', ['refuse', 'keep'], 'refuse');
    const output = textFlag(flags, 'output');
    const { held, sha256 } = await heldIn(context, flags, file);
    const rules = await orderRulesOf(context, flags);
    const isAsked = rules.lots !== null || rules.minTrade > 0 || output !== null;
    const { ports } = await context.reading();
    const answer = await publicationTrades(ports, {
      meta,
      capital,
      holdings: held.positions,
      cash: held.cash,
      unmapped,
      orderRules: isAsked ? rules : null,
      knownAt: ledgerTimeFlag(flags),
    });
    const { publication, currency, costs, warnings, position, orders, cashHeld, ...list } = answer;
    if (output !== null && orders !== null) await context.tools.files.writeWhole(output, orderCsv(orders.orders, currency));
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
        holdings: { file, sha256, symbols: held.positions.length, ...(held.leftOut.length === 0 ? {} : { leftOut: held.leftOut }) },
        ...list,
        costs,
        ...(cashHeld === null ? {} : { cashHeld }),
        ...(orders === null ? {} : { orders }),
        ...(output === null ? {} : { output }),
      },
      position,
      warnings: [...held.notices, ...leftOutWarning(file, held.leftOut), ...warnings],
      people: peopleOf(meta, answer),
    };
  },
};
