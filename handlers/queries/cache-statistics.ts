import { byCodeUnits } from '../../domain/shared/order.ts';
import type { CacheSize, Ports } from '../ports/ports.ts';

export interface CacheStatistics extends Omit<CacheSize, 'answers'> {
  readonly answers: number;
  readonly jobs: readonly { readonly job: string; readonly answers: number; readonly bytes: number }[];
}

/** How much the cache holds, by kind of computation. Errors: FileUnreadable. */
export async function cacheStatistics({ cache }: Pick<Ports, 'cache'>): Promise<CacheStatistics> {
  const { answers, ...size } = await cache.size();
  const jobs = [...new Set(answers.map(({ job }) => job))].toSorted(byCodeUnits).map((job) => {
    const own = answers.filter((answer) => answer.job === job);
    return { job, answers: own.length, bytes: own.reduce((sum, { bytes }) => sum + bytes, 0) };
  });
  return { ...size, answers: answers.length, jobs };
}
