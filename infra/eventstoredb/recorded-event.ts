import type { ResolvedEvent } from '@eventstore/db-client';
import { isDomainStream } from '../../domain/audit/chain.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { StoredEvent } from '../../handlers/ports/ports.ts';
import { formatPosition, knownPosition } from './positions.ts';

/** Kept beside the canonical bytes: the columns that a store repeats, and which append wrote the event. */
export interface EventMetadata {
  readonly attempt: string;
  readonly contentHash: string;
  readonly hash: string;
  readonly recordedAt: string;
}

export type Recorded = NonNullable<ResolvedEvent['event']>;

/** When the server stored it, by its own clock; null where it says nothing that is a time. */
export function createdAt({ created }: Recorded): string | null {
  const at = new Date(created);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

/** Other bytes or texts are not events of this ledger; verification reports what is in place of the hashes. */
export function metadataOf(recorded: Recorded): EventMetadata {
  const metadata = (recorded.metadata ?? {}) as Partial<Record<keyof EventMetadata, unknown>>;
  const text = (name: keyof EventMetadata): string => (typeof metadata[name] === 'string' ? metadata[name] : '');
  return { attempt: text('attempt'), contentHash: text('contentHash'), hash: text('hash'), recordedAt: text('recordedAt') };
}

export function bytesOf(recorded: Recorded): Uint8Array {
  return recorded.isJson ? Buffer.from(JSON.stringify(recorded.data), 'utf8') : Uint8Array.from(recorded.data);
}

/** Errors: StoreUnavailable for a server without positions. */
export function storedEvent(recorded: Recorded): StoredEvent {
  const { contentHash, hash, recordedAt } = metadataOf(recorded);
  return {
    id: recorded.id,
    type: recorded.type,
    contentHash,
    hash,
    recordedAt,
    bytes: bytesOf(recorded),
    stream: recorded.streamId,
    revision: recorded.revision,
    position: formatPosition(knownPosition(recorded.position)),
  };
}

/** The ledger's events among those of a shared server: never one of `$...`, of artifacts, or a link without its event. */
export function domainEventsOf(page: readonly ResolvedEvent[], types: readonly string[] | null, isStream = isDomainStream): Recorded[] {
  return page.flatMap(({ event }) =>
    event !== undefined && isStream(event.streamId) && (types === null || types.includes(event.type)) ? [event] : [],
  );
}

/** Errors: EventContentConflict when an event of the batch is stored with other content. */
export function refuseOtherContent(
  stream: string,
  offered: readonly { readonly id: string; readonly contentHash: string }[],
  found: readonly StoredEvent[],
): void {
  for (const [index, stored] of found.entries()) {
    const event = offered[index]!;
    if (stored.contentHash === event.contentHash) continue;
    throw new LedgerError('EventContentConflict', `event ${stored.id} of stream "${stream}" is stored with other content`, {
      evidence: { stream, revision: String(stored.revision), id: stored.id, stored: stored.contentHash, offered: event.contentHash },
    });
  }
}
