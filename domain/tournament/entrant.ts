import type { RebalanceMode } from '../walk-forward/execution.ts';
import { estimatorSchema, type HrpParameters, type MatrixRiskProfile, type RiskProfile, type SolveParameters } from '../risk/schemas.ts';

export type Estimator = SolveParameters['estimator'];
export type Linkage = HrpParameters['linkage'];

export const estimators = estimatorSchema.options;

/** The equal weight of every candidate before selection: what a selection and an optimiser are held against. */
export const rawPool = 'raw_pool_ew';

/** In rows of the sleeve's grid. */
export interface WindowChoice {
  readonly train: number;
  readonly test: number;
  readonly step: number;
}

/** Fractions of the value traded. */
export interface CostChoice {
  readonly slippage: number;
  readonly commission: number;
}

/** What a tournament varies; every combination of choices that a profile reads is an entrant. */
export interface TournamentAxes {
  readonly profiles: readonly MatrixRiskProfile[];
  readonly estimators: readonly Estimator[];
  readonly linkages: readonly Linkage[];
  readonly windows: readonly WindowChoice[];
  readonly costs: readonly CostChoice[];
  /** How weights are held between decisions. */
  readonly simulators: readonly RebalanceMode[];
}

/** One way to run a sleeve. */
export interface Entrant {
  /** Made of its choices, so the same choices have the same id in every tournament. */
  readonly id: string;
  readonly profile: MatrixRiskProfile;
  /** Null where the profile reads no covariance, and for `linkage` where it builds no tree. */
  readonly estimator: Estimator | null;
  readonly linkage: Linkage | null;
  readonly window: WindowChoice;
  readonly cost: CostChoice;
  readonly simulator: RebalanceMode;
}

/** A run of another program, with the stream that was recorded of it. Nothing is known of its windows, costs and simulator. */
export interface ImportedEntrant {
  readonly id: string;
  readonly imported: { readonly runId: string; readonly risk: RiskProfile };
}

const withoutCovariance: ReadonlySet<MatrixRiskProfile> = new Set(['equal_weight', 'market', 'benchmark', rawPool]);
const withTree: ReadonlySet<MatrixRiskProfile> = new Set(['hrp', 'barbell']);

type Choices = Omit<Entrant, 'id'>;

/** `hrp ledoit_wolf ward 60/20/20 0.0005+0.0001 window`; what a profile does not read is left out. */
export function entrantId({ profile, estimator, linkage, window, cost, simulator }: Choices): string {
  const { train, test, step } = window;
  const parts = [profile, estimator, linkage, `${train}/${test}/${step}`, `${cost.slippage}+${cost.commission}`, simulator];
  return parts.filter((part) => part !== null).join(' ');
}

/** The windows, costs and simulator of an entrant as a text: entrants with the same differ in what they hold only. */
export function conditionsOf({ window, cost, simulator }: Choices): string {
  return JSON.stringify([window.train, window.test, window.step, cost.slippage, cost.commission, simulator]);
}

function profileChoices(axes: TournamentAxes, profile: MatrixRiskProfile): Pick<Entrant, 'profile' | 'estimator' | 'linkage'>[] {
  const covariances = withoutCovariance.has(profile) ? [null] : axes.estimators;
  const trees = withTree.has(profile) ? axes.linkages : [null];
  return covariances.flatMap((estimator) => trees.map((linkage) => ({ profile, estimator, linkage })));
}

/**
 * Every entrant of a tournament, profile by profile in the order given, the raw pool last under each set of conditions. A choice that is
 * given twice counts once.
 */
export function entrantsOf(axes: TournamentAxes): Entrant[] {
  const profiles: readonly MatrixRiskProfile[] = [...axes.profiles, rawPool];
  const choices = profiles.flatMap((profile) =>
    profileChoices(axes, profile).flatMap((chosen) =>
      axes.windows.flatMap((window) =>
        axes.costs.flatMap((cost) => axes.simulators.map((simulator): Choices => ({ ...chosen, window, cost, simulator }))),
      ),
    ),
  );
  return [...new Map(choices.map((choice) => [entrantId(choice), choice])).entries()].map(([id, choice]) => ({ id, ...choice }));
}
