import { assertExecutable, selects } from '../../manifest/executable.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { profilesComputedUnder } from '../../manifest/risk-profiles.ts';
import { solveParametersOf } from '../../manifest/solve-parameters.ts';
import { annualisationDays, calendarsOf } from '../../returns/calendar.ts';
import { formGrid, type Grid } from '../../returns/grid.ts';
import type { AcceptedSuspicion } from '../../returns/accepted-moves.ts';
import type { IntegrityVerdict } from '../../returns/integrity.ts';
import type { DroppedPrice } from '../../returns/prices.ts';
import type { ReturnMatrix, SymbolWeight } from '../../returns/series.ts';
import { selectColumns } from '../../risk/columns.ts';
import type { RiskProfile } from '../../risk/schemas.ts';
import { type EligibilityEvidence, type GradedProfile, type Grading, gradeRun } from '../../run/grade.ts';
import { universeEvidence } from '../../run/scanned-universe.ts';
import { choicesOf } from '../../sleeve-selection/choices.ts';
import { selectionEvidence } from '../../sleeve-selection/evidence.ts';
import { type SelectionJob, selectForSleeve, type SleeveSelection } from '../../sleeve-selection/job.ts';
import { selectionJobOf, streamNamesOf } from '../../sleeve-selection/sleeve-job.ts';
import { streamsOf } from '../../sleeve-selection/streams.ts';
import { planWindows } from '../../walk-forward/walk-forward.ts';
import type { AbsentProfile, FailedProfile } from '../outcomes.ts';
import { errorsInWords, suspicionEvidence } from '../integrity-evidence.ts';
import { type AuditedPrices, auditedPrices } from './audited-prices.ts';
import { type Directions, directionsOf, isGateClosed, signTestOf } from './directions.ts';
import { coverageMin } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import { type ProfileWork, type Selecting, type SolvedProfile, solvedOrFailed } from './profile.ts';
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

/** A grid from which a sleeve may select. */
export interface SelectableGrid {
  readonly grid: Grid;
  /** Null in a sleeve that selects nothing. */
  readonly selectionJob: SelectionJob | null;
  /** Null in a sleeve that cannot be short. */
  readonly directions: Directions | null;
}

/** A sleeve whose prices are audited and cut to their grid, before anything is selected or solved. */
export interface PreparedSleeve extends Pick<SleeveAllocation, 'verdict' | 'repaired' | 'accepted'> {
  /** Null when the prices failed their audit. */
  readonly formed: (SelectableGrid & { readonly shortened: Shortening | null }) | null;
  /** What else was looked at beside the audit, for the grade. */
  readonly further: readonly EligibilityEvidence[];
  readonly input: SleeveAllocationInput;
}

/** The columns that profiles are solved on, and what each window may hold of them. */
export interface Held {
  readonly matrix: ReturnMatrix;
  readonly selecting: Selecting | null;
  /** Columns in the order that the user gave their symbols. */
  readonly givenOrder: readonly string[];
}

/** What the profiles of a sleeve are solved on; null where nothing is selected. The selection must be usable. */
export function heldBy(
  { grid, selectionJob: job, directions }: SelectableGrid,
  asGiven: readonly string[],
  selection: SleeveSelection | null,
): Held {
  if (job === null || selection === null) return { matrix: grid.returns, selecting: null, givenOrder: asGiven };
  const { plan } = job;
  const names = streamNamesOf(job);
  const matrix = directions?.streams ?? grid.returns;
  const { windows } = planWindows(matrix.dates.length, plan, plan.partialLastWindow);
  const choices = choicesOf(selection, matrix.columns, windows.length, names);
  const givenOrder = asGiven.flatMap((symbol) => streamsOf(symbol, names));
  return { matrix, selecting: { choices, looksAhead: !plan.isDynamic }, givenOrder };
}

/** The candidates before selection, benchmarks excluded, on their long returns. */
function rawPoolOf({ returns }: Grid, benchmarks: readonly string[]): ReturnMatrix {
  return selectColumns(
    returns,
    returns.columns.flatMap((symbol, column) => (benchmarks.includes(symbol) ? [] : [column])),
  );
}

/** What one profile is solved on; two ignore the selection: `market` holds the benchmarks, `raw_pool_ew` every candidate. Null without one. */
export function heldFor(risk: RiskProfile, held: Held, grid: Grid, benchmarks: readonly string[]): Held | null {
  if (risk === 'raw_pool_ew') return { ...held, matrix: rawPoolOf(grid, benchmarks), selecting: null };
  if (risk !== 'market') return held;
  const { benchmarkReturns } = grid;
  return benchmarkReturns === null ? null : { ...held, matrix: benchmarkReturns, selecting: null };
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
  return profilesComputedUnder(resolved.selectionMode.value)
    .filter((risk) => listed.has(risk))
    .map((risk) => {
      const work = heldFor(risk, held, grid, resolved.blocks.backtest.benchmark_symbols);
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
  const selectionJob = selects(resolved)
    ? selectionJobOf(resolved, grid, { prices: scope.prices.table, supply: selectionSupplyOf(scope.supply) })
    : null;
  return {
    verdict,
    repaired,
    accepted,
    formed: { grid, shortened, selectionJob, directions: directionsOf(grid, selectionJob) },
    further,
    input,
  };
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
  const { grid, selectionJob, shortened } = formed;
  const selection = selectionJob === null ? null : selectForSleeve(selectionJob);
  const profiles = tasksOf(prepared, selection).map((task) => {
    advance(task.risk);
    return task.status === 'absent' ? task : solvedOrFailed(task);
  });
  const grading = gradeSleeve(prepared, selection, profiles.map(gradedProfile));
  return { verdict, repaired, accepted, formed: { grid, selection, profiles, shortened }, grading };
}
