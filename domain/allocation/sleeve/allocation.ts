import { assertExecutable } from '../../manifest/executable.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { profilesComputedUnder } from '../../manifest/risk-profiles.ts';
import { solveParametersOf } from '../../manifest/solve-parameters.ts';
import { annualisationDays, calendarsOf } from '../../returns/calendar.ts';
import { formGrid, type Grid } from '../../returns/grid.ts';
import type { AcceptedSuspicion } from '../../returns/accepted-moves.ts';
import type { IntegrityVerdict } from '../../returns/integrity.ts';
import type { DroppedPrice } from '../../returns/prices.ts';
import type { SymbolWeight } from '../../returns/series.ts';
import type { RiskProfile } from '../../risk/schemas.ts';
import { type EligibilityEvidence, type GradedProfile, type Grading, gradeRun } from '../../run/grade.ts';
import { type WindowRegimes, windowRegimes, type WindowRegimesInput } from '../../regime/window-regimes.ts';
import { universeEvidence } from '../../run/scanned-universe.ts';
import { selectionEvidence } from '../../sleeve-selection/evidence.ts';
import { selectForSleeve, type SleeveSelection } from '../../sleeve-selection/job.ts';
import { selectionJobOf } from '../../sleeve-selection/sleeve-job.ts';
import type { AbsentProfile, FailedProfile } from '../outcomes.ts';
import { errorsInWords, suspicionEvidence } from '../integrity-evidence.ts';
import { type AuditedPrices, auditedPrices } from './audited-prices.ts';
import { isGateClosed, signTestOf } from './directions.ts';
import { coverageMin } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import { type SolvedProfile, solvedOrFailed } from './profile.ts';
import { heldBy, heldFor, type SelectableGrid, selectableGrid } from './held.ts';
import { regimesJobOf } from './regimes.ts';
import type { ProfileWork } from './solve-window.ts';
import { selectionSupplyOf } from './given-supply.ts';
import type { SleeveScope } from './scope.ts';
import { type Shortening, shorteningOf } from './shortening.ts';

export type ProfileOutcome = SolvedProfile | AbsentProfile | FailedProfile;

/** The allocation of a sleeve from its prices and settings. */
export interface SleeveAllocation {
  readonly verdict: IntegrityVerdict;
  readonly repaired: readonly DroppedPrice[];
  /** Unusual moves that the settings accept. */
  readonly accepted: readonly AcceptedSuspicion[];
  /** Null when the prices failed their audit: the allocation ends there. */
  readonly formed: {
    readonly grid: Grid;
    /** Null in a sleeve that selects nothing. */
    readonly selection: SleeveSelection | null;
    /** Null in a sleeve that follows no regime. */
    readonly regimes: WindowRegimes | null;
    /** None where the selection failed. */
    readonly profiles: readonly ProfileOutcome[];
    /** Null under rules that did not record it. */
    readonly shortened: Shortening | null;
  } | null;
  readonly grading: Grading;
}

export interface SleeveAllocationInput {
  readonly resolved: ResolvedProfile;
  readonly options: SleeveRunOptions;
  readonly scope: SleeveScope;
  /** Version of the rules to compute under. */
  readonly rules: number;
}

/** What a sleeve's prices were found to be, and the grid that they make; null where they failed their audit. */
export interface JudgedGrid {
  readonly audited: AuditedPrices;
  readonly grid: Grid | null;
}

/** Integrity first, then the universe and its grid. Errors: UniverseTooSmall, HistoryTooShort, PricesMissing, ExchangeUnknown. */
export function judgedGrid({ resolved, options, scope, rules }: SleeveAllocationInput): JudgedGrid {
  const { table, coverage } = scope.prices;
  const audited = auditedPrices(scope, resolved, options, rules);
  if (audited.verdict.errors > 0 || coverage === null) return { audited, grid: null };
  const { symbols: universe, benchmarks } = scope.universe;
  const { from, asOf } = options;
  const { lookback_days: lookbackDays } = resolved.blocks.data;
  const { benchmarkFaults } = audited;
  return { audited, grid: formGrid({ table, universe, benchmarks, benchmarkFaults, from, asOf, lookbackDays, coverageMin }, coverage) };
}

/** Why there is no benchmark. */
export function withoutBenchmark({ benchmarks }: Grid): string {
  const reasons = benchmarks.absent.map((item) => `${item.symbol} (${item.reason})`).join('; ');
  return `no benchmark has a price on every grid date: ${reasons}`;
}

/** A risk profile that is solved on a grid, or what keeps it from being there. */
export type ProfileTask = ({ readonly status: 'solvable' } & ProfileWork) | AbsentProfile;

/** A sleeve whose prices are audited and cut to their grid, before anything is selected or solved. */
export interface PreparedSleeve extends Pick<SleeveAllocation, 'verdict' | 'repaired' | 'accepted'> {
  /** Null when the prices failed their audit. */
  readonly formed:
    | (SelectableGrid & {
        readonly shortened: Shortening | null;
        /** Null in a sleeve that follows no regime. */
        readonly regimesJob: WindowRegimesInput | null;
      })
    | null;
  /** What else was looked at beside the audit, for the grade. */
  readonly further: readonly EligibilityEvidence[];
  readonly input: SleeveAllocationInput;
}

