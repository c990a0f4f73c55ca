import { LedgerError } from '../../domain/shared/errors.ts';
import { deadLetterSchema } from '../messages/dead-letter.ts';
import { deadLetterType, sourceOfLedger } from '../messages/event-types.ts';
import type { Session } from '../runtime/session.ts';
import { streams } from '../runtime/streams.ts';
import { cloudEventOf, type Incoming } from './incoming.ts';

/** A letter quotes a head of 4 KiB and a reason: no longer message is one of ours. */
const ownBytesMax = 65_536;

/** Id and data of a message that says it is a dead letter of this ledger; null for any other. */
function claimed({ ledger }: Session, incoming: Incoming): { readonly id: string; readonly data: unknown } | null {
  if (incoming.value === null || incoming.value.length > ownBytesMax) return null;
  try {
    const event = cloudEventOf(incoming);
    return event.type === deadLetterType && event.source === sourceOfLedger(ledger.ledgerId) ? event : null;
  } catch (error) {
    if (error instanceof LedgerError) return null;
    throw error;
  }
}

/**
 * The id of the letter when a message is a dead letter that this ledger wrote itself and that came back to it, by a bridge between topics
 * or a replay of the wrong one: parked again, it would come back again. What only says so, of a letter that is not recorded, is judged like
 * any other message.
 */
export async function ownLetterIn(session: Session, incoming: Incoming): Promise<string | null> {
  const event = claimed(session, incoming);
  const parsed = deadLetterSchema.safeParse(event?.data);
  if (event === null || !parsed.success) return null;
  const { letterId, sleeve, message } = parsed.data;
  if (event.id !== letterId || (sleeve === null && message.topic !== incoming.source.topic)) return null;
  const letters =
    sleeve === null ? await streams.intake.state(session, message.topic) : (await streams.sleeve.state(session, sleeve)).letters;
  return letters.all.has(letterId) ? letterId : null;
}
