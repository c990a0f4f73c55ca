import { type SelectionJob, selectForSleeve, type SleeveSelection } from '../sleeve-selection/job.ts';
import { type ProfileBacktest, type ProfileJob, runProfileJob } from './profile-job.ts';
import { type JobFailure, runSleeveJob, type SleeveJob, type SleeveWalk } from './sleeve-job.ts';

/** Who runs the jobs of a backtest: here, or on other threads and machines. Answers depend on the job alone. */
export interface JobRunner {
  /** How many jobs are asked for at a time: no more inputs and answers travel at once, however many windows and profiles there are. */
  readonly lanes: number;
  readonly selection: (job: SelectionJob) => Promise<SleeveSelection>;
  readonly sleeve: (job: SleeveJob) => Promise<SleeveWalk | JobFailure>;
  readonly profile: (job: ProfileJob) => Promise<ProfileBacktest | JobFailure>;
}

/** Runs every job where it is asked for. */
export const runnerHere: JobRunner = {
  lanes: 1,
  selection: async (job) => selectForSleeve(job),
  sleeve: async (job) => runSleeveJob(job),
  profile: async (job) => runProfileJob(job),
};