/** The profiles that the settings list, on what was selected; none where the prices, the selection or a gated sign test failed. */
export function tasksOf({ input, formed }: PreparedSleeve, selection: SleeveSelection | null): ProfileTask[] {
  if (formed === null || selection?.verdict === 'failed') return [];
  const { resolved, scope, rules } = input;
  if (isGateClosed(formed.directions, resolved)) return [];
  const { grid } = formed;
  const parameters = solveParametersOf(resolved.blocks, annualisationDays(calendarsOf(grid.kept)));
  const held = heldBy(formed, scope.universe.asGiven, selection);
  const listed = new Set<string>(resolved.blocks.backtest.profiles);
  return profilesComputedUnder(resolved.selectionMode.value, rules)
    .filter((risk) => listed.has(risk))
    .map((risk) => {
      const work = heldFor(risk, held, grid, resolved.blocks);
      if (work === null) return { status: 'absent', risk, reason: withoutBenchmark(grid) } as const;
      return { status: 'solvable', risk, ...work, resolved, parameters, rules } as const;
    });
}

/** The lowest weight of each column that a solve, of a window or the live one, held below zero. */
function turnedIn({ columns, walked, live }: SolvedProfile): SymbolWeight[] {
  const solves = [
    ...walked.windows.map(({ weights }) => columns.map((symbol, column) => ({ symbol, weight: weights[column]! }))),
    live.weights,
  ];
  const lowest = new Map<string, number>();
  for (const { symbol, weight } of solves.flat()) if (!(weight >= 0)) lowest.set(symbol, Math.min(weight, lowest.get(symbol) ?? 0));
  return [...lowest].map(([symbol, weight]) => ({ symbol, weight }));
}

/** What the outcome of a profile counts for in the grade of its run. */
export function gradedProfile(outcome: ProfileOutcome): GradedProfile {
  const { risk, status } = outcome;
  if (status === 'solved') {
    const { walked, problems } = outcome;
    return { risk, status: 'native', hasWeights: true, rows: walked.oos.dates.length, problems, turned: turnedIn(outcome) };
  }
  return { risk, status, hasWeights: false, rows: 0 };
}

/**
 * Audits the prices of a sleeve and forms its universe and grid. Pure. Errors: SelectionModeUnavailable, UniverseTooSmall, HistoryTooShort,
 * SymbolTwice, PricesMissing, ExchangeUnknown.
 */
export function prepareSleeve(input: SleeveAllocationInput): PreparedSleeve {
  const { resolved, options, scope, rules } = input;
  assertExecutable(resolved);
  const { repaired } = scope.prices;
  const { audited, grid } = judgedGrid(input);
  const { verdict, suspicions } = audited;
  const { accepted } = suspicions;
  const scanned = options.universe === undefined ? [] : [universeEvidence(options.universe)];
  const further = [...(rules < 2 ? [] : suspicionEvidence(suspicions)), ...scanned];
  if (grid === null) return { verdict, repaired, accepted, formed: null, further, input };
  const shortened = rules < 2 ? null : shorteningOf(scope, grid);
  const selectionJob = selectionJobOf(resolved, grid, { prices: scope.prices.table, supply: selectionSupplyOf(scope.supply) });
  const regimesJob = regimesJobOf(resolved, grid, rules);
  const formed = { ...selectableGrid(grid, selectionJob), shortened, regimesJob };
  return { verdict, repaired, accepted, formed, further, input };
}

/** The grade of a sleeve, by its audit, its selections and what became of its profiles. */
export function gradeSleeve(
  { verdict, formed, further, input }: PreparedSleeve,
  selection: SleeveSelection | null,
  profiles: readonly GradedProfile[],
): Grading {
  const { rules } = input;
  if (formed === null)
    return gradeRun({
      integrity: 'failed',
      ...(rules < 2 ? {} : { integrityDetail: errorsInWords(verdict) }),
      profiles: [],
      signTest: { status: 'unknown', detail: 'not reached' },
      sourceChain: 'not_applicable',
    });
  return gradeRun({
    integrity: 'passed',
    further: selection === null ? further : [...further, ...selectionEvidence(selection)],
    profiles,
    signTest: signTestOf(formed.directions, selection, profiles),
    sourceChain: 'not_applicable',
  });
}

/**
 * Allocates a sleeve from prices: integrity first, then the universe and its grid, then every risk profile, then the grade. Pure except for
 * the progress that it reports. Errors: those of `prepareSleeve`.
 */
export function allocateSleeve(input: SleeveAllocationInput, advance: (risk: RiskProfile) => void = () => undefined): SleeveAllocation {
  const prepared = prepareSleeve(input);
  const { verdict, repaired, accepted, formed } = prepared;
  if (formed === null) return { verdict, repaired, accepted, formed, grading: gradeSleeve(prepared, null, []) };
  const { grid, selectionJob, regimesJob, shortened } = formed;
  const selection = selectionJob === null ? null : selectForSleeve(selectionJob);
  const regimes = regimesJob === null ? null : windowRegimes(regimesJob);
  const profiles = tasksOf(prepared, selection).map((task) => {
    advance(task.risk);
    return task.status === 'absent' ? task : solvedOrFailed(task);
  });
  const grading = gradeSleeve(prepared, selection, profiles.map(gradedProfile));
  return { verdict, repaired, accepted, formed: { grid, selection, regimes, profiles, shortened }, grading };
}
