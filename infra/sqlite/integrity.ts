import type Database from 'better-sqlite3';
import { canonicalJson } from '../../domain/shared/canonical-json.ts';
import { isCheckpointName } from '../../domain/shared/checkpoint-record.ts';
import type { StorageFinding } from '../../handlers/ports/ports.ts';
import { sqliteCode } from './failures.ts';
import { keyOf } from './row-keys.ts';
import { chunkCodecsQuery, expectedSchemaObjects, schemaObjects, schemaVersion } from './schema.ts';

const findingsMax = 100;

type Check = (database: Database.Database) => StorageFinding[];

const checks: readonly Check[] = [
  pages,
  references,
  schema,
  positions,
  artifactLengths,
  artifactOrder,
  chunkLengths,
  readModelRows,
  checkpoints,
];

/**
 * Runs every check; one that stumbles over a damaged page becomes a finding itself and does not stop the others. `stamp`: what the
 * read models must be bound to.
 */
export function inspectStorage(database: Database.Database, file: string, stamp: string): readonly StorageFinding[] {
  return [...checks, (opened: Database.Database) => readModelSource(opened, stamp)].flatMap((check) => {
    try {
      return check(database);
    } catch (error) {
      const code = sqliteCode(error);
      if (code === null) throw error;
      return [
        {
          kind: 'database_damaged',
          detail: `${file}: ${code}: ${(error as { readonly message: string }).message}`,
        } satisfies StorageFinding,
      ];
    }
  });
}

function pages(database: Database.Database): StorageFinding[] {
  const lines = database.prepare(`PRAGMA integrity_check(${findingsMax})`).pluck().all() as string[];
  return lines.filter((line) => line !== 'ok').map((detail) => ({ kind: 'database_damaged', detail }));
}

/** Chunks are the only rows that refer to others. The address that a chunk belongs to still names the artifact that has lost its row. */
function references(database: Database.Database): StorageFinding[] {
  const rows = database
    .prepare(
      `SELECT CAST(c.rowid AS TEXT), lower(hex(c.sha256)) FROM artifact_chunks c NOT INDEXED
       WHERE NOT EXISTS (SELECT 1 FROM artifacts a WHERE a.sha256 = c.sha256) LIMIT ${findingsMax}`,
    )
    .raw()
    .all() as [string, string][];
  return rows.map(([row, sha256]) => ({
    kind: 'artifact_incomplete',
    detail: `row ${row} of artifact_chunks refers to artifact ${sha256}, which is not there`,
  }));
}

/** An older version is not a fault of the file: it is compared with what it was then, and migrated when it is next opened to write. */
function schema(database: Database.Database): StorageFinding[] {
  const version = Number(database.pragma('user_version', { simple: true }));
  const known = version >= 1 && version <= schemaVersion;
  const expected = expectedSchemaObjects(known ? version : schemaVersion);
  const actual = schemaObjects(database);
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  const altered = names
    .filter((name) => expected.get(name) !== actual.get(name))
    .map(
      (name) =>
        ({
          kind: 'schema_changed',
          detail: `${name}: ${!actual.has(name) ? 'missing' : !expected.has(name) ? 'not ours' : 'altered'}`,
        }) satisfies StorageFinding,
    );
  return known ? altered : [...altered, { kind: 'schema_changed', detail: `schema version ${version}, expected ${schemaVersion}` }];
}

/** Nothing is ever deleted, so positions run from 1 without a gap. A cut tail leaves none: that is what a seal is for. */
function positions(database: Database.Database): StorageFinding[] {
  const gaps = database
    .prepare(
      `SELECT CAST(before + 1 AS TEXT), CAST(position - 1 AS TEXT)
       FROM (SELECT position, lag(position, 1, 0) OVER (ORDER BY position) AS before FROM events NOT INDEXED)
       WHERE position <> before + 1 LIMIT ${findingsMax}`,
    )
    .raw()
    .all() as [string, string][];
  return gaps.map(([first, last]) => ({
    kind: 'position_missing',
    detail: first === last ? `position ${first}` : `positions ${first} to ${last}`,
  }));
}

function hasCodecs(database: Database.Database): boolean {
  return database.prepare(chunkCodecsQuery).get() !== undefined;
}

/** How many bytes of content a chunk states, as `c`. That it holds them, reading it shows. */
function contentLength(database: Database.Database): string {
  return hasCodecs(database) ? 'coalesce(c.byte_count, length(c.stored))' : 'length(c.bytes)';
}

