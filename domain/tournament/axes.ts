import type { ResolvedBlocks } from '../manifest/blocks.ts';
import { commonRiskProfiles, linkageMethodSchema, type MatrixRiskProfile, matrixRiskProfiles } from '../risk/schemas.ts';
import { LedgerError } from '../shared/errors.ts';
import { limits } from '../shared/limits.ts';
import {
  type CostChoice,
  type Estimator,
  estimators,
  entrantsOf,
  type Linkage,
  rawPool,
  type TournamentAxes,
  type WindowChoice,
} from './entrant.ts';

/** Axes as they are asked for; null for the sleeve's own setting. */
export type AskedAxes = { readonly [Axis in keyof TournamentAxes]: TournamentAxes[Axis] | null };

type Blocks = Pick<ResolvedBlocks, 'backtest' | 'features' | 'risk'>;

function distinctBy<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [textOf(item), item])).values()];
}

function windowsInOrder(windows: readonly WindowChoice[]): WindowChoice[] {
  const distinct = distinctBy(windows, ({ train, test, step }) => `${train}/${test}/${step}`);
  return distinct.toSorted((left, right) => left.train - right.train || left.test - right.test || left.step - right.step);
}

function costsInOrder(costs: readonly CostChoice[]): CostChoice[] {
  const distinct = distinctBy(costs, ({ slippage, commission }) => `${slippage}+${commission}`);
  return distinct.toSorted((left, right) => left.slippage - right.slippage || left.commission - right.commission);
}

/** The same choices in whichever order they were given, each once. */
function inOrder({ profiles, estimators: covariances, linkages, windows, costs, simulators }: TournamentAxes): TournamentAxes {
  return {
    profiles: matrixRiskProfiles.filter((profile) => profiles.includes(profile)),
    estimators: estimators.filter((estimator) => covariances.includes(estimator)),
    linkages: linkageMethodSchema.options.filter((linkage) => linkages.includes(linkage)),
    windows: windowsInOrder(windows),
    costs: costsInOrder(costs),
    simulators: (['window', 'daily'] as const).filter((simulator) => simulators.includes(simulator)),
  };
}

/** Profiles that can compete: `adaptive` is a choice among them, and no entrant of its own. */
function competing({ selection_mode: mode }: Blocks['features']): MatrixRiskProfile[] {
  return mode === 'none' ? [...commonRiskProfiles] : [...matrixRiskProfiles];
}

function ownAxes({ backtest, features, risk }: Blocks): TournamentAxes {
  return {
    profiles: competing(features).filter((name) => name !== rawPool && backtest.profiles.includes(name)),
    estimators: [risk.estimator satisfies Estimator],
    linkages: [risk.hrp.linkage satisfies Linkage],
    windows: [{ train: backtest.train_window, test: backtest.test_window, step: backtest.step_size }],
    costs: [{ slippage: backtest.backtest_slippage, commission: backtest.backtest_commission }],
    simulators: [backtest.rebalance_mode],
  };
}

/** Profiles that a sleeve lists and that do not compete; the raw pool competes in any case. */
export function notComputed({ backtest, features }: Blocks): string[] {
  const computed: readonly string[] = [...competing(features), rawPool];
  return backtest.profiles.filter((name) => !computed.includes(name));
}

/**
 * What a tournament of a sleeve varies: what is asked for, else the sleeve's own settings, in one order. Errors: Usage for a step that is
 * longer than its test window; LimitExceeded for too many entrants.
 */
export function axesOf(asked: AskedAxes, blocks: Blocks): TournamentAxes {
  const own = ownAxes(blocks);
  const axes = inOrder({
    profiles: asked.profiles ?? own.profiles,
    estimators: asked.estimators ?? own.estimators,
    linkages: asked.linkages ?? own.linkages,
    windows: asked.windows ?? own.windows,
    costs: asked.costs ?? own.costs,
    simulators: asked.simulators ?? own.simulators,
  });
  const leaving = axes.windows.find(({ test, step }) => step > test);
  if (leaving !== undefined)
    throw new LedgerError(
      'Usage',
      `windows ${leaving.train}/${leaving.test}/${leaving.step}: a step longer than the test leaves days unheld`,
      {
        at: { path: '--windows' },
      },
    );
  requireEntrants(entrantsOf(axes).length);
  return axes;
}

/** Errors: LimitExceeded for more entrants than compete at once. */
export function requireEntrants(entrants: number): void {
  const { tournamentEntrantsMax } = limits;
  if (entrants <= tournamentEntrantsMax) return;
  throw new LedgerError('LimitExceeded', `the tournament has ${entrants} entrants, at most ${tournamentEntrantsMax} compete`, {
    evidence: { entrants, tournamentEntrantsMax },
  });
}
