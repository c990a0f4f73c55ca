import { z } from 'zod';
import type { MessageToSend, ReceivedMessage } from '../ports/ports.ts';
import { jobKeySchema, processSchema } from './backtest-job.ts';
import { writeCloudEvent } from './cloud-event.ts';
import { backtestResultType, sourceOfLedger } from './event-types.ts';
import { readData } from './read-data.ts';

/** Data of `io.sleeve-ledger.backtest-result.v1`: what became of a job. */
export const backtestResultSchema = z.strictObject({
  key: jobKeySchema.describe('That of the job; also the key of the message'),
  job: z.string().min(1).max(100),
  engine: z.string().min(1).max(300).describe('Build of the worker'),
  worker: processSchema.describe('Process that answers'),
  asker: processSchema.describe(
    'Process whose job this answers. An answer is good for whoever waits for its key, an error for the asker alone',
  ),
  ledgerId: z.uuid(),
  outcome: z
    .enum(['done', 'failed', 'refused'])
    .describe(
      'done: there is an answer; failed: the computation ended with an error; refused: the worker did not begin, or lost its threads',
    ),
  answer: jobKeySchema.nullable().describe('Address of the answer, or of the error, among the artifacts of the ledger; null for refused'),
  reason: z.string().max(2_000).nullable().describe('Why it failed or was refused; null for done'),
});
export type BacktestResult = z.infer<typeof backtestResultSchema>;

export function backtestResultMessage(result: BacktestResult, time: string): MessageToSend {
  const { key, job, ledgerId, asker, outcome } = result;
  const id = outcome === 'done' ? key : `${key}-${asker}`;
  const attributes = { id, type: backtestResultType, source: sourceOfLedger(ledgerId), time, subject: job };
  return writeCloudEvent(attributes, result, key);
}

/** Errors: MessageInvalid. */
export function readBacktestResult(message: Pick<ReceivedMessage, 'value' | 'headers'>): BacktestResult {
  return readData(message, backtestResultType, backtestResultSchema);
}
