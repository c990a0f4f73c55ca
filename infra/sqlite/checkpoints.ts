import type Database from 'better-sqlite3';
import { checkCheckpointName, checkpointConflict, checkpointText, parseCheckpoint } from '../../domain/shared/checkpoint-record.ts';
import type { JsonObject } from '../../domain/shared/canonical-json.ts';
import type { CheckpointRecord, Checkpoints } from '../../handlers/ports/ports.ts';
import type { Connection } from './connection.ts';

interface Statements {
  readonly find: Database.Statement;
  readonly insert: Database.Statement;
  readonly update: Database.Statement;
}

type CheckpointRow = [value: string, version: bigint];

/** Checkpoints as rows of their own table: no events, no leaves. */
export class SqliteCheckpoints implements Checkpoints {
  readonly #connection: Connection;
  #prepared: Statements | null = null;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async read(name: string): Promise<CheckpointRecord | null> {
    checkCheckpointName(name);
    const row = await this.#connection.read(() =>
      this.#hasTable() ? (this.#statements().find.get(name) as CheckpointRow | undefined) : undefined,
    );
    return row === undefined ? null : { value: parseCheckpoint(name, row[0]), version: row[1] };
  }

  async names(): Promise<readonly string[]> {
    const read = (): unknown[] => this.#connection.database.prepare('SELECT name FROM checkpoints ORDER BY name').pluck().all();
    return this.#connection.read(() => (this.#hasTable() ? (read() as string[]) : []));
  }

  async write(name: string, value: JsonObject, expected: 'none' | bigint): Promise<CheckpointRecord> {
    const text = checkpointText(name, value);
    const version = await this.#connection.write(() => {
      const { find, insert, update } = this.#statements();
      const actual = (find.get(name) as CheckpointRow | undefined)?.[1] ?? null;
      if (actual !== (expected === 'none' ? null : expected)) throw checkpointConflict(name, expected, actual);
      if (actual === null) insert.run(name, text);
      else update.run(text, actual + 1n, name);
      return actual === null ? 0n : actual + 1n;
    });
    return { value: parseCheckpoint(name, text), version };
  }

  /** A file of schema version 1 that was opened for reading only has none. */
  #hasTable(): boolean {
    return (
      this.#prepared !== null ||
      this.#connection.database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints'").get() !== undefined
    );
  }

  #statements(): Statements {
    const prepare = (sql: string): Database.Statement => this.#connection.database.prepare(sql);
    return (this.#prepared ??= {
      find: prepare('SELECT value, version FROM checkpoints WHERE name = ?').raw(),
      insert: prepare('INSERT INTO checkpoints (name, value, version) VALUES (?, ?, 0)'),
      update: prepare('UPDATE checkpoints SET value = ?, version = ? WHERE name = ?'),
    });
  }
}
