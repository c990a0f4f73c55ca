import { limits } from '../../domain/shared/limits.ts';
import { RecordedFormat } from '../ledger/recorded-format.ts';
import { pause } from '../runtime/pause.ts';
import type { Session } from '../runtime/session.ts';
import type { Role } from './role.ts';

/**
 * Ends a process that has worked since before a newer build raised the ledger's format, whatever its roles. Between the raise and the next
 * look it may still write what it always wrote, which the newer build reads. Errors of `run`: StoreTooNew.
 */
export function enforcingFormat(session: Session): Role {
  const recorded = new RecordedFormat(session.ports.store);
  return {
    name: 'format',
    state: () => ({ ok: true, detail: 'as this build knows it' }),
    run: async (signal) => {
      while (!signal.aborted) {
        await recorded.requireKnown();
        await pause(limits.sweepMs, signal);
      }
    },
  };
}
