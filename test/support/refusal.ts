import { LedgerError } from '../../domain/shared/errors.ts';

/** The refusal of something that is refused. */
export function refusalOf(act: () => unknown): LedgerError {
  try {
    act();
  } catch (error) {
    if (error instanceof LedgerError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
