import { LedgerError } from '../../domain/shared/errors.ts';
import type { RunRow } from '../../projections/run-directory.ts';
import type { Ports } from '../ports.ts';
import { runOf } from '../queries/run-of.ts';
import { parseKnownAt } from '../views.ts';
import { dateFlag, textFlag } from './flags.ts';
import type { VerbInput } from './verb.ts';

/** The run that a verb is asked about, if it speaks of no later date and had been recorded by then. Errors: RunUnknown. */
export async function askedRun(ports: Ports, { args, flags }: VerbInput): Promise<RunRow> {
  const knownAt = textFlag(flags, 'knownAt');
  const asOf = dateFlag(flags, 'asOf');
  const run = await runOf(ports, args[0]!, knownAt === null ? null : parseKnownAt(knownAt));
  if (asOf !== null && run.asOf > asOf) throw new LedgerError('RunUnknown', `run ${run.runId} speaks of ${run.asOf}, after ${asOf}`, { at: { path: run.runId } });
  return run;
}
