import { type ProfileBacktest, type ProfileJob, runProfileJob } from '../backtest/profile-job.ts';
import { type JobFailure, runSleeveJob, type SleeveJob, type SleeveWalk } from '../backtest/sleeve-job.ts';
import { type MetaProfileJob, solveMetaProfile, type SolvedMetaProfile } from '../meta-run/solved-apart.ts';
import { type SleeveProfileJob, solveSleeveProfile, type SolvedSleeveProfile } from '../sleeve-run/solved-apart.ts';
import { type SelectionJob, selectForSleeve, type SleeveSelection } from '../sleeve-selection/job.ts';
import { type WindowRegimes, windowRegimes, type WindowRegimesInput } from '../regime/window-regimes.ts';
import type { JobList, JobTools } from './job.ts';

/** Every computation that workers run. */
export const jobs = {
  /** The selections of a sleeve, window by window. */
  'sleeve-selection': (job: SelectionJob): SleeveSelection => selectForSleeve(job),
  /** The regime of every decision of a walk-forward, and of what its window earned. */
  'window-regimes': (job: WindowRegimesInput): WindowRegimes => windowRegimes(job),
  /** One risk profile of a sleeve: its walk-forward, and a fresh solve at the end. */
  'sleeve-profile': (job: SleeveProfileJob, { sha256 }: JobTools): SolvedSleeveProfile => solveSleeveProfile(job, sha256),
  /** One risk profile of a meta portfolio, with the portfolios below it. */
  'meta-profile': (job: MetaProfileJob, { sha256 }: JobTools): SolvedMetaProfile => solveMetaProfile(job, sha256),
  /** Walk-forward of one sleeve of a backtest, for one risk profile. */
  'backtest-sleeve': (job: SleeveJob): SleeveWalk | JobFailure => runSleeveJob(job),
  /** One risk profile of a backtest: its decisions, its book and its baselines. */
  'backtest-profile': (job: ProfileJob): ProfileBacktest | JobFailure => runProfileJob(job),
} as const satisfies JobList;

export type Jobs = typeof jobs;
