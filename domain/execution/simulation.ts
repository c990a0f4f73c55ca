import { annualisationDays, type CalendarId } from '../returns/calendar.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import type { DatedTable } from '../returns/table-text.ts';
import { LedgerError } from '../shared/errors.ts';
import { byCodeUnits } from '../shared/order.ts';
import { type BookColumn, bookColumnsOf, seriesOfAssets, signsOf } from './columns.ts';
import { type Agreement, agreementOf } from './comparison.ts';
import { decisionsOf, type EmptyWeights } from './decisions.ts';
import { type ExecutionFigures, figuresOf } from './figures.ts';
import { liquidityOf } from './liquidity.ts';
import { type Market, marketOfPrices, marketOfReturns, type OpeningSource, rowsBetween } from './market.ts';
import { calendarOfColumn, foldOffCalendar, offCalendarDates } from './off-calendar.ts';
import type { Bankruptcy, ExecutionPath } from './path.ts';
import { type Schedule, scheduleTrades } from './schedule.ts';
import { checkedSettings, type ExecutionSettings } from './settings.ts';
import { executeWeights } from './simulate.ts';

export interface SimulationInput {
  /** Weights on the dates on which they were decided; a strategy atom earns the stream of its asset. */
  readonly weights: DatedTable;
  readonly market: { readonly kind: 'returns' | 'prices'; readonly table: DatedTable };
  /** Shares or contracts a day, for impact. */
  readonly volumes?: DatedTable | null;
  readonly settings?: Partial<ExecutionSettings>;
  /** First and last row of the market to use. */
  readonly from?: IsoDate | null;
  readonly to?: IsoDate | null;
  /** Calendar of columns that name no exchange. */
  readonly calendar?: CalendarId | null;
  readonly repair?: 'none' | 'fold-off-calendar';
  readonly emptyWeights?: EmptyWeights;
  /** Where returns begin, for a market of returns: the close before the first of them. Left out, the session before. */
  readonly openingDate?: IsoDate | null;
  /** Returns of another system, to be held against the net returns. */
  readonly against?: ReturnSeries | null;
  /** Whether weights and P&L of each column are kept. */
  readonly perColumn?: boolean;
}

/** Weights during each row, and P&L of each row (Σ over columns is the gross return), row-major. */
export interface ColumnSeries {
  readonly columns: readonly string[];
  readonly weights: Float64Array;
  readonly pnl: Float64Array;
}

/** What must be known of a simulation before a figure of it is believed. */
export type SimulationFlag =
  | 'BANKRUPT'
  | 'look_ahead_same_row'
  | 'annualisation_suspected'
  | 'not_meaningful'
  | 'off_calendar_rows'
  | 'missing_returns'
  | 'constant_notional_shorts';

export interface Simulation {
  readonly settings: ExecutionSettings;
  readonly columns: readonly string[];
  readonly calendars: readonly CalendarId[];
  readonly annualisationDays: number;
  readonly openingFrom: OpeningSource;
  readonly figures: ExecutionFigures;
  readonly bankrupt: Bankruptcy | null;
  readonly firstPurchase: ExecutionPath['firstPurchase'];
  readonly decisions: Omit<Schedule, 'trades'> & { readonly given: number; readonly traded: number };
  /** Rows on which a calendar allows none: after a repair, those that are left. */
  readonly offCalendar: { readonly rows: number; readonly dates: readonly IsoDate[]; readonly repair: 'none' | 'fold-off-calendar' };
  /** Rows on which a column was held and had no return of its own: it earned 0. */
  readonly missingReturns: readonly { readonly column: string; readonly rows: number }[];
  readonly agreement: Agreement | null;
  readonly flags: readonly SimulationFlag[];
  readonly path: ExecutionPath;
  readonly columnSeries: ColumnSeries | null;
}

function requireTradable({ tradableFrom, openingDate }: Market, columns: readonly BookColumn[], { trades }: Schedule): void {
  if (tradableFrom === null) return;
  for (const { firstRow, weights, date } of trades) {
    for (const [column, { name, asset }] of columns.entries()) {
      if (weights[column] === 0 || firstRow - 1 >= tradableFrom[column]!) continue;
      throw new LedgerError('PricesMissing', `the weights of ${date} buy ${name}, and ${asset} has no price at that close or before`, {
        evidence: { symbol: asset, date, openingDate },
        at: { path: asset },
      });
    }
  }
}

/** Gathers what each row shows of single columns. */
class Columns {
  readonly #missing: Uint32Array;
  readonly #kept: ColumnSeries | null;
  readonly #market: Market;

  constructor(market: Market, isKept: boolean) {
    const { columns, values } = market.returns;
    this.#market = market;
    this.#missing = new Uint32Array(columns.length);
    this.#kept = isKept ? { columns, weights: new Float64Array(values.length), pnl: new Float64Array(values.length) } : null;
  }

  see(row: number, holdings: Float64Array, earned: (value: number) => number): void {
    const { returns, present } = this.#market;
    const offset = row * holdings.length;
    for (let column = 0; column < holdings.length; column++) {
      const weight = holdings[column]!;
      if (weight === 0) continue;
      if (present[offset + column] === 0) this.#missing[column]! += 1;
      if (this.#kept === null) continue;
      this.#kept.weights[offset + column] = weight;
      this.#kept.pnl[offset + column] = weight * earned(returns.values[offset + column]!);
    }
  }

  get series(): ColumnSeries | null {
    return this.#kept;
  }

  get missing(): Simulation['missingReturns'] {
    return this.#market.returns.columns.flatMap((column, index) => {
      const rows = this.#missing[index]!;
      return rows === 0 ? [] : [{ column, rows }];
    });
  }
}

