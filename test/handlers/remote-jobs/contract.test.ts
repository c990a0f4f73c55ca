/** Workers on other machines, in one process: as good a place to compute as any. */
import { afterAll } from '@jest/globals';
import type { Compute } from '../../../handlers/ports/ports.ts';
import { computeContract } from '../../contract/compute.contract.ts';
import type { SampleJobs } from '../../support/compute/jobs.ts';
import { sampleMachines, type Worker } from '../../support/remote-jobs/machines.ts';

const workers: Worker[] = [];
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
});

computeContract('two workers behind a broker', (): Compute<SampleJobs> => {
  const machines = sampleMachines();
  workers.push(machines.worker(), machines.worker());
  return machines.asker();
});
