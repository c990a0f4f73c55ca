import { domainEvent } from '../../domain/catalogue.ts';
import { decodeEnvelope, type Envelope } from '../../domain/shared/envelope.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Ports, StoredEvent } from '../ports.ts';
import { eventsUntil } from '../views.ts';

export interface RunSelection {
  /** null: every run. */
  readonly runId: string | null;
  /** Market time: runs that speak of later dates are left out. */
  readonly asOf: string | null;
  /** Ledger time. */
  readonly knownAt: string | null;
}

export interface RunToReplay {
  readonly runId: string;
  readonly kind: 'sleeve' | 'meta';
  readonly name: string;
  readonly asOf: string;
  readonly stream: string;
}

/** Errors: ChainBroken when the stored bytes are no event any more. */
export function envelopeOf(stored: StoredEvent): Envelope {
  try {
    return decodeEnvelope(stored.bytes);
  } catch (cause) {
    throw new LedgerError('ChainBroken', `the bytes of event ${stored.revision} of ${stored.stream} are no event any more`, {
      evidence: { stream: stored.stream, revision: String(stored.revision), position: stored.position },
      cause,
    });
  }
}

/** Runs in ledger order, read from the events themselves: read models have no part in a proof. Errors: RunUnknown, NothingRecorded. */
export async function recordedRuns(ports: Pick<Ports, 'store'>, { runId, asOf, knownAt }: RunSelection): Promise<RunToReplay[]> {
  const runs: RunToReplay[] = [];
  for await (const stored of eventsUntil(ports.store, knownAt, ['SleeveRunOpened', 'MetaRunOpened'])) {
    const { type, data } = domainEvent(envelopeOf(stored), stored.position);
    if (type !== 'SleeveRunOpened' && type !== 'MetaRunOpened') continue;
    if ((runId !== null && data.runId !== runId) || (asOf !== null && data.asOf > asOf)) continue;
    const common = { runId: data.runId, asOf: data.asOf, stream: stored.stream };
    runs.push(type === 'SleeveRunOpened' ? { ...common, kind: 'sleeve', name: data.sleeve } : { ...common, kind: 'meta', name: data.meta });
  }
  if (runs.length > 0) return runs;
  const when = `${asOf === null ? '' : ` as of ${asOf} or before`}${knownAt === null ? '' : `, known at ${knownAt}`}`;
  if (runId !== null) throw new LedgerError('RunUnknown', `no run ${runId} is recorded${when}`, { at: { path: runId } });
  throw new LedgerError('NothingRecorded', `no run is recorded${when}`);
}
