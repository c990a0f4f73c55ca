import type { ImportedJudgement } from '../allocation/imported/judgement.ts';
import type { ImportedProfile } from '../allocation/imported/profile.ts';
import type { AbsentProfile, FailedProfile } from '../allocation/outcomes.ts';
import type { PreparedSleeve, ProfileOutcome, SleeveAllocation } from '../allocation/sleeve/allocation.ts';
import { coverageMin } from '../allocation/sleeve/gathered-prices.ts';
import type { SolvedProfile } from '../allocation/sleeve/profile.ts';
import type { ProfileWork } from '../allocation/sleeve/solve-window.ts';
import type { Shortening } from '../allocation/sleeve/shortening.ts';
import { profilesComputedUnder } from '../manifest/risk-profiles.ts';
import type { ResolvedProfile } from '../manifest/resolved-schema.ts';
import { annualisationDays, type CalendarId, calendarOfSymbol, calendarsOf } from '../returns/calendar.ts';
import { matrixAsTable, seriesAsTable } from '../returns/dated-tables.ts';
import type { AcceptedSuspicion } from '../returns/accepted-moves.ts';
import type { Grid } from '../returns/grid.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { EligibilityFinding, EligibilityGrade } from '../run/grade.ts';
import { regimesFacts } from './regimes-fact.ts';
import { selectionFacts } from './selection-facts.ts';
import { draftSleeveRun, type SleeveRunDraft } from './slice.ts';

/** Results of computations as the facts of a sleeve run; tables and documents are staged in the order of the facts. */

const gradeFacts = { CERTIFIED: 'SleeveRunCertified', DEGRADED: 'SleeveRunDegraded', INELIGIBLE: 'SleeveRunFoundIneligible' } as const;

export function gradeFact(grade: EligibilityGrade, finding: EligibilityFinding): SleeveRunDraft {
  return draftSleeveRun(gradeFacts[grade], finding);
}

interface FormedGrid {
  readonly grid: Grid;
  readonly shortened: Shortening | null;
}

/** Settings and rules that a sleeve was judged by. */
interface JudgedUnder {
  readonly resolved: ResolvedProfile;
  readonly rules: number;
}

/** Settings that were asked for and that nothing computes. */
function notApplied(resolved: ResolvedProfile, rules: number): { path: string; value: unknown; why: string }[] {
  const computed: readonly string[] = profilesComputedUnder(resolved.selectionMode.value, rules);
  const unknown = resolved.blocks.backtest.profiles.filter((name) => !computed.includes(name));
  const leaves = resolved.notApplied.map(({ path, value, why }) => ({ path, value: value as unknown, why }));
  return unknown.length === 0 ? leaves : [...leaves, { path: 'backtest.profiles', value: unknown, why: 'these profiles are not computed' }];
}

function universeFact({ grid, shortened }: FormedGrid, { resolved, rules }: JudgedUnder, staged: StagedArtifacts): SleeveRunDraft {
  const calendars = calendarsOf(grid.kept);
  return draftSleeveRun('UniverseFormed', {
    kept: grid.kept.map((symbol) => ({ symbol, calendar: calendarOfSymbol(symbol) })),
    dropped: grid.dropped,
    inactive: grid.inactive,
    coverageMin,
    benchmarks: grid.benchmarks,
    grid: { ...grid.grid, lookbackDays: grid.lookbackDays, lookbackApplied: grid.lookbackApplied },
    shortened: shortened === null ? null : { ...shortened, by: [...shortened.by] },
    annualisationDays: annualisationDays(calendars),
    returns: staged.table(matrixAsTable(grid.returns), calendars),
    benchmarkReturns:
      grid.benchmarkReturns === null ? null : staged.table(matrixAsTable(grid.benchmarkReturns), calendarsOf(grid.benchmarks.present)),
    notApplied: notApplied(resolved, rules),
  });
}

/** Every window beside the solve that it was held by; the weights stand in the window. */
function walkForwardDocument({ columns, walked }: SolvedProfile, staged: StagedArtifacts) {
  const { summary, windows, solutions } = walked;
  return staged.document('walk-forward', {
    columns,
    summary,
    windows: windows.map((window, index) => {
      const { result } = solutions[index]!;
      return { ...window, solve: result === null ? null : { ...result, weights: [] } };
    }),
  });
}

