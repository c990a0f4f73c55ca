import type Database from 'better-sqlite3';
import { sqliteCode } from './failures.ts';
import { expectedSchemaObjects, schemaObjects } from './schema.ts';

/** A fault below the level of events. What the events say is verified from their bytes, elsewhere. */
export interface StorageFinding {
  readonly kind: 'database_damaged' | 'schema_changed' | 'position_missing' | 'artifact_incomplete';
  readonly detail: string;
}

const findingsMax = 100;

type Check = (database: Database.Database) => StorageFinding[];

const checks: readonly Check[] = [pages, references, schema, positions, artifactLengths];

/** Runs every check; one that stumbles over a damaged page becomes a finding itself and does not stop the others. */
export function inspectStorage(database: Database.Database, file: string): readonly StorageFinding[] {
  return checks.flatMap((check) => {
    try {
      return check(database);
    } catch (error) {
      const code = sqliteCode(error);
      if (code === null) throw error;
      return [{ kind: 'database_damaged', detail: `${file}: ${code}: ${(error as { readonly message: string }).message}` } satisfies StorageFinding];
    }
  });
}

function pages(database: Database.Database): StorageFinding[] {
  const lines = database.prepare(`PRAGMA integrity_check(${findingsMax})`).pluck().all() as string[];
  return lines.filter((line) => line !== 'ok').map((detail) => ({ kind: 'database_damaged', detail }));
}

function references(database: Database.Database): StorageFinding[] {
  const rows = database.prepare('PRAGMA foreign_key_check').raw().all() as unknown[][];
  return rows.slice(0, findingsMax).map((row) => ({ kind: 'artifact_incomplete', detail: `row ${String(row[1])} of ${String(row[0])} refers to nothing` }));
}

function schema(database: Database.Database): StorageFinding[] {
  const expected = expectedSchemaObjects();
  const actual = schemaObjects(database);
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  return names
    .filter((name) => expected.get(name) !== actual.get(name))
    .map((name) => ({ kind: 'schema_changed', detail: `${name}: ${!actual.has(name) ? 'missing' : !expected.has(name) ? 'not ours' : 'altered'}` }));
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
  return gaps.map(([first, last]) => ({ kind: 'position_missing', detail: first === last ? `position ${first}` : `positions ${first} to ${last}` }));
}

function artifactLengths(database: Database.Database): StorageFinding[] {
  const rows = database
    .prepare(
      `SELECT lower(hex(a.sha256)), CAST(a.byte_count AS TEXT), CAST(coalesce(sum(length(c.bytes)), 0) AS TEXT)
       FROM artifacts a LEFT JOIN artifact_chunks c ON c.sha256 = a.sha256
       GROUP BY a.sha256 HAVING a.byte_count <> coalesce(sum(length(c.bytes)), 0) LIMIT ${findingsMax}`,
    )
    .raw()
    .all() as [string, string, string][];
  return rows.map(([sha256, expected, actual]) => ({ kind: 'artifact_incomplete', detail: `artifact ${sha256} holds ${actual} of ${expected} bytes` }));
}
