import type { MetaNode } from '../manifest/resolved-meta-schema.ts';
import { computeMetrics, type Metrics, metricsPolicyOf } from '../returns/metrics.ts';
import type { IsoDate } from '../returns/series.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { pathKey } from '../run/delivered-run.ts';
import { endsProfile } from '../shared/error-kinds.ts';
import { type BaselineName, Baselines, type PlannedBaseline } from './baselines.ts';
import { Book, type BookResult } from './book.ts';
import type { BacktestOptions, Level } from './decisions.ts';
import type { LeafPath } from './holders.ts';
import { joinedAssets } from './joined-assets.ts';
import { decidePortfolio, type DecidedPortfolio, runBooks, type WalkedSleeve } from './portfolio.ts';
import { jointShares, OptimiserShares, type RiskShareHistory } from './risk-shares.ts';
import { failureOf, type JobFailure } from './sleeve-job.ts';
import { type TurnoverFigures, turnoverFigures } from './turnover.ts';

/** The meta step of one profile over the walk-forwards of its sleeves, as plain data. */
export interface ProfileJob {
  readonly risk: RiskProfile;
  readonly node: MetaNode;
  readonly options: BacktestOptions;
  /** Version of the rules. */
  readonly rules: number;
  /** Every atomic sleeve of the nest. */
  readonly sleeves: readonly WalkedSleeve[];
}

/** Rows that were learned from before anything was held. */
export interface BurnIn {
  /** Of the sleeve, or of the portfolio; empty for the portfolio itself. */
  readonly path: readonly string[];
  readonly tier: 'sleeve' | 'portfolio';
  readonly rows: number;
  readonly first: IsoDate;
  readonly last: IsoDate;
}

/** A portfolio of the nest with its decisions, by the way to it. */
export interface TestedLevel {
  readonly meta: string;
  readonly path: readonly string[];
  readonly level: Level;
}

export interface TestedBaseline {
  readonly name: BaselineName;
  readonly lookAhead: boolean;
  readonly columns: readonly string[];
  readonly outcome:
    | {
        readonly status: 'tested';
        readonly raw: readonly (readonly number[])[];
        readonly bounded: readonly (readonly number[])[];
        readonly book: BookResult;
        readonly metrics: Metrics;
      }
    | JobFailure;
}

/** One profile out of sample at both tiers. */
export interface ProfileBacktest {
  readonly status: 'tested';
  readonly risk: RiskProfile;
  readonly annualisationDays: number;
  /** Portfolios below first, the portfolio itself last. */
  readonly levels: readonly TestedLevel[];
  readonly paths: readonly LeafPath[];
  readonly book: BookResult;
  /** At each decision of the portfolio itself. */
  readonly riskShares: RiskShareHistory;
  /** Of the book's net returns. */
  readonly metrics: Metrics;
  readonly turnover: TurnoverFigures;
  readonly burnIns: readonly BurnIn[];
  readonly baselines: readonly TestedBaseline[];
  readonly warnings: readonly string[];
}

function levelsOf({ node, path, level, below }: DecidedPortfolio): TestedLevel[] {
  return [...below.flatMap(levelsOf), { meta: node.requested, path, level }];
}

function burnInsOf(portfolio: DecidedPortfolio): BurnIn[] {
  const ofSleeves = portfolio.sleeves.map(({ path, trainWindow, returns, walk }): BurnIn => ({
    path,
    tier: 'sleeve',
    rows: trainWindow,
    first: returns.dates[walk.windows[0]!.firstRow - trainWindow]!,
    last: walk.windows[0]!.newestRead,
  }));
  const ofPortfolio = ({ path, level, below }: DecidedPortfolio): BurnIn[] => {
    const { dates } = level.join.matrix;
    const rows = level.windows[0]!.testFirst;
    return [...below.flatMap(ofPortfolio), { path, tier: 'portfolio', rows, first: dates[0]!, last: dates[rows - 1]! }];
  };
  return [...ofSleeves, ...ofPortfolio(portfolio)];
}

function testedBaseline({ name, lookAhead, columns, decided }: PlannedBaseline, metricsOf: (book: BookResult) => Metrics): TestedBaseline {
  if ('status' in decided) return { name, lookAhead, columns, outcome: decided };
  const book = decided.book.result();
  const { raw, bounded } = decided;
  return { name, lookAhead, columns, outcome: { status: 'tested', raw, bounded, book, metrics: metricsOf(book) } };
}

function testedProfile(job: ProfileJob): ProfileBacktest {
  const { risk, node, options, rules } = job;
  const work = { risk, options, rules, sleeves: new Map(job.sleeves.map((sleeve) => [pathKey(sleeve.path), sleeve])) };
  const portfolio = decidePortfolio(work, node);
  const holders = portfolio.holders();
  const book = new Book(holders, portfolio.plan);
  const { level, parameters } = portfolio;
  const assets = joinedAssets(portfolio.sleeves, level.join.matrix.dates);
  const optimiser = new OptimiserShares(level.decisions, holders);
  const baselines = new Baselines(work, portfolio, holders, assets).all();
  const others = baselines.flatMap(({ decided }) => ('status' in decided ? [] : [decided.book]));
  runBooks(
    holders,
    baselines.flatMap(({ ownHolders }) => ownHolders),
    [book, optimiser, ...others],
    portfolio.plan.end,
  );
  const { annualisationDays } = parameters;
  const metricsOf = ({ dates, net }: BookResult): Metrics =>
    computeMetrics({ dates, values: net }, annualisationDays, metricsPolicyOf(rules));
  const result = book.result();
  const levels = levelsOf(portfolio);
  return {
    status: 'tested',
    risk,
    annualisationDays,
    levels,
    paths: book.paths,
    book: result,
    riskShares: { optimiser: optimiser.rows, joint: jointShares(assets, level.windows, parameters, book.paths, result.leafWeights) },
    metrics: metricsOf(result),
    turnover: turnoverFigures(level.decisions, result.trades),
    burnIns: burnInsOf(portfolio),
    baselines: baselines.map((baseline) => testedBaseline(baseline, metricsOf)),
    warnings: levels.flatMap((tested) => tested.level.warnings),
  };
}

/** Decides, holds and measures one profile. A failure that ends no more than the run is a result: the other profiles go on. */
export function runProfileJob(job: ProfileJob): ProfileBacktest | JobFailure {
  try {
    return testedProfile(job);
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return failureOf(error);
  }
}
