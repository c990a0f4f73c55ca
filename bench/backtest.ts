/** Times recursive backtests of three sleeves on shared returns: the sleeves' windows, the decisions, the book and every baseline. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Book, type BookResult } from '../domain/backtest/book.ts';
import { decidePortfolio, type DecidedPortfolio, runBooks, type WalkedSleeve } from '../domain/backtest/portfolio.ts';
import { runProfileJob } from '../domain/backtest/profile-job.ts';
import { runSleeveJob } from '../domain/backtest/sleeve-job.ts';
import { atomicSleeves, resolveMeta } from '../domain/manifest/resolve-meta.ts';
import type { MetaNode } from '../domain/manifest/resolved-meta-schema.ts';
import { parseManifest } from '../domain/manifest/validate.ts';
import type { ReturnMatrix } from '../domain/returns/series.ts';
import { commonRiskProfiles, type RiskProfile } from '../domain/risk/schemas.ts';
import { pathKey } from '../domain/run/delivered-run.ts';
import { rulesInForce } from '../domain/run/rules.ts';
import { measure, peakMegabytes, type Timing } from './measure.ts';
import { type DataSet, readReturns } from './returns.ts';

export interface BacktestFigures {
  readonly sleeves: number;
  readonly columns: number;
  /** Of each sleeve. */
  readonly windows: number;
  readonly allProfiles: Timing;
  readonly hrp: Timing;
  /** HRP under the settings of the peer: the portfolio alone, as the peer computes it, and with all baselines. */
  readonly stacked: Timing;
  readonly stackedWithBaselines: Timing;
}

export interface BacktestMemory {
  readonly windows: number;
  readonly peakMegabytes: number;
}

/** What the peer took, on the same returns. */
export interface StackedPeer {
  readonly timing: Timing;
  /** Largest difference of any return or weight. */
  readonly largestGap: number;
  readonly versions: Readonly<Record<string, string>>;
}

const ids = ['first', 'second', 'third'] as const;

function nodeOf(meta: object, blocks: object): MetaNode {
  const profiles = {
    ...Object.fromEntries(ids.map((id) => [id, blocks])),
    whole: { ...blocks, sleeves: ids.map((id) => ({ id, profile: id })), meta_allocation: meta },
  };
  return resolveMeta(parseManifest(JSON.stringify({ default_profile: 'whole', profiles }), 'bench.json'), 'whole');
}

const usual = nodeOf({ min_weight: 0.05, max_weight: 0.6 }, {});

/** As the peer computes: the sample covariance as it is, targets held day by day, no costs, no bounds. */
const plain = nodeOf(
  { min_weight: 0, max_weight: 1 },
  {
    backtest: { rebalance_mode: 'daily', backtest_slippage: 0, backtest_commission: 0 },
    risk: { estimator: 'sample', ridge: 0 },
    features: { default_shrinkage_intensity: 0 },
  },
);

/** Columns of the shared returns in turn: each sleeve has its own. */
function returnsOf(sleeve: number, { dates, columns, values }: ReturnMatrix): ReturnMatrix {
  const own = columns.map((_, column) => column).filter((column) => column % ids.length === sleeve);
  const taken = new Float64Array(dates.length * own.length);
  for (let row = 0; row < dates.length; row++)
    own.forEach((column, at) => (taken[row * own.length + at] = values[row * columns.length + column]!));
  return { dates, columns: own.map((column) => `NYSE:${columns[column]!}`), values: taken };
}

function walked(node: MetaNode, risk: RiskProfile, returns: readonly ReturnMatrix[]): WalkedSleeve[] {
  return atomicSleeves(node).map(({ path, sleeve }, index) => {
    const { blocks } = sleeve.resolved;
    const own = returns[index]!;
    const walk = runSleeveJob({
      risk,
      returns: own,
      selecting: null,
      regime: null,
      rawPool: null,
      blocks,
      annualisationDays: 252,
      givenOrder: own.columns,
      rules: rulesInForce,
    });
    if (walk.status === 'failed') throw new Error(walk.message);
    return {
      path,
      returns: own,
      choices: null,
      walk,
      trainWindow: blocks.backtest.train_window,
      estimator: blocks.risk.estimator,
      mode: blocks.backtest.rebalance_mode,
      costFraction: blocks.backtest.backtest_slippage + blocks.backtest.backtest_commission,
      calendars: ['XNYS'],
      givenOrder: own.columns,
    };
  });
}

