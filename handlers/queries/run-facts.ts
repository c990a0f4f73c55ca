import type { DomainEvent, EventType } from '../../domain/catalogue.ts';
import type { DataEnd } from '../../domain/run/delivered-run.ts';
import { runKindWords } from '../../domain/run/run-kind.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type RunRow, runDirectory } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { positionKnownAt } from '../read-models/last-known.ts';
import { viewOf } from '../read-models/views.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';
import { dataEndOf } from '../runs/data-ends.ts';
import { runStreamName } from '../runs/run-streams.ts';
import { requestedRun, type RunQuestion } from '../runs/run-of.ts';

/** A fact as its run recorded it; older versions as the newest has them. */
export interface RunFact {
  readonly type: EventType;
  readonly revision: number;
  readonly recordedAt: string;
  readonly actor: string;
  readonly data: DomainEvent['data'];
}

export interface RunFacts {
  readonly run: RunRow;
  /** Where the data of a sleeve run end; null for a run of any other kind, and where it does not say. */
  readonly dataEnd: DataEnd | null;
  /** In the order in which they were recorded. */
  readonly facts: readonly RunFact[];
  readonly position: string | null;
}

function factOf({ type, data, envelope: { recordedAt, actor } }: DomainEvent, revision: bigint): RunFact {
  return { type, revision: Number(revision), recordedAt, actor, data };
}

/**
 * Everything that a run recorded. Errors: RunUnknown; Usage for a run of another kind than `kind`; and those of naming a run.
 */
export async function runFacts(ports: Ports, question: RunQuestion, kind: RunRow['kind'] | null = null): Promise<RunFacts> {
  const { knownAt } = question;
  const run = await requestedRun(ports, question);
  if (kind !== null && run.kind !== kind)
    throw new LedgerError('Usage', `${run.runId} is a ${runKindWords[run.kind]}, and no ${runKindWords[kind]}`, {
      at: { path: run.runId },
    });
  const until = knownAt === null ? null : await positionKnownAt(ports, knownAt);
  const recorded = await readWholeStream(ports.store, runStreamName(run.kind, run.runId));
  const known = until === null ? recorded : recorded.filter(({ position }) => ports.store.comparePositions(position, until) <= 0);
  const dataEnd = run.kind === 'sleeve' ? await dataEndOf(await viewOf(ports, runDirectory, knownAt), run.runId) : null;
  return {
    run,
    dataEnd,
    facts: toDomainEvents(known).map((event, index) => factOf(event, known[index]!.revision)),
    position: known.at(-1)?.position ?? null,
  };
}
