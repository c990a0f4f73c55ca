import { selectionSupplyOf } from '../allocation/sleeve/given-supply.ts';
import { errorsInWords } from '../allocation/integrity-evidence.ts';
import { judgedGrid } from '../allocation/sleeve/allocation.ts';
import { failureOf, type JobFailure, type SleeveJob, type SleeveWalk } from '../backtest/sleeve-job.ts';
import type { JobRunner } from '../backtest/job-runner.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { assertExecutable } from '../manifest/executable.ts';
import { annualisationDays, calendarsOf } from '../returns/calendar.ts';
import type { Grid } from '../returns/grid.ts';
import { requireRules } from '../run/rules.ts';
import { isFaultOfInputs } from '../shared/error-kinds.ts';
import { LedgerError } from '../shared/errors.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { inLanes } from '../shared/in-lanes.ts';
import { type Entrant, entrantsOf } from '../tournament/entrant.ts';
import { entrantJob, type TournamentPool } from '../tournament/entrant-job.ts';
import { type SelectedWindows, selectedWindows } from '../tournament/selected-windows.ts';
import { endedFact, selectionFact, startedFact, type Walked } from './facts.ts';
import { identifyTournament, type IdentifiedTournament, type TournamentInput } from './identity.ts';
import { importedField } from './imported.ts';
import { failedEntrant, type FailedEntrant, unmeasurable } from './outcomes.ts';
import type { TournamentDraft } from './slice.ts';

/** A computed tournament as facts, ready to be recorded or compared. */
export interface ComputedTournament {
  readonly runId: string;
  readonly drafts: readonly TournamentDraft[];
  readonly staged: StagedArtifacts;
}

/** Who runs the walk-forwards: the same jobs as those of a backtest. */
export type WalkRunner = Pick<JobRunner, 'lanes' | 'selection' | 'sleeve'>;

/** Errors: SelectionModeUnavailable, IntegrityFailed naming the sleeve, those of the grid. */
function gridOf({ sleeve, resolved, options, rules }: TournamentInput, { scope }: IdentifiedTournament): Grid {
  assertExecutable(resolved);
  const { audited, grid } = judgedGrid({ resolved, options, scope, rules });
  if (grid !== null) return grid;
  throw new LedgerError('IntegrityFailed', `sleeve ${sleeve}: ${errorsInWords(audited.verdict)}`, {
    evidence: { sleeve, findings: audited.verdict.findings.slice(0, 5) },
    at: { path: sleeve },
  });
}

/** The walk-forward of a job; what ends a run elsewhere, such as a window beyond the history, ends no more than the entrant here. */
async function walkOf(job: SleeveJob, runner: WalkRunner): Promise<SleeveWalk | JobFailure> {
  try {
    return await runner.sleeve(job);
  } catch (error) {
    if (!isFaultOfInputs(error)) throw error;
    return failureOf(error);
  }
}

function sameWindow(left: Entrant['window'], right: Entrant['window']): boolean {
  return left.train === right.train && left.test === right.test && left.step === right.step;
}

async function walked(
  pool: TournamentPool,
  entrant: Entrant,
  selected: readonly SelectedWindows[],
  runner: WalkRunner,
): Promise<Walked | FailedEntrant> {
  const { held } = selected.find(({ window }) => sameWindow(window, entrant.window))!;
  const job = entrantJob(pool, entrant, held);
  if ('status' in job) return failedEntrant(entrant, job);
  const walk = await walkOf(job, runner);
  if (walk.status === 'failed') return failedEntrant(entrant, walk);
  const one: Walked = { entrant, columns: job.returns.columns, walk };
  return unmeasurable(entrant, { dates: walk.dates, values: walk.net }, pool.annualisationDays, pool.rules) ?? one;
}

/**
 * Computes a tournament and its facts: the selections for each choice of windows, the walk-forward of every entrant, then their
 * comparison. Pure except for the progress that it reports and for who runs the jobs; replay calls it with what the ledger recorded.
 * Errors: RulesUnknown, SelectionModeUnavailable, IntegrityFailed, UniverseTooSmall, HistoryTooShort.
 */
export async function computeTournament(
  input: TournamentInput,
  sha256: Sha256,
  runner: WalkRunner,
  advance: () => void = () => undefined,
  known: IdentifiedTournament | null = null,
): Promise<ComputedTournament> {
  requireRules(input.rules);
  const identified = known ?? identifyTournament(input, sha256);
  const { runId, staged, scope } = identified;
  const grid = gridOf(input, identified);
  const days = annualisationDays(calendarsOf(grid.kept));
  const { blocks } = input.resolved;
  const pool: TournamentPool = {
    grid,
    blocks: { backtest: blocks.backtest, risk: blocks.risk, features: blocks.features },
    annualisationDays: days,
    givenOrder: scope.universe.asGiven,
    rules: input.rules,
  };
  const { sleeve, resolved } = input;
  const selecting = {
    sleeve,
    resolved,
    grid,
    known: { prices: scope.prices.table, supply: selectionSupplyOf(scope.supply) },
    givenOrder: scope.universe.asGiven,
  };
  const selected = await inLanes(runner.lanes, input.axes.windows, (window) => selectedWindows(selecting, window, runner));
  const outcomes = await inLanes(runner.lanes, entrantsOf(input.axes), async (entrant) => {
    const outcome = await walked(pool, entrant, selected, runner);
    advance();
    return outcome;
  });
  const walkedOnes = outcomes.flatMap((outcome) => ('walk' in outcome ? [outcome] : []));
  const failedOnes = outcomes.flatMap((outcome) => ('walk' in outcome ? [] : [outcome]));
  const policy = { annualisationDays: days, rules: input.rules };
  const foreign = importedField(
    input.imported,
    walkedOnes.map(({ walk }) => walk),
    policy,
  );
  const field = { walked: walkedOnes, imported: foreign.competing, failed: [...failedOnes, ...foreign.failed] };
  const selections = selected.flatMap((windows) => selectionFact(windows, identified));
  return { runId, drafts: [startedFact(input, identified, grid), ...selections, endedFact(input, identified, field, days)], staged };
}
