import type { JobList, JobName, JobResult, JobTools } from './job.ts';
import { LedgerError } from '../shared/errors.ts';
import { type PlainError, plainError, refusalOf } from '../shared/plain-error.ts';

/** A job as it goes to a worker: a thread, or a process on another machine. */
export interface Asked {
  readonly name: string;
  readonly input: unknown;
}

/** What comes back. An error crosses as data: a clone of it would have lost its class and its code. */
export type Answer =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly refusal: PlainError }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string | undefined };

/** Does a job; never rejects. */
export async function answerTo(list: JobList, tools: JobTools, { name, input }: Asked): Promise<Answer> {
  try {
    const job = Object.hasOwn(list, name) ? list[name] : undefined;
    if (job === undefined) throw new Error(`there is no job ${name}`);
    return { kind: 'done', result: await (job as (input: unknown, tools: JobTools) => unknown)(input, tools) };
  } catch (error) {
    if (error instanceof LedgerError) return { kind: 'refused', refusal: plainError(error) };
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    return { kind: 'failed', message, stack };
  }
}

/** The result of a job, or its error. Errors: those of the job; Internal for what is no refusal. */
export function resultOf<List extends JobList, Name extends JobName<List>>(name: Name, answer: Answer): JobResult<List, Name> {
  switch (answer.kind) {
    case 'done':
      return answer.result as JobResult<List, Name>;
    case 'refused':
      throw refusalOf(answer.refusal);
    case 'failed':
      throw new LedgerError('Internal', `the job ${name} failed: ${answer.message}`, { evidence: { job: name, stack: answer.stack } });
  }
}

export function interrupted(name: string): LedgerError {
  return new LedgerError('Interrupted', `the computation ${name} was interrupted before it had an answer`, { evidence: { job: name } });
}