const options = { join: null, projection: null };

/** Every number of one profile, baselines included; answers how many windows each sleeve had. */
function backtest(node: MetaNode, risk: RiskProfile, returns: readonly ReturnMatrix[]): number {
  const sleeves = walked(node, risk, returns);
  const tested = runProfileJob({ risk, node, options, rules: rulesInForce, sleeves });
  if (tested.status === 'failed') throw new Error(tested.message);
  return sleeves[0]!.walk.windows.length;
}

/** Both tiers of one profile and its book, and nothing beside them. */
function portfolioAlone(returns: readonly ReturnMatrix[]): { readonly portfolio: DecidedPortfolio; readonly book: BookResult } {
  const sleeves = new Map(walked(plain, 'hrp', returns).map((sleeve) => [pathKey(sleeve.path), sleeve]));
  const portfolio = decidePortfolio({ risk: 'hrp', options, rules: rulesInForce, sleeves }, plain);
  const holders = portfolio.holders();
  const book = new Book(holders, portfolio.plan);
  runBooks(holders, [], [book], portfolio.plan.end);
  return { portfolio, book: book.result() };
}

function threeSleeves(scratch: string, set: DataSet): ReturnMatrix[] {
  const shared = readReturns(scratch, set);
  return ids.map((_, sleeve) => returnsOf(sleeve, shared));
}

export async function measureBacktest(scratch: string): Promise<BacktestFigures & { readonly answer: readonly number[] }> {
  const returns = threeSleeves(scratch, 'small');
  const hrp = await measure(() => backtest(usual, 'hrp', returns), { warmUps: 5, repetitions: 21 });
  const stacked = await measure(() => portfolioAlone(returns), { warmUps: 5, repetitions: 21 });
  const stackedWithBaselines = await measure(() => backtest(plain, 'hrp', returns), { warmUps: 3, repetitions: 11 });
  const all = await measure(() => commonRiskProfiles.map((risk) => backtest(usual, risk, returns)), { warmUps: 1, repetitions: 7 });
  const { portfolio, book } = stacked.result;
  return {
    sleeves: ids.length,
    columns: returns.reduce((sum, { columns }) => sum + columns.length, 0),
    windows: hrp.result,
    allProfiles: all.timing,
    hrp: hrp.timing,
    stacked: stacked.timing,
    stackedWithBaselines: stackedWithBaselines.timing,
    // Returns of the portfolio, then its weights decision by decision.
    answer: [...book.net, ...portfolio.level.decisions.flatMap(({ bounded }) => [...bounded])],
  };
}

/** One backtest in a process of its own. */
function memoryOf(scratch: string, set: DataSet): BacktestMemory {
  const windows = backtest(usual, 'hrp', threeSleeves(scratch, set));
  return { windows, peakMegabytes: peakMegabytes() };
}

export const measureBacktestMemory = async (scratch: string): Promise<BacktestMemory> => memoryOf(scratch, 'small');
export const measureLongBacktestMemory = async (scratch: string): Promise<BacktestMemory> => memoryOf(scratch, 'long');

/** Both are closed formulas of the same numbers. */
const agreementMax = 1e-9;

/** The same by the peer. Throws where answers differ: a fast wrong answer is no result. */
export function compareStacked(python: string, root: string, scratch: string, answer: readonly number[]): StackedPeer {
  const { status } = spawnSync(python, [join(root, 'bench', 'backtest_peers.py'), scratch], { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new Error(`backtest_peers.py ended with ${status}`);
  const theirs = JSON.parse(readFileSync(join(scratch, 'backtest.answers.json'), 'utf8')) as {
    readonly timing: Timing;
    readonly answer: readonly number[];
    readonly versions: Readonly<Record<string, string>>;
  };
  if (theirs.answer.length !== answer.length) throw new Error(`skfolio answers ${theirs.answer.length} numbers, not ${answer.length}`);
  const largestGap = answer.reduce((largest, value, at) => Math.max(largest, Math.abs(value - theirs.answer[at]!)), 0);
  if (!(largestGap <= agreementMax)) throw new Error(`skfolio differs by ${largestGap} in a return or a weight`);
  return { timing: theirs.timing, largestGap, versions: theirs.versions };
}
