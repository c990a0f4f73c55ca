import type { ExpectedRevision } from '../../handlers/ports/ports.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type { Appended } from './appended.ts';
import type { Proposed } from './requests.ts';
import { cutsBy } from './retention.ts';
import { pause, withRetries } from './retry.ts';
import type { Session } from './session.ts';

/**
 * One atomic append of bytes as they are; answers where the last event stands. The expected revision is always exact, and credentials go
 * with each call: without them the client shares one batch stream among all callers, in which one error rejects the appends of others and
 * which has no deadline.
 *
 * Errors: WrongExpectedRevision, StreamDeleted, LimitExceeded, StoreAccessDenied, StoreUnavailable.
 */
export async function appendProposed(
  session: Session,
  stream: string,
  proposed: readonly Proposed[],
  expected: ExpectedRevision,
): Promise<Appended> {
  return withRetries(session, { call: 'append', stream, expected: String(expected) }, async () => {
    const settled = new AbortController();
    const started = performance.now();
    const answered = session.client.append(stream, proposed, expected, session.retry.callMsMax, settled.signal);
    try {
      return await Promise.race([answered, stored(session, stream, proposed, expected, settled.signal)]);
    } finally {
      session.pace.answered(performance.now() - started);
      // With a reason of its own: the usual one is an error with a stack, which costs more than the call.
      settled.abort('settled');
    }
  });
}

/**
 * Where the last of these events stands once they stand where they were meant to; stays pending otherwise. Of two appends of the same
 * events that are under way together the server drops the second: it answers after two seconds that the commit timed out, or never, while
 * the stream has long held what was to be appended.
 */
async function stored(
  session: Session,
  stream: string,
  proposed: readonly Proposed[],
  expected: ExpectedRevision,
  settled: AbortSignal,
): Promise<Appended> {
  const { client, retry } = session;
  const first = expected === 'none' ? 0n : expected + 1n;
  for (let waitMs = session.pace.slowMs(retry.hedgeMs); ; waitMs *= 2) {
    await pause(waitMs, settled);
    if (settled.aborted) return new Promise(() => undefined);
    // What keeps this read from an answer is the append's to report.
    const page = await client.readStreamPage(stream, first, proposed.length, 'forwards', retry.callMsMax).catch(() => null);
    const last = page?.at(-1)?.event;
    const isOurs = page?.length === proposed.length && page.every(({ event }, index) => event?.id === proposed[index]!.id);
    if (isOurs && last !== undefined) return { revision: last.revision, position: last.position ?? null };
  }
}

/** By what a stream is cut, as the server says. Errors: StreamDeleted, StoreAccessDenied, StoreUnavailable. */
export async function cutsOf(session: Session, stream: string): Promise<readonly string[]> {
  const { client, retry } = session;
  const page = await withRetries(session, { call: 'read metadata', stream }, () =>
    client.readStreamPage(`$$${stream}`, 'end', 1, 'backwards', retry.callMsMax),
  );
  const newest = page?.[0]?.event;
  return newest === undefined ? [] : cutsBy(newest);
}

/**
 * A truncated stream accepts appends again, from its old revisions on: only its metadata show what an operator did.
 *
 * Errors: StreamTruncated.
 */
export function refuseCut(stream: string, cuts: readonly string[]): void {
  if (cuts.length === 0) return;
  throw new LedgerError('StreamTruncated', `stream "${stream}" is cut by ${cuts.join(', ')} in its metadata`, {
    evidence: { stream, cuts: [...cuts] },
  });
}
