import type { ReturnMatrix } from '../returns/series.ts';
import { invariant } from '../shared/errors.ts';
import { HeldWeights, type Liquidity } from './held-weights.ts';
import { type Bankruptcy, emptySeries, type ExecutionPath, type ExecutionSeries } from './path.ts';
import type { ScheduledTrade } from './schedule.ts';
import type { ExecutionSettings } from './settings.ts';

/** What happened on one row, for whoever wants more than the series: arrays belong to the book and change with the next row. */
export interface RowView {
  readonly row: number;
  /** Weights held during the row. */
  readonly holdings: Float64Array;
}

export interface ExecutionInput {
  /** Every value finite; an asset without a row that day has 0. */
  readonly returns: ReturnMatrix;
  /** -1 for a column that is a short stream of its asset; null when there is none. */
  readonly signs: Int8Array | null;
  readonly trades: readonly ScheduledTrade[];
  readonly settings: ExecutionSettings;
  /** Periods a year of the two rates. */
  readonly annualisationDays: number;
  /** What is known at the close of a row, -1 being the opening; asked for with impact only, of the columns that are traded. */
  readonly liquidityAt?: (closeRow: number, target: Float64Array, before: Float64Array) => Liquidity;
  readonly onRow?: (view: RowView) => void;
}

class Run {
  readonly #input: ExecutionInput;
  readonly #held: HeldWeights;
  readonly series: ExecutionSeries;
  #equity = 1;
  #next = 0;
  bankrupt: Bankruptcy | null = null;
  firstPurchase: ExecutionPath['firstPurchase'] = null;
  tradeRows = 0;

  constructor(input: ExecutionInput) {
    this.#input = input;
    this.#held = new HeldWeights(input.returns.columns.length, input.signs, input.settings);
    this.series = emptySeries(input.returns.dates.length);
  }

  get holdings(): Float64Array {
    return this.#held.current;
  }

  #trade(row: number): void {
    const { trades, settings, liquidityAt, returns } = this.#input;
    const trade = trades[this.#next];
    if (trade?.firstRow !== row) return;
    this.#next += 1;
    const { impact, cost, turnoverTwoSided } = this.series;
    if (settings.impact !== null) {
      invariant(liquidityAt !== undefined, 'impact needs the liquidity of what is traded');
      const liquidity = liquidityAt(row - 1, trade.weights, this.#held.before());
      impact[row] = this.#held.impactOf(trade.weights, liquidity, this.#equity);
    }
    const turnover = this.#held.trade(trade.weights);
    turnoverTwoSided[row] = turnover;
    cost[row] = (settings.slippageFraction + settings.commissionFraction) * turnover;
    this.tradeRows += 1;
    if (turnover > 0) this.firstPurchase ??= { date: returns.dates[row]!, turnoverTwoSided: turnover };
  }

  /** Whether the book lives on. */
  step(row: number): boolean {
    const { returns, settings, annualisationDays, onRow } = this.#input;
    const { values, columns, dates } = returns;
    const { series } = this;
    this.#trade(row);
    const { long, short } = this.#held.exposure();
    series.grossExposure[row] = long + short;
    series.netExposure[row] = long - short;
    const cash = 1 - (long - short);
    series.cash[row] = cash;
    const offset = row * columns.length;
    const pnl = this.#held.pnl(values, offset, (column) => columns[column]!);
    const interest = (cash * settings.cashRateAnnual) / annualisationDays;
    const borrow = (short * settings.borrowRateAnnual) / annualisationDays;
    const net = pnl + interest - borrow - series.cost[row]! - series.impact[row]!;
    series.grossReturn[row] = pnl;
    series.cashInterest[row] = interest;
    series.borrow[row] = borrow;
    const isRuined = !(net > -1);
    series.net[row] = isRuined ? -1 : net;
    this.#equity = isRuined ? 0 : this.#equity * (1 + net);
    series.equity[row] = this.#equity;
    if (!isRuined) series.syntheticResetTurnover[row] = this.#held.resetOfShorts(values, offset) / (1 + pnl);
    onRow?.({ row, holdings: this.#held.current });
    if (isRuined) {
      this.bankrupt = { date: dates[row]!, row, unclippedNet: net };
      this.#held.ruin();
      return false;
    }
    this.#held.drift(values, offset, 1 + pnl + interest);
    return true;
  }
}

/**
 * Executes a path of weights, row by row. Each trade is charged to the first return behind it; weights drift by the gross return and the
 * interest on cash, before costs, so that what is not invested stays cash: w(1+r)/(1+pnl+interest). Impact is taken at the equity of the
 * trade's close. A net return of -1 or less ends the book: it is recorded as -1, equity is 0, and everything behind it is 0.
 *
 * Errors: IntegrityFailed, and what `liquidityAt` refuses.
 */
export function executeWeights(input: ExecutionInput): ExecutionPath {
  const { dates } = input.returns;
  const run = new Run(input);
  for (let row = 0; row < dates.length && run.step(row); row++);
  const { series, bankrupt, firstPurchase, tradeRows, holdings } = run;
  return { dates, ...series, bankrupt, firstPurchase, tradeRows, finalHoldings: holdings.slice() };
}
