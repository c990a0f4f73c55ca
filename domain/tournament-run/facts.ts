import type { JobFailure, SleeveWalk } from '../backtest/sleeve-job.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { computeMetrics, metricsPolicyOf } from '../returns/metrics.ts';
import type { Grid } from '../returns/grid.ts';
import { type DatedTable, tableText } from '../returns/table-text.ts';
import { requireRules } from '../run/rules.ts';
import type { DocumentReference } from '../shared/artifact-reference.ts';
import { endsProfile, isFaultOfInputs } from '../shared/error-kinds.ts';
import { notComputed } from '../tournament/axes.ts';
import { compareEntrants, sharpePerRowOf, type TournamentComparison } from '../tournament/comparison.ts';
import { type Entrant, entrantsOf } from '../tournament/entrant.ts';
import type { RankedEntrantFacts, TournamentCompleted } from './events.ts';
import type { IdentifiedTournament, TournamentInput } from './identity.ts';
import { draftTournament, type TournamentDraft } from './slice.ts';
import { entrantStreamTable, entrantWeightsTable } from './tables.ts';

/** An entrant with its walk-forward. */
export interface Walked {
  readonly entrant: Entrant;
  /** Symbols of the weights. */
  readonly columns: readonly string[];
  readonly walk: SleeveWalk;
}

export interface FailedEntrant {
  readonly id: string;
  readonly code: string;
  readonly reason: string;
}

/** What came of the entrants, in their order. */
export interface TournamentField {
  readonly walked: readonly Walked[];
  readonly failed: readonly FailedEntrant[];
}

export function failedEntrant({ id }: Pick<Entrant, 'id'>, { code, message }: Pick<JobFailure, 'code' | 'message'>): FailedEntrant {
  return { id, code, reason: message };
}

/** Errors of a stream whose figures are beyond numbers; null for one that can be measured. */
export function unmeasurable({ entrant, walk }: Walked, annualisationDays: number, rules: number): FailedEntrant | null {
  try {
    computeMetrics({ dates: walk.dates, values: walk.net }, annualisationDays, metricsPolicyOf(rules));
    return null;
  } catch (error) {
    if (!endsProfile(error)) throw error;
    return failedEntrant(entrant, error);
  }
}

function csv(table: DatedTable, staged: StagedArtifacts): DocumentReference {
  return staged.verbatim(new TextEncoder().encode(tableText(table)), 'text/csv');
}

export function startedFact(
  input: TournamentInput,
  { runId, asOf, inputs, staged }: IdentifiedTournament,
  { grid, coverageRange, kept, dropped }: Grid,
): TournamentDraft {
  const { sleeve, resolved, axes, options, sourceRunId, rules } = input;
  const { profiles, estimators, linkages, windows, costs, simulators } = axes;
  return draftTournament('TournamentStarted', {
    runId,
    sleeve,
    profile: resolved.profile,
    asOf,
    rules: requireRules(rules),
    definition: staged.document('resolved-profile', resolved),
    axes: {
      profiles: [...profiles],
      estimators: [...estimators],
      linkages: [...linkages],
      windows: windows.map((window) => ({ ...window })),
      costs: costs.map((cost) => ({ ...cost })),
      simulators: [...simulators],
    },
    entrants: entrantsOf(axes).length,
    notComputed: notComputed(resolved.blocks),
    selectionMode: resolved.selectionMode.value,
    options: { ...options, symbols: options.symbols === null ? null : [...options.symbols], exclude: [...options.exclude] },
    sourceRunId,
    inputs: [...inputs],
    grid,
    coverage: coverageRange,
    kept: kept.length,
    dropped: dropped.map(({ symbol }) => symbol),
  });
}

function heldFacts({ columns, walk }: Walked, staged: StagedArtifacts): RankedEntrantFacts['held'] {
  const { windows, dates, net, partialRows, flags } = walk;
  return {
    windows: windows.length,
    rows: dates.length,
    first: dates[0]!,
    last: dates.at(-1)!,
    partialRows,
    turnoverTwoSided: windows.reduce((sum, { turnoverTwoSided }) => sum + turnoverTwoSided, 0),
    costFraction: windows.reduce((sum, { costFractionCharged }) => sum + costFractionCharged, 0),
    sharpePerRow: sharpePerRowOf(net),
    flags: [...flags],
    stream: csv(entrantStreamTable(walk), staged),
    weights: csv(entrantWeightsTable(columns, walk), staged),
  };
}

function rankedFacts(
  { walked }: TournamentField,
  { entrants }: TournamentComparison,
  staged: StagedArtifacts,
): TournamentCompleted['entrants'] {
  const byId = new Map(walked.map((one) => [one.entrant.id, one]));
  return entrants.map(({ id, rank, identicalTo, metrics, sharpePerRow, deflatedSharpe, againstFirst, againstRawPool }) => {
    const one = byId.get(id)!;
    const { profile, estimator, linkage, window, cost, simulator } = one.entrant;
    return {
      id,
      profile,
      estimator,
      linkage,
      window: { ...window },
      cost: { ...cost },
      simulator,
      rank,
      identicalTo,
      held: heldFacts(one, staged),
      metrics: { ...metrics, flags: [...metrics.flags] },
      sharpePerRow,
      deflatedSharpe,
      againstFirst,
      againstRawPool,
    };
  });
}

function failedFact(runId: string, reason: string, failed: readonly FailedEntrant[]): TournamentDraft {
  return draftTournament('TournamentFailed', { runId, reason, failed: failed.map((one) => ({ ...one })) });
}

/** The end of a tournament: its ranks, or why there are none. Too few common rows end it; nothing else does. */
export function endedFact(
  { rules }: Pick<TournamentInput, 'rules'>,
  { runId, staged }: IdentifiedTournament,
  field: TournamentField,
  annualisationDays: number,
): TournamentDraft {
  const { walked, failed } = field;
  if (walked.length === 0) return failedFact(runId, 'no entrant could be run', failed);
  const streams = walked.map(({ entrant, walk: { dates, net } }) => ({ entrant, net: { dates, values: net } }));
  let compared: TournamentComparison;
  try {
    compared = compareEntrants(streams, annualisationDays, rules);
  } catch (error) {
    if (!isFaultOfInputs(error)) throw error;
    return failedFact(runId, error.message, failed);
  }
  const { rows, first, last, trials, pairs, pairsWithinNoise, overfitting, rankStability } = compared;
  return draftTournament('TournamentCompleted', {
    runId,
    annualisationDays,
    rows,
    first,
    last,
    entrants: rankedFacts(field, compared, staged),
    failed: failed.map((one) => ({ ...one })),
    trials,
    pairs: { compared: pairs.length, withinNoise: pairsWithinNoise, table: staged.canonical(pairs) },
    overfitting,
    rankStability,
  });
}
