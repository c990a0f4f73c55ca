import { byDate, tableEndings } from '../../../domain/shared/table-formats.ts';
import type { Drawdown } from '../../../domain/execution/drawdowns.ts';
import type { Simulation, SimulationFlag } from '../../../domain/execution/simulation.ts';
import { seriesOfSimulation } from '../../../domain/execution/table.ts';
import { calendarIds } from '../../../domain/returns/exchanges.ts';
import type { PriceFile } from '../../../domain/returns/price-file.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';
import { simulateFiles } from '../../../handlers/queries/simulate.ts';
import { csvAsked, csvFlags } from '../csv-flags.ts';
import { executionFlags, executionOf, marketFlags, marketKind, wordsOfCosts } from '../execution-flags.ts';
import { choiceFlag, dateFlag, filesFlag, isSet, requiredFlag, textFlag } from '../flags.ts';
import { readPriceFiles, renameFlags } from '../price-flags.ts';
import { type Block, heading, lines, percent, table, type VerbCode } from '../verb.ts';

const figure = (value: number | null, digits = 4): string => (value === null ? 'none' : value.toFixed(digits));
const share = (value: number | null): string => (value === null ? 'none' : percent(value));

const meanings: Readonly<Record<SimulationFlag, (answer: Simulation) => string>> = {
  BANKRUPT: ({ bankrupt }) =>
    `BANKRUPT on ${bankrupt!.date}: the net return is ${bankrupt!.unclippedNet} and is recorded as -1; nothing is held after it`,
  look_ahead_same_row: () => 'same_row: weights earn the row on which they were decided. That is look-ahead, and no book can do it',
  annualisation_suspected: ({ figures, annualisationDays }) =>
    `annualisation_suspected: ${figure(figures.rowsPerYear, 1)} rows a year, and a year is taken as ${annualisationDays} of them`,
  not_meaningful: ({ figures }) => `${figures.rows} rows: under 30 nothing is annualised`,
  off_calendar_rows: ({ offCalendar }) => `${offCalendar.rows} rows stand on days without a session, the first on ${offCalendar.dates[0]}`,
  missing_returns: ({ missingReturns }) =>
    `held without a return, which earned 0: ${missingReturns.map(({ column, rows }) => `${column} on ${rows} rows`).join(', ')}`,
  constant_notional_shorts: ({ figures }) =>
    `constant-notional short: the daily reset implies a turnover of ${figure(figures.syntheticResetTurnover)} that is not charged`,
};

const drawdownRow = ({ peak, valley, recovery, depth, lengthRows }: Drawdown): string[] => [
  peak,
  valley,
  recovery ?? 'not yet',
  percent(depth),
  String(lengthRows),
];

function figureRows({ figures, firstPurchase }: Simulation): string[][] {
  const { metrics, costs, drawdowns } = figures;
  return [
    ['final equity, of 1', figure(figures.finalEquity, 6)],
    ['growth a year, by rows (twr_annualised)', share(metrics?.twrAnnualised ?? null)],
    ['growth a year, by calendar days (cagr_calendar)', share(figures.cagrCalendar)],
    ['volatility a year', share(metrics?.volatility ?? null)],
    ['Sharpe', figure(metrics?.sharpe ?? null)],
    ['Sortino', figure(metrics?.sortino ?? null)],
    ['Calmar', figure(metrics?.calmar ?? null)],
    ['maximum drawdown', percent(figures.maxDrawdown)],
    ['average length of a drawdown, rows', figure(drawdowns.averageLengthRows, 1)],
    ['hit rate of all rows', share(figures.hitRate)],
    [`hit rate of the ${figures.activeRows} active rows`, share(figures.activeHitRate)],
    ['average gross and net exposure', `${figure(figures.averageGrossExposure)} and ${figure(figures.averageNetExposure)}`],
    ['turnover, two-sided', `${figure(figures.turnoverTwoSided)}, ${figure(figures.turnoverTwoSidedPerYear)} a year`],
    ['first purchase', firstPurchase === null ? 'none' : `${figure(firstPurchase.turnoverTwoSided)} on ${firstPurchase.date}`],
    ['slippage and commission', share(costs.slippageAndCommission)],
    ['impact', share(costs.impact)],
    ['borrow', share(costs.borrow)],
    ['all costs', `${share(costs.total)}, ${share(costs.totalPerYear)} a year`],
    ['interest on cash', share(figures.cashInterest)],
  ];
}

function agreementLines({ agreement }: Simulation, file: string | null): string[] {
  if (file === null) return [];
  if (agreement === null) return [`${file}: nothing to compare with on common dates.`];
  const { correlation, scale, rows, first, last } = agreement;
  return [`Against ${file}: correlation ${figure(correlation, 6)}, scale ${figure(scale, 4)} on ${rows} rows from ${first} to ${last}.`];
}

