import { appendFileSync } from 'node:fs';
import { openLedger } from '../../bin/open-ledger.ts';
import { createIntake, type IntakeOptions, type IntakeStep } from '../../handlers/intake/intake.ts';
import { discardLetter, retryLetter } from '../../handlers/commands/settle-letter.ts';
import { rawMessage } from './sleeve-results.ts';

export interface IntakeJob {
  /** Delivered, or null. */
  readonly message: { readonly key: string; readonly value: string; readonly offset: string } | null;
  /** Settled afterwards, or null. */
  readonly settle: { readonly how: 'retry' | 'discard'; readonly letterId: string } | null;
  readonly onPoison: IntakeOptions['onPoison'];
  /** Where the process kills itself; null nowhere. */
  readonly dieAt: IntakeStep | null;
  /** Every message sent to the dead-letter topic goes here, one line each. */
  readonly deadLettersFile: string;
}

/** Does one thing with the intake of a ledger, in this process. */
export async function runIntakeJob(store: string, job: IntakeJob): Promise<void> {
  const { session, close } = await openLedger({ store, actor: 'child', logLevel: 'silent' });
  const options: IntakeOptions = {
    resultsTopic: 'sleeve-results.v1',
    deadLettersTopic: 'sleeve-results.dlq.v1',
    onPoison: job.onPoison,
    deadLetters: {
      send: async (_topic, messages) => {
        for (const { value } of messages) appendFileSync(job.deadLettersFile, `${new TextDecoder().decode(value)}\n`);
      },
      close: async () => undefined,
    },
    failpoint: (step) => {
      if (step === job.dieAt) process.kill(process.pid, 'SIGKILL');
    },
  };
  if (job.message !== null) {
    const { key, value, offset } = job.message;
    await createIntake(session, options).handle(rawMessage(key, value, undefined, { offset }), async () => undefined);
  }
  if (job.settle?.how === 'retry') await retryLetter(session, job.settle.letterId, 'mended', options);
  if (job.settle?.how === 'discard') await discardLetter(session, job.settle.letterId, 'given up', options);
  await close();
}
