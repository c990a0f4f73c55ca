import type Database from 'better-sqlite3';
import type { ProjectionId } from '../../handlers/ports/ports.ts';

export interface StoredRow {
  readonly key: string;
  readonly value: string;
}

export interface StoredVersion {
  readonly key: string;
  /** Sortable. */
  readonly position: string;
  readonly value: string | null;
}

type Bounds = readonly [string, string, string];

/** The greatest of `low` inclusive to the least of `high` exclusive. */
export interface KeyRange {
  readonly low: Bounds;
  readonly high: Bounds;
}

const tables = ['projection_rows', 'projection_history', 'projection_checkpoints'] as const;
const ofProjection = 'projection = ? AND version = ?';
const inRange = 'key >= max(?, ?, ?) AND key < min(?, ?, ?)';

/** The newest version of a row that is not behind a position. */
const asOf = `
  SELECT value FROM (
    SELECT position, value FROM projection_rows WHERE ${ofProjection} AND key = ? AND position <= ?
    UNION ALL
    SELECT position, value FROM (SELECT position, value FROM projection_history WHERE ${ofProjection} AND key = ? AND position <= ? ORDER \
BY position DESC LIMIT 1)
  ) ORDER BY position DESC LIMIT 1`;

/** The first key of a range that ever had a row: one step in each table, however many versions a row has. */
function nextKey(least: 'min' | 'max'): string {
  const order = least === 'min' ? 'ASC' : 'DESC';
  const first = (table: string): string =>
    `SELECT key FROM (SELECT key FROM ${table} WHERE ${ofProjection} AND ${inRange} ORDER BY key ${order} LIMIT 1)`;
  return `SELECT ${least}(key) FROM (${first('projection_rows')} UNION ALL ${first('projection_history')})`;
}

function versionsIn(table: string): string {
  const columns = 'key, position, value';
  return (
    `SELECT ${columns} FROM (SELECT ${columns} FROM ${table} WHERE ${ofProjection} AND (key, position) > (?, ?) ORDER BY key, ` +
    `position LIMIT ?)`
  );
}

type StatementName =
  | 'checkpoint'
  | 'setCheckpoint'
  | 'newest'
  | 'asOf'
  | 'forwards'
  | 'backwards'
  | 'nextKey'
  | 'keyBefore'
  | 'versions'
  | 'found'
  | 'setRow'
  | 'dropRow'
  | 'supersede'
  | 'recreate'
  | 'ids';

function prepare(database: Database.Database): Record<StatementName, Database.Statement> {
  const sql = (text: string): Database.Statement => database.prepare(text);
  const newestIn = (order: 'ASC' | 'DESC'): Database.Statement =>
    sql(`SELECT key, value FROM projection_rows WHERE ${ofProjection} AND ${inRange} ORDER BY key ${order} LIMIT ?`);
  return {
    checkpoint: sql(`SELECT position FROM projection_checkpoints WHERE ${ofProjection}`).pluck(),
    setCheckpoint: sql('INSERT OR REPLACE INTO projection_checkpoints (projection, version, position) VALUES (?, ?, ?)'),
    newest: sql(`SELECT value FROM projection_rows WHERE ${ofProjection} AND key = ?`).pluck(),
    asOf: sql(asOf).pluck(),
    forwards: newestIn('ASC'),
    backwards: newestIn('DESC'),
    nextKey: sql(nextKey('min')).pluck(),
    keyBefore: sql(nextKey('max')).pluck(),
    versions: sql(`${versionsIn('projection_rows')} UNION ALL ${versionsIn('projection_history')} ORDER BY key, position LIMIT ?`),
    found: sql(`SELECT position, value FROM projection_rows WHERE ${ofProjection} AND key = ?`).raw(),
    setRow: sql('INSERT OR REPLACE INTO projection_rows (projection, version, key, position, value) VALUES (?, ?, ?, ?, ?)'),
    dropRow: sql(`DELETE FROM projection_rows WHERE ${ofProjection} AND key = ?`),
    supersede: sql('INSERT OR REPLACE INTO projection_history (projection, version, key, position, value) VALUES (?, ?, ?, ?, ?)'),
    recreate: sql(`DELETE FROM projection_history WHERE ${ofProjection} AND key = ? AND position = ?`),
    ids: sql(tables.map((table) => `SELECT projection, version FROM ${table}`).join(' UNION ')).raw(),
  };
}

/** What is asked of the tables of read models, in SQL. Keys are stored keys, positions sortable. */
export class ReadModelStatements {
  readonly #database: Database.Database;
  readonly #sql: ReturnType<typeof prepare>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#sql = prepare(database);
  }

  checkpointOf({ name, version }: ProjectionId): string | null {
    return (this.#sql.checkpoint.get(name, version) as string | undefined) ?? null;
  }

  setCheckpoint({ name, version }: ProjectionId, position: string): void {
    this.#sql.setCheckpoint.run(name, version, position);
  }

  newest({ name, version }: ProjectionId, key: string): string | null {
    return (this.#sql.newest.get(name, version, key) as string | undefined) ?? null;
  }

  asOf({ name, version }: ProjectionId, key: string, at: string): string | null {
    return (this.#sql.asOf.get(name, version, key, at, name, version, key, at) as string | null | undefined) ?? null;
  }

  newestIn({ name, version }: ProjectionId, { low, high }: KeyRange, limit: number, backwards: boolean): readonly StoredRow[] {
    return (backwards ? this.#sql.backwards : this.#sql.forwards).all(name, version, ...low, ...high, limit) as StoredRow[];
  }

  /** From key to key, whatever each of them was by then. */
  asOfIn(id: ProjectionId, { low, high }: KeyRange, limit: number, backwards: boolean, at: string): readonly StoredRow[] {
    const { name, version } = id;
    const found: StoredRow[] = [];
    let [[least], [end]] = [low, high];
    while (found.length < limit) {
      const bounds = [name, version, least, low[1], low[2], end, high[1], high[2]] as const;
      const key = (backwards ? this.#sql.keyBefore : this.#sql.nextKey).get(...bounds, ...bounds) as string | null;
      if (key === null) break;
      const value = this.asOf(id, key, at);
      if (value !== null) found.push({ key, value });
      if (backwards) end = key;
      else least = `${key}\u0000`;
    }
    return found;
  }

  versionsBehind(
    { name, version }: ProjectionId,
    { key, position }: { readonly key: string; readonly position: string },
    limit: number,
  ): readonly StoredVersion[] {
    const place = [name, version, key, position, limit] as const;
    return this.#sql.versions.all(...place, ...place, limit) as StoredVersion[];
  }

  write({ name, version }: ProjectionId, { key, position, value }: StoredVersion): void {
    const { found, setRow, dropRow, supersede, recreate } = this.#sql;
    const before = found.get(name, version, key) as [position: string, value: string] | undefined;
    if (before !== undefined && before[0] !== position) supersede.run(name, version, key, ...before);
    if (value !== null) {
      // One event has deleted the row and written it again.
      if (before === undefined) recreate.run(name, version, key, position);
      setRow.run(name, version, key, position, value);
      return;
    }
    if (before === undefined) return;
    dropRow.run(name, version, key);
    supersede.run(name, version, key, position, null);
  }

  drop({ name, version }: ProjectionId): void {
    for (const table of tables) {
      this.#database.prepare(`DELETE FROM ${table} WHERE ${ofProjection}`).run(name, version);
    }
  }

  ids(): ProjectionId[] {
    return (this.#sql.ids.all() as [string, bigint][]).map(([name, version]) => ({ name, version: Number(version) }));
  }
}
