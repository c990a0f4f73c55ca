import dbClient, { type BinaryEventType } from '@eventstore/db-client';
import type { ExpectedRevision, Log } from '../../handlers/ports/ports.ts';
import type { LedgerClient } from './client.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { withRetries, type RetryPolicy } from './retry.ts';

/** One open connection, shared by the log and the artifacts. */
export interface Session {
  readonly client: LedgerClient;
  readonly retry: RetryPolicy;
  /** Hosts and ports, for messages. */
  readonly server: string;
  /** Aborts when the store is closed. */
  readonly closed: AbortSignal;
  readonly log: Log;
}

export interface Proposed {
  readonly id: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly metadata: BinaryEventType['metadata'];
}

export function refuseClosed(session: Session): void {
  if (session.closed.aborted) throw new LedgerError('StoreUnavailable', 'the store is closed');
}

/**
 * One atomic append of bytes as they are; answers the revision of the last event. The expected revision is always exact, and credentials go
 * with each call: without them the client shares one batch stream among all callers, in which one error rejects the appends of others and
 * which has no deadline.
 *
 * Errors: WrongExpectedRevision, StreamDeleted, LimitExceeded, StoreUnavailable.
 */
export async function appendProposed(
  session: Session,
  stream: string,
  proposed: readonly Proposed[],
  expected: ExpectedRevision,
): Promise<bigint> {
  const { client, retry, closed, server } = session;
  const events = proposed.map(({ id, type, bytes, metadata }) =>
    dbClient.binaryEvent({ id, type, data: bytes, ...(metadata === undefined ? {} : { metadata }) }),
  );
  const expectedRevision: bigint | typeof dbClient.NO_STREAM = expected === 'none' ? dbClient.NO_STREAM : expected;
  const options = { expectedRevision, credentials: client.credentials, deadline: retry.callMsMax, requiresLeader: true };
  const answer = await withRetries(() => client.appendToStream(stream, events, options), retry, closed, {
    server,
    stream,
    expected: String(expected),
  });
  return answer.nextExpectedRevision;
}

/**
 * A truncated stream accepts appends again, from its old revisions on: only its metadata show what an operator did.
 *
 * Errors: StreamTruncated, StreamDeleted, StoreUnavailable.
 */
export async function refuseTruncated(session: Session, stream: string): Promise<void> {
  const { client, retry, closed, server } = session;
  const read = (): Promise<Awaited<ReturnType<LedgerClient['readStreamPage']>>> =>
    client.readStreamPage(`$$${stream}`, 'end', 1, 'backwards', retry.callMsMax);
  const metadata = (await withRetries(read, retry, closed, { server, stream }))?.[0]?.event?.data as Record<string, unknown> | undefined;
  const cuts = retention.filter((name) => metadata !== undefined && metadata[name] !== undefined && metadata[name] !== null);
  if (cuts.length === 0) return;
  throw new LedgerError('StreamTruncated', `stream "${stream}" is cut by ${cuts.join(', ')} in its metadata`, {
    evidence: { stream, cuts },
  });
}

/** Metadata by which the server drops events: truncate before, maximum age, maximum count. */
export const retention = ['$tb', '$maxAge', '$maxCount'] as const;
