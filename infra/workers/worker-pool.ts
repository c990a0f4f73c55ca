import { setMaxListeners } from 'node:events';
import { Piscina } from 'piscina';
import type { JobInput, JobList, JobName, JobResult } from '../../domain/jobs/job.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Compute, JobOptions, Log } from '../../handlers/ports/ports.ts';
import { type Answer, type Asked, interrupted, resultOf } from '../../domain/jobs/answers.ts';
import { Turns } from './turns.ts';

export interface WorkerPoolOptions {
  /** The module that a thread runs, and the flags of Node that it needs. */
  readonly entry: string;
  readonly execArgv: readonly string[];
  /** Threads at most; one is started when a job finds none idle. */
  readonly threads: number;
  readonly log: Log;
  /** A thread that had nothing to do for so long ends, and gives its memory back. */
  readonly idleMs?: number;
}

/** A job that ended one worker may have met a fault of the machine; one that ended two is not tried again. */
const attemptsMax = 2;

/**
 * Each thread is a pool of one: piscina hands such a thread its job while it starts, so that a death at any time is an error of that job.
 * In a pool of several, jobs that wait for a thread that dies while it starts would wait for ever.
 */
type Thread = Piscina<Asked, Answer>;

/** What is known of an error that may come from another realm, where it is of another class. */
function known(error: unknown): { readonly name: unknown; readonly message: string } {
  const { name, message } = Object(error) as { readonly name?: unknown; readonly message?: unknown };
  return { name, message: typeof message === 'string' ? message : String(error) };
}

class WorkerPool<List extends JobList> implements Compute<List> {
  readonly parallelism: number;
  readonly #options: WorkerPoolOptions;
  readonly #turns: Turns;
  readonly #threads = new Set<Thread>();
  /** With the timer that ends each; the one that worked last begins first. */
  readonly #idle = new Map<Thread, NodeJS.Timeout>();

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.parallelism = options.threads;
    this.#turns = new Turns(options.threads);
  }

  async run<Name extends JobName<List>>(
    name: Name,
    input: JobInput<List, Name>,
    { signal = null }: JobOptions = {},
  ): Promise<JobResult<List, Name>> {
    const answer = await this.#turns.take(name, signal, async () => {
      for (let attempt = 1; ; attempt++) {
        const answered = await this.#attempt({ name, input }, signal, attempt);
        if (answered !== null) return answered;
      }
    });
    return resultOf<List, Name>(name, answer);
  }

  /** The answer of a thread; null where the thread ended and the job is to be tried again. */
  async #attempt(asked: Asked, signal: AbortSignal | null, attempt: number): Promise<Answer | null> {
    if (signal !== null) setMaxListeners(0, signal);
    const thread = this.#take();
    try {
      const answer = await thread.run(asked, signal === null ? {} : { signal });
      this.#give(thread);
      return answer;
    } catch (error) {
      await this.#end(thread);
      if (this.#turns.ended || signal?.aborted === true) throw interrupted(asked.name);
      const { name: kind, message: why } = known(error);
      // Refused on the way to the thread.
      if (kind === 'DataCloneError') throw error;
      if (attempt >= attemptsMax)
        throw new LedgerError('WorkerLost', `${attempt} workers ended in the middle of the same computation, ${asked.name}: ${why}`, {
          evidence: { job: asked.name, attempts: attempt },
          cause: error,
        });
      this.#options.log.warn({ job: asked.name, why }, 'a worker ended in the middle of a computation, which is tried again');
      return null;
    }
  }

  #take(): Thread {
    const newest = [...this.#idle].at(-1);
    if (newest === undefined) return this.#start();
    const [thread, timer] = newest;
    clearTimeout(timer);
    this.#idle.delete(thread);
    return thread;
  }

  #give(thread: Thread): void {
    if (!this.#threads.has(thread)) return;
    const timer = setTimeout(() => void this.#end(thread), this.#options.idleMs ?? 60_000);
    timer.unref();
    this.#idle.set(thread, timer);
  }

  #start(): Thread {
    const { entry, execArgv, log } = this.#options;
    const thread: Thread = new Piscina({ filename: entry, execArgv: [...execArgv], minThreads: 1, maxThreads: 1, recordTiming: false });
    // A thread that dies with nothing in hand would end the process, if nobody listened.
    thread.on('error', (error: unknown) => {
      log.warn({ why: known(error).message }, 'a worker ended that had no computation in hand');
      void this.#end(thread);
    });
    this.#threads.add(thread);
    return thread;
  }

  async #end(thread: Thread): Promise<void> {
    clearTimeout(this.#idle.get(thread));
    this.#idle.delete(thread);
    if (this.#threads.delete(thread)) await thread.destroy();
  }

  async close(): Promise<void> {
    this.#turns.end();
    await Promise.all([...this.#threads].map((thread) => this.#end(thread)));
  }
}

/** Jobs in threads of this process. None is started before the first job. */
export function createWorkerPool<List extends JobList>(options: WorkerPoolOptions): Compute<List> {
  return new WorkerPool(options);
}
