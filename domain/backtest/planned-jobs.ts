import { withoutBenchmark } from '../allocation/sleeve/allocation.ts';
import { heldFor } from '../allocation/sleeve/held.ts';
import { annualisationDays } from '../returns/calendar.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import { pathKey } from '../run/delivered-run.ts';
import { invariant, LedgerError } from '../shared/errors.ts';
import type { BacktestInput, PreparedSleeve } from './backtest.ts';
import type { WalkedSleeve } from './portfolio.ts';
import type { ProfileBacktest, ProfileJob } from './profile-job.ts';
import type { HoldingSleeve } from './selected-sleeve.ts';
import { failureOf, type JobFailure, type SleeveJob, type SleeveWalk } from './sleeve-job.ts';

/** A walk-forward to run, or why a sleeve has none of the profile. */
export interface PlannedWalk {
  readonly path: readonly string[];
  readonly risk: RiskProfile;
  readonly job: SleeveJob | JobFailure;
}

/** A profile that was tested, or why it was not: `path` leads to the sleeve that ended it, and is empty for the portfolio. */
export type ProfileOutcome = ProfileBacktest | (JobFailure & { readonly risk: RiskProfile; readonly path: readonly string[] });

export function isTested(outcome: ProfileOutcome): outcome is ProfileBacktest {
  return outcome.status === 'tested';
}

function absent(message: string): JobFailure {
  return failureOf(new LedgerError('ProfileNotAvailable', message));
}

function plannedWalk({ path, sleeve, grid, calendars, held }: HoldingSleeve, risk: RiskProfile, rules: number): PlannedWalk {
  const { blocks } = sleeve.resolved;
  const where = pathKey(path);
  if (!blocks.backtest.profiles.includes(risk)) return { path, risk, job: absent(`sleeve ${where} does not list the profile ${risk}`) };
  if ('status' in held) return { path, risk, job: held };
  const own = heldFor(risk, held, grid, blocks);
  if (own === null) return { path, risk, job: absent(`sleeve ${where}: ${withoutBenchmark(grid)}`) };
  const { backtest, risk: risks, features } = blocks;
  return {
    path,
    risk,
    job: {
      risk,
      returns: own.matrix,
      selecting: own.selecting,
      regime: own.regime,
      rawPool: own.rawPool,
      blocks: { backtest, risk: risks, features },
      annualisationDays: annualisationDays(calendars),
      givenOrder: own.givenOrder,
      rules,
    },
  };
}

/** Every walk-forward of a backtest, sleeve by sleeve for one profile after the other. */
export function plannedWalks({ options, rules }: BacktestInput, selected: readonly HoldingSleeve[]): PlannedWalk[] {
  return options.risks.flatMap((risk) => selected.map((sleeve) => plannedWalk(sleeve, risk, rules)));
}

function walkedSleeve({ path, sleeve, grid, calendars, held }: HoldingSleeve, walk: SleeveWalk): WalkedSleeve {
  const { backtest, risk } = sleeve.resolved.blocks;
  const own = 'status' in held ? null : heldFor(walk.risk, held, grid, sleeve.resolved.blocks);
  invariant(own !== null, 'a sleeve was walked on what it holds', { path });
  return {
    path,
    returns: own.matrix,
    choices: own.selecting?.choices.windows ?? null,
    walk,
    trainWindow: backtest.train_window,
    estimator: risk.estimator,
    mode: backtest.rebalance_mode,
    costFraction: backtest.backtest_slippage + backtest.backtest_commission,
    calendars,
    givenOrder: own.givenOrder,
  };
}

/** The meta step of a profile, or why there is none: `walks` are those of the selected sleeves, in their order. */
export function plannedProfile(
  input: BacktestInput,
  risk: RiskProfile,
  selected: readonly HoldingSleeve[],
  walks: readonly (SleeveWalk | JobFailure)[],
): ProfileJob | Extract<ProfileOutcome, JobFailure> {
  const { node, options, rules } = input;
  const sleeves: WalkedSleeve[] = [];
  for (const [index, walk] of walks.entries()) {
    const sleeve = selected[index]!;
    if (walk.status === 'failed') return { ...walk, risk, path: sleeve.path };
    sleeves.push(walkedSleeve(sleeve, walk));
  }
  const { join, projection } = options;
  return { risk, node, options: { join, projection }, rules, sleeves };
}

/** The newest date of the grids: where the range of the backtest ends. */
export function rangeEnd(prepared: readonly PreparedSleeve[]): string {
  return prepared.map(({ grid }) => grid.grid.last).reduce((newest, last) => (last > newest ? last : newest));
}
