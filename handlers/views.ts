import { DateTime } from 'luxon';
import { domainEvent, type DomainEvent } from '../domain/catalogue.ts';
import type { JsonObject } from '../domain/shared/canonical-json.ts';
import { decodeEnvelope } from '../domain/shared/envelope.ts';
import { LedgerError } from '../domain/shared/errors.ts';
import { limits } from '../domain/shared/limits.ts';
import { byCodeUnits } from '../domain/shared/order.ts';
import type { Projection, Row } from '../projections/projection.ts';
import { nextTurn } from './interruption.ts';
import { catchUp } from './projector.ts';
import type { EventStore, Ports, StoredEvent } from './ports.ts';

/** Read access to the rows of one projection, as of some point of ledger time. */
export interface View {
  /** Position that the rows reflect, null before the first event. */
  readonly position: string | null;
  row<T>(key: string): Promise<T | null>;
  rows<T>(keyPrefix: string): Promise<readonly T[]>;
}

/** A position as a store writes it: digits, or two numbers with a stroke between them. */
const positionPattern = /^\d+(?:\/\d+)?$/;

/** Whether a point of ledger time is a position rather than an instant. */
export function isPosition(knownAt: string): boolean {
  return positionPattern.test(knownAt);
}

/** Which part of the ledger is read: behind a position, and of the streams that this build knows unless others are given. */
export interface Part {
  readonly behind?: string | null;
  readonly streams?: readonly string[];
}

/** Every event up to a point of ledger time, page by page. */
export async function* eventsUntil(store: EventStore, knownAt: string | null, types: readonly string[] | null, { behind = null, streams }: Part = {}): AsyncGenerator<StoredEvent> {
  const byPosition = knownAt !== null && isPosition(knownAt);
  let after = behind;
  for (;;) {
    // Ledger time is the longest prefix whose recordedAt are all at or before the instant: types are filtered after the cut.
    const page: readonly StoredEvent[] = await store.readAll({ after, maxCount: limits.readPageEventsMax, types: knownAt === null ? types : null, ...(streams === undefined ? {} : { streams }) });
    for (const event of page) {
      if (knownAt !== null && (byPosition ? store.comparePositions(event.position, knownAt) > 0 : event.recordedAt > knownAt)) return;
      if (types === null || types.includes(event.type)) yield event;
    }
    if (page.length < limits.readPageEventsMax) return;
    after = page.at(-1)!.position;
    await nextTurn();
  }
}

/** `--known-at` as a position or an instant to the millisecond. Errors: Usage. */
export function parseKnownAt(text: string): string {
  if (isPosition(text)) return text;
  const instant = DateTime.fromISO(text, { zone: 'utc', setZone: true });
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  if (!instant.isValid || (!isDate && !/(?:Z|[+-]\d{2}:\d{2})$/.test(text))) {
    throw new LedgerError('Usage', `--known-at ${text}: give an instant with its zone such as 2026-11-21T08:00:00Z, a date (its end in UTC), or a position`, { at: { path: '--known-at' } });
  }
  return (isDate ? instant.endOf('day') : instant).toUTC().toISO();
}

/** Folds events into rows in memory. */
export class FoldedRows {
  readonly rows = new Map<string, JsonObject>();

  apply(projection: Projection, event: DomainEvent): readonly Row[] {
    const changes = projection.apply(event, (key) => this.rows.get(key) ?? null);
    for (const { key, value } of changes) {
      if (value === null) this.rows.delete(key);
      else this.rows.set(key, value);
    }
    return changes;
  }
}

async function foldedView(ports: Ports, projection: Projection, knownAt: string): Promise<View> {
  const folded = new FoldedRows();
  let position: string | null = null;
  for await (const stored of eventsUntil(ports.store, knownAt, projection.types)) {
    folded.apply(projection, domainEvent(decodeEnvelope(stored.bytes), stored.position));
    position = stored.position;
  }
  const keys = [...folded.rows.keys()].toSorted(byCodeUnits);
  return {
    position,
    row: async <T>(key: string) => (folded.rows.get(key) as T | undefined) ?? null,
    rows: async <T>(prefix: string) => keys.filter((key) => key.startsWith(prefix)).map((key) => folded.rows.get(key) as T),
  };
}

/** The rows of a projection now (kept up to date first), or as they were known at an instant or position. */
export async function viewOf(ports: Ports, projection: Projection, knownAt: string | null): Promise<View> {
  if (knownAt !== null) return foldedView(ports, projection, knownAt);
  const position = await catchUp(ports, projection);
  return {
    position,
    row: async <T>(key: string) => (await ports.readModels.row(projection.name, key)) as T | null,
    rows: async <T>(prefix: string) => (await ports.readModels.rows(projection.name, prefix)).map(({ value }) => value as T),
  };
}
