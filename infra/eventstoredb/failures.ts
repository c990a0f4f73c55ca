import dbClient from '@eventstore/db-client';
import utils from '@eventstore/db-client/dist/utils/index.js';
import { status } from '@grpc/grpc-js';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Asked, Call } from './asked.ts';
import { accessDenied } from './rights.ts';

/** A call that had no answer within its time, whatever the client thinks of it. */
export class NoAnswer extends Error {}

/** By which a server says of any call that it has done nothing and never will. */
const finalOfAny: readonly status[] = [
  status.INVALID_ARGUMENT,
  status.PERMISSION_DENIED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  status.UNAUTHENTICATED,
];

/**
 * The same for what only some calls can be answered. An append is never "not found", and a stream that is missing is no failure of a read:
 * from those the status is a server that looks for its leader.
 */
const finalOf: Readonly<Record<Call, ReadonlySet<unknown>>> = {
  append: new Set(finalOfAny),
  'write metadata': new Set(finalOfAny),
  'read a stream': new Set(finalOfAny),
  'read metadata': new Set(finalOfAny),
  'read $all': new Set(finalOfAny),
  'make a group': new Set([...finalOfAny, status.ALREADY_EXISTS]),
  'look at a group': new Set([...finalOfAny, status.NOT_FOUND]),
  'join a group': new Set([...finalOfAny, status.NOT_FOUND]),
};

/** Between two leaders some calls are refused in these words, without the details from which the client makes its NotLeaderError. */
const looksForLeader = /leader info available|not ready/i;

/** The client's error for a failure of gRPC; where its conversion itself fails, as it does for lack of details, the failure as it is. */
export function clientError(failure: Error): unknown {
  try {
    return utils.convertToCommandError(failure);
  } catch {
    return failure;
  }
}

/**
 * Whether an append that failed like this may have been done all the same, and a read may be tried again. The client gives
 * some failures as its own classes and others raw, with a gRPC status as `code`.
 */
export function isUncertain(error: unknown, call: Call): boolean {
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
  if (looksForLeader.test(reasonOf(error))) return true;
  return !finalOf[call].has((error as { code?: unknown }).code);
}

function isDenied(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return error instanceof dbClient.AccessDeniedError || code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED;
}

/** Whether the server did not take the password, rather than refuse what was asked. */
function isUnknownUser(error: unknown): boolean {
  return (error as { code?: unknown }).code === status.UNAUTHENTICATED;
}

function revisionText(revision: unknown): string {
  return typeof revision === 'bigint' && revision >= 0n ? String(revision) : 'none';
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A failure of the client as an error of the port. */
export function translated(error: unknown, asked: Asked): LedgerError {
  if (error instanceof LedgerError) return error;
  const { server, expected, stream = '' } = asked;
  if (error instanceof dbClient.WrongExpectedVersionError) {
    const actual = revisionText(error.actualVersion);
    return new LedgerError('WrongExpectedRevision', `stream "${stream}" is at revision ${actual}, expected ${expected}`, {
      evidence: { stream, expected, actual },
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
  if (isDenied(error)) return accessDenied(asked, isUnknownUser(error), error);
  return new LedgerError('StoreUnavailable', `EventStoreDB at ${server}: ${reasonOf(error)}`, { evidence: { server }, cause: error });
}
