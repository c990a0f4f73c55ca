import type { DomainEvent } from '../../domain/catalogue.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import { limits } from '../../domain/shared/limits.ts';
import type { Projection, Row } from '../../projections/projection.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { positionKnownAt } from './last-known.ts';
import { catchUp } from './projector.ts';
import type { EventStore, Ports, RowsQuery, StoredEvent } from '../ports/ports.ts';
import type { TilePorts } from './tile-reader.ts';

/** Rows of a prefix; `from` and `to` are the least and the greatest key, inclusive. */
export interface RowRange {
  readonly prefix: string;
  readonly from?: string;
  readonly to?: string;
  readonly direction?: RowsQuery['direction'];
  /** Rows that are read at once: for who will not take many. Left out: as many as are read at once at most. */
  readonly pageRows?: number;
}

/** Read access to the rows of one projection, as of some point of ledger time. */
export interface View {
  /** Position that the rows reflect, null before the first event. */
  readonly position: string | null;
  row<T>(key: string): Promise<T | null>;
  /** Every row of a prefix, by key: for what is bounded by the number of sleeves or portfolios. */
  rows<T>(keyPrefix: string): Promise<readonly T[]>;
  /** The same page by page, for what grows with the ledger. */
  each<T>(range: RowRange): AsyncGenerator<T>;
  /** The greatest key of a range, by one bounded look-up. */
  last<T>(range: Omit<RowRange, 'direction'>): Promise<T | null>;
}

/** Where reading begins: behind a position, null for the first event; and how many events are read at once. */
export interface Part {
  readonly behind: string | null;
  readonly pageEvents: number;
}

/** Every event of some types (null: of all) up to a position (null: to the end), page by page. */
export async function* eventsUntil(
  store: EventStore,
  until: string | null,
  types: readonly string[] | null,
  { behind, pageEvents: maxCount }: Part = { behind: null, pageEvents: limits.readPageEventsMax },
): AsyncGenerator<StoredEvent> {
  for (let after = behind; ;) {
    const page: readonly StoredEvent[] = await store.readAll({ after, maxCount, types });
    for (const event of page) {
      if (until !== null && store.comparePositions(event.position, until) > 0) return;
      yield event;
    }
    if (page.length < maxCount) return;
    after = page.at(-1)!.position;
    await yieldToEventLoop();
  }
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

const nothing: View = { position: null, row: async () => null, rows: async () => [], each: async function* () {}, last: async () => null };

function viewAt({ readModels }: Pick<Ports, 'readModels'>, projection: Projection, position: string | null, at: string | null): View {
  const page = ({ prefix, from, to, direction }: RowRange, after: string | null, limit: number): ReturnType<typeof readModels.rows> =>
    readModels.rows(projection, { prefix, from: from ?? null, to: to ?? null, after, limit, direction: direction ?? 'forwards', at });
  async function* each<T>(range: RowRange): AsyncGenerator<T> {
    const limit = Math.min(range.pageRows ?? limits.readPageRowsMax, limits.readPageRowsMax);
    for (let after: string | null = null; ;) {
      const found = await page(range, after, limit);
      for (const { value } of found) yield value as T;
      if (found.length < limit) return;
      after = found.at(-1)!.key;
      await yieldToEventLoop();
    }
  }
  return {
    position,
    row: async <T>(key: string) => (await readModels.row(projection, key, at)) as T | null,
    rows: async <T>(prefix: string) => {
      const all: T[] = [];
      for await (const row of each<T>({ prefix })) all.push(row);
      return all;
    },
    each,
    last: async <T>(range: RowRange) => ((await page({ ...range, direction: 'backwards' }, null, 1))[0]?.value as T | undefined) ?? null,
  };
}

/** The rows of a projection now (kept up to date first), or as they were known at an instant or position: a look-up either way. */
export async function viewOf(ports: TilePorts, projection: Projection, knownAt: string | null): Promise<View> {
  const position = await catchUp(ports, projection);
  if (knownAt === null) return viewAt(ports, projection, position, null);
  const at = await positionKnownAt(ports, knownAt);
  if (at === null || position === null) return nothing;
  // Another process may fold further meanwhile: the rows are asked for as of the point itself, also where nothing lies between.
  return viewAt(ports, projection, ports.store.comparePositions(position, at) <= 0 ? position : at, at);
}
