import { isWorldFault } from '../../domain/shared/error-kinds.ts';

/** The error of a reader of damaged bytes. Errors: those that do not concern the bytes pass through. */
export function damageIn(error: unknown): string {
  if (isWorldFault(error)) throw error;
  // Recognised by its shape: a native module's error may be of another realm's class.
  if (typeof error !== 'object' || error === null || !('message' in error)) throw error;
  return String(error.message).slice(0, 200);
}
