import { type RecordedKind, recordedKindWords, type RunKind, runKindWords } from '../../domain/run/run-kind.ts';
import { streamNameSchema } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { EventStore } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { runStreamsByKind } from './run-streams.ts';

/** A run was given where one of another kind is asked for. */
export function otherKind(runId: string, is: RecordedKind, wanted: RunKind): LedgerError {
  return new LedgerError('Usage', `${runId} is a ${recordedKindWords[is]}; give a ${runKindWords[wanted]}`, {
    evidence: { runId, kind: is },
    at: { path: runId },
  });
}

/** Why no run of a kind has an id: one of another kind has it (`Usage`), or none (`RunUnknown`). One look-up for each kind. */
export async function missingRun(store: Pick<EventStore, 'readStream'>, wanted: RunKind, runId: string): Promise<LedgerError> {
  for (const [kind, stream] of runStreamsByKind(runId)) {
    if (kind === wanted || !streamNameSchema.safeParse(stream).success) continue;
    if ((await eventAt(store, stream, 0n)) !== null) return otherKind(runId, kind, wanted);
  }
  const what = wanted === 'sleeve' || wanted === 'meta' ? 'run' : wanted;
  return new LedgerError('RunUnknown', `no ${what} ${runId} is recorded`, { at: { path: runId } });
}
