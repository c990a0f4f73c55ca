/** Does one job in a process of its own, which may kill itself at a step of it: `intake-child.ts STORE JOB`. */
import { type IntakeJob, runIntakeJob } from './intake-job.ts';

const [store, job] = process.argv.slice(2) as [string, string];
await runIntakeJob(store, JSON.parse(job) as IntakeJob);
