import { type BacktestInput, preparedSleeve, scopedSleeve } from '../backtest/backtest.ts';
import { type JobRunner, runnerHere } from '../backtest/job-runner.ts';
import { plannedProfile, plannedWalks } from '../backtest/planned-jobs.ts';
import { selectedSleeve, type SelectedSleeve } from '../backtest/selected-sleeve.ts';
import type { JobFailure, SleeveWalk } from '../backtest/sleeve-job.ts';
import type { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { requireRules } from '../run/rules.ts';
import type { RiskProfile } from '../risk/schemas.ts';
import type { Sha256 } from '../shared/hashing.ts';
import { inLanes } from '../shared/in-lanes.ts';
import { backtestDrafts, type FinishedProfile, profileFacts } from './facts.ts';
import { type IdentifiedBacktest, identifyBacktest } from './identity.ts';
import type { BacktestDraft } from './slice.ts';

/** A computed backtest as facts, ready to be recorded or compared. */
export interface ComputedBacktest {
  readonly runId: string;
  readonly drafts: readonly BacktestDraft[];
  readonly staged: StagedArtifacts;
}

/** A backtest with its name. Errors: PricesMissing, SymbolTwice, ExchangeUnknown, HistoryTooShort. */
export function identifiedBacktest(input: BacktestInput, sha256: Sha256): IdentifiedBacktest {
  const scoped = input.sleeves.map((sleeve) => scopedSleeve(sleeve, input.rules));
  return identifyBacktest(input, scoped, sha256);
}

async function finished(
  input: BacktestInput,
  risk: RiskProfile,
  selected: readonly SelectedSleeve[],
  walks: readonly (SleeveWalk | JobFailure)[],
  runner: JobRunner,
): Promise<FinishedProfile> {
  const planned = plannedProfile(input, risk, selected, walks);
  if ('status' in planned) return { outcome: planned, sleeves: [] };
  const outcome = await runner.profile(planned);
  return outcome.status === 'tested' ? { outcome, sleeves: planned.sleeves } : { outcome: { ...outcome, risk, path: [] }, sleeves: [] };
}

interface WalkedProfile {
  readonly risk: RiskProfile;
  readonly walks: readonly (SleeveWalk | JobFailure)[];
}

/** The walk-forwards of one profile after the other, taken out of all of them: nobody holds them longer than the profile takes. */
function* byProfile(risks: readonly RiskProfile[], walked: WalkedProfile['walks'][number][], sleeves: number): Generator<WalkedProfile> {
  for (const risk of risks) yield { risk, walks: walked.splice(0, sleeves) };
}

/**
 * Computes a backtest and its facts: the selections of every sleeve and its walk-forwards, then the meta step of each profile. Pure except
 * for the progress that it reports and for who runs the jobs; replay calls it with what the ledger recorded.
 * Errors: RulesUnknown, IntegrityFailed, OverlapTooShort, BoundsInfeasible, HistoryTooShort.
 */
export async function computeBacktest(
  input: BacktestInput,
  sha256: Sha256,
  runner: JobRunner = runnerHere,
  advance: () => void = () => undefined,
  known: IdentifiedBacktest | null = null,
): Promise<ComputedBacktest> {
  requireRules(input.rules);
  const identified = known ?? identifiedBacktest(input, sha256);
  const prepared = identified.sleeves.map(({ scoped }) => preparedSleeve(scoped, input));
  const selected = await inLanes(runner.lanes, prepared, (sleeve) => selectedSleeve(sleeve, runner));
  const walked = await inLanes(runner.lanes, plannedWalks(input, selected), async ({ job }) => {
    const walk = 'status' in job ? job : await runner.sleeve(job);
    advance();
    return walk;
  });
  const profiles = await inLanes(runner.lanes, byProfile(input.options.risks, walked, selected.length), async ({ risk, walks }) => {
    const facts = profileFacts(await finished(input, risk, selected, walks, runner), input.node, sha256);
    advance();
    return facts;
  });
  return { runId: identified.runId, drafts: backtestDrafts(input, identified, selected, profiles), staged: identified.staged };
}
