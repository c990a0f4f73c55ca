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

/** Lies in the inputs of an allocation, so that the same inputs would be refused again. */
export function refusesReallocation(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'inputs' && endsAtMost(error, 'run');
}

/** Leaves a combination of inputs without an allocation, and says why. A fault of ours counts only where it ends no more than the run. */
export function leavesNoAllocation(error: unknown): error is LedgerError {
  return error instanceof LedgerError && (errorKinds[error.code].fault !== 'ours' || endsAtMost(error, 'run'));
}

/** Is the fault of one message, or of this program in reading it: a letter is written, and everything else flows. */
export function isPoison(error: unknown): error is LedgerError {
  return error instanceof LedgerError && ['inputs', 'ours'].includes(errorKinds[error.code].fault) && endsAtMost(error, 'message');
}

/** Keeps a message from being sent for now: the broker is away, or the right to send has passed to another process. */
export function interruptsSending(error: unknown): error is LedgerError {
  return isOfTheWorld(error) && endsAtMost(error, 'message');
}

/** Says nothing about what is stored: the store is busy, closed or full, or somebody interrupted. */
export function isOfTheWorld(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'world';
}

/** Comes from reading or writing on the disk. */
export function failsOnTheDisk(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.exitStatus === 74;
}

/** Speaks of the run that is recomputed, not of the machine at work. */
export function speaksOfTheRun(error: unknown): error is LedgerError {
  return error instanceof LedgerError && !isOfTheWorld(error) && !failsOnTheDisk(error);
}

/** Is busy or unavailable, and may be there at the next try. */
export function isWorthAnotherTry(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.exitStatus === 75;
}

/** Says of a file that was opened as a ledger that it holds none, or a damaged one. */
export function holdsNoLedger(error: unknown): error is LedgerError {
  return error instanceof LedgerError && errorKinds[error.code].fault === 'inputs' && errorKinds[error.code].ends === 'command';
}

/** Somebody else appended or wrote first: read again and decide again. */
export function isConflict(error: unknown): error is LedgerError {
  return error instanceof LedgerError && error.code === 'WrongExpectedRevision';
}

/** Somebody else recorded under the same name first, be it the same facts or others. */
export function wasRecordedByAnother(error: unknown): error is LedgerError {
  return isConflict(error) || (error instanceof LedgerError && error.code === 'EventContentConflict');
}
