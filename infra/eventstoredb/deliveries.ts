import type { Deliveries, Delivery, DeliveryOptions, Membership } from '../../handlers/ports/ports.ts';
import { isUncertain, NoAnswer, translated } from './failures.ts';
import { beginGroup, type Group } from './group.ts';
import { Member, type Received } from './member.ts';
import { ParkedReport } from './parked-report.ts';
import { backoffMs, pause, untilAborted } from './retry.ts';
import { comparePositions, knownPosition } from './positions.ts';
import { domainEventsOf, storedEvent } from './recorded-event.ts';
import { refuseClosed, type Session } from './session.ts';

/** The server delivers again at once what it is handed back. */
const retryPauseMs = 200;
/** So many tries of one event are said to somebody. */
const triesToMention = 10;

/**
 * Persistent subscriptions to `$all`: the server shares the events of a group out among its members and remembers which are settled.
 * The first member to join makes the group, and it stays.
 */
export class EventStoreDbDeliveries implements Deliveries {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  join(group: string, { types, signal }: DeliveryOptions): Membership {
    const ended = AbortSignal.any([signal, this.#session.closed]);
    const begun = this.#begin(group, types, ended);
    const joined = begun.then(() => undefined);
    // A caller that only iterates gets the failure there.
    joined.catch(() => undefined);
    return { joined, [Symbol.asyncIterator]: () => deliveries(this.#session, begun, types, ended) };
  }

  /** null when it was left before it was joined, or nothing is asked for. */
  async #begin(group: string, types: readonly string[], ended: AbortSignal): Promise<Group | null> {
    refuseClosed(this.#session);
    if (types.length === 0 || ended.aborted) return null;
    try {
      return await beginGroup(this.#session, group, types, ended);
    } catch (error) {
      if (ended.aborted) return null;
      throw error;
    }
  }
}

/**
 * What the group gives this member. Error, end, close and silence all mean the same: join again, after a pause that grows with each
 * failure in a row; what was not settled is delivered again.
 *
 * Errors: StoreAccessDenied, and StoreUnavailable when the server refuses for certain, as when an operator has deleted the group.
 */
async function* deliveries(
  session: Session,
  begun: Promise<Group | null>,
  types: readonly string[],
  ended: AbortSignal,
): AsyncGenerator<Delivery, void, undefined> {
  const group = await begun;
  if (group === null) return untilAborted(ended);
  const parked = new ParkedReport(session, group.name, ended);
  for (let failures = 0; !ended.aborted; failures++) {
    let member: Member | null = null;
    try {
      member = await Member.open(session, group.name, ended);
      const onConfirmed = (): void => {
        session.contact.answered();
        parked.ask();
      };
      for await (const received of member.received(onConfirmed)) {
        failures = 0;
        const delivery = deliveryOf(session, group, types, member, received);
        if (delivery === null) await member.acknowledge(received);
        else yield delivery;
        if (ended.aborted) return;
      }
    } catch (error) {
      // Nothing to deliver sounds like a server that is gone: ask again soon.
      if (error instanceof NoAnswer) failures = -1;
      else if (!ended.aborted) {
        const asked = { call: 'join a group', server: session.server, user: session.user } as const;
        if (!isUncertain(error, asked.call)) throw translated(error, asked);
        session.contact.failed(error);
      }
    } finally {
      await member?.leave();
    }
    await pause(backoffMs(failures, session.retry), ended);
  }
}

/**
 * null for what is not asked for: a type that begins like another, somebody else's stream, a link whose event is gone, the event before the
 * group.
 */
function deliveryOf(
  session: Session,
  { name, since }: Group,
  types: readonly string[],
  member: Member,
  received: Received,
): Delivery | null {
  const [event] = domainEventsOf([received], types);
  if (event === undefined || (since !== null && comparePositions(knownPosition(event.position), since) <= 0)) return null;
  const { retryCount } = received;
  if (retryCount > 0 && retryCount % triesToMention === 0) {
    session.log.warn(
      { group: name, stream: event.streamId, revision: String(event.revision), tries: retryCount },
      'an event is delivered again and again',
    );
  }
  let open = true;
  return {
    event: storedEvent(event),
    settle: async () => {
      if (!open) return;
      open = false;
      await member.acknowledge(received);
    },
    retry: async (why) => {
      if (!open) return;
      open = false;
      void member.refuse(received, why, retryPauseMs);
    },
  };
}
