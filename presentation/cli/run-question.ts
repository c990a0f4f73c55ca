import type { RunQuestion } from '../../handlers/runs/run-of.ts';
import { dateFlag, ledgerTimeFlag } from './flags.ts';
import type { VerbInput } from './verb.ts';

/** The run that a verb asks about, and the time as of which it asks. */
export function runQuestion({ args, flags }: VerbInput): RunQuestion {
  return { runId: args[0]!, asOf: dateFlag(flags, 'asOf'), knownAt: ledgerTimeFlag(flags) };
}
