import { isClockJump } from '../../domain/ledger/clock-jump.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { EventStore, LedgerTime } from '../ports/ports.ts';

export interface LedgerTimeOptions {
  readonly store: Pick<EventStore, 'newest'>;
  /** When the signing key was written; null without one. */
  readonly keyTime: () => Promise<string | null>;
  /** Days that the clock may go on at once. */
  readonly limitDays: number;
  /** Why the first jump is accepted; null accepts none. */
  readonly acceptedWhy: string | null;
}

function later(left: string | null, right: string | null): string | null {
  if (left === null || right === null) return left ?? right;
  return left > right ? left : right;
}

/**
 * Holds the writer's clock against what else is known of the time: the newest event, what a server says of when it stored that event, and
 * the time of the key file. Each of them only lets the clock go further. What was admitted is remembered, so that a storm of appends reads
 * once; before a refusal everything is read again, for another process may have gone on meanwhile.
 */
export function createLedgerTime({ store, keyTime, limitDays, acceptedWhy }: LedgerTimeOptions): LedgerTime {
  let newest: string | null = null;
  let why = acceptedWhy;
  let accepted: ReturnType<LedgerTime['takeAccepted']> = null;

  const read = async (): Promise<void> => {
    const stored = await store.newest();
    newest = [stored?.recordedAt ?? null, stored?.storedAt ?? null, await keyTime()].reduce(later, newest);
  };

  return {
    admit: async (now) => {
      if (newest === null || isClockJump(newest, now, limitDays)) await read();
      if (newest !== null && isClockJump(newest, now, limitDays)) {
        if (why === null)
          throw new LedgerError(
            'ClockAhead',
            `the clock says ${now}, more than ${limitDays} days after anything that is known of the time (${newest}): nothing is recorded`,
            { evidence: { now, newest, limitDays } },
          );
        accepted = { before: newest, after: now, why };
        why = null;
      }
      newest = later(newest, now);
    },
    takeAccepted: () => {
      const taken = accepted;
      accepted = null;
      return taken;
    },
  };
}
