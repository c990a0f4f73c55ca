import { errorKinds, LedgerError, type UnitOfWork, unitsOfWork } from './errors.ts';

/**
 * What an error means for the work in hand, read from whose fault it is and what it ends. What is no LedgerError is never of any of these
 * kinds.
 */

function endsAtMost(error: LedgerError, unit: UnitOfWork): boolean {
  return unitsOfWork.indexOf(errorKinds[error.code].ends) <= unitsOfWork.indexOf(unit);
}

/** Ends one risk profile by name; the run goes on with the others. */
export function endsProfile(error: unknown): error is LedgerError {
  return error instanceof LedgerError && endsAtMost(error, 'profile');
}

/** The fault is in what was given, too little or contradictory, and neither in this program nor in the world around it. */
export function isFaultOfInputs(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'inputs';
}

/** The fault is in the inputs of an allocation, so that the same inputs would be refused again. */
export function refusesReallocation(error: unknown): error is LedgerError {
  return isFaultOfInputs(error) && endsAtMost(error, 'run');
}

/** Prevents the allocation of some inputs, and says why. A fault of this program counts only where it ends no more than the run. */
export function preventsAllocation(error: unknown): error is LedgerError {
  return error instanceof LedgerError && (errorKinds[error.code].fault !== 'ours' || endsAtMost(error, 'run'));
}

/** The fault is in one message, or in how this program reads it: a dead letter is written, and other messages go on. */
export function isPoison(error: unknown): error is LedgerError {
  return error instanceof LedgerError && ['inputs', 'ours'].includes(errorKinds[error.code].fault) && endsAtMost(error, 'message');
}

/** Prevents sending for now: the broker is away, or another process has the right to send. */
export function interruptsSending(error: unknown): error is LedgerError {
  return isWorldFault(error) && endsAtMost(error, 'message');
}

/** Says nothing about what is stored: the store is busy, closed or full, or the work was interrupted. */
export function isWorldFault(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'world';
}

/** Comes from reading or writing the disk. */
export function isDiskFault(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.exitStatus === 74;
}

/** Concerns the run that is recomputed, not the machine that recomputes it. */
export function concernsTheRun(error: unknown): error is LedgerError {
  return error instanceof LedgerError && !isWorldFault(error) && !isDiskFault(error);
}

/** Busy or unavailable now, and perhaps not at the next try. */
export function isRetryable(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.exitStatus === 75;
}

/** The file that was opened as a ledger holds none, or a damaged one. */
export function isNotALedger(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'inputs' && errorKinds[error.code].ends === 'command';
}

/** The store does not answer, and says nothing about what was asked. */
export function isAway(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.code === 'StoreUnavailable';
}

/** Somebody asked for an end before it was done. */
export function wasInterrupted(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.code === 'Interrupted';
}

/** Another writer was first: read again and decide again. */
export function isConflict(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.code === 'WrongExpectedRevision';
}

/** Another writer recorded under the same name first, the same facts or others. */
export function wasRecordedConcurrently(error: unknown): error is LedgerError {
  return isConflict(error) || (error instanceof LedgerError && error.code === 'EventContentConflict');
}

/** Another projector was faster than the one that expected a checkpoint; null where nothing is folded. */
export function projectionMoved(name: string, expected: string | null, actual: string | null): LedgerError {
  const evidence = { projection: name, expected: expected ?? 'none', actual: actual ?? 'none' };
  return new LedgerError('WrongExpectedRevision', `projection "${name}" is at ${evidence.actual}, expected ${evidence.expected}`, {
    evidence,
  });
}
