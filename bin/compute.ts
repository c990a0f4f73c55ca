import type { JobTools } from '../domain/jobs/job.ts';
import { jobs } from '../domain/jobs/jobs.ts';
import type { Compute, Log } from '../handlers/ports/ports.ts';
import { createInProcessCompute } from '../infra/workers/in-process.ts';
import { createWorkerPool } from '../infra/workers/worker-pool.ts';
import { workerEntries } from './worker-entries.ts';

/** Computes in threads of this process; without any, here. */
export function createCompute(workers: number, tools: JobTools, log: Log): Compute {
  if (workers === 0) return createInProcessCompute(jobs, tools);
  return createWorkerPool({ ...workerEntries.computeJobs, threads: workers, log });
}
