import { fileURLToPath } from 'node:url';
import { forThread, workerEntries } from '../../../bin/worker-entries.ts';
import { jobs } from '../../../domain/jobs/jobs.ts';
import type { Compute, Log } from '../../../handlers/ports/ports.ts';
import { createNodeCrypto } from '../../../infra/crypto/node-crypto.ts';
import { createLog } from '../../../infra/system/log.ts';
import { createInProcessCompute } from '../../../infra/workers/in-process.ts';
import { createWorkerPool } from '../../../infra/workers/worker-pool.ts';
import { type SampleJobs, sampleJobs } from './jobs.ts';

const tools = { sha256: createNodeCrypto().sha256 };
const silent = createLog('silent', false, { write: () => undefined });
const execArgv = forThread();

/** Sample jobs on so many threads; 0 is this one. */
export function sampleCompute(
  threads: number,
  { entry = 'sample-thread.ts', ...options }: { readonly log?: Log; readonly idleMs?: number; readonly entry?: string } = {},
): Compute<SampleJobs> {
  if (threads === 0) return createInProcessCompute(sampleJobs, tools);
  return createWorkerPool({ log: silent, ...options, entry: fileURLToPath(new URL(`./${entry}`, import.meta.url)), execArgv, threads });
}

/** The jobs of the program on so many threads. */
export function programCompute(threads: number): Compute {
  return threads === 0 ? createInProcessCompute(jobs, tools) : createWorkerPool({ log: silent, ...workerEntries.computeJobs, threads });
}
