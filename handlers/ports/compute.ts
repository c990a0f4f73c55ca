/** Computations that take long enough to be done elsewhere. */
import type { JobInput, JobList, JobName, JobResult } from '../../domain/jobs/job.ts';
import type { Jobs } from '../../domain/jobs/jobs.ts';

export interface JobOptions {
  /** Ends the job where it is, or before it begins; null lets it end by itself. */
  readonly signal?: AbortSignal | null;
}

/**
 * Runs jobs by name, several at a time; further ones wait for their turn, first come, first served. Inputs and answers are clones. An
 * answer does not depend on the number of workers, on their order, or on whether a worker died on the way.
 */
export interface Compute<List extends JobList = Jobs> {
  /** How many jobs run at the same time. */
  readonly parallelism: number;
  /**
   * Errors: those of the job, with code, evidence and place; Interrupted by the signal or by `close`; WorkerLost when two workers died of
   * the job.
   */
  run<Name extends JobName<List>>(name: Name, input: JobInput<List, Name>, options?: JobOptions): Promise<JobResult<List, Name>>;
  /** Ends every worker, with what they have in hand. Closing twice does no harm. */
  close(): Promise<void>;
}