function artifactLengths(database: Database.Database): StorageFinding[] {
  const length = contentLength(database);
  const rows = database
    .prepare(
      `SELECT lower(hex(a.sha256)), CAST(a.byte_count AS TEXT), CAST(coalesce(sum(${length}), 0) AS TEXT)
       FROM artifacts a LEFT JOIN artifact_chunks c ON c.sha256 = a.sha256
       GROUP BY a.sha256 HAVING a.byte_count <> coalesce(sum(${length}), 0) LIMIT ${findingsMax}`,
    )
    .raw()
    .all() as [string, string, string][];
  return rows.map(([sha256, expected, actual]) => ({
    kind: 'artifact_incomplete',
    detail: `artifact ${sha256} holds ${actual} of ${expected} bytes`,
  }));
}

/** Chunks are counted from 0 without a gap, also where their lengths add up; their bytes are checked against the address elsewhere. */
function artifactOrder(database: Database.Database): StorageFinding[] {
  const rows = database
    .prepare(
      `SELECT lower(hex(a.sha256)) FROM artifacts a JOIN artifact_chunks c ON c.sha256 = a.sha256
       GROUP BY a.sha256 HAVING sum(${contentLength(database)}) = a.byte_count AND (min(c.seq) <> 0 OR max(c.seq) <> count(*) - 1) LIMIT \
${findingsMax}`,
    )
    .pluck()
    .all() as string[];
  return rows.map((sha256) => ({ kind: 'artifact_incomplete', detail: `the chunks of artifact ${sha256} are not numbered from 0 on` }));
}

/** A raw chunk is its content and states no length beside it; any other states one. */
function chunkLengths(database: Database.Database): StorageFinding[] {
  if (!hasCodecs(database)) return [];
  const rows = database
    .prepare(
      `SELECT CAST(rowid AS TEXT), lower(hex(sha256)) FROM artifact_chunks NOT INDEXED
       WHERE (codec = 'raw') <> (byte_count IS NULL) LIMIT ${findingsMax}`,
    )
    .raw()
    .all() as [string, string][];
  return rows.map(([row, sha256]) => ({
    kind: 'artifact_incomplete',
    detail: `row ${row} of artifact_chunks, of artifact ${sha256}, does not state its length as chunks kept in its way do`,
  }));
}

/** Of the schema versions whose rows had no versions. */
const rowQueries: Readonly<Record<number, string>> = {
  1: 'SELECT projection, key, value FROM read_model_rows',
  2: 'SELECT projection, key, value FROM read_model_rows',
};
const newestRows =
  'SELECT projection, key, value FROM projection_rows UNION ALL SELECT projection, key, value FROM projection_history WHERE ' +
  'value IS NOT NULL';

/** Rows are stored as RFC 8785 text. Another text of the same value would pass every comparison of values. */
function readModelRows(database: Database.Database): StorageFinding[] {
  const rows = database
    .prepare(rowQueries[Number(database.pragma('user_version', { simple: true }))] ?? newestRows)
    .raw()
    .iterate() as IterableIterator<[string, string, string]>;
  const findings: StorageFinding[] = [];
  for (const [projection, key, value] of rows) {
    if (findings.length >= findingsMax || isCanonical(value)) continue;
    findings.push({ kind: 'read_model_damaged', detail: `row ${keyOf(key)} of ${projection} is not as it was written` });
  }
  return findings;
}

/** Records are stored as RFC 8785 text under a plain name; what they may say is judged above, where it is known. */
function checkpoints(database: Database.Database): StorageFinding[] {
  if (Number(database.pragma('user_version', { simple: true })) < 2) return [];
  const rows = database.prepare('SELECT name, value, version FROM checkpoints').raw().iterate() as IterableIterator<
    [string, string, bigint]
  >;
  const findings: StorageFinding[] = [];
  for (const [name, value, version] of rows) {
    if (findings.length >= findingsMax || (isCheckpointName(name) && version >= 0n && isCanonical(value))) continue;
    findings.push({ kind: 'checkpoint_damaged', detail: `checkpoint ${JSON.stringify(name.slice(0, 200))} is not as it was written` });
  }
  return findings;
}

function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

function readModelSource(database: Database.Database, stamp: string): StorageFinding[] {
  const rows = database.prepare('SELECT only, stamp FROM read_model_source').raw().all() as [bigint, string][];
  const bound = rows.length === 1 && rows[0]![0] === 1n && rows[0]![1] === stamp;
  return bound ? [] : [{ kind: 'read_model_damaged', detail: 'the read models are not bound to the events of this store' }];
}
