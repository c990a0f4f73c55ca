import type { JobInput, JobList, JobName, JobResult, JobTools } from '../../domain/jobs/job.ts';
import type { Compute, JobOptions } from '../../handlers/ports/ports.ts';
import { answerTo, interrupted, resultOf } from '../../domain/jobs/answers.ts';
import { Turns } from './turns.ts';

/** Lets timers, sockets and signals have their turn between two jobs. */
async function yieldToEventLoop(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Does jobs one after the other on this thread, with clones as a worker would have them. */
class InProcess<List extends JobList> implements Compute<List> {
  readonly parallelism = 1;
  readonly #list: List;
  readonly #tools: JobTools;
  readonly #turns = new Turns(1);

  constructor(list: List, tools: JobTools) {
    this.#list = list;
    this.#tools = tools;
  }

  async run<Name extends JobName<List>>(
    name: Name,
    input: JobInput<List, Name>,
    { signal = null }: JobOptions = {},
  ): Promise<JobResult<List, Name>> {
    const answer = await this.#turns.take(name, signal, async () => {
      await yieldToEventLoop();
      this.#requireWanted(name, signal);
      const answered = structuredClone(await answerTo(this.#list, this.#tools, { name, input: structuredClone(input) }));
      // A signal that came while the job held the thread is heard in the turn after.
      if (signal !== null) await yieldToEventLoop();
      this.#requireWanted(name, signal);
      return answered;
    });
    return resultOf<List, Name>(name, answer);
  }

  #requireWanted(name: string, signal: AbortSignal | null): void {
    if (this.#turns.ended || signal?.aborted === true) throw interrupted(name);
  }

  async close(): Promise<void> {
    this.#turns.end();
  }
}

/** Jobs on this thread: for tests, and where no threads are wanted. */
export function createInProcessCompute<List extends JobList>(list: List, tools: JobTools): Compute<List> {
  return new InProcess(list, tools);
}
