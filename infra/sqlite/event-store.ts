import type Database from 'better-sqlite3';
import { checkBatch, checkPageSize } from '../../domain/shared/append-batch.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import type {
  AppendOptions,
  AppendResult,
  EventStore,
  EventToAppend,
  ReadAllOptions,
  ReadStreamOptions,
  StoredEvent,
  SubscribeOptions,
} from '../../handlers/ports/ports.ts';
import type { SqliteArtifacts } from './artifacts.ts';
import type { Connection } from './connection.ts';
import { eventColumns, type EventRow, rowNumber, storedEvent } from './event-rows.ts';
import { subscription } from './subscription.ts';

const digitZero = 0x30;
const digitNine = 0x39;
const streamEnd = 9_223_372_036_854_775_807n;
/** So few of the newest events are looked through one by one, rather than with a walk for each type: whoever follows reads nothing else. */
const tailEventsMax = 64n;

/** The log in SQLite. Answers follow the decision table of `test/contract/event-store.contract.ts`. */
export class SqliteEventStore implements EventStore {
  readonly #connection: Connection;
  readonly #artifacts: SqliteArtifacts;
  readonly #pollMs: number;
  readonly #lastRevision: Database.Statement;
  readonly #firstRevision: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #forwards: Database.Statement;
  readonly #backwards: Database.Statement;
  readonly #all: Database.Statement;
  readonly #walks = new Map<number, Database.Statement>();
  readonly #tails = new Map<number, Database.Statement>();
  readonly #head: Database.Statement;
  readonly #newest: Database.Statement;

  constructor(connection: Connection, artifacts: SqliteArtifacts, pollMs: number) {
    this.#connection = connection;
    this.#artifacts = artifacts;
    this.#pollMs = pollMs;
    const prepare = (sql: string): Database.Statement => connection.database.prepare(sql);
    this.#lastRevision = prepare('SELECT revision FROM events WHERE stream = ? ORDER BY revision DESC LIMIT 1').pluck();
    this.#firstRevision = prepare('SELECT revision FROM events WHERE stream = ? ORDER BY revision LIMIT 1').pluck();
    this.#insert = prepare(
      'INSERT INTO events (stream, revision, id, type, recorded_at, content_hash, hash, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#forwards = prepare(`SELECT ${eventColumns} FROM events WHERE stream = ? AND revision >= ? ORDER BY revision LIMIT ?`).raw();
    this.#backwards = prepare(`SELECT ${eventColumns} FROM events WHERE stream = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`).raw();
    this.#all = prepare(`SELECT ${eventColumns} FROM events WHERE position > ? ORDER BY position LIMIT ?`).raw();
    this.#head = prepare('SELECT CAST(max(position) AS TEXT) FROM events').pluck();
    this.#newest = prepare('SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1').pluck();
  }

