import { z } from 'zod';
import type { MessageToSend, ReceivedMessage } from '../ports/ports.ts';
import { writeCloudEvent } from './cloud-event.ts';
import { backtestJobType, sourceOfLedger } from './event-types.ts';
import { readData } from './read-data.ts';

export const jobKeySchema = z.string().regex(/^[0-9a-f]{64}$/);
export const processSchema = z.string().min(1).max(300);

/**
 * Data of `io.sleeve-ledger.backtest-job.v1`: a computation that a worker is asked for. What it is computed from lies among the artifacts
 * of the ledger.
 */
export const backtestJobSchema = z.strictObject({
  key: jobKeySchema.describe(
    'Address of the recipe among the artifacts of the ledger, which names the table of returns and has every setting; also the key of ' +
      'the message, and the id of the CloudEvent: the same job asked twice is one',
  ),
  job: z.string().min(1).max(100).describe('Name of the computation'),
  engine: z.string().min(1).max(300).describe('Build that asks; another one refuses'),
  asker: processSchema.describe('Process that asks'),
  ledgerId: z.uuid().describe('Ledger whose artifacts are meant; a worker on another one refuses'),
});
export type BacktestJob = z.infer<typeof backtestJobSchema>;

export function backtestJobMessage(job: BacktestJob, time: string): MessageToSend {
  const { key, ledgerId } = job;
  return writeCloudEvent({ id: key, type: backtestJobType, source: sourceOfLedger(ledgerId), time, subject: job.job }, job, key);
}

/** Errors: MessageInvalid. */
export function readBacktestJob(message: Pick<ReceivedMessage, 'value' | 'headers'>): BacktestJob {
  return readData(message, backtestJobType, backtestJobSchema);
}
