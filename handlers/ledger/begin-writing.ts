import { draftLedger } from '../../domain/shared/ledger-slice.ts';
import type { ClockJumpAccepted } from '../../domain/shared/ledger-events.ts';
import { ledgerStream } from '../../domain/shared/ledger-stream.ts';
import { isConflict } from '../../domain/shared/error-kinds.ts';
import { appendAtTail, admitTime } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { RecordedFormat, raiseFormat } from './recorded-format.ts';

const attemptsMax = 20;

async function recordJump(session: Session, jump: ClockJumpAccepted): Promise<void> {
  const recorded = new RecordedFormat(session.ports.store);
  for (let attempt = 1; ; attempt++) {
    const { tail } = await recorded.current();
    try {
      await appendAtTail(session, tail, {
        stream: ledgerStream,
        drafts: [draftLedger('ClockJumpAccepted', jump)],
        command: ['ClockJumpAccepted', jump.before, jump.after, jump.why],
        correlation: session.ledger.ledgerId,
      });
      return;
    } catch (error) {
      if (!isConflict(error) || attempt >= attemptsMax) throw error;
    }
  }
}

/**
 * What comes before anything that a process writes: its clock is held against the ledger, the format is made to cover this build, and a
 * jump of the clock that somebody accepted is recorded. Errors: ClockAhead, StoreTooNew, with nothing written.
 */
export async function beginWriting(session: Session): Promise<void> {
  await admitTime(session.ports);
  await raiseFormat(session);
  const jump = session.ports.time?.takeAccepted() ?? null;
  if (jump === null) return;
  await recordJump(session, jump);
  session.ports.log.warn({ ...jump }, 'accepted a jump of the clock');
}