interface Prepared {
  readonly table: DatedTable;
  readonly calendars: readonly CalendarId[];
  readonly off: readonly IsoDate[];
}

/** The rows of the market that the book uses, repaired where that is asked for. */
function prepared(input: SimulationInput, columns: readonly BookColumn[]): Prepared {
  const { from = null, to = null, calendar = null, repair = 'none', market } = input;
  seriesOfAssets(columns, market.table, market.kind);
  const cut = rowsBetween(
    market.table,
    columns.map(({ asset }) => asset),
    from,
    to,
  );
  const calendars = cut.columns.map((name) => calendarOfColumn(name, calendar));
  if (repair === 'none') return { table: cut, calendars, off: offCalendarDates(cut, calendars) };
  const table = market.kind === 'returns' ? foldOffCalendar(cut, calendars) : withoutOffCalendar(cut, calendars);
  return { table, calendars, off: offCalendarDates(table, calendars) };
}

/** A price that is left out makes the next session's return longer: that is the same folding. */
function withoutOffCalendar(table: DatedTable, calendars: readonly CalendarId[]): DatedTable {
  const kept = table.columns.map((name, column) => {
    const single = { dates: table.dates, columns: [name], values: [table.values[column]!] };
    const off = new Set(offCalendarDates(single, [calendars[column]!]));
    return Float64Array.from(table.values[column]!, (value, row) => (off.has(table.dates[row]!) ? Number.NaN : value));
  });
  return rowsBetween({ ...table, values: kept }, table.columns, null, null);
}

function flagsOf(path: ExecutionPath, figures: ExecutionFigures, settings: ExecutionSettings, others: readonly SimulationFlag[]) {
  const flags: SimulationFlag[] = [];
  if (path.bankrupt !== null) flags.push('BANKRUPT');
  if (settings.timing === 'same_row') flags.push('look_ahead_same_row');
  return [...flags, ...figures.flags, ...others];
}

function liquidityFor(
  input: SimulationInput,
  settings: ExecutionSettings,
  market: Market,
  columns: readonly BookColumn[],
  prices: DatedTable,
) {
  if (settings.impact === null) return {};
  const { volumes = null } = input;
  if (input.market.kind !== 'prices' || volumes === null)
    throw new LedgerError('Usage', 'impact needs prices and volumes: it is measured by the value traded a day', { at: { path: 'impact' } });
  return { liquidityAt: liquidityOf(market, columns, prices, volumes) };
}

/**
 * Simulates the execution of a path of weights over prices or returns. A decision sees nothing behind its date, and no row of the answer
 * depends on a later value; `same_row` is the labelled exception.
 *
 * Errors: SchemaViolation, Usage, ExchangeUnknown, PricesMissing, IntegrityFailed, HistoryTooShort, MetricsOverflow.
 */
export function simulateWeights(input: SimulationInput): Simulation {
  const settings = checkedSettings(input.settings ?? {});
  const columns = bookColumnsOf(input.weights);
  const decisions = decisionsOf(input.weights, columns, input.emptyWeights ?? 'refuse');
  const { table, calendars, off } = prepared(input, columns);
  const market =
    input.market.kind === 'prices' ? marketOfPrices(table, columns) : marketOfReturns(table, columns, calendars, input.openingDate ?? null);
  const { returns, openingDate, openingFrom } = market;
  const schedule = scheduleTrades(returns.dates, decisions, settings);
  requireTradable(market, columns, schedule);
  const seen = new Columns(market, input.perColumn === true);
  const signs = signsOf(columns);
  const perYear = annualisationDays(calendars);
  const earned = settings.returnKind === 'simple' ? (value: number): number => value : Math.log1p;
  const path = executeWeights({
    returns,
    signs,
    trades: schedule.trades,
    settings,
    annualisationDays: perYear,
    ...liquidityFor(input, settings, market, columns, table),
    onRow: ({ row, holdings }) => seen.see(row, holdings, earned),
  });
  const figures = figuresOf(path, openingDate, perYear);
  const { trades, ...counts } = schedule;
  const others: SimulationFlag[] = [
    ...(off.length > 0 ? (['off_calendar_rows'] as const) : []),
    ...(seen.missing.length > 0 ? (['missing_returns'] as const) : []),
    ...(signs === null ? [] : (['constant_notional_shorts'] as const)),
  ];
  return {
    settings,
    columns: returns.columns,
    calendars: [...new Set(calendars)].toSorted(byCodeUnits),
    annualisationDays: perYear,
    openingFrom,
    figures,
    bankrupt: path.bankrupt,
    firstPurchase: path.firstPurchase,
    decisions: { given: decisions.length, traded: trades.length, ...counts },
    offCalendar: { rows: off.length, dates: off, repair: input.repair ?? 'none' },
    missingReturns: seen.missing,
    agreement:
      input.against === undefined || input.against === null ? null : agreementOf({ dates: path.dates, values: path.net }, input.against),
    flags: flagsOf(path, figures, settings, others),
    path,
    columnSeries: seen.series,
  };
}
