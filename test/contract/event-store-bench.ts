/** What the parts of the event store's contract share. */
import { afterEach, beforeEach } from '@jest/globals';
import { emptyTail } from '../../domain/shared/envelope.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { EventStore, EventToAppend, StoredEvent } from '../../handlers/ports/ports.ts';
import { sampleEvents, tailOf } from '../support/sample-events.ts';

export interface EventStoreSubject {
  readonly store: EventStore;
  readonly hooks: {
    /** Takes the beginning of a stream away, as an operator could. */
    readonly truncateStream?: (stream: string) => Promise<void>;
    /** Deletes a stream for good. */
    readonly deleteStream?: (stream: string) => Promise<void>;
    /** Another handle on the same data, as another process would hold. */
    readonly secondStore?: () => Promise<EventStore>;
  };
  dispose(): Promise<void>;
}

export const everything = { after: null, maxCount: limits.readPageEventsMax, types: null };
export const forwards = { from: 0n, maxCount: limits.readPageEventsMax, direction: 'forwards' } as const;

/** What two stores must agree on of a stored event: all but the position. */
export function comparable(event: StoredEvent): Record<string, unknown> {
  return {
    id: event.id,
    type: event.type,
    stream: event.stream,
    revision: String(event.revision),
    contentHash: event.contentHash,
    hash: event.hash,
    recordedAt: event.recordedAt,
    text: Buffer.from(event.bytes).toString('utf8'),
  };
}

export function ids(events: readonly { readonly id: string }[]): string[] {
  return events.map((event) => event.id);
}

export async function take(
  events: AsyncIterable<StoredEvent>,
  count: number,
  onEvent: (event: StoredEvent) => void = () => {},
): Promise<StoredEvent[]> {
  const taken: StoredEvent[] = [];
  for await (const event of events) {
    taken.push(event);
    onEvent(event);
    if (taken.length === count) break;
  }
  return taken;
}

/** What a subject can do; a test that needs more is skipped visibly. */
export interface Support {
  readonly truncate: boolean;
  readonly delete: boolean;
  readonly second: boolean;
}

/** The stream that most tests write to. */
export const stream = 'sleeveRun-a';

/** The subject of the running test: a fresh one for each. */
export class Bench {
  subject!: EventStoreSubject;

  constructor(makeSubject: () => Promise<EventStoreSubject>) {
    beforeEach(async () => {
      this.subject = await makeSubject();
    });
    afterEach(async () => {
      await this.subject.dispose();
    });
  }

  get store(): EventStore {
    return this.subject.store;
  }

  /** Appends `count` batches of one event each to a stream that is still empty, and returns the batches. */
  async grow(count: number, name = stream): Promise<EventToAppend[][]> {
    const batches: EventToAppend[][] = [];
    let tail = emptyTail;
    for (let index = 0; index < count; index++) {
      const batch = sampleEvents({ stream: name, count: 1, tail, commandId: `grow ${index}` });
      const { events } = await this.store.append(name, batch, { expectedRevision: index === 0 ? 'none' : BigInt(index - 1) });
      tail = tailOf(events[0]);
      batches.push(batch);
    }
    return batches;
  }

  async read(name = stream): Promise<readonly StoredEvent[]> {
    return this.store.readStream(name, forwards);
  }
}
