import type { DeclaredPlace } from '../../domain/audit/trailer.ts';
import type { StoredEvent } from '../ports/ports.ts';
import { isRunStream } from '../runs/run-streams.ts';

const placeOf = ({ stream, revision, hash }: StoredEvent): DeclaredPlace => ({ stream, revision: Number(revision), hash });

/** A run's stream is in the file whole, as far as it was known; of any other stream only the events that the run rests on. */
export function declaredEvents(events: readonly StoredEvent[]): {
  readonly streams: readonly DeclaredPlace[];
  readonly cited: readonly DeclaredPlace[];
} {
  const last = new Map<string, StoredEvent>();
  for (const event of events) if (isRunStream(event.stream)) last.set(event.stream, event);
  return { streams: [...last.values()].map(placeOf), cited: events.filter(({ stream }) => !isRunStream(stream)).map(placeOf) };
}
