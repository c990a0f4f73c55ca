import Database from 'better-sqlite3';
import { LedgerError } from '../../domain/shared/errors.ts';
import { applicationId } from '../../domain/shared/kept-files.ts';

/**
 * Each element takes the schema one version further, in one transaction; `PRAGMA user_version` counts them.
 *
 * Positions are row numbers: they grow by one, as nothing is ever deleted. The unique index on (stream, revision) is what
 * makes an append optimistic; the one on type serves filtered reads, and SQLite ends each of its entries with the position.
 * Ids bear no unique index: like EventStoreDB the store compares them only behind an expected revision.
 *
 * `projection_rows` holds the newest version of each row, so that a question about now meets no older one; `projection_history` holds the
 * versions before it, and a version without a value where a row was deleted. Positions there are sortable text.
 *
 * `artifacts.byte_count` counts the content; that of a chunk does too, and is null for a raw one, whose `stored` is its content.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL CHECK (revision >= 0),
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    content_hash BLOB NOT NULL CHECK (length(content_hash) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
  CREATE INDEX events_by_type ON events (type);

  CREATE TABLE artifacts (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    byte_count INTEGER NOT NULL CHECK (byte_count >= 0)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE artifact_chunks (
    sha256 BLOB NOT NULL REFERENCES artifacts (sha256),
    seq INTEGER NOT NULL CHECK (seq >= 0),
    bytes BLOB NOT NULL,
    UNIQUE (sha256, seq)
  ) STRICT;

  CREATE TABLE read_model_rows (
    projection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (projection, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE read_model_checkpoints (
    projection TEXT NOT NULL PRIMARY KEY,
    position TEXT NOT NULL,
    projection_version INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE read_model_source (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    stamp TEXT NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE checkpoints (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 0)
  ) STRICT, WITHOUT ROWID;
  `,
  // Under new names: a process of an older build that has this file open finds its tables gone, and resets nothing.
  `
  DROP TABLE read_model_rows;
  DROP TABLE read_model_checkpoints;
  CREATE TABLE projection_checkpoints (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    position TEXT NOT NULL,
    PRIMARY KEY (projection, version)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE projection_rows (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    position TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (projection, version, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE projection_history (
    projection TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT NOT NULL,
    position TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (projection, version, key, position)
  ) STRICT, WITHOUT ROWID;
  `,
  // No row is rewritten: those of older builds are raw. A process of an older build that has this file open finds its column gone, and
  // calls no artifact damaged that it cannot read.
  `
  ALTER TABLE artifact_chunks RENAME COLUMN bytes TO stored;
  ALTER TABLE artifact_chunks ADD COLUMN codec TEXT NOT NULL DEFAULT 'raw';
  ALTER TABLE artifact_chunks ADD COLUMN byte_count INTEGER;
  `,
];

export const schemaVersion = migrations.length;
/** One row where a chunk says how it is kept, and none in a file of an older schema. */
export const chunkCodecsQuery = "SELECT 1 FROM pragma_table_info('artifact_chunks') WHERE name = 'codec'";

function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/** Refuses a schema that only a newer build knows. Errors: StoreTooNew. */
export function checkSchemaVersion(database: Database.Database, file: string): number {
  const version = versionOf(database);
  if (version > schemaVersion) {
    throw new LedgerError('StoreTooNew', `${file} has schema version ${version}, this build knows ${schemaVersion}`, {
      evidence: { file, version, known: schemaVersion },
    });
  }
  return version;
}

/** Brings the schema up to date; of two processes that open a file at once, one migrates and the other finds it done. */
export function migrate(database: Database.Database, file: string, target = schemaVersion): void {
  while (checkSchemaVersion(database, file) < target) {
    database.exec('BEGIN IMMEDIATE');
    try {
      const version = versionOf(database);
      if (version < target) {
        database.exec(migrations[version]!);
        database.pragma(`application_id = ${applicationId}`);
        database.pragma(`user_version = ${version + 1}`);
      }
      database.exec('COMMIT');
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }
}

const schemaQuery = 'SELECT type, name, tbl_name AS "table", sql FROM sqlite_schema ORDER BY type, name';

/** The tables and indexes a database holds, as one comparable text for each. */
export function schemaObjects(database: Database.Database): Map<string, string> {
  const rows = database.prepare(schemaQuery).all() as { type: string; name: string; table: string; sql: string | null }[];
  return new Map(rows.map((row) => [`${row.type} ${row.name}`, JSON.stringify([row.table, row.sql])]));
}

/** The same of a database freshly made by this build, and taken no further than a version. */
export function expectedSchemaObjects(version: number): Map<string, string> {
  const fresh = new Database(':memory:');
  try {
    migrate(fresh, ':memory:', version);
    return schemaObjects(fresh);
  } finally {
    fresh.close();
  }
}
