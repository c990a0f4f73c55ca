import type { RunKind } from '../../domain/run/run-kind.ts';
import { streamNameSchema } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { type Opened, openedBy } from '../../projections/run-directory.ts';
import type { Ports } from '../ports/ports.ts';
import { eventAt } from '../runtime/stream-pages.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { runStreamName, runStreamsByKind } from './run-streams.ts';

type Reader = Pick<Ports, 'store' | 'crypto'>;

/** How a run begins, by its stream. */
export interface OpenedRun extends Pick<Opened, 'kind' | 'name' | 'asOf'> {
  readonly runId: string;
  readonly position: string;
}

/** Errors: ReadModelsDiffer. */
export function rowsDiffer(what: string, evidence: Readonly<Record<string, unknown>>): LedgerError {
  return new LedgerError('ReadModelsDiffer', `the read models do not say what the events say: ${what}`, { evidence: { ...evidence } });
}

/** The first event of a run, whose bytes have the hash that they are stored under; null where there is no such run. Errors: ChainBroken. */
export async function openedRun({ store, crypto }: Reader, kind: RunKind, runId: string): Promise<OpenedRun | null> {
  const stream = runStreamName(kind, runId);
  const stored = streamNameSchema.safeParse(stream).success ? await eventAt(store, stream, 0n) : null;
  if (stored === null) return null;
  const actual = crypto.sha256Hex(stored.bytes);
  const opened = actual === stored.hash ? openedBy(toDomainEvents([stored])[0]!) : null;
  if (opened === null)
    throw new LedgerError('ChainBroken', `${stream} does not begin as a run does`, { evidence: { stream, expected: stored.hash, actual } });
  return { kind: opened.kind, name: opened.name, asOf: opened.asOf, runId, position: stored.position };
}

/** The same where the kind is not known: a look-up for each. */
export async function openedRunOfAnyKind(ports: Reader, runId: string): Promise<OpenedRun | null> {
  for (const [kind] of runStreamsByKind(runId)) {
    const opened = await openedRun(ports, kind, runId);
    if (opened !== null) return opened;
  }
  return null;
}
