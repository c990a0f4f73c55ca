import { newlyOverdue, type OverdueSession } from '../../domain/sleeve/overdue.ts';
import { sleeveStream } from '../../domain/sleeve/stream.ts';
import { type TimedSleeve, timedSleeve } from '../../domain/sleeve/timed-sleeve.ts';
import { foldOf } from '../runtime/record.ts';
import type { Session } from '../runtime/session.ts';
import { SleevesTold } from '../runtime/sleeves-told.ts';
import { streams } from '../runtime/streams.ts';

export interface NotedOverdue extends OverdueSession {
  readonly sleeve: string;
}

function missing({ sleeve: { definition, current }, definedAt, notedLast }: TimedSleeve, now: string): OverdueSession[] {
  if (definition === null || definedAt === null) return [];
  const noted = notedLast !== null && (current === null || notedLast > current.asOf) ? [{ session: notedLast }] : [];
  return newlyOverdue({ definition: { expectedBy: definition.expectedBy, recordedAt: definedAt }, current, overdue: noted }, now);
}

/**
 * Looks for results that did not arrive, again and again. What is recorded is decided on the streams of the sleeves: a row could say that
 * nothing is expected, or that everything has arrived.
 */
export class OverdueSweep {
  readonly #session: Session;
  readonly #defined: SleevesTold;
  /** Sleeves as they were last seen: whatever was appended since can only make fewer sessions overdue, unless it is a definition. */
  readonly #seen = new Map<string, TimedSleeve>();

  constructor(session: Session) {
    this.#session = session;
    this.#defined = new SleevesTold(session.ports.store, 'SleeveDefined');
  }

  async #read(sleeve: string): Promise<TimedSleeve> {
    const { state } = await foldOf(this.#session, sleeveStream.name(sleeve), timedSleeve);
    this.#seen.set(sleeve, state);
    return state;
  }

  /** Records each missing result once, no matter which process looks or how often; answers what it found new. */
  async sweep(now: string): Promise<readonly NotedOverdue[]> {
    for (const sleeve of await this.#defined.since()) this.#seen.delete(sleeve);
    const noted: NotedOverdue[] = [];
    for (const sleeve of this.#defined.all()) {
      const before = this.#seen.get(sleeve);
      if (before !== undefined && missing(before, now).length === 0) continue;
      for (const overdue of missing(await this.#read(sleeve), now)) {
        const { appended } = await streams.sleeve.handle(this.#session, sleeve, { kind: 'NoteSleeveOverdue', sleeve, ...overdue });
        if (appended.length > 0) noted.push({ sleeve, ...overdue });
      }
    }
    return noted;
  }
}

/** One look. */
export function sweepOverdue(session: Session, now: string): Promise<readonly NotedOverdue[]> {
  return new OverdueSweep(session).sweep(now);
}
