import type { Checkpoint } from '../../domain/audit/checkpoint.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { toHex } from '../../domain/shared/hashing.ts';
import type { LedgerSealed } from '../../domain/shared/ledger-events.ts';
import type { EventStore, StoredEvent } from '../ports/ports.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import { newestEvent } from '../runtime/stream-pages.ts';
import type { KeyHistory } from './keys.ts';

/** Seals have a stream of their own: a reader of the keys reads no seals, and a reader of the newest seal reads one event. */
export const sealsStream = 'seals';

export interface Seal {
  readonly event: StoredEvent;
  readonly data: LedgerSealed;
}

/** Errors: ChainBroken when the event is not a seal. */
export function sealIn(event: StoredEvent): Seal {
  const known = toDomainEvents([event])[0]!;
  if (known.type === 'LedgerSealed') return { event, data: known.data };
  throw new LedgerError('ChainBroken', `${event.stream}@${event.revision} is not a seal`, {
    evidence: { stream: event.stream, revision: Number(event.revision), type: event.type },
  });
}

/** The newest seal; null where nothing is sealed. A ledger that no build with a stream of seals has sealed has its seals in `ledger`. */
export async function newestSeal(store: EventStore, keys: Pick<KeyHistory, 'lastSealHere'>): Promise<Seal | null> {
  const event = (await newestEvent(store, sealsStream)) ?? keys.lastSealHere;
  return event === null ? null : sealIn(event);
}

/** Errors: CheckpointInvalid when a seal says something else than the note in it. */
export function requireAgreement({ event, data }: Seal, opened: Checkpoint): void {
  const root = toHex(opened.root);
  if (opened.size === data.treeSize && root === data.root) return;
  throw new LedgerError('CheckpointInvalid', `${event.stream}@${event.revision} says something else than its checkpoint`, {
    evidence: { expected: { size: opened.size, root }, actual: { size: data.treeSize, root: data.root } },
  });
}
