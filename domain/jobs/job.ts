import type { Sha256 } from '../shared/hashing.ts';

/** What a job may use beside its input. */
export interface JobTools {
  readonly sha256: Sha256;
}

/**
 * Computations by name, for workers to run: pure functions of plain data that a structured clone carries, with plain data for an answer.
 * The same input gives the same answer, to the bit, in any worker.
 */
export type JobList = Readonly<Record<string, (input: never, tools: JobTools) => unknown>>;

export type JobName<List extends JobList> = keyof List & string;
export type JobInput<List extends JobList, Name extends JobName<List>> = Parameters<List[Name]>[0];
export type JobResult<List extends JobList, Name extends JobName<List>> = Awaited<ReturnType<List[Name]>>;
