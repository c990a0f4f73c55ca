import {
  gradedProfile,
  gradeSleeve,
  type PreparedSleeve,
  prepareSleeve,
  type ProfileTask,
  tasksOf,
} from '../allocation/sleeve/allocation.ts';
import { solvedOrFailed } from '../allocation/sleeve/profile.ts';
import type { ProfileWork } from '../allocation/sleeve/solve-window.ts';
import { StagedArtifacts } from '../documents/staged-artifacts.ts';
import { writtenGross } from '../manifest/gross-max.ts';
import { type CalendarId, calendarsOf } from '../returns/calendar.ts';
import type { GradedProfile } from '../run/grade.ts';
import { invariant } from '../shared/errors.ts';
import type { Sha256 } from '../shared/hashing.ts';
import type { WindowRegimes, WindowRegimesInput } from '../regime/window-regimes.ts';
import type { SelectionJob, SleeveSelection } from '../sleeve-selection/job.ts';
import { type ComputedSleeveRun, computedRun } from './computed-run.ts';
import { preparedFacts, profileFact } from './facts.ts';
import { type IdentifiedSleeveRun, openingFact, type SleeveRunRequest } from './produced-run.ts';
import { regimesFacts } from './regimes-fact.ts';
import { selectionFacts } from './selection-facts.ts';
import type { SleeveRunDraft } from './slice.ts';

/**
 * A sleeve run in steps, so that selecting and solving can be done elsewhere and at the same time: begin, select, solve each, complete.
 * Together
 * they make what `computeSleeveRun` makes, byte for byte (test/domain/sleeve-run/solved-apart.test.ts).
 */

/** One profile of a prepared sleeve: plain data, so that another thread can have it. */
export interface SleeveProfileJob extends ProfileWork {
  /** Of the sleeve's grid. */
  readonly calendars: readonly CalendarId[];
}

/** A profile as a fact, with the artifacts that the fact refers to. */
export interface SolvedSleeveProfile {
  readonly graded: GradedProfile;
  readonly fact: SleeveRunDraft;
  readonly artifacts: readonly Uint8Array[];
}

export interface BegunSleeveRun {
  readonly request: SleeveRunRequest;
  readonly identified: IdentifiedSleeveRun;
  readonly prepared: PreparedSleeve;
  /** Null in a sleeve that selects nothing. */
  readonly selectionJob: SelectionJob | null;
  /** Null in a sleeve that follows no regime. */
  readonly regimesJob: WindowRegimesInput | null;
}

/** Answers to the jobs of a begun run; each is null where its job is. */
export interface SleeveAnswers {
  readonly selection: SleeveSelection | null;
  readonly regimes: WindowRegimes | null;
}

/** A begun run whose symbols are selected. */
export interface SelectedSleeveRun extends SleeveAnswers {
  readonly begun: BegunSleeveRun;
  readonly tasks: readonly ProfileTask[];
  /** Of the profiles that can be solved, in their order. */
  readonly jobs: readonly SleeveProfileJob[];
}

/** Audits the prices and forms the grid. Errors: those of `prepareSleeve`. */
export function beginSleeveRun(request: SleeveRunRequest, identified: IdentifiedSleeveRun): BegunSleeveRun {
  const { resolved, options, rules } = request;
  const prepared = prepareSleeve({ resolved, options, scope: identified.scope, rules });
  const { selectionJob = null, regimesJob = null } = prepared.formed ?? {};
  return { request, identified, prepared, selectionJob, regimesJob };
}

/** The profiles of a run, once its symbols are selected and its regimes read. */
export function selectedSleeveRun(begun: BegunSleeveRun, answers: SleeveAnswers): SelectedSleeveRun {
  const { prepared, request, selectionJob, regimesJob } = begun;
  const { selection, regimes } = answers;
  invariant((selectionJob === null) === (selection === null), 'a sleeve that selects has a selection', {});
  invariant((regimesJob === null) === (regimes === null), 'a sleeve that follows regimes has them', {});
  const { backtest, risk } = request.resolved.blocks;
  const calendars = prepared.formed === null ? [] : calendarsOf(prepared.formed.grid.kept);
  const acting = { cluster_cap: risk.cluster_cap, ...writtenGross(risk) };
  const tasks = tasksOf(prepared, selection);
  const jobs = tasks.flatMap((task): SleeveProfileJob[] => {
    if (task.status === 'absent') return [];
    const { status: _, resolved: __, ...work } = task;
    return [{ ...work, resolved: { blocks: { backtest, risk: acting } }, calendars }];
  });
  return { begun, selection, regimes, tasks, jobs };
}

/** Solves one profile. A failure that ends no more than the profile is its fact. */
export function solveSleeveProfile(job: SleeveProfileJob, sha256: Sha256): SolvedSleeveProfile {
  const staged = new StagedArtifacts(sha256);
  const outcome = solvedOrFailed(job);
  const fact = profileFact(outcome, job.resolved, job.calendars, staged);
  return { graded: gradedProfile(outcome), fact, artifacts: staged.contents() };
}

/** The run, with the profiles as they were solved, in the order of the jobs. */
export function completeSleeveRun(
  { begun, selection, regimes, tasks }: SelectedSleeveRun,
  solved: readonly SolvedSleeveProfile[],
  sha256: Sha256,
): ComputedSleeveRun {
  const { request, identified, prepared } = begun;
  const { staged } = identified;
  const { resolved, rules } = request;
  const facts = [
    openingFact(request, identified, sha256),
    ...preparedFacts(prepared, { resolved, rules }, staged),
    ...selectionFacts(selection, staged),
    ...regimesFacts(regimes, staged),
  ];
  const graded: GradedProfile[] = [];
  const answers = solved.values();
  for (const task of tasks) {
    if (task.status === 'absent') {
      facts.push(profileFact(task, resolved, [], staged));
      graded.push(gradedProfile(task));
      continue;
    }
    const { value: answer } = answers.next();
    invariant(answer?.graded.risk === task.risk, 'every profile of a sleeve is solved, in its order', { risk: task.risk });
    for (const bytes of answer.artifacts) staged.keep(bytes);
    facts.push(answer.fact);
    graded.push(answer.graded);
  }
  const risks = graded.filter(({ status }) => status === 'native').map(({ risk }) => risk);
  return computedRun(identified, facts, gradeSleeve(prepared, selection, graded), risks);
}
