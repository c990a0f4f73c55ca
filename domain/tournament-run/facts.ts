import type { SleeveWalk } from '../backtest/sleeve-job.ts';
import { recordedSelectionOf } from '../documents/recorded-selection.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import type { Grid } from '../returns/grid.ts';
import { requireRules } from '../run/rules.ts';
import { invariant } from '../shared/errors.ts';
import { isFaultOfInputs } from '../shared/error-kinds.ts';
import { notComputed } from '../tournament/axes.ts';
import { compareEntrants, sharpePerRowOf, type TournamentComparison } from '../tournament/comparison.ts';
import { type Entrant, entrantsOf } from '../tournament/entrant.ts';
import type { SelectedWindows } from '../tournament/selected-windows.ts';
import { type ImportedCompetitor, importedHeld } from './imported.ts';
import type { RankedEntrantFacts, TournamentCompleted } from './events.ts';
import type { IdentifiedTournament, TournamentInput } from './identity.ts';
import { draftTournament, type TournamentDraft } from './slice.ts';
import { csvOf, type FailedEntrant } from './outcomes.ts';
import { entrantStreamTable, entrantWeightsTable } from './tables.ts';

/** An entrant with its walk-forward. */
export interface Walked {
  readonly entrant: Entrant;
  /** Symbols of the weights. */
  readonly columns: readonly string[];
  readonly walk: SleeveWalk;
}

/** What came of the entrants, in their order. */
export interface TournamentField {
  readonly walked: readonly Walked[];
  readonly imported: readonly ImportedCompetitor[];
  readonly failed: readonly FailedEntrant[];
}

export function startedFact(
  input: TournamentInput,
  { runId, asOf, inputs, staged }: IdentifiedTournament,
  { grid, coverageRange, kept, dropped }: Grid,
): TournamentDraft {
  const { sleeve, resolved, axes, options, sourceRunId, imported, rules } = input;
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
    ...(imported.length === 0
      ? {}
      : { imported: imported.map(({ runId: from, risk, returns }) => ({ runId: from, risk, returns: { ...returns } })) }),
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

/** Who entered, for one choice of windows; none in a sleeve that selects nothing. */
export function selectionFact({ window, selection }: SelectedWindows, { runId, staged }: IdentifiedTournament): TournamentDraft[] {
  if (selection === null) return [];
  return [draftTournament('EntrantsSelected', { runId, windows: { ...window }, ...recordedSelectionOf(selection, staged) })];
}

type CompetedFacts = Pick<RankedEntrantFacts, 'profile' | 'estimator' | 'linkage' | 'window' | 'cost' | 'simulator' | 'imported' | 'held'>;

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
    stream: csvOf(entrantStreamTable(walk), staged),
    weights: csvOf(entrantWeightsTable(columns, walk), staged),
  };
}

/** The choices of an entrant and what it held. */
function competedFacts(field: TournamentField, id: string, staged: StagedArtifacts): CompetedFacts {
  const own = field.walked.find(({ entrant }) => entrant.id === id);
  if (own !== undefined) {
    const { profile, estimator, linkage, window, cost, simulator } = own.entrant;
    return { profile, estimator, linkage, window: { ...window }, cost: { ...cost }, simulator, held: heldFacts(own, staged) };
  }
  const foreign = field.imported.find(({ entrant }) => entrant.id === id);
  invariant(foreign !== undefined, 'who is ranked has competed', { id });
  const { imported } = foreign.entrant;
  const unknown = { estimator: null, linkage: null, window: null, cost: null, simulator: null };
  return { ...unknown, profile: imported.risk, imported: { ...imported }, held: importedHeld(foreign.net, staged) };
}

function rankedFacts(field: TournamentField, { entrants }: TournamentComparison, staged: StagedArtifacts): TournamentCompleted['entrants'] {
  return entrants.map(({ id, rank, identicalTo, metrics, sharpePerRow, deflatedSharpe, againstFirst, againstRawPool }) => {
    return {
      ...competedFacts(field, id, staged),
      id,
      rank,
      identicalTo,
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
  const { walked, imported, failed } = field;
  if (walked.length === 0) return failedFact(runId, 'no entrant could be run', failed);
  const streams = [...walked.map(({ entrant, walk: { dates, net } }) => ({ entrant, net: { dates, values: net } })), ...imported];
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
