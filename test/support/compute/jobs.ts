import { existsSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import type { JobList } from '../../../domain/jobs/job.ts';
import { LedgerError } from '../../../domain/shared/errors.ts';

/** Holds the thread for so long, as a computation does. */
export function hold(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Jobs that show what becomes of answers, errors and threads. */
export const sampleJobs = {
  echo: (input: unknown): unknown => input,
  thread: (input: { readonly holdMs: number }): number => {
    hold(input.holdMs);
    return threadId;
  },
  change: (input: { values: number[] }): number[] => {
    input.values.push(4);
    return input.values;
  },
  refuse: (input: { readonly symbol: string }): never => {
    throw new LedgerError('HistoryTooShort', 'ten rows hold no window', {
      evidence: { symbol: input.symbol, rows: 10, values: Float64Array.of(Number.NaN, -0) },
      at: { file: 'prices.csv', line: 7, path: 'backtest.train_window' },
    });
  },
  fail: (): never => {
    throw new TypeError('a fault of the job');
  },
  answerWithAFunction: (): unknown => ({ call: () => 1 }),
  hash: (input: string, { sha256 }: { readonly sha256: (bytes: Uint8Array) => Uint8Array }): Uint8Array =>
    sha256(new TextEncoder().encode(input)),
  /** Ends its thread in the middle, unless the file is there, which it makes before. */
  dieOnce: (input: { readonly file: string }): string => {
    if (existsSync(input.file)) return 'lives';
    writeFileSync(input.file, '');
    process.exit(3);
  },
  dieAlways: (): never => process.exit(3),
} as const satisfies JobList;

export type SampleJobs = typeof sampleJobs;
