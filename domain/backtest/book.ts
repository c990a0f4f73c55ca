import type { IsoDate } from '../returns/series.ts';
import { LedgerError } from '../shared/errors.ts';
import type { Holder, LeafPath } from './holders.ts';
import { RealisedShares } from '../metrics/realised-shares.ts';

/** Capital to hold from the close of a date on, aligned to the holders. */
export interface CapitalDecision {
  readonly closeOf: IsoDate;
  readonly capital: readonly number[];
}

export interface BookPlan {
  /** In order of their dates. */
  readonly decisions: readonly CapitalDecision[];
  /** Dates on which the book is reported, ascending; the first decision trades at the close of one of them. */
  readonly reportedOn: readonly IsoDate[];
  /** The last date that it holds; nothing trades at its close. */
  readonly end: IsoDate;
  /** Capital returns to its target at every reported close. */
  readonly daily: boolean;
}

/** The trades of one close: sums of absolute changes of weight. */
export interface BookTrade {
  readonly closeOf: IsoDate;
  /** Capital moved, by a decision or back to its target. */
  readonly meta: boolean;
  /** By symbol, what its paths buy and sell set off against each other. */
  readonly nettedTwoSided: number;
  readonly perSleeveTwoSided: number;
  /** Charged, as a fraction of the book's equity; and what trading sleeve by sleeve would have cost beyond it. */
  readonly cost: number;
  readonly crossingBenefit: number;
}

/** What a book did, on its reported dates. */
export interface BookResult {
  readonly dates: readonly IsoDate[];
  readonly gross: Float64Array;
  readonly net: Float64Array;
  readonly trades: readonly BookTrade[];
  readonly costs: { readonly netted: number; readonly perSleeve: number; readonly crossingBenefit: number };
  /** Weights of the leaf paths from each decision's close on, in order of the decisions. */
  readonly leafWeights: readonly Float64Array[];
  /** What daily resets of constant-notional shorts would have traded and cost: reported, not charged. */
  readonly syntheticResetTurnoverTwoSided: number;
  readonly syntheticResetCost: number;
  /** Share of each leaf path in the variance of the book's gross returns; null where they do not vary. */
  readonly realisedShares: Float64Array | null;
}

/** Positions of symbols among the distinct ones of some paths. */
function symbolIndices(paths: readonly LeafPath[]): { readonly indices: Int32Array; readonly count: number } {
  const known = new Map<string, number>();
  const indices = Int32Array.from(paths, ({ symbol }) => {
    const index = known.get(symbol) ?? known.size;
    known.set(symbol, index);
    return index;
  });
  return { indices, count: known.size };
}

/**
 * A book of leaf paths. Capital of a holder drifts by (1+g)/(1+pnl), g being its gross return; the weight of a leaf path is capital times
 * its holding. Trades at one close are netted by symbol and charged on the first return after it; drift uses the return before costs, so
 * that what is not invested stays cash (docs/explanation/backtests.md). The holders are moved by whoever owns them.
 */
export class Book {
  readonly paths: readonly LeafPath[];
  /** Of all its paths, held into the date; drifted to its close; held from there on. */
  readonly opened: Float64Array;
  readonly drifted: Float64Array;
  readonly held: Float64Array;
  readonly returns: Float64Array;
  gross = 0;
  readonly #holders: readonly Holder[];
  readonly #plan: BookPlan;
  /** Of each holder, from the close just passed on. */
  readonly capital: Float64Array;
  readonly #symbols: Int32Array;
  /** By symbol, of one close: bought less sold, bought and sold, and what that costs sleeve by sleeve. */
  readonly #bought: Float64Array;
  readonly #moved: Float64Array;
  readonly #charged: Float64Array;
  readonly #isShort: boolean;
  readonly #shares: RealisedShares;
  readonly #trades: BookTrade[] = [];
  readonly #leafWeights: Float64Array[] = [];
  readonly #dates: IsoDate[] = [];
  readonly #grossRows: number[] = [];
  readonly #netRows: number[] = [];
  #target: readonly number[] | null = null;
  #next = 0;
  #reported = 0;
  #pendingCost = 0;
  #grossWealth = 1;
  #netWealth = 1;
  #resetTurnover = 0;
  #resetCost = 0;

  constructor(holders: readonly Holder[], plan: BookPlan) {
    this.paths = holders.flatMap(({ paths }) => paths);
    const { length } = this.paths;
    const { indices, count } = symbolIndices(this.paths);
    this.#holders = holders;
    this.#plan = plan;
    this.capital = new Float64Array(holders.length);
    this.#symbols = indices;
    this.#bought = new Float64Array(count);
    this.#moved = new Float64Array(count);
    this.#charged = new Float64Array(count);
    this.#isShort = this.paths.some(({ sign }) => sign < 0);
    this.#shares = new RealisedShares(length);
    this.opened = new Float64Array(length);
    this.drifted = new Float64Array(length);
    this.held = new Float64Array(length);
    this.returns = new Float64Array(length);
  }

  /** How many of its decisions have been traded. */
  get decided(): number {
    return this.#next;
  }

