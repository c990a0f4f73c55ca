import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { solveParametersOf } from '../manifest/solve-parameters.ts';
import { annualisationDays, type CalendarId } from '../returns/calendar.ts';
import type { IsoDate, ReturnSeries } from '../returns/series.ts';
import { riskContributions } from '../risk/contribution.ts';
import type { RiskProfile, SolveParameters } from '../risk/schemas.ts';
import { pathKey } from '../run/delivered-run.ts';
import { byCodeUnits, sortedBy } from '../shared/order.ts';
import { Book, type BookPlan } from './book.ts';
import { type BacktestOptions, decideLevel, type Level } from './decisions.ts';
import { type DecidedHolder, type HeldSleeve, type Holder, type LeafPath, SleeveHolder } from './holders.ts';
import { sharesWithin } from './risk-shares.ts';

/** An atomic sleeve whose windows were run. */
export interface WalkedSleeve extends HeldSleeve {
  readonly calendars: readonly CalendarId[];
  readonly givenOrder: readonly string[];
}

export interface PortfolioWork {
  readonly risk: RiskProfile;
  readonly options: BacktestOptions;
  readonly rules: number;
  /** By path from the root. */
  readonly sleeves: ReadonlyMap<string, WalkedSleeve>;
}

/** A portfolio whose decisions are made, at its own level and below. */
export interface DecidedPortfolio {
  readonly node: MetaNode;
  readonly path: readonly string[];
  readonly level: Level;
  /** What each decision saw: sleeves x sleeves, row-major. */
  readonly covariances: readonly Float64Array[];
  readonly parameters: SolveParameters;
  readonly calendars: readonly CalendarId[];
  /** Portfolios below, each with those below it. */
  readonly below: readonly DecidedPortfolio[];
  /** Atomic sleeves below, at every depth. */
  readonly sleeves: readonly WalkedSleeve[];
  readonly plan: BookPlan;
  /** Fresh holders of what stands directly below, in the order of the joined columns. */
  readonly holders: () => DecidedHolder[];
  readonly reads: readonly IsoDate[];
}

function unionOf(series: readonly (readonly IsoDate[])[]): IsoDate[] {
  return [...new Set(series.flat())].toSorted(byCodeUnits);
}

/** A portfolio held by the one above it: its own book, moved with all that it holds. */
class PortfolioHolder implements DecidedHolder {
  readonly dates: readonly IsoDate[];
  readonly #holders: readonly DecidedHolder[];
  readonly #book: Book;
  readonly #covariances: readonly Float64Array[];

  constructor(holders: readonly DecidedHolder[], plan: BookPlan, covariances: readonly Float64Array[]) {
    this.dates = unionOf(holders.map(({ dates }) => dates));
    this.#holders = holders;
    this.#book = new Book(holders, plan);
    this.#covariances = covariances;
  }

  get paths(): readonly LeafPath[] {
    return this.#book.paths;
  }
  get returns(): Float64Array {
    return this.#book.returns;
  }
  get gross(): number {
    return this.#book.gross;
  }
  get opened(): Float64Array {
    return this.#book.opened;
  }
  get drifted(): Float64Array {
    return this.#book.drifted;
  }
  get held(): Float64Array {
    return this.#book.held;
  }

  step(date: IsoDate): void {
    for (const holder of this.#holders) holder.step(date);
    this.#book.step(date);
  }

  /** By the covariance of the decision in force and the capital that it has drifted to. */
  riskShares(): Float64Array | null {
    const { decided, capital } = this.#book;
    return sharesWithin(riskContributions(this.#covariances[decided - 1]!, [...capital]).shares, this.#holders);
  }
}

/**
 * Moves holders, and the books over them, through every date of the holders up to the end. `followers` move with them and add no date.
 * Errors: Bankruptcy.
 */
export function runBooks(
  holders: readonly Holder[],
  followers: readonly Holder[],
  books: readonly Pick<Book, 'step'>[],
  end: IsoDate,
): void {
  for (const date of unionOf(holders.map(({ dates }) => dates))) {
    if (date > end) return;
    for (const holder of holders) holder.step(date);
    for (const holder of followers) holder.step(date);
    for (const book of books) book.step(date);
  }
}

interface Child {
  readonly id: string;
  readonly series: ReturnSeries;
  readonly reads: readonly IsoDate[];
  readonly calendars: readonly CalendarId[];
  readonly holder: () => DecidedHolder;
  readonly portfolio: DecidedPortfolio | null;
  readonly sleeves: readonly WalkedSleeve[];
}

function sleeveChild(work: PortfolioWork, id: string, path: readonly string[]): Child {
  const sleeve = work.sleeves.get(pathKey(path))!;
  const { walk, calendars } = sleeve;
  return {
    id,
    series: { dates: walk.dates, values: walk.net },
    reads: walk.windows.map(({ newestRead }) => newestRead),
    calendars,
    holder: () => new SleeveHolder(sleeve),
    portfolio: null,
    sleeves: [sleeve],
  };
}

/** A portfolio below is a recursive book of its own, net of its own netted costs, on its own dates. */
function portfolioChild(work: PortfolioWork, id: string, node: MetaNode, path: readonly string[]): Child {
  const portfolio = decidePortfolio(work, node, path);
  const { plan, holders, covariances, calendars, sleeves, reads } = portfolio;
  const own = holders();
  const book = new Book(own, plan);
  runBooks(own, [], [book], plan.end);
  const { dates, net } = book.result();
  return {
    id,
    series: { dates, values: net },
    reads,
    calendars,
    holder: () => new PortfolioHolder(holders(), plan, covariances),
    portfolio,
    sleeves,
  };
}

/** Makes every decision of a portfolio, those below it first. Errors: those of `decideLevel`; Bankruptcy. */
export function decidePortfolio(work: PortfolioWork, node: MetaNode, path: readonly string[] = []): DecidedPortfolio {
  const children = sortedBy(node.sleeves, ({ id }) => id).map((sleeve) => {
    const childPath = [...path, sleeve.id];
    return sleeve.kind === 'atomic' ? sleeveChild(work, sleeve.id, childPath) : portfolioChild(work, sleeve.id, sleeve.meta, childPath);
  });
  const calendars = [...new Set(children.flatMap((child) => child.calendars))].toSorted();
  const parameters = solveParametersOf(node.blocks, annualisationDays(calendars));
  const { level, covariances } = decideLevel({ ...work, parameters }, node, children);
  const decisions = level.decisions.map(({ newestRead, bounded }) => ({ closeOf: newestRead, capital: bounded }));
  const reads = unionOf([...children.map((child) => child.reads), decisions.map(({ closeOf }) => closeOf)]);
  return {
    node,
    path,
    level,
    covariances,
    parameters,
    calendars,
    below: children.flatMap(({ portfolio }) => portfolio ?? []),
    sleeves: children.flatMap(({ sleeves }) => sleeves),
    plan: {
      decisions,
      reportedOn: level.join.matrix.dates,
      end: level.decisions.at(-1)!.last,
      daily: node.blocks.backtest.rebalance_mode === 'daily',
    },
    holders: () => children.map(({ holder }) => holder()),
    reads: reads.filter((read) => read >= decisions[0]!.closeOf),
  };
}
