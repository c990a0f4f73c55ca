import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { isConflict, projectionMoved } from '../../domain/shared/error-kinds.ts';
import { limits } from '../../domain/shared/limits.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { positionOf, sortablePosition } from '../../domain/shared/sortable-position.ts';
import { InOrder } from '../runtime/in-order.ts';
import { yieldToEventLoop } from '../runtime/interruption.ts';
import { Seldom } from '../runtime/seldom.ts';
import type { KeyedRow, Log, ProjectionId, ReadModels, RowChange, RowsQuery, VersionsQuery } from '../ports/ports.ts';
import { positionOfLeafRows } from './projector.ts';

/** Of one projection, what has been folded and is not stored yet. */
interface Ahead {
  readonly changes: RowChange[];
  /** The newest of the changes of each row, as text; null where it is gone. */
  readonly newest: Map<string, string | null>;
  /** What is stored was folded up to here when the changes began. */
  stored: string | null;
  /** Null before anything is folded. */
  checkpoint: string | null;
}

export interface RowsAheadOptions {
  readonly log: Log;
  /** So many changes of one projection are stored at once. */
  readonly changesMax?: number;
  /** After this everything is stored. */
  readonly storedAfterMs?: number;
}

const nameOf = ({ name, version }: ProjectionId): string => `${name}@${version}`;

/** Whether a key is in the range of a query. */
function isWithin(key: string, { prefix, from, to, after, direction }: RowsQuery): boolean {
  if (!key.startsWith(prefix) || (from !== null && byCodeUnits(key, from) < 0) || (to !== null && byCodeUnits(key, to) > 0)) return false;
  return after === null || (direction === 'forwards' ? byCodeUnits(key, after) > 0 : byCodeUnits(key, after) < 0);
}

const isBehind = (position: string, other: string | null): boolean =>
  other === null || sortablePosition(position) > sortablePosition(other);

/** A store may look at a key only once it holds rows. Errors: NotPlainJson. */
function requirePlain(key: string): string {
  canonicalJson(key);
  return key;
}

/** So many rows are stored in one transaction, and the rest of what one event changed: more would hold up whoever asks meanwhile. */
const storedTogether = 32;

function endOfPart(changes: readonly RowChange[]): number {
  let end = Math.min(storedTogether, changes.length);
  while (end > 0 && end < changes.length && changes[end]!.position === changes[end - 1]!.position) end++;
  return end;
}

const parsed = (text: string): JsonObject => JSON.parse(text) as JsonObject;

/**
 * Read models that are folded ahead of their store: what was folded is read at once, and stored a moment later together with what was
 * folded meanwhile. A server that is asked while others write would wait for their lock at every event otherwise, and they for its own.
 *
 * Nothing is lost with what is not stored: rows are folded from the log again. What is asked as of a point of ledger time is stored first.
 */
export class RowsAhead implements ReadModels {
  readonly #stored: ReadModels;
  readonly #options: Required<RowsAheadOptions>;
  readonly #ahead = new Map<string, Ahead>();
  readonly #storing = new InOrder();
  readonly #seldom = new Seldom();
  #timer: NodeJS.Timeout | null = null;

  constructor(stored: ReadModels, options: RowsAheadOptions) {
    this.#stored = stored;
    this.#options = { changesMax: limits.rowsAheadMax, storedAfterMs: limits.rowsAheadMs, ...options };
  }

  async checkpoint(id: ProjectionId): Promise<string | null> {
    return this.#ahead.get(nameOf(id))?.checkpoint ?? this.#stored.checkpoint(id);
  }

  async row(id: ProjectionId, key: string, at: string | null): Promise<JsonObject | null> {
    requirePlain(key);
    if (at !== null) await this.#store(id);
    else {
      const text = this.#ahead.get(nameOf(id))?.newest.get(key);
      if (text !== undefined) return text === null ? null : parsed(text);
    }
    return this.#stored.row(id, key, at);
  }