  /** Once its holders have moved over the date. Errors: Bankruptcy, naming the date. */
  step(date: IsoDate): void {
    if (this.#target !== null) this.#earn(date);
    if (date >= this.#plan.end) return;
    const moved = this.#moveCapital(date);
    if (this.#target === null) return;
    let path = 0;
    this.#holders.forEach(({ held }, holder) => {
      const capital = this.capital[holder]!;
      for (let own = 0; own < held.length; own++) this.held[path++] = capital * held[own]!;
    });
    this.#trade(date, moved !== 'no');
    if (moved === 'decision') this.#leafWeights.push(this.held.slice());
  }

  #earn(date: IsoDate): void {
    const capital = this.capital;
    let pnl = 0;
    this.#holders.forEach(({ gross }, holder) => (pnl += capital[holder]! * gross));
    const net = pnl - this.#pendingCost;
    if (!(net > -1) || !(pnl > -1))
      throw new LedgerError('Bankruptcy', `the portfolio loses everything on ${date}: its return is ${net}`, {
        evidence: { date, return: net },
      });
    this.#pendingCost = 0;
    const growth = 1 + pnl;
    let path = 0;
    this.#holders.forEach((holder, index) => {
      const before = capital[index]!;
      const after = (before * (1 + holder.gross)) / growth;
      capital[index] = after;
      for (let own = 0; own < holder.held.length; own++, path++) {
        this.opened[path] = before * holder.opened[own]!;
        this.drifted[path] = after * holder.drifted[own]!;
        this.returns[path] = holder.returns[own]!;
      }
    });
    this.gross = pnl;
    if (this.#isShort) this.#resetShorts(growth);
    this.#shares.add(this.#grossWealth, this.opened, this.returns);
    this.#grossWealth *= growth;
    this.#netWealth *= 1 + net;
    this.#report(date);
  }

  /** A short of constant notional is traded back every day: what that takes is no trade of the book. */
  #resetShorts(growth: number): void {
    this.paths.forEach(({ sign, costFraction }, path) => {
      if (sign > 0) return;
      const turnover = (2 * this.opened[path]! * Math.abs(this.returns[path]!)) / growth;
      this.#resetTurnover += turnover;
      this.#resetCost += costFraction * turnover;
    });
  }

  #report(date: IsoDate): void {
    const { reportedOn } = this.#plan;
    while (this.#reported < reportedOn.length && reportedOn[this.#reported]! < date) this.#reported += 1;
    if (reportedOn[this.#reported] !== date) return;
    const gross = this.#grossWealth - 1;
    this.#dates.push(date);
    this.#grossRows.push(gross);
    this.#netRows.push(this.#netWealth - 1);
    this.#shares.close(gross);
    this.#grossWealth = 1;
    this.#netWealth = 1;
  }

  /** To the capital decided for this close; in daily mode back to it at every reported close. */
  #moveCapital(date: IsoDate): 'decision' | 'reset' | 'no' {
    const { decisions, daily, reportedOn } = this.#plan;
    const decision = decisions[this.#next];
    if (decision?.closeOf === date) {
      this.#next += 1;
      this.#target = decision.capital;
      this.capital.set(decision.capital);
      return 'decision';
    }
    if (!daily || this.#target === null || reportedOn[this.#reported] !== date) return 'no';
    this.capital.set(this.#target);
    return 'reset';
  }

  /**
   * A symbol that sleeves of different frictions trade at one close costs the mean of theirs, by what each trades: no more than sleeve by
   * sleeve, and exactly as much where nothing crosses.
   */
  #trade(closeOf: IsoDate, meta: boolean): void {
    const { paths, held, drifted } = this;
    const [bought, moved, charged] = [this.#bought.fill(0), this.#moved.fill(0), this.#charged.fill(0)];
    let perSleeveTwoSided = 0;
    for (let path = 0; path < paths.length; path++) {
      const change = held[path]! - drifted[path]!;
      if (change === 0) continue;
      const symbol = this.#symbols[path]!;
      perSleeveTwoSided += Math.abs(change);
      moved[symbol] = moved[symbol]! + Math.abs(change);
      charged[symbol] = charged[symbol]! + paths[path]!.costFraction * Math.abs(change);
      bought[symbol] = bought[symbol]! + paths[path]!.sign * change;
    }
    if (perSleeveTwoSided === 0 && !meta) return;
    let nettedTwoSided = 0;
    let cost = 0;
    let crossingBenefit = 0;
    for (let symbol = 0; symbol < moved.length; symbol++) {
      if (moved[symbol] === 0) continue;
      const traded = Math.abs(bought[symbol]!) / moved[symbol]!;
      nettedTwoSided += Math.abs(bought[symbol]!);
      cost += charged[symbol]! * traded;
      crossingBenefit += charged[symbol]! * (1 - traded);
    }
    this.#pendingCost += cost;
    this.#trades.push({ closeOf, meta, nettedTwoSided, perSleeveTwoSided, cost, crossingBenefit });
  }

  result(): BookResult {
    const netted = this.#trades.reduce((sum, { cost }) => sum + cost, 0);
    const crossingBenefit = this.#trades.reduce((sum, trade) => sum + trade.crossingBenefit, 0);
    return {
      dates: this.#dates,
      gross: Float64Array.from(this.#grossRows),
      net: Float64Array.from(this.#netRows),
      trades: this.#trades,
      costs: { netted, perSleeve: netted + crossingBenefit, crossingBenefit },
      leafWeights: this.#leafWeights,
      syntheticResetTurnoverTwoSided: this.#resetTurnover,
      syntheticResetCost: this.#resetCost,
      realisedShares: this.#shares.shares(),
    };
  }
}
