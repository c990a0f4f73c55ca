import type { JobInput, JobList, JobName, JobResult } from '../../domain/jobs/job.ts';
import type { Compute, JobOptions } from '../ports/ports.ts';

export interface AllOptions extends JobOptions {
  /** Called after each answer. */
  readonly onDone?: () => void;
}

/**
 * One job for each input, with the answers in the order of the inputs, whichever came first. Inputs are taken when there is room for them:
 * no more are held than workers can have in hand, and one that is ready for the next. Errors: that of the first input that failed,
 * whichever failed first; then no further one is begun.
 */
export async function computeAll<List extends JobList, Name extends JobName<List>>(
  compute: Compute<List>,
  name: Name,
  inputs: Iterable<JobInput<List, Name>>,
  { onDone = () => undefined, ...options }: AllOptions = {},
): Promise<JobResult<List, Name>[]> {
  const source = inputs[Symbol.iterator]();
  const answers: JobResult<List, Name>[] = [];
  const failures = new Map<number, unknown>();
  let taken = 0;
  const lane = async (): Promise<void> => {
    while (failures.size === 0) {
      const next = source.next();
      if (next.done === true) return;
      const index = taken++;
      try {
        answers[index] = await compute.run(name, next.value, options);
        onDone();
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: compute.parallelism + 1 }, lane));
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return answers;
}
