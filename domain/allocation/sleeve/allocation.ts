import { assertExecutable } from '../../manifest/executable.ts';
import type { ResolvedProfile } from '../../manifest/resolved-schema.ts';
import { solveParametersOf } from '../../manifest/solve-parameters.ts';
import { annualisationDays, calendarsOf } from '../../returns/calendar.ts';
import { formGrid, type Grid } from '../../returns/grid.ts';
import type { AcceptedSuspicion } from '../../returns/accepted-moves.ts';
import type { IntegrityVerdict } from '../../returns/integrity.ts';
import type { DroppedPrice } from '../../returns/prices.ts';
import { type RiskProfile, riskProfiles } from '../../risk/schemas.ts';
import { type GradedProfile, type Grading, gradeRun } from '../../run/grade.ts';
import type { AbsentProfile, FailedProfile } from '../outcomes.ts';
import { errorsInWords, suspicionEvidence } from '../integrity-evidence.ts';
import { type AuditedPrices, auditedPrices } from './audited-prices.ts';
import { coverageMin } from './gathered-prices.ts';
import type { SleeveRunOptions } from './options.ts';
import { type SolvedProfile, solvedOrFailed } from './profile.ts';
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

/** Returns of a risk profile: those of the benchmarks for `market`, else of the kept symbols; null without a benchmark. */
export function returnsFor(risk: RiskProfile, grid: Grid): Grid['benchmarkReturns'] {
  return risk === 'market' ? grid.benchmarkReturns : grid.returns;
}

/** Why there is no benchmark. */
export function withoutBenchmark({ benchmarks }: Grid): string {
  const reasons = benchmarks.absent.map((item) => `${item.symbol} (${item.reason})`).join('; ');
  return `no benchmark has a price on every grid date: ${reasons}`;
}

function outcomesOf({ resolved, scope, rules }: SleeveAllocationInput, grid: Grid, advance: (risk: RiskProfile) => void): ProfileOutcome[] {
  const parameters = solveParametersOf(resolved.blocks, annualisationDays(calendarsOf(grid.kept)));
  const listed = new Set<string>(resolved.blocks.backtest.profiles);
  return riskProfiles
    .filter((risk) => listed.has(risk))
    .map((risk) => {
      advance(risk);
      const matrix = returnsFor(risk, grid);
      if (matrix !== null) return solvedOrFailed({ risk, matrix, resolved, parameters, givenOrder: scope.universe.asGiven, rules });
      return { status: 'absent', risk, reason: withoutBenchmark(grid) };
    });
}

function gradedProfile(outcome: ProfileOutcome): GradedProfile {
  const { risk, status } = outcome;
  if (status === 'solved')
    return { risk, status: 'native', hasWeights: true, rows: outcome.walked.oos.dates.length, problems: outcome.problems };
  return { risk, status, hasWeights: false, rows: 0 };
}

/**
 * Allocates a sleeve from prices: integrity first, then the universe and its grid, then every risk profile, then the grade. Pure except for
 * the progress that it reports.
 * Errors: SelectionModeUnavailable, UniverseTooSmall, HistoryTooShort, SymbolTwice, PricesMissing, ExchangeUnknown.
 */
export function allocateSleeve(input: SleeveAllocationInput, advance: (risk: RiskProfile) => void = () => undefined): SleeveAllocation {
  const { resolved, scope, rules } = input;
  assertExecutable(resolved);
  const { repaired } = scope.prices;
  const { audited, grid } = judgedGrid(input);
  const { verdict, suspicions } = audited;
  const { accepted } = suspicions;
  if (grid === null) {
    const grading = gradeRun({
      integrity: 'failed',
      ...(rules < 2 ? {} : { integrityDetail: errorsInWords(verdict) }),
      profiles: [],
      signTest: { status: 'unknown', detail: 'not reached' },
      sourceChain: 'not_applicable',
    });
    return { verdict, repaired, accepted, formed: null, grading };
  }
  const profiles = outcomesOf(input, grid, advance);
  const grading = gradeRun({
    integrity: 'passed',
    further: rules < 2 ? [] : suspicionEvidence(suspicions),
    profiles: profiles.map(gradedProfile),
    signTest: { status: 'not_applicable', detail: 'every stream is the return of its symbol: no synthetic short streams' },
    sourceChain: 'not_applicable',
  });
  const shortened = rules < 2 ? null : shorteningOf(scope, grid);
  return { verdict, repaired, accepted, formed: { grid, profiles, shortened }, grading };
}
