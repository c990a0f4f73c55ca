import dbClient from '@eventstore/db-client';
import { LedgerError } from '../../domain/shared/errors.ts';

/** A call that had no answer within its time, whatever the client thinks of it. */
export class NoAnswer extends Error {}

/**
 * gRPC statuses by which a server says that it has done nothing and never will: invalid argument, not found, already exists,
 * permission denied, failed precondition, out of range, unimplemented, unauthenticated.
 */
const definiteStatuses: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 9, 11, 12, 16]);

/**
 * Whether an append that failed like this may have been done all the same, and a read may be tried again. The client gives
 * some failures as its own classes and others raw, with a gRPC status as `code`.
 */
export function isUncertain(error: unknown): boolean {
  if (error instanceof LedgerError) return false;
  // Said with the status of something that is not found; the client goes to the leader next time.
  if (error instanceof dbClient.NotLeaderError) return true;
  if (
    error instanceof dbClient.WrongExpectedVersionError ||
    error instanceof dbClient.StreamDeletedError ||
    error instanceof dbClient.AccessDeniedError ||
    error instanceof dbClient.MaxAppendSizeExceededError ||
    error instanceof dbClient.InvalidArgumentError
  ) {
    return false;
  }
  return !definiteStatuses.has((error as { code?: unknown }).code);
}

function revisionText(revision: unknown): string {
  return typeof revision === 'bigint' && revision >= 0n ? String(revision) : 'none';
}

/** A failure of the client as an error of the port. */
export function translated(
  error: unknown,
  at: { readonly server: string; readonly stream?: string; readonly expected?: string },
): LedgerError {
  if (error instanceof LedgerError) return error;
  const stream = at.stream ?? '';
  if (error instanceof dbClient.WrongExpectedVersionError) {
    const actual = revisionText(error.actualVersion);
    return new LedgerError('WrongExpectedRevision', `stream "${stream}" is at revision ${actual}, expected ${at.expected}`, {
      evidence: { stream, expected: at.expected, actual },
    });
  }
  if (error instanceof dbClient.StreamDeletedError)
    return new LedgerError('StreamDeleted', `stream "${stream}" was deleted for good`, { evidence: { stream } });
  if (error instanceof dbClient.MaxAppendSizeExceededError) {
    return new LedgerError(
      'LimitExceeded',
      `the server takes appends of at most ${error.maxAppendSize} bytes; docs/how-to/use-eventstoredb.md says how to raise it`,
      {
        evidence: { stream, serverBytesMax: error.maxAppendSize },
      },
    );
  }
  const why = error instanceof Error ? error.message : String(error);
  return new LedgerError('StoreUnavailable', `EventStoreDB at ${at.server}: ${why}`, { evidence: { server: at.server }, cause: error });
}
