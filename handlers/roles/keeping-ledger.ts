import { LedgerError } from '../../domain/shared/errors.ts';
import { limits } from '../../domain/shared/limits.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import { pause } from '../runtime/pause.ts';
import type { Session } from '../runtime/session.ts';
import { toDomainEvents } from '../runtime/stored-events.ts';
import type { Role } from './role.ts';

/**
 * Ends a process whose store no longer holds the ledger that it was opened with, whatever its roles and however idle they are. Errors of
 * `run`: StoreReplaced, also of the store itself for a file that was removed or replaced.
 */
export function keepingLedger({ ports, ledger }: Session): Role {
  return {
    name: 'store',
    state: () => ({ ok: true, detail: `holds ledger ${ledger.ledgerId}` }),
    run: async (signal) => {
      while (!signal.aborted) {
        const page = await ports.store.readStream(ledgerStream, { from: 0n, maxCount: 1, direction: 'forwards' });
        const [first] = toDomainEvents(page);
        const found = first?.type === 'LedgerOpened' ? first.data.ledgerId : null;
        if (found !== ledger.ledgerId)
          throw new LedgerError(
            'StoreReplaced',
            `the store holds ${found === null ? 'no ledger' : `ledger ${found}`} now, and was opened with ledger ${ledger.ledgerId}`,
            {
              evidence: { expected: ledger.ledgerId, found },
            },
          );
        await pause(limits.sweepMs, signal);
      }
    },
  };
}
