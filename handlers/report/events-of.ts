import type { DomainEvent, EventData, EventType } from '../../domain/catalogue.ts';

/** The data of every event of a type, in order. */
export function dataOf<Type extends EventType>(events: readonly DomainEvent[], type: Type): EventData<Type>[] {
  return events.filter((event) => event.type === type).map((event) => event.data as EventData<Type>);
}
