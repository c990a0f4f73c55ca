import type Database from 'better-sqlite3';
import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { projectionMoved } from '../../domain/shared/error-kinds.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits } from '../../domain/shared/order.ts';
import { positionOf, sortablePosition } from '../../domain/shared/sortable-position.ts';
import type { KeyedRow, ProjectionId, ReadModels, RowChange, RowsQuery, VersionsQuery } from '../../handlers/ports/ports.ts';
import type { Connection } from './connection.ts';
import { ReadModelStatements, type StoredRow, type StoredVersion } from './read-model-statements.ts';
import { endOfKeys, keyOf, storedKey } from './row-keys.ts';

/** Documents of projections, written in the same transaction as the checkpoint that they reflect. */
export class SqliteReadModels implements ReadModels {
  readonly #connection: Connection;
  #prepared: ReadModelStatements | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async checkpoint(id: ProjectionId): Promise<string | null> {
    return this.#connection.read(() => {
      if (this.#hasTables()) return this.#statements().checkpointOf(id);
      return this.#older().find(({ name, version }) => name === id.name && version === id.version)?.position ?? null;
    });
  }

  async row(id: ProjectionId, key: string, at: string | null): Promise<JsonObject | null> {
    const stored = storedKey(key);
    const value = await this.#reading((sql) => (at === null ? sql.newest(id, stored) : sql.asOf(id, stored, sortablePosition(at))), null);
    return value === null ? null : parsed(id, key, value);
  }

  async rows(id: ProjectionId, query: RowsQuery): Promise<readonly KeyedRow[]> {
    const { prefix, from, to, after, limit, direction, at } = query;
    const backwards = direction === 'backwards';
    const low = [storedKey(prefix), storedKey(from ?? ''), backwards ? '' : behind(after)] as const;
    const high = [
      `${storedKey(prefix)}${endOfKeys}`,
      to === null ? endOfKeys : behind(to),
      backwards && after !== null ? storedKey(after) : endOfKeys,
    ] as const;
    const read = (sql: ReadModelStatements): readonly StoredRow[] =>
      at === null
        ? sql.newestIn(id, { low, high }, limit, backwards)
        : sql.asOfIn(id, { low, high }, limit, backwards, sortablePosition(at));
    return (await this.#reading(read, [])).map((row) => ({ key: keyOf(row.key), value: parsed(id, row.key, row.value) }));
  }

  async versions(id: ProjectionId, { after, limit }: VersionsQuery): Promise<readonly RowChange[]> {
    const place = after === null ? { key: '', position: '' } : { key: storedKey(after.key), position: sortablePosition(after.position) };
    const found = await this.#reading<readonly StoredVersion[]>((sql) => sql.versionsBehind(id, place, limit), []);
    return found.map(({ key, position, value }) => ({
      key: keyOf(key),
      position: readPosition(id, key, position),
      value: value === null ? null : parsed(id, key, value),
    }));
  }

  async commit(id: ProjectionId, changes: readonly RowChange[], checkpoint: string, expected: string | null): Promise<void> {
    const versions = changes.map(({ key, position, value }) => ({
      key: storedKey(key),
      position: sortablePosition(position),
      value: value === null ? null : canonicalJson(value),
    }));
    await this.#connection.write(() => {
      const sql = this.#statements();
      const actual = sql.checkpointOf(id);
      if (actual !== expected) throw projectionMoved(id.name, expected, actual);
      for (const version of versions) sql.write(id, version);
      sql.setCheckpoint(id, checkpoint);
    }, 'atomic');
  }

  async reset(id: ProjectionId): Promise<void> {
    await this.#connection.write(() => this.#statements().drop(id), 'atomic');
  }

  async projections(): Promise<readonly ProjectionId[]> {
    const ids = await this.#connection.read(() =>
      this.#hasTables() ? this.#statements().ids() : this.#older().map(({ name, version }) => ({ name, version })),
    );
    return ids.toSorted((left, right) => byCodeUnits(left.name, right.name) || left.version - right.version);
  }

  async #reading<T>(work: (sql: ReadModelStatements) => T, without: T): Promise<T> {
    return this.#connection.read(() => (this.#hasTables() ? work(this.#statements()) : without));
  }

  /**
   * A file of an older schema that was opened for reading only has none: its rows had no versions, and are folded anew once it is written
   * to.
   */
  #hasTables(): boolean {
    return this.#prepared !== null || hasTable(this.#connection.database, 'projection_rows');
  }

  #older(): { readonly name: string; readonly version: number; readonly position: string }[] {
    const { database } = this.#connection;
    if (!hasTable(database, 'read_model_checkpoints')) return [];
    const rows = database.prepare('SELECT projection, projection_version, position FROM read_model_checkpoints').raw().all() as [
      string,
      bigint,
      string,
    ][];
    return rows.map(([name, version, position]) => ({ name, version: Number(version), position }));
  }

  #statements(): ReadModelStatements {
    return (this.#prepared ??= new ReadModelStatements(this.#connection.database));
  }
}

function hasTable(database: Database.Database, name: string): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?').get(name) !== undefined;
}

/** Binds the read models to the log they were folded from: another `stamp` than before empties them, to be built again. */
export function bindReadModels(database: Database.Database, stamp: string): void {
  const stored = database.prepare('SELECT stamp FROM read_model_source').pluck().get() as string | undefined;
  if (stored === stamp) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('DELETE FROM projection_rows; DELETE FROM projection_history; DELETE FROM projection_checkpoints');
    database.prepare('INSERT OR REPLACE INTO read_model_source (only, stamp) VALUES (1, ?)').run(stamp);
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

/** The least key behind another is that key and a NUL character. */
function behind(key: string | null): string {
  return key === null ? '' : `${storedKey(key)}\u0000`;
}

function damaged({ name }: ProjectionId, key: string, cause?: unknown): LedgerError {
  const evidence = { projection: name, key };
  return new LedgerError('StoreIo', `row "${key}" of projection "${name}" is damaged: rebuild the projection`, {
    evidence,
    ...(cause === undefined ? {} : { cause }),
  });
}

function parsed(id: ProjectionId, key: string, value: string): JsonObject {
  try {
    return JSON.parse(value) as JsonObject;
  } catch (cause) {
    throw damaged(id, key, cause);
  }
}

function readPosition(id: ProjectionId, key: string, stored: string): string {
  const position = positionOf(stored);
  if (sortablePosition(position) !== stored) throw damaged(id, key);
  return position;
}
