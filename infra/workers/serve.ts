import type { JobList, JobTools } from '../../domain/jobs/job.ts';
import { type Answer, answerTo, type Asked } from '../../domain/jobs/answers.ts';

/** What the module of a worker thread exports for the pool: one function that does any job of the list. */
export function serveJobs(list: JobList, tools: JobTools): (asked: Asked) => Promise<Answer> {
  return (asked) => answerTo(list, tools, asked);
}
