import type { JobInput, JobList, JobName, JobResult } from '../../domain/jobs/job.ts';
import { inLanes } from '../../domain/shared/in-lanes.ts';
import type { Compute, JobOptions } from '../ports/ports.ts';

export interface AllOptions extends JobOptions {
  /** Called after each answer. */
  readonly onDone?: () => void;
}

/** As many jobs as workers can have in hand, and one that is ready for the next. */
export function lanesOf({ parallelism }: Pick<Compute, 'parallelism'>): number {
  return parallelism + 1;
}

/**
 * One job for each input, with the answers in the order of the inputs, whichever came first. Inputs are taken when there is room for them:
 * no more are held than workers can have in hand, and one that is ready for the next. Errors: that of the first input that failed,
 * whichever failed first; then no further one is begun.
 */
export function computeAll<List extends JobList, Name extends JobName<List>>(
  compute: Compute<List>,
  name: Name,
  inputs: Iterable<JobInput<List, Name>>,
  { onDone = () => undefined, ...options }: AllOptions = {},
): Promise<JobResult<List, Name>[]> {
  return inLanes(lanesOf(compute), inputs, async (input): Promise<JobResult<List, Name>> => {
    const answer = await compute.run(name, input, options);
    onDone();
    return answer;
  });
}