function decisionLines({ decisions }: Simulation): string[] {
  const { given, traded, replaced, notEarning, beforeFirstRow } = decisions;
  return [
    `${given} rows of weights, ${traded} trades; ${replaced.length} decisions replaced on their trade row, ` +
      `${notEarning.length} behind the last return, ${beforeFirstRow} before the first.`,
  ];
}

function peopleOf(answer: Simulation, against: string | null, output: string | null): Block[] {
  const { figures, settings, calendars, annualisationDays, openingFrom, flags } = answer;
  return [
    heading(`${answer.columns.length} columns, ${figures.rows} rows from ${figures.first} to ${figures.last}`),
    lines(
      ...(flags.length === 0 ? [] : [`! ${flags.join(', ')}`]),
      `Opened at the close of ${figures.openingDate} (${openingFrom.replace('_', ' ')}); calendars ${calendars.join(', ')}, ` +
        `${annualisationDays} rows a year.`,
      `Charged: ${wordsOfCosts(settings)}, borrow ${settings.borrowRateAnnual} a year, cash ${settings.cashRateAnnual} a year.`,
      ...decisionLines(answer),
      ...agreementLines(answer, against),
    ),
    table(['figure', 'value'], figureRows(answer)),
    ...(figures.drawdowns.worst.length === 0
      ? []
      : [table(['high', 'lowest', 'recovered', 'depth', 'rows'], figures.drawdowns.worst.map(drawdownRow))]),
    ...(output === null ? [] : [lines('', `Wrote ${output}: ${figures.rows} rows.`)]),
  ];
}

export const simulate: VerbCode = {
  flags: [
    {
      flags: '--weights <file>',
      summary: 'CSV or parquet: a date, then one column per asset; decided at the close of the date',
      required: true,
    },
    ...marketFlags,
    ...executionFlags,
    { flags: '--volumes <file...>', summary: 'shares or contracts a day, for impact' },
    { flags: '--repair <how>', summary: 'fold-off-calendar: compound rows on days without a session into the next session' },
    { flags: '--empty <how>', summary: 'an empty cell of weights: refuse (default) or zero' },
    { flags: '--opening-date <date>', summary: 'the close before the first return; default: the session before it' },
    { flags: '--against <file>', summary: 'returns of another system: correlation and scale on common dates' },
    { flags: '--per-column', summary: 'the output holds weights and P&L of every column too' },
    { flags: '-o, --output <file>', summary: `every series, ${tableEndings}; - for standard output, as CSV` },
    ...renameFlags,
    ...csvFlags.filter(({ flags }) => flags !== '--percent'),
  ],
  examples: [
    'sleeve-ledger simulate --weights weights.csv --prices futures.csv --slippage-bp 5',
    'sleeve-ledger simulate --weights weights.csv --returns returns.csv --calendar CMES --rebalance W-FRI --lag 1 -o simulated.csv',
  ],
  writes: false,
  run: async ({ tools }, { flags }) => {
    const asked = csvAsked(flags);
    const read = async (files: readonly string[]): Promise<PriceFile[]> => {
      const all: PriceFile[] = [];
      for (const file of files) all.push(await tools.prices.readPrices(file, asked));
      return all;
    };
    const [returns, prices] = [filesFlag(flags, 'returns'), filesFlag(flags, 'prices')];
    const kind = marketKind(returns, prices);
    const settings = executionOf(flags);
    const against = textFlag(flags, 'against');
    const calendar = textFlag(flags, 'calendar');
    const output = textFlag(flags, 'output');
    const [weights] = await read([requiredFlag(flags, 'weights')]);
    const answer = simulateFiles({
      weights: weights!,
      kind,
      market: await readPriceFiles({ tools }, flags, kind === 'returns' ? returns : prices),
      volumes: await read(filesFlag(flags, 'volumes')),
      against: against === null ? null : (await read([against]))[0]!,
      settings,
      from: dateFlag(flags, 'from'),
      to: dateFlag(flags, 'asOf'),
      calendar: calendar === null ? null : choiceFlag(flags, 'calendar', calendarIds, 'XNYS'),
      repair: choiceFlag(flags, 'repair', ['none', 'fold-off-calendar'], 'none'),
      emptyWeights: choiceFlag(flags, 'empty', ['refuse', 'zero'], 'refuse'),
      openingDate: dateFlag(flags, 'openingDate'),
      perColumn: isSet(flags, 'perColumn'),
      now: tools.clock.now(),
    });
    const { path, columnSeries, ...result } = answer;
    const written =
      output === null
        ? {}
        : { output: { file: output, ...(await tools.tables.writeTable(output, byDate(path.dates), seriesOfSimulation(answer))) } };
    return {
      result: { ...result, tradeRows: path.tradeRows, columnsKept: columnSeries !== null, ...written },
      failure:
        answer.bankrupt === null
          ? null
          : new LedgerError('Bankruptcy', `the book loses everything on ${answer.bankrupt.date}`, { evidence: { ...answer.bankrupt } }),
      warnings: answer.flags.map((flag) => meanings[flag](answer)),
      people: peopleOf(answer, against, output),
    };
  },
};
