import type { DomainEvent } from '../../domain/catalogue.ts';
import type { Names } from '../../domain/run/run-names.ts';
import type { EventStore } from '../ports/ports.ts';
import { readWholeStream, toDomainEvents } from '../runtime/record.ts';

export interface RecordedUnder<Name> {
  readonly name: Name;
  readonly events: readonly [DomainEvent, ...DomainEvent[]];
}

/**
 * The run that is recorded under one of its names, looked for under the newest first; null when none is recorded. `confirmed` is asked of
 * what was found under an older name: an older version may have given two runs one name.
 */
export async function recordedUnder<Name extends { readonly runId: string }>(
  store: EventStore,
  kind: 'sleeveRun' | 'metaRun',
  names: Names<Name>,
  confirmed: (events: RecordedUnder<Name>['events']) => Promise<boolean> = async () => true,
): Promise<RecordedUnder<Name> | null> {
  for (const name of names) {
    const [first, ...others] = toDomainEvents(await readWholeStream(store, `${kind}-${name.runId}`));
    if (first === undefined) continue;
    const events = [first, ...others] as const;
    if (name === names[0] || (await confirmed(events))) return { name, events };
  }
  return null;
}