  async rows(id: ProjectionId, query: RowsQuery): Promise<readonly KeyedRow[]> {
    requirePlain(query.prefix);
    if (query.at !== null) await this.#store(id);
    const newest = query.at === null ? (this.#ahead.get(nameOf(id))?.newest ?? null) : null;
    const own = newest === null ? [] : [...newest].filter(([key]) => isWithin(key, query));
    // As many more are read as may be gone.
    const limit = query.limit + own.length;
    const stored = await this.#stored.rows(id, { ...query, limit });
    const last = stored.length < limit ? null : stored.at(-1)!.key;
    const found = new Map(stored.map(({ key, value }) => [key, value] as const));
    for (const [key, text] of own) {
      if (text === null) found.delete(key);
      else found.set(key, parsed(text));
    }
    const sign = query.direction === 'forwards' ? 1 : -1;
    return [...found]
      .map(([key, value]) => ({ key, value }))
      .filter(({ key }) => last === null || sign * byCodeUnits(key, last) <= 0)
      .toSorted((left, right) => sign * byCodeUnits(left.key, right.key))
      .slice(0, query.limit);
  }

  async versions(id: ProjectionId, query: VersionsQuery): Promise<readonly RowChange[]> {
    await this.#store(id);
    return this.#stored.versions(id, query);
  }

  async commit(id: ProjectionId, changes: readonly RowChange[], checkpoint: string, expected: string | null): Promise<void> {
    // Rows of a fold of leaves have no versions, by which those could be told that somebody else has stored meanwhile.
    if (changes.some(({ position }) => position === positionOfLeafRows)) {
      await this.#store(id);
      return this.#stored.commit(id, changes, checkpoint, expected);
    }
    // Refused now is what the store would refuse later.
    const texts = changes.map(({ key, value, position }) => ({
      key: requirePlain(key),
      text: value === null ? null : canonicalJson(value),
      position: positionOf(sortablePosition(position)),
    }));
    const stored = this.#ahead.has(nameOf(id)) ? null : await this.#stored.checkpoint(id);
    const ahead = this.#ahead.get(nameOf(id)) ?? begun(stored);
    if (ahead.checkpoint !== expected) throw projectionMoved(id.name, expected, ahead.checkpoint);
    for (const { key, text, position } of texts) {
      ahead.newest.set(key, text);
      ahead.changes.push({ key, value: text === null ? null : parsed(text), position });
    }
    this.#ahead.set(nameOf(id), Object.assign(ahead, { checkpoint }));
    if (ahead.changes.length >= this.#options.changesMax) await this.#store(id);
    else this.#storeSoon();
  }

  async reset(id: ProjectionId): Promise<void> {
    await this.#storing.run(nameOf(id), async () => {
      this.#ahead.delete(nameOf(id));
      await this.#stored.reset(id);
    });
  }

  async projections(): Promise<readonly ProjectionId[]> {
    const stored = await this.#stored.projections();
    const known = new Set(stored.map(nameOf));
    const ahead = [...this.#ahead.keys()].filter((name) => !known.has(name)).map(idOf);
    return [...stored, ...ahead].toSorted((left, right) => byCodeUnits(left.name, right.name) || left.version - right.version);
  }

  /** Stores whatever is ahead, one projection after the other: a long transaction would hold up whoever asks. Errors: those of storing. */
  async storeAll(): Promise<void> {
    for (const name of this.#ahead.keys()) {
      await this.#store(idOf(name));
      await yieldToEventLoop();
    }
  }

  /** Stores what is ahead before the store is closed; what cannot be stored is folded again by whoever comes next. */
  async finish(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#storeIfPossible();
  }

  #storeSoon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#storeIfPossible();
    }, this.#options.storedAfterMs);
    this.#timer.unref();
  }

  async #storeIfPossible(): Promise<void> {
    try {
      await this.storeAll();
    } catch (error) {
      // Whoever asks next is told once there is too much of it.
      if (this.#seldom.due()) this.#options.log.warn({ error }, 'rows of read models could not be stored yet');
    }
  }

  async #store(id: ProjectionId): Promise<void> {
    await this.#storing.run(nameOf(id), () => this.#storeNow(id));
  }

  async #storeNow(id: ProjectionId): Promise<void> {
    const ahead = this.#ahead.get(nameOf(id));
    if (ahead === undefined) return;
    const { checkpoint, changes } = ahead;
    const { length } = changes;
    let unstored: readonly RowChange[] = changes.slice(0, length);
    let begin = ahead.stored;
    for (;;) {
      const actual = await this.#stored.checkpoint(id);
      if (checkpoint === null || !isBehind(checkpoint, actual)) break;
      // Another process may have stored a part of it.
      if (actual !== begin) unstored = unstored.filter(({ position }) => isBehind(position, actual));
      const part = unstored.slice(0, endOfPart(unstored));
      const until = part.length === unstored.length ? checkpoint : part.at(-1)!.position;
      try {
        await this.#stored.commit(id, part, until, actual);
      } catch (error) {
        if (!isConflict(error)) throw error;
        continue;
      }
      if (until === checkpoint) break;
      unstored = unstored.slice(part.length);
      begin = until;
      await yieldToEventLoop();
    }
    changes.splice(0, length);
    const left = new Set(changes.map(({ key }) => key));
    for (const key of ahead.newest.keys()) if (!left.has(key)) ahead.newest.delete(key);
    ahead.stored = checkpoint;
    if (ahead.checkpoint === checkpoint) this.#ahead.delete(nameOf(id));
  }
}

const begun = (stored: string | null): Ahead => ({ changes: [], newest: new Map(), stored, checkpoint: stored });

function idOf(name: string): ProjectionId {
  const at = name.lastIndexOf('@');
  return { name: name.slice(0, at), version: Number(name.slice(at + 1)) };
}
