import type Database from 'better-sqlite3';
import { canonicalJson, type JsonObject } from '../../domain/shared/canonical-json.ts';
import { LedgerError } from '../../domain/shared/errors.ts';
import { byCodeUnits, sortedBy } from '../../domain/shared/order.ts';
import type { ProjectionCheckpoint, ReadModels, RowChange } from '../../handlers/ports.ts';
import type { Connection } from './connection.ts';

interface Row {
  readonly key: string;
  readonly value: string;
}

/** Documents of projections, written in the same transaction as the checkpoint that they reflect. */
export class SqliteReadModels implements ReadModels {
  readonly #connection: Connection;
  readonly #checkpoint: Database.Statement;
  readonly #setCheckpoint: Database.Statement;
  readonly #dropCheckpoint: Database.Statement;
  readonly #row: Database.Statement;
  readonly #rows: Database.Statement;
  readonly #setRow: Database.Statement;
  readonly #dropRow: Database.Statement;
  readonly #dropRows: Database.Statement;
  readonly #projections: Database.Statement;

  constructor(connection: Connection) {
    this.#connection = connection;
    const prepare = (sql: string): Database.Statement => connection.database.prepare(sql);
    this.#checkpoint = prepare('SELECT position, projection_version FROM read_model_checkpoints WHERE projection = ?').raw();
    this.#setCheckpoint = prepare('INSERT OR REPLACE INTO read_model_checkpoints (projection, position, projection_version) VALUES (?, ?, ?)');
    this.#dropCheckpoint = prepare('DELETE FROM read_model_checkpoints WHERE projection = ?');
    this.#row = prepare('SELECT value FROM read_model_rows WHERE projection = ? AND key = ?').pluck();
    // A byte FF ends no UTF-8 text: it bounds all keys with the prefix from above.
    this.#rows = prepare("SELECT key, value FROM read_model_rows WHERE projection = ? AND key >= ? AND key < ? || CAST(x'FF' AS TEXT)");
    this.#setRow = prepare('INSERT OR REPLACE INTO read_model_rows (projection, key, value) VALUES (?, ?, ?)');
    this.#dropRow = prepare('DELETE FROM read_model_rows WHERE projection = ? AND key = ?');
    this.#dropRows = prepare('DELETE FROM read_model_rows WHERE projection = ?');
    this.#projections = prepare('SELECT projection FROM read_model_rows UNION SELECT projection FROM read_model_checkpoints').pluck();
  }

  async checkpoint(projection: string): Promise<ProjectionCheckpoint | null> {
    return this.#connection.read(() => this.#storedCheckpoint(projection));
  }

  async row(projection: string, key: string): Promise<JsonObject | null> {
    const value = await this.#connection.read(() => this.#row.get(projection, wellFormed(key)) as string | undefined);
    return value === undefined ? null : parsed({ projection, key, value });
  }

  async rows(projection: string, keyPrefix: string): Promise<readonly { readonly key: string; readonly value: JsonObject }[]> {
    wellFormed(keyPrefix);
    const rows = await this.#connection.read(() => this.#rows.all(projection, keyPrefix, keyPrefix) as Row[]);
    // SQLite orders by UTF-8 bytes, which differs from code units beyond the basic plane.
    return sortedBy(rows, (row) => row.key).map((row) => ({ key: row.key, value: parsed({ projection, ...row }) }));
  }

  async commit(projection: string, changes: readonly RowChange[], checkpoint: ProjectionCheckpoint, expected: string | null): Promise<void> {
    const rows = changes.map((change) => ({ key: wellFormed(change.key), text: change.value === null ? null : canonicalJson(change.value) }));
    await this.#connection.write(() => {
      const actual = this.#storedCheckpoint(projection)?.position ?? null;
      if (actual !== expected) throw stale(projection, expected, actual);
      for (const { key, text } of rows) {
        if (text === null) this.#dropRow.run(projection, key);
        else this.#setRow.run(projection, key, text);
      }
      this.#setCheckpoint.run(projection, checkpoint.position, checkpoint.projectionVersion);
    }, 'atomic');
  }

  async reset(projection: string): Promise<void> {
    await this.#connection.write(() => {
      this.#dropRows.run(projection);
      this.#dropCheckpoint.run(projection);
    }, 'atomic');
  }

  async projections(): Promise<readonly string[]> {
    const names = await this.#connection.read(() => this.#projections.all() as string[]);
    return names.toSorted(byCodeUnits);
  }

  #storedCheckpoint(projection: string): ProjectionCheckpoint | null {
    const found = this.#checkpoint.get(projection) as [string, bigint] | undefined;
    return found === undefined ? null : { position: found[0], projectionVersion: Number(found[1]) };
  }
}

/** Binds the read models to the log they were folded from: another `stamp` than before empties them, to be built again. */
export function bindReadModels(database: Database.Database, stamp: string): void {
  const stored = database.prepare('SELECT stamp FROM read_model_source').pluck().get() as string | undefined;
  if (stored === stamp) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec('DELETE FROM read_model_rows; DELETE FROM read_model_checkpoints');
    database.prepare('INSERT OR REPLACE INTO read_model_source (only, stamp) VALUES (1, ?)').run(stamp);
    database.exec('COMMIT');
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK');
  }
}

function parsed(row: { readonly projection: string; readonly key: string; readonly value: string }): JsonObject {
  try {
    return JSON.parse(row.value) as JsonObject;
  } catch (cause) {
    const { projection, key } = row;
    throw new LedgerError('StoreIo', `row "${key}" of projection "${projection}" is damaged: rebuild the projection`, { evidence: { projection, key }, cause });
  }
}

/** SQLite stores UTF-8, where half a surrogate pair would become another character and find another row. */
function wellFormed(key: string): string {
  if (!key.isWellFormed()) throw new LedgerError('NotPlainJson', 'a row key with a lone surrogate', { evidence: { key } });
  return key;
}

function stale(projection: string, expected: string | null, actual: string | null): LedgerError {
  return new LedgerError('WrongExpectedRevision', `projection "${projection}" stands at ${actual ?? 'none'}, expected was ${expected ?? 'none'}`, {
    evidence: { projection, expected: expected ?? 'none', actual: actual ?? 'none' },
  });
}
