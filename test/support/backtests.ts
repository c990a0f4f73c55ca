/** Backtests of portfolios from returns alone: no prices, no ledger. */
import type { WalkedSleeve } from '../../domain/backtest/portfolio.ts';
import { type ProfileBacktest, runProfileJob } from '../../domain/backtest/profile-job.ts';
import { type JobFailure, runSleeveJob, type SleeveWalk } from '../../domain/backtest/sleeve-job.ts';
import type { MetaNode } from '../../domain/manifest/resolved-meta-schema.ts';
import { atomicSleeves, resolveMeta } from '../../domain/manifest/resolve-meta.ts';
import { parseManifest } from '../../domain/manifest/validate.ts';
import type { CalendarId } from '../../domain/returns/calendar.ts';
import type { ReturnMatrix } from '../../domain/returns/series.ts';
import type { RiskProfile } from '../../domain/risk/schemas.ts';
import { rulesInForce } from '../../domain/run/rules.ts';
import { pathKey } from '../../domain/run/delivered-run.ts';

export interface TestedPortfolio {
  readonly node: MetaNode;
  /** By path from the root. */
  readonly returns: Readonly<Record<string, ReturnMatrix>>;
  readonly calendars?: readonly CalendarId[];
  readonly annualisationDays?: number;
}

type Settings = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A portfolio over sleeves that all have these settings: each member of `portfolios` is one, and the last is resolved. */
export function portfolioOf(
  portfolios: Readonly<Record<string, { readonly sleeves: readonly object[]; readonly meta_allocation?: object }>>,
  settings: Settings,
): MetaNode {
  const atomic = Object.values(portfolios).flatMap(({ sleeves }) =>
    sleeves.flatMap((sleeve) => ('profile' in sleeve ? [sleeve.profile as string] : [])),
  );
  const profiles = { ...Object.fromEntries([...new Set(atomic)].map((name) => [name, {}])), ...portfolios };
  const last = Object.keys(portfolios).at(-1)!;
  const text = JSON.stringify({ default_profile: last, defaults: settings, profiles });
  return resolveMeta(parseManifest(text, 'test.json'), last);
}

export function matrixOf(columns: Readonly<Record<string, Readonly<Record<string, number>>>>, names: readonly string[]): ReturnMatrix {
  const dates = Object.keys(columns[names[0]!]!).toSorted();
  const values = new Float64Array(dates.length * names.length);
  dates.forEach((date, row) => names.forEach((name, column) => (values[row * names.length + column] = columns[name]![date]!)));
  return { dates, columns: names, values };
}

export function walkOf(walk: SleeveWalk | JobFailure): SleeveWalk {
  if (walk.status !== 'walked') throw new Error(`${walk.code}: ${walk.message}`);
  return walk;
}

/** The sleeves of a portfolio, each with its windows run. */
export function walkedSleeves(
  { node, returns, calendars = ['XNYS'], annualisationDays = 252 }: TestedPortfolio,
  risk: RiskProfile,
): WalkedSleeve[] {
  return atomicSleeves(node).map(({ path, sleeve }) => {
    const own = returns[pathKey(path)]!;
    const { blocks } = sleeve.resolved;
    const job = {
      risk,
      returns: own,
      selecting: null,
      regime: null,
      rawPool: null,
      blocks,
      annualisationDays,
      givenOrder: own.columns,
      rules: rulesInForce,
    };
    return {
      path,
      returns: own,
      choices: null,
      walk: walkOf(runSleeveJob(job)),
      trainWindow: blocks.backtest.train_window,
      estimator: blocks.risk.estimator,
      mode: blocks.backtest.rebalance_mode,
      costFraction: blocks.backtest.backtest_slippage + blocks.backtest.backtest_commission,
      calendars,
      givenOrder: own.columns,
    };
  });
}

/** Tests one profile of a portfolio. */
export function backtestOf(tested: TestedPortfolio, risk: RiskProfile, sleeves = walkedSleeves(tested, risk)): ProfileBacktest {
  const result = runProfileJob({ risk, node: tested.node, options: { join: null, projection: null }, rules: rulesInForce, sleeves });
  if (result.status !== 'tested') throw new Error(`${result.code}: ${result.message}`);
  return result;
}