function solvedFact(
  profile: SolvedProfile,
  { backtest }: ProfileWork['resolved']['blocks'],
  calendars: readonly CalendarId[],
  staged: StagedArtifacts,
): SleeveRunDraft {
  const { risk, columns, parameters, live, flags, metrics } = profile;
  const { oos, windows, summary, truncatedTestWindow, lastPartialRows } = profile.walked;
  const lastWeights = windows.at(-1)!.weights;
  const detail = walkForwardDocument(profile, staged);
  return draftSleeveRun('SleeveProfileSolved', {
    risk,
    weights: live.weights,
    lastWindowWeights: columns.map((symbol, column) => ({ symbol, weight: lastWeights[column]! })),
    parameters,
    solve: live,
    walkForward: {
      trainWindow: summary.trainWindow,
      testWindow: summary.testWindow,
      stepSize: summary.stepSize,
      rebalanceMode: summary.rebalanceMode,
      slippageFraction: backtest.backtest_slippage,
      commissionFraction: backtest.backtest_commission,
      windows: windows.length,
      truncatedTestWindow,
      lastPartialRows,
      turnoverTwoSided: summary.turnoverTwoSided,
      costFraction: summary.costFractionCharged,
      flags,
      detail,
    },
    outOfSample: {
      rows: oos.dates.length,
      first: oos.dates[0]!,
      last: oos.dates.at(-1)!,
      totalReturn: summary.netReturn,
      returns: staged.table(seriesAsTable(oos), calendars),
      metrics,
    },
  });
}

function importedFact(
  { risk, stream, portfolio, metrics }: ImportedProfile,
  calendars: readonly CalendarId[],
  staged: StagedArtifacts,
): SleeveRunDraft {
  const { series, path, engine, simulator } = stream;
  return draftSleeveRun('SleeveProfileImported', {
    risk,
    weights: portfolio?.weights ?? null,
    weightsFrom: portfolio?.path ?? null,
    weightsSum: portfolio?.grossSum ?? null,
    returnsFrom: path,
    stream: { engine, simulator },
    outOfSample: {
      rows: series.dates.length,
      first: series.dates[0]!,
      last: series.dates.at(-1)!,
      totalReturn: metrics.total,
      returns: staged.table(seriesAsTable(series), calendars),
      metrics,
    },
  });
}

function missingFact(outcome: AbsentProfile | FailedProfile): SleeveRunDraft {
  const { risk } = outcome;
  if (outcome.status === 'absent') return draftSleeveRun('SleeveProfileAbsent', { risk, reason: outcome.reason });
  const { code, message, evidence } = outcome.error;
  // Evidence may hold what JSON does not know; a fact keeps what can be written.
  return draftSleeveRun('SleeveProfileFailed', {
    risk,
    code,
    reason: message,
    evidence: JSON.parse(JSON.stringify(evidence)) as Record<string, unknown>,
  });
}

function acceptedFacts(accepted: readonly AcceptedSuspicion[]): SleeveRunDraft[] {
  if (accepted.length === 0) return [];
  const moves = accepted.map(({ code, symbol, date, value, why }) => ({ code, symbol, date, value, why }));
  return [draftSleeveRun('MovesAccepted', { moves })];
}

/** The audit, and the universe where the prices passed. */
export function preparedFacts(
  {
    verdict,
    repaired,
    accepted,
    formed,
  }: Pick<PreparedSleeve, 'verdict' | 'repaired' | 'accepted'> & {
    readonly formed: FormedGrid | null;
  },
  under: JudgedUnder,
  staged: StagedArtifacts,
): SleeveRunDraft[] {
  if (formed === null) return [draftSleeveRun('IntegrityFailed', { verdict, repaired })];
  return [draftSleeveRun('IntegrityPassed', { verdict, repaired }), ...acceptedFacts(accepted), universeFact(formed, under, staged)];
}

/** What became of one profile; `calendars` are those of the sleeve's grid. */
export function profileFact(
  outcome: ProfileOutcome,
  { blocks }: ProfileWork['resolved'],
  calendars: readonly CalendarId[],
  staged: StagedArtifacts,
): SleeveRunDraft {
  return outcome.status === 'solved' ? solvedFact(outcome, blocks, calendars, staged) : missingFact(outcome);
}

/** The result of an allocation from prices: the audit, and the universe and its profiles where the prices passed. */
export function allocationFacts(allocation: SleeveAllocation, under: JudgedUnder, staged: StagedArtifacts): SleeveRunDraft[] {
  const { formed } = allocation;
  const { resolved } = under;
  const prepared = preparedFacts(allocation, under, staged);
  if (formed === null) return prepared;
  const calendars = calendarsOf(formed.grid.kept);
  const selected = [...selectionFacts(formed.selection, staged), ...regimesFacts(formed.regimes, staged)];
  return [...prepared, ...selected, ...formed.profiles.map((outcome) => profileFact(outcome, resolved, calendars, staged))];
}

/** The result for the streams and portfolios of another system. */
export function importedFacts({ profiles, calendars, accepted }: ImportedJudgement, staged: StagedArtifacts): SleeveRunDraft[] {
  const outcomes = profiles.map((outcome) =>
    outcome.status === 'imported' ? importedFact(outcome, calendars, staged) : missingFact(outcome),
  );
  return [...acceptedFacts(accepted), ...outcomes];
}
