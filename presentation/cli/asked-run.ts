import type { RunQuestion } from '../../handlers/runs/run-of.ts';
import { dateFlag, ledgerTimeFlag } from './flags.ts';
import type { VerbInput } from './verb.ts';

/** The run that a verb is asked about, and the time that it is asked as of. */
export function runQuestion({ args, flags }: VerbInput): RunQuestion {
  return { runId: args[0]!, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
}