  async append(stream: string, events: readonly EventToAppend[], options: AppendOptions): Promise<AppendResult> {
    checkBatch(stream, events, options.expectedRevision);
    const expected = options.expectedRevision === 'none' ? -1n : options.expectedRevision;
    const keep = this.#artifacts.prepare(options.artifacts ?? []);
    return this.#connection.write(() => {
      keep();
      return this.#decide(stream, events, expected);
    });
  }

  async readStream(stream: string, options: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    const statement = options.direction === 'forwards' ? this.#forwards : this.#backwards;
    const from = options.from > streamEnd ? streamEnd : options.from;
    const events = await this.#read(statement, [stream, from, options.maxCount]);
    const step = options.direction === 'forwards' ? 1n : -1n;
    requireOnwards(this.#connection.file, events, ({ revision }, before) =>
      before === null ? step * (revision - from) >= 0n : step * (revision - before.revision) > 0n,
    );
    return events;
  }

  async readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]> {
    checkPageSize(options.maxCount);
    const after = rowNumber(options.after);
    const types = options.types === null ? null : [...new Set(options.types)];
    if (types?.length === 0) return [];
    const events =
      types === null ? await this.#read(this.#all, [after, options.maxCount]) : await this.#readTypes(after, types, options.maxCount);
    requireOnwards(this.#connection.file, events, ({ position }, before) =>
      before === null ? rowNumber(position) > after : this.comparePositions(position, before.position) > 0,
    );
    return events;
  }

  subscribeAll(options: SubscribeOptions): AsyncIterable<StoredEvent> {
    return subscription(this.#connection, (page) => this.readAll(page), options, this.#pollMs);
  }

  async head(): Promise<string | null> {
    return this.#connection.read(() => this.#head.get() as string | null);
  }

  async newest(): ReturnType<EventStore['newest']> {
    const recordedAt = await this.#connection.read(() => (this.#newest.get() as string | undefined) ?? null);
    return recordedAt === null ? null : { recordedAt, storedAt: null };
  }

  comparePositions(left: string, right: string): number {
    // Positions as this store writes them have no leading zero, so the longer is the greater: verification compares millions.
    if (isPlain(left) && isPlain(right)) return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
    const difference = rowNumber(left) - rowNumber(right);
    return difference < 0n ? -1 : difference > 0n ? 1 : 0;
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  async #read(statement: Database.Statement, values: readonly unknown[]): Promise<StoredEvent[]> {
    const rows = await this.#connection.read(() => statement.all(...values) as EventRow[]);
    return rows.map(storedEvent);
  }

  async #readTypes(after: bigint, types: readonly string[], maxCount: number): Promise<StoredEvent[]> {
    const rows = await this.#connection.read(() => {
      const last = rowNumber(this.#head.get() as string | null);
      if (last <= after) return [];
      const found =
        last - after <= tailEventsMax
          ? this.#tail(types.length).all(after, ...types, maxCount)
          : this.#walk(types.length).all(...types.flatMap((type) => [type, after]), maxCount);
      return found as EventRow[];
    });
    return rows.map(storedEvent);
  }

  #tail(typeCount: number): Database.Statement {
    const marks = Array.from({ length: typeCount }, () => '?').join(', ');
    return this.#prepared(
      this.#tails,
      typeCount,
      `SELECT ${eventColumns} FROM events WHERE position > ? AND +type IN (${marks}) ORDER BY position LIMIT ?`,
    );
  }

  /**
   * One ordered walk for each type along the index, merged by SQLite: a page costs what it returns, however rare the types
   * and however long the log.
   */
  #walk(typeCount: number): Database.Statement {
    const walks = Array.from({ length: typeCount }, () => 'SELECT position AS p FROM events WHERE type = ? AND position > ?').join(
      ' UNION ALL ',
    );
    return this.#prepared(
      this.#walks,
      typeCount,
      `SELECT ${eventColumns} FROM (${walks} ORDER BY p LIMIT ?) CROSS JOIN events ON position = p ORDER BY p`,
    );
  }

  #prepared(statements: Map<number, Database.Statement>, typeCount: number, sql: string): Database.Statement {
    const statement = statements.get(typeCount) ?? this.#connection.database.prepare(sql).raw();
    statements.set(typeCount, statement);
    return statement;
  }

  #decide(stream: string, events: readonly EventToAppend[], expected: bigint): AppendResult {
    const current = (this.#lastRevision.get(stream) as bigint | undefined) ?? -1n;
    if (current >= 0n && this.#firstRevision.get(stream) !== 0n) {
      throw new LedgerError('StreamTruncated', `stream "${stream}" has lost its beginning`, {
        evidence: { stream, firstRevision: String(this.#firstRevision.get(stream)) },
      });
    }
    if (current === expected)
      return { events: events.map((event, index) => this.#store(stream, expected + 1n + BigInt(index), event)), already: false };
    const found = current > expected ? (this.#forwards.all(stream, expected + 1n, events.length) as EventRow[]).map(storedEvent) : [];
    if (found.length < events.length || events.some((event, index) => event.id !== found[index]!.id)) {
      throw new LedgerError(
        'WrongExpectedRevision',
        `stream "${stream}" is at revision ${current}, expected ${expected < 0n ? 'none' : expected}`,
        {
          evidence: { stream, expected: expected < 0n ? 'none' : String(expected), actual: current < 0n ? 'none' : String(current) },
        },
      );
    }
    refuseOtherContent(stream, events, found);
    return { events: found, already: true };
  }

  #store(stream: string, revision: bigint, event: EventToAppend): StoredEvent {
    const { id, type, recordedAt, contentHash, hash, bytes } = event;
    const written = this.#insert.run(
      stream,
      revision,
      id,
      type,
      recordedAt,
      Buffer.from(contentHash, 'hex'),
      Buffer.from(hash, 'hex'),
      bytes,
    );
    return { id, type, contentHash, hash, recordedAt, bytes, stream, revision, position: String(written.lastInsertRowid) };
  }
}

/**
 * Rows of a damaged file may come in any order, and pages that point at each other would be walked for ever: nothing is handed out that
 * does not lead on. Errors: StoreIo.
 */
function requireOnwards(
  file: string,
  events: readonly StoredEvent[],
  isOnwards: (event: StoredEvent, before: StoredEvent | null) => boolean,
): void {
  const wrong = events.findIndex((event, index) => !isOnwards(event, index === 0 ? null : events[index - 1]!));
  if (wrong < 0) return;
  const { position } = events[wrong]!;
  throw new LedgerError('StoreIo', `${file} is damaged: the event at ${position} is out of order`, { evidence: { file, position } });
}

function isPlain(position: string): boolean {
  const first = position.charCodeAt(0);
  if (!(first > digitZero && first <= digitNine)) return false;
  for (let index = 1; index < position.length; index++) {
    const digit = position.charCodeAt(index);
    if (digit < digitZero || digit > digitNine) return false;
  }
  return true;
}

function refuseOtherContent(stream: string, events: readonly EventToAppend[], found: readonly StoredEvent[]): void {
  for (const [index, stored] of found.entries()) {
    const offered = events[index]!;
    if (stored.contentHash === offered.contentHash) continue;
    throw new LedgerError('EventContentConflict', `event ${stored.id} of stream "${stream}" is stored with other content`, {
      evidence: { stream, revision: String(stored.revision), id: stored.id, stored: stored.contentHash, offered: offered.contentHash },
    });
  }
}
