import { wasInterrupted } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Log } from '../ports/ports.ts';
import type { Sealer } from './sealer.ts';

/**
 * Seals what the roles of a process appended last, and answers how far the ledger is sealed by it. A process that is asked to stop while it
 * catches up has more to read than there is time: it seals nothing, answers null, and the next process seals it. Errors: those of `seal`.
 */
export async function lastSeal(sealer: Sealer, log: Log, msMax: number = limits.lastSealMsMax): Promise<number | null> {
  try {
    return (await sealer.seal(AbortSignal.timeout(msMax))).treeSize;
  } catch (error) {
    if (!wasInterrupted(error)) throw error;
    log.warn({}, 'stopped before what is unsealed could be read: it is sealed by the next process that seals');
    return null;
  }
}
